#include "tests/bench/peers/child.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string_view>

#include "tests/bench/peers/measure.h"

namespace annals::bench {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Becomes another program.
[[noreturn]] void execute(std::vector<std::string> arguments, const std::string& folder) {
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  if (chdir(folder.c_str()) == 0) execvp(raw[0], raw.data());
  _exit(127);
}

/// Reads until the other end is closed.
void read_output(int file, const Stopwatch& watch, ChildRun& run) {
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = read(file, buffer.data(), buffer.size())) > 0) {
    if (run.output.empty()) run.answer_s = watch.wall_s();
    run.output.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

void fail(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

ChildRun run_child(const std::vector<std::string>& arguments, const std::string& folder) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe to be had");
  std::cout.flush();
  const Stopwatch watch;
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execute(arguments, folder);
  }
  close(ends[1]);
  ChildRun run;
  read_output(ends[0], watch, run);
  close(ends[0]);
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) < 0) fail("cannot run " + arguments[0]);
  run.wall_s = watch.wall_s();
  run.cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  constexpr std::string_view kPeak = "VmHWM:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kPeak)) return std::atof(line.c_str() + kPeak.size()) / 1024;
  }
  fail("the system does not tell what memory a process had");
}

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

double megabytes_of(const std::string& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += file.file_size();
  }
  return static_cast<double>(bytes) / 1e6;
}

}  // namespace annals::bench
