#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Keeps the cells of rows.
class Cells final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn> columns, query::RowTags) override {
    for (const query::ResultColumn& column : columns) names.push_back(column.name);
    return {};
  }
  Status row(std::span<const query::Datum> cells, Certainty) override {
    rows.emplace_back(cells.begin(), cells.end());
    return {};
  }
  Status message(std::string_view) override { return {}; }

  std::vector<std::string> names;
  std::vector<std::vector<query::Datum>> rows;
};

class ExplainTest : public SessionTest {
 protected:
  ExplainTest() {
    define_cis();
    run_all({"RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03'",
             "RECORD Join {member: 'Armenia', organisation: 'CIS'} ON '1991-12-21'",
             "RECORD Withdrawal {member: 'Georgia', organisation: 'CIS'} ON '2009-08-18'"});
  }

  Cells cells_of(std::string_view statement) {
    Cells cells;
    const Status done = session_->run(statement, {}, cells);
    EXPECT_TRUE(done) << format_error(done.error());
    return cells;
  }
};

TEST_F(ExplainTest, ProfileCountsTheRowsOfEachStep) {
  const Cells cells = cells_of(
      "PROFILE AT '2010' MATCH (c:Country)-[:MEMBER_OF]->(o:Organisation 'CIS') RETURN c.name");
  EXPECT_THAT(cells.names, ElementsAre("step", "expected", "rows", "ms", "blocks", "spilled"));
  ASSERT_EQ(cells.rows.size(), 3U);
  std::vector<std::string> steps;
  for (const auto& row : cells.rows) {
    steps.push_back(query::datum_text(row[0]) + " | " + query::datum_text(row[2]));
    EXPECT_GE(std::get<double>(row[3].data), 0);
    EXPECT_GE(std::get<std::int64_t>(row[4].data), 0);
  }
  EXPECT_THAT(steps, ElementsAre("Project c.name | 1",
                                 "  Expand (c)-[_3:MEMBER_OF]->(o) from o at '2010' | 1",
                                 "    NodeByName (o:Organisation 'CIS') | 1"));
}

TEST_F(ExplainTest, ProfileTellsWhichStepReadTheStore) {
  ASSERT_TRUE(database_->statistics().families.size() > 0);
  reopen();  // What was in memory is in files now.
  const Cells cells =
      cells_of("PROFILE AT '2010' MATCH (c)-[:MEMBER_OF]->(:Organisation 'CIS') RETURN c.name");
  ASSERT_EQ(cells.rows.size(), 3U);
  EXPECT_GT(std::get<std::int64_t>(cells.rows[1][4].data), 0) << "Expand";
}

TEST_F(ExplainTest, WhatAStepTookIsItsOwn) {
  reopen();  // What was in memory is in files now.
  const Cells read =
      cells_of("PROFILE AT '2010' MATCH (c)-[:MEMBER_OF]->(:Organisation 'CIS') RETURN id(c)");
  ASSERT_EQ(read.rows.size(), 3U);
  EXPECT_EQ(std::get<std::int64_t>(read.rows[0][4].data), 0) << "Project reads nothing";

  const auto begin = std::chrono::steady_clock::now();
  const Cells cells = cells_of(
      "PROFILE UNWIND range(1, 200) AS x UNWIND range(1, 200) AS y WITH x, y WHERE x < y "
      "RETURN count(*)");
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  double sum = 0;
  for (const auto& row : cells.rows) sum += std::get<double>(row[3].data);
  EXPECT_GT(sum, 0);
  EXPECT_LE(sum, took.count()) << "all steps together take no longer than the statement";
}

TEST_F(ExplainTest, RowsThatAFilterRefusedAreNotCounted) {
  const Cells cells =
      cells_of("PROFILE UNWIND range(1, 10) AS x WITH x WHERE x % 2 = 0 RETURN x + 1 AS y");
  const auto filter = std::find_if(cells.rows.begin(), cells.rows.end(), [](const auto& row) {
    return query::datum_text(row[0]).find("Filter") != std::string::npos;
  });
  ASSERT_NE(filter, cells.rows.end());
  EXPECT_EQ(std::get<std::int64_t>((*filter)[2].data), 5);
}

