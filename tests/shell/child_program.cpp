#include "tests/shell/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "tests/support/paths.h"

namespace annals::tests {

namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    read_end = ends[0];
    write_end = ends[1];
  }
};

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

pid_t start(const std::vector<std::string>& arguments, int input, int output, int errors) {
  const std::string program = annals_program();
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t process = ::fork();
  if (process != 0) return process;
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execv(program.c_str(), words.data());
  ::_exit(127);
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

/// Reads what is there into `text`; false at the end.
bool read_some(int descriptor, std::string& text) {
  char buffer[4096];
  const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
  if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  return count > 0;
}

/// Feeds the input and gathers both outputs until they are closed.
void talk(int input, int output, int errors, std::string_view text, Outcome& outcome) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  ::fcntl(input, F_SETFL, O_NONBLOCK);
  while (output >= 0 || errors >= 0) {
    if (text.empty()) close_end(input);
    pollfd watched[] = {{output, POLLIN, 0}, {errors, POLLIN, 0}, {input, POLLOUT, 0}};
    if (::poll(watched, 3, milliseconds_until(deadline)) <= 0) break;
    if (watched[0].revents != 0 && !read_some(output, outcome.output)) close_end(output);
    if (watched[1].revents != 0 && !read_some(errors, outcome.errors)) close_end(errors);
    if (watched[2].revents == 0) continue;
    const ssize_t count = ::write(input, text.data(), text.size());
    text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : text.size());
  }
  close_end(input);
  close_end(output);
  close_end(errors);
}

}  // namespace

int wait_for_end(pid_t process) {
  // A process that has ended makes its pidfd readable.
  int ended = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  pollfd watched{ended, POLLIN, 0};
  const Clock::time_point deadline = Clock::now() + kPatience;
  int ready = 0;
  do {
    ready = ::poll(&watched, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  close_end(ended);
  if (ready == 0) ::kill(process, SIGKILL);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string annals_program() {
  const char* const other = std::getenv("ANNALS_PROGRAM");
  return other != nullptr ? other : built_program();
}

Outcome run_annals(const std::vector<std::string>& arguments, std::string_view input) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t process = start(arguments, in.read_end, out.write_end, err.write_end);
  close_end(in.read_end);
  close_end(out.write_end);
  close_end(err.write_end);
  Outcome outcome;
  talk(in.write_end, out.read_end, err.read_end, input, outcome);
  outcome.exit_code = wait_for_end(process);
  return outcome;
}

Outcome run_annals_into(const std::string& output_path, const std::vector<std::string>& arguments) {
  Pipe in;
  Pipe err;
  int output = ::open(output_path.c_str(), O_WRONLY | O_CLOEXEC);
  const pid_t process = start(arguments, in.read_end, output, err.write_end);
  close_end(in.read_end);
  close_end(output);
  close_end(err.write_end);
  Outcome outcome;
  talk(in.write_end, -1, err.read_end, {}, outcome);
  outcome.exit_code = wait_for_end(process);
  return outcome;
}

RunningAnnals::RunningAnnals(const std::vector<std::string>& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in;
  Pipe out;
  process_ = start(arguments, in.read_end, out.write_end, out.write_end);
  close_end(in.read_end);
  close_end(out.write_end);
  input_ = in.write_end;
  output_ = out.read_end;
}

RunningAnnals::~RunningAnnals() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    wait_for_end(process_);
  }
  close_end(input_);
  close_end(output_);
}

void RunningAnnals::send(std::string_view text) {
  static_cast<void>(!::write(input_, text.data(), text.size()));
}

bool RunningAnnals::wait_for(std::string_view text) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  for (;;) {
    const std::size_t found = read_.find(text);
    if (found != std::string::npos) {
      read_.erase(0, found + text.size());
      return true;
    }
    pollfd watched{output_, POLLIN, 0};
    if (::poll(&watched, 1, milliseconds_until(deadline)) <= 0) return false;
    if (!read_some(output_, read_)) return false;
  }
}

void RunningAnnals::close_output() { close_end(output_); }

void RunningAnnals::send_signal(int signal) { ::kill(process_, signal); }

int RunningAnnals::finish() {
  close_end(input_);
  const int code = wait_for_end(process_);
  process_ = -1;
  return code;
}

}  // namespace annals::tests
