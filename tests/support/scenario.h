#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"

namespace annals::tests {

/// What one step of a scenario file does.
enum class StepType {
  kStatement,  ///< Runs and must succeed; if lines are expected, they are its messages.
  kQuery,      ///< Runs and must give exactly the expected rows.
  kError,      ///< Must fail as expected.
  kRestart,    ///< Closes the database and opens it again.
  kRebuild,    ///< Throws the projection away and rebuilds it from the log.
  kNow,        ///< Sets the clock.
  kScript,     ///< Runs all statements of a file of the repository.
};

/// One step: a header line, the text up to "----" and the expected lines up to a blank line.
struct Step {
  StepType type = StepType::kStatement;
  std::vector<std::string> options;  ///< Words after the first of the header line.
  std::string text;
  std::vector<std::string> expected;
  bool has_expectation = false;  ///< Whether there is a "----".
  int line = 0;                  ///< Of the header, from 1.
};

/// A scenario file:
///
///     # comments at the start of a line, anywhere between steps
///     statement                 a statement; expected messages are optional
///     RECORD Join {...};
///     ----
///     recorded #4
///
///     query [sorted]            rows as "a | b", then " | possible" if any row is only possible;
///     MATCH ...;                "sorted": the order of rows does not matter
///     ----
///     Armenia | 1991-12-21
///
///     error not found 1:10      the code and, if given, line:column within the statement
///     MATCH ...;
///     ----
///     a part of the message or of the hint, a line each
///
///     restart
///     rebuild
///     now 2024-10-16
///     script examples/cis/cis.anl
///
/// The error names the file's line.
Result<std::vector<Step>> parse_scenario(std::string_view text);

}  // namespace annals::tests
