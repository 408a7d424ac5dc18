#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace annals::tests {

/// The program on a terminal of its own (a pseudo-terminal), and somebody who types. Killed when
/// destroyed, if it still runs.
class TerminalSession {
 public:
  /// `environment` is set in addition ("NAME=value").
  TerminalSession(const std::vector<std::string>& arguments,
                  const std::vector<std::string>& environment);
  ~TerminalSession();
  TerminalSession(const TerminalSession&) = delete;
  TerminalSession& operator=(const TerminalSession&) = delete;

  void type(std::string_view text);
  /// Reads what the terminal shows up to and with `text`; false if that does not come in time.
  bool sees(std::string_view text);
  /// Presses Ctrl-C again and again until the terminal shows `text`.
  bool sees_after_interrupts(std::string_view text);
  void send_signal(int signal);
  /// What was shown and not yet passed by sees(), for messages.
  const std::string& rest() const { return shown_; }
  /// Waits for the program's end; kills it if that does not come in time.
  int finish();

 private:
  using Clock = std::chrono::steady_clock;
  bool sees_within(std::string_view text, std::chrono::milliseconds patience);
  void sees_end();
  bool read_until(Clock::time_point deadline);

  pid_t process_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

}  // namespace annals::tests
