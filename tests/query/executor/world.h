#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "query/query_engine.h"
#include "schema/base/stop_flag.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::query {

/// Gathers a result as texts: cells joined by " | ", and " | possible" behind a row that is only
/// possible. Nulls are shown as "null".
class TextSink final : public ResultSink {
 public:
  Status columns(std::span<const ResultColumn> columns, RowTags tags) override;
  Status row(std::span<const Datum> cells, Certainty certainty) override;
  Status message(std::string_view text) override;

  std::vector<std::string> names;
  RowTags tags = RowTags::kUntagged;
  std::vector<std::string> rows;
  std::vector<std::string> messages;
};

/// A year, a month or a day of the nineties of the last century, as it is written.
std::string random_date(std::mt19937_64& random);

/// A database of its own for a test, written and asked in the language.
class World {
 public:
  World();

  /// Runs statements that must succeed, each up to its ";", as one commit.
  void run(std::string_view script);

  /// The rows of a query that must succeed.
  std::vector<std::string> rows(std::string_view query, const Parameters& parameters = {});
  /// The value of an expression. Needs a Thing called 'it'.
  std::string value(std::string_view expression, const Parameters& parameters = {});
  /// "CODE LINE:COLUMN MESSAGE (HINT)" of a query that must fail; without "0:0" and "()".
  std::string error(std::string_view query, const Parameters& parameters = {});
  /// Like a plan is explained.
  std::string plan(std::string_view query);

  Session& session() { return *session_; }
  storage::Database& database() { return *database_; }
  StopFlag& stop() { return stop_; }
  tests::ManualClock& clock() { return clock_; }

 private:
  void run_each(std::string_view script);

  tests::TempFolder folder_;
  tests::ManualClock clock_;
  StopFlag stop_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Session> session_;
};

/// DEFINE statements: Country, Organisation, MEMBER_OF, FORMER_MEMBER_OF, Join, Withdrawal, Summit,
/// Measure (SETS).
extern const std::string_view kDefinitions;

}  // namespace annals::query
