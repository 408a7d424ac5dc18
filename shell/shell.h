#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "query/query_engine.h"
#include "schema/base/stop_flag.h"
#include "shell/dot_commands.h"
#include "shell/line_reader.h"
#include "shell/statement_reader.h"
#include "shell/statement_runner.h"

namespace annals::shell {

/// The conversation: takes statements from a script or a person, runs them and prints what they
/// give. Not thread-safe; borrows everything.
class Shell {
 public:
  Shell(query::Session& session, StopFlag& stop, Settings& settings, const Outputs& outputs);

  /// Runs a script up to its end or its first error, which is printed. `options` are those of its
  /// statements; dot commands are taken if they say so. False after an error.
  bool run_script(LineReader& lines, StatementReader::Options options);

  /// Runs what a person types until they leave. Errors are printed and change nothing else. False
  /// if the input or the output failed, or a signal asked the program to end.
  bool run_interactively(LineReader& lines);

  /// Says so and returns false if a transaction was begun and not committed. Call at the end.
  bool check_transaction_is_over();

 private:
  enum class Step { kGoesOn, kLeaves, kFailed };

  Status read_script(const std::string& path);
  std::string prompt() const;
  Step run_typed(const Input& input, LineReader& lines);
  void say_how_to_leave();

  query::Session& session_;
  StopFlag& stop_;
  const Outputs& outputs_;
  StatementRunner runner_;
  DotCommands dot_commands_;
  int script_depth_ = 0;  // of .read within .read
};

}  // namespace annals::shell
