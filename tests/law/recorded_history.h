#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "query/query_engine.h"
#include "schema/base/stop_flag.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/oracle/history.h"
#include "tests/support/temp_folder.h"

namespace annals::law {

enum class Commits { kOneEach, kOneForAll };

/// A history in a database of its own.
class RecordedHistory {
 public:
  explicit RecordedHistory(const oracle::History& history, Commits commits = Commits::kOneEach);

  /// The rows of a question, sorted, with " | possible" behind those that are; or the error.
  std::vector<std::string> ask(std::string_view statement);
  /// Runs a statement that must succeed.
  void record(std::string_view statement);
  /// Closes the database and opens it anew.
  void reopen();

  storage::Database& database() { return *database_; }

 private:
  tests::TempFolder folder_;
  tests::ManualClock clock_;
  StopFlag stop_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<query::Session> session_;
};

}  // namespace annals::law