TEST_F(ExplainTest, WhatOtherSessionsReadIsNotCounted) {
  reopen();
  const auto blocks = [this] {
    const Cells cells =
        cells_of("PROFILE AT '2010' MATCH (c)-[m:MEMBER_OF]->(:Organisation 'CIS') RETURN m");
    return std::get<std::int64_t>(cells.rows[1][4].data);
  };
  blocks();  // From now on it is the same each time.
  const std::int64_t alone = blocks();
  EXPECT_GT(alone, 0);
  std::atomic<bool> stop = false;
  std::atomic<int> asked = 0;
  std::thread other([&] {
    const StopFlag never;
    query::Session session(*database_, clock_, nullptr, never);
    while (!stop) {
      ResultLines lines;
      EXPECT_TRUE(session.run("ALL TIME MATCH (c:Country)-[m]->(o) RETURN c.name, o", {}, lines));
      ++asked;
    }
  });
  while (asked == 0) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(blocks(), alone);
  stop = true;
  other.join();
}

TEST_F(ExplainTest, PlansWithinAStepAreMeasuredOverAllItsRuns) {
  const Cells cells = cells_of(
      "PROFILE ALL TIME MATCH (c:Country) WHERE EXISTS {(c)-[:FORMER_MEMBER_OF]->()} RETURN c");
  ASSERT_EQ(cells.rows.size(), 5U);
  EXPECT_THAT(query::datum_text(cells.rows[2][0]), HasSubstr("Expand"));
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[2][2].data), 1);
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[4][2].data), 2) << "NodeScan";
}

TEST_F(ExplainTest, JsonIsATreeOfSteps) {
  const Cells cells = cells_of(
      "PROFILE JSON AT '2000' MATCH (c:Country) OPTIONAL MATCH (c)-[m:MEMBER_OF]->(o) "
      "RETURN c.name, o.name");
  ASSERT_EQ(cells.rows.size(), 1U);
  EXPECT_THAT(cells.names, ElementsAre("plan"));
  const auto tree = nlohmann::json::parse(query::datum_json(cells.rows[0][0]));
  EXPECT_EQ(tree["step"], "Project c.name, o.name");
  EXPECT_EQ(tree["rows"], 2);
  EXPECT_TRUE(tree["ms"].is_number());
  const auto& optional = tree["inputs"][0];
  EXPECT_EQ(optional["step"], "OptionalMatch");
  EXPECT_EQ(optional["inputs"][0]["step"], "NodeScan (c:Country)");
  EXPECT_THAT(std::string(optional["patterns"][0]["step"]), HasSubstr("Expand"));
  EXPECT_EQ(optional["patterns"][0]["inputs"][0]["step"], "OuterRows");
}

TEST_F(ExplainTest, ADiffRunsBothSidesAndCountsWhatIsDifferent) {
  const std::string diff =
      "DIFF AT '2000' AND AT '2010' MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN change, c.name";
  EXPECT_EQ(rows_of(diff), Lines{"removed | Georgia | certain"});
  const Cells cells = cells_of("PROFILE " + diff);
  ASSERT_EQ(cells.rows.size(), 5U);
  EXPECT_EQ(query::datum_text(cells.rows[0][0]), "Diff");
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[0][2].data), 1);
  EXPECT_EQ(query::datum_text(cells.rows[1][0]), "  Project c.name");
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[1][2].data), 2) << "at the first side";
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[3][2].data), 1) << "at the second";
  const auto tree =
      nlohmann::json::parse(query::datum_json(cells_of("EXPLAIN JSON " + diff).rows[0][0]));
  EXPECT_EQ(tree["step"], "Diff");
  EXPECT_EQ(tree["inputs"].size(), 2U);
}

TEST_F(ExplainTest, ATimelineCountsTheRowsOfAllSteps) {
  const Cells cells = cells_of(
      "PROFILE TIMELINE FROM '1990' TO '1995' BY YEAR "
      "MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN c.name");
  ASSERT_EQ(cells.rows.size(), 3U);
  EXPECT_EQ(query::datum_text(cells.rows[0][0]), "Timeline from '1990' to '1995' by year");
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[0][2].data), 6) << "Armenia at four, Georgia at two";
  EXPECT_EQ(std::get<std::int64_t>(cells.rows[1][2].data), 6);
}

TEST_F(ExplainTest, TheSessionsDateIsExplainedToo) {
  session_->set_default_at(*session_->read_date("2008-09-01"));
  EXPECT_THAT(rows_of("EXPLAIN MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN c")[1],
              HasSubstr("at '2008-09-01'"));
  EXPECT_THAT(rows_of("EXPLAIN DIFF KNOWN AT SEQ 15 AND KNOWN AT SEQ 16 "
                      "MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN change, c")[2],
              HasSubstr("at '2008-09-01' known at #15"));
}

}  // namespace
}  // namespace annals::tests
