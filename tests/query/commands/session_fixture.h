#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "query/query_engine.h"
#include "schema/base/stop_flag.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {

/// What a statement gave: rows as "a | b", with null as nothing.
class ResultLines final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn> columns, query::RowTags tags) override;
  Status row(std::span<const query::Datum> cells, Certainty certainty) override;
  Status message(std::string_view text) override;

  std::string head;
  std::vector<std::string> rows;
  std::vector<std::string> messages;
};

/// Gives each LOAD the same report.
class FakeLoader final : public query::Loader {
 public:
  Result<LoadReport> load(const LoadRequest& request, const StopFlag&) override {
    requests.push_back(request);
    return report;
  }

  LoadReport report;
  std::vector<LoadRequest> requests;
};

/// A session on an empty database of its own.
class SessionTest : public testing::Test {
 protected:
  using Lines = std::vector<std::string>;

  SessionTest();

  /// Closes the session and the database and opens both anew.
  void reopen(const storage::DatabaseOptions& options = {});

  /// Each runs one statement, which must succeed.
  Lines messages_of(std::string_view statement, const query::Parameters& parameters = {});
  Lines rows_of(std::string_view statement, const query::Parameters& parameters = {});
  /// The only message.
  std::string message_of(std::string_view statement, const query::Parameters& parameters = {});
  /// Runs several statements, one after the other.
  void run_all(const Lines& statements);
  /// Runs one statement, which must fail: "conflict 1:12 message | hint".
  std::string error_of(std::string_view statement, const query::Parameters& parameters = {});

  /// Types, a relation MEMBER_OF and kinds that use them.
  void define_cis();

  ManualClock clock_;
  StopFlag stop_;
  FakeLoader loader_;
  TempFolder folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<query::Session> session_;
};

}  // namespace annals::tests
