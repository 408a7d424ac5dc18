#include "tests/shell/terminal_session.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "tests/shell/child_program.h"

namespace annals::tests {

TerminalSession::TerminalSession(const std::vector<std::string>& arguments,
                                 const std::vector<std::string>& environment) {
  const std::string program = annals_program();
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  winsize size{};
  size.ws_row = 40;
  size.ws_col = 100;
  process_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  if (process_ != 0) return;
  for (const std::string& variable : environment) ::putenv(const_cast<char*>(variable.c_str()));
  ::execv(program.c_str(), words.data());
  ::_exit(127);
}

TerminalSession::~TerminalSession() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(terminal_);
}

void TerminalSession::type(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(terminal_, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool TerminalSession::sees(std::string_view text) { return sees_within(text, kPatience); }

bool TerminalSession::sees_within(std::string_view text, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    const std::size_t found = shown_.find(text);
    if (found != std::string::npos) {
      shown_.erase(0, found + text.size());
      return true;
    }
    if (!read_until(deadline)) return false;
  }
}

bool TerminalSession::read_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd watched{terminal_, POLLIN, 0};
  if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) <= 0) return false;
  char buffer[4096];
  const ssize_t count = ::read(terminal_, buffer, sizeof buffer);
  if (count <= 0) return false;
  shown_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

void TerminalSession::sees_end() {
  const auto deadline = Clock::now() + kPatience;
  while (read_until(deadline)) continue;
}

bool TerminalSession::sees_after_interrupts(std::string_view text) {
  constexpr std::chrono::milliseconds kBetween{200};
  for (auto tries = kPatience / kBetween; tries > 0; --tries) {
    type("\x03");
    if (sees_within(text, kBetween)) return true;
  }
  return false;
}

void TerminalSession::send_signal(int signal) { ::kill(process_, signal); }

int TerminalSession::finish() {
  // A terminal that nobody reads would hold the program up. Its end closes the terminal.
  sees_end();
  const int code = wait_for_end(process_);
  process_ = -1;
  return code;
}

}  // namespace annals::tests
