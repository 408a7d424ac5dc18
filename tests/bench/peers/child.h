#pragma once

#include <string>
#include <vector>

/// Other programs, what they cost, and how this one gives up.
namespace annals::bench {

/// Prints what is wrong and ends the program: a benchmark has nobody to return an error to.
[[noreturn]] void fail(const std::string& what);

/// What a program took.
struct ChildRun {
  double wall_s = 0;
  double answer_s = 0;  ///< Until the first of its output came.
  double cpu_s = 0;
  int exit_code = 0;   ///< -1 if a signal ended it.
  std::string output;  ///< Standard output.
};

/// Runs `arguments[0]`, found as a shell finds it, in `folder`, and waits. Its errors go where ours
/// go.
ChildRun run_child(const std::vector<std::string>& arguments, const std::string& folder);

/// What this process had resident at most since it is this program. Not getrusage(): that counts
/// what its parent had when it was forked off, which here is a graph in arrays.
double peak_megabytes();

/// The program that is running.
std::string this_program();

/// Of all files below a folder.
double megabytes_of(const std::string& folder);

}  // namespace annals::bench
