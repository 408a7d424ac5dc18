// Events in order of time, with coarse dates among them, and of a kind that comes late and ends
// what it begins anew: what a commit leaves unread (decision 49) must not matter.

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/query_engine.h"
#include "schema/time/date.h"
#include "storage/database.h"
#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::law {
namespace {

class NoRows final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const query::Datum>, Certainty) override { return {}; }
  Status message(std::string_view) override { return {}; }
};

class Recorder {
 public:
  Recorder() { reopen(); }

  void reopen() {
    session_.reset();
    database_.reset();
    database_ = storage::Database::open(folder_.path(), tests::with_small_blocks(), clock_).value();
    session_ = std::make_unique<query::Session>(*database_, clock_, nullptr, stop_);
  }
  void run(const std::string& statement) {
    NoRows ignored;
    const Status done = session_->run(statement, {}, ignored);
    EXPECT_TRUE(done) << statement << "\n" << (done ? "" : format_error(done.error()));
  }

 private:
  const tests::TempFolder folder_;
  SystemClock clock_;
  StopFlag stop_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<query::Session> session_;
};

/// Some day soon after `day` of the year 2000 and those behind it; sometimes only its month, or
/// year.
std::string some_date(std::mt19937_64& random, std::int64_t day) {
  const Micros at = (days_from_civil(2000, 1, 1) + day) * kMicrosPerDay;
  const std::string text = format_micros(at).substr(0, 10);
  const std::uint64_t how = random() % 10;
  return how == 0 ? text.substr(0, 4) : how < 3 ? text.substr(0, 7) : text;
}

TEST(RenewalTest, WhatIsLeftUnreadDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    Recorder recorder;
    for (const char* const statement :
         {"DEFINE ENTITY P", "DEFINE RELATION R (P)->(P)", "ENTITY P 'a'", "ENTITY P 'b'",
          "DEFINE EVENT Start (a P, b P) BEGINS (a)-[:R]->(b)",
          "DEFINE EVENT Stop (a P, b P) ENDS (a)-[:R]->(b)"}) {
      recorder.run(statement);
    }
    const bool by_role = seed % 2 == 0;
    std::int64_t day = 0;
    for (int i = 0; i < 150; ++i) {
      day += static_cast<std::int64_t>(random() % 20);
      const std::string on = some_date(random, day);
      if (i % 50 == 40) recorder.reopen();
      if (i == 60) {
        recorder.run("BEGIN");
        recorder.run(by_role ? "DEFINE EVENT Renew (a P, b P, r RELATION) ENDS (a)-[:$(r)]->(b) "
                               "BEGINS (a)-[:$(r)]->(b)"
                             : "DEFINE EVENT Renew (a P, b P) ENDS (a)-[:R]->(b) "
                               "BEGINS (a)-[:R]->(b)");
      }
      const std::uint64_t what = random() % 8;
      if (i >= 60 && (what < 2 || i == 60)) {
        recorder.run(fmt::format("RECORD Renew {{a: 'a', b: 'b'{}}} ON '{}'",
                                 by_role ? ", r: 'R'" : "", on));
      } else if (what == 2) {
        recorder.run(fmt::format("ASSERT (:P 'a')-[:R]->(:P 'b') FROM '{}' TO '{}'",
                                 on.substr(0, 4), std::stoi(on) + 2));
      } else {
        recorder.run(
            fmt::format("RECORD {} {{a: 'a', b: 'b'}} ON '{}'", what < 5 ? "Start" : "Stop", on));
      }
      if (i == 60) recorder.run("COMMIT");
    }
    recorder.run("REPLAY COMPARE");
  }
}

}  // namespace
}  // namespace annals::law
