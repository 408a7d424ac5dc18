#pragma once

#include <string>

#include "query/query_engine.h"
#include "schema/base/result.h"
#include "shell/output.h"
#include "shell/result_printer.h"
#include "shell/statement_reader.h"

namespace annals::shell {

/// What can be chosen on the command line and changed while the shell runs.
struct Settings {
  Format format = Format::kTable;
  bool echoes = false;  ///< Each statement is printed before its result.
  bool times = false;   ///< How long it took is printed after it.
  query::Parameters parameters;
};

/// Results and messages go to `results`, errors and what programs must not read to `errors`. The
/// styles are those of the two files; the width is looked at anew for each statement.
struct Outputs {
  Output& results;
  Output& errors;
  int results_descriptor = -1;  ///< For the style; -1: no terminal.
  int errors_descriptor = -1;

  Style results_style() const;
  Style errors_style() const;
};

/// Runs statements and prints what they give. Not thread-safe; borrows everything.
class StatementRunner {
 public:
  StatementRunner(query::Session& session, const Settings& settings, const Outputs& outputs)
      : session_(session), settings_(settings), outputs_(outputs) {}

  /// Runs one statement. Its error, placed in its script, is returned and not printed.
  Status run(const Input& statement);

  /// Prints an error for people: several lines, "error:" in red.
  void print_error(const Error& error);

 private:
  Status echo(const Input& statement);
  Status print_time(double seconds);

  query::Session& session_;
  const Settings& settings_;
  const Outputs& outputs_;
  bool has_echoed_ = false;
};

}  // namespace annals::shell
