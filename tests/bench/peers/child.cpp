#include "tests/bench/peers/child.h"

#include <fcntl.h>
#include <spawn.h>
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

/// Starts a program. Not by fork(): that takes the longer the more memory the benchmark has, which
/// is none of the program's time.
pid_t start(std::vector<std::string> arguments, const std::string& folder, int output) {
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) return -1;
  pid_t child = -1;
  const bool is_started = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
                          posix_spawn_file_actions_addchdir_np(&actions, folder.c_str()) == 0 &&
                          posix_spawnp(&child, raw[0], &actions, nullptr, raw.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  return is_started ? child : -1;
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
  const pid_t child = start(arguments, folder, ends[1]);
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
