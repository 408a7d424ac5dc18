#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace annals::tests {

/// The annals program under test; the variable ANNALS_PROGRAM names another one.
std::string annals_program();

/// Longer than anything a test waits for takes, also under a sanitizer on a busy machine.
inline constexpr std::chrono::seconds kPatience{120};

/// Waits for the end of a child process and gives its exit code, or 128 + the signal that ended it.
/// One that does not end in time is killed.
int wait_for_end(pid_t process);

/// What a program gave.
struct Outcome {
  int exit_code = -1;  ///< 128 + signal if one ended it.
  std::string output;
  std::string errors;
};

/// Runs the program to its end with `input` as its standard input.
Outcome run_annals(const std::vector<std::string>& arguments, std::string_view input = {});

/// The same with the standard output going to a file that exists.
Outcome run_annals_into(const std::string& output_path, const std::vector<std::string>& arguments);

/// A running program whose input stays open. Killed when destroyed, if it still runs.
class RunningAnnals {
 public:
  explicit RunningAnnals(const std::vector<std::string>& arguments);
  ~RunningAnnals();
  RunningAnnals(const RunningAnnals&) = delete;
  RunningAnnals& operator=(const RunningAnnals&) = delete;

  void send(std::string_view text);
  /// Reads its output up to and with `text`; false if that does not come.
  bool wait_for(std::string_view text);
  void close_output();
  void send_signal(int signal);
  /// Closes its input and waits for its end.
  int finish();

 private:
  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string read_;
};

}  // namespace annals::tests
