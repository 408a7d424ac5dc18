#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "query/query_engine.h"
#include "schema/base/stop_flag.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {

/// A small graph on which any text can be tried as a statement: what it would write is rolled back,
/// so that the order of texts does not matter. For fuzzing: texts that are made, not thought of.
class StatementTarget {
 public:
  StatementTarget();

  /// Runs the text. Empty if that went as it should: it gave rows and messages, or an error with a
  /// message and a place in the text that says what is wrong with the text; otherwise what is odd.
  std::string run(std::string_view text);

  /// How many of the texts were statements that succeeded.
  std::uint64_t succeeded() const { return succeeded_; }

 private:
  TempFolder folder_;
  ManualClock clock_;
  StopFlag stop_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<query::Session> session_;
  std::uint64_t succeeded_ = 0;
};

}  // namespace annals::tests
