#include "query/executor/query_runner.h"

#include <memory>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class QueryRunnerTest : public testing::Test {
 protected:
  QueryRunnerTest() {
    world_.run(
        "DEFINE ENTITY Country; DEFINE RELATION NEAR (Country)->(Country);"
        "ENTITY Country 'A'; ENTITY Country 'B';"
        "ASSERT (:Country 'A')-[:NEAR]->(:Country 'B') FROM '1990-01-01';");
  }

  World world_;
};

TEST_F(QueryRunnerTest, APreparedQueryRunsWithOtherParametersAndLaterStates) {
  auto prepared = world_.session().prepare("AT $d MATCH (:Country $n)-[:NEAR]->(o) RETURN o");
  ASSERT_TRUE(prepared) << format_error(prepared.error());
  const auto rows = [&](const char* date, const char* name) {
    TextSink sink;
    const Status done =
        (*prepared)->run({{"d", Datum(std::string(date))}, {"n", Datum(std::string(name))}}, sink);
    EXPECT_TRUE(done) << format_error(done.error());
    return sink.rows;
  };
  EXPECT_THAT(rows("1995", "A"), ElementsAre("B"));
  EXPECT_THAT(rows("1985", "A"), IsEmpty());
  EXPECT_THAT(rows("1995", "B"), IsEmpty());
  world_.run("ASSERT (:Country 'B')-[:NEAR]->(:Country 'A') FROM '1994-01-01';");
  EXPECT_THAT(rows("1995", "B"), ElementsAre("A"));
}

TEST_F(QueryRunnerTest, APreparedQueryNoticesNewNames) {
  auto prepared = world_.session().prepare("MATCH (c:Country) RETURN c, c.rank ORDER BY c.name");
  ASSERT_TRUE(prepared) << format_error(prepared.error());
  const auto rows = [&] {
    TextSink sink;
    const Status done = (*prepared)->run({}, sink);
    EXPECT_TRUE(done) << format_error(done.error());
    return sink.rows;
  };
  EXPECT_THAT(rows(), ElementsAre("A | null", "B | null"));
  world_.run(
      "DEFINE EVENT Ranking (subject Country, value INTEGER) SETS subject.rank = value;"
      "RECORD Ranking {subject: 'A', value: 3} ON '1990-01-01';");
  EXPECT_THAT(rows(), ElementsAre("A | 3", "B | null"));
}

TEST_F(QueryRunnerTest, LargePatternsAreRefused) {
  std::string pattern = "(n0)";
  for (int i = 1; i < 64; ++i) pattern += fmt::format("-->(n{})", i);
  EXPECT_THAT(world_.error(fmt::format("MATCH {}, (x) RETURN x", pattern)),
              HasSubstr("PatternHopsMax"));
  std::string clauses;
  for (int i = 0; i < 65; ++i) clauses += fmt::format("MATCH (x{}) ", i);
  EXPECT_THAT(world_.error(clauses + "RETURN x0"), HasSubstr("PatternHopsMax"));
}

TEST_F(QueryRunnerTest, LongQueriesTakeTheirTimeAndNoMore) {
  std::string conditions = "true";
  std::string sum = "0";
  std::string columns = "1 AS c";
  std::string sorts = "c";
  for (int i = 0; i < 5'000; ++i) {
    conditions += fmt::format(" AND a.name <> 'x{}'", i);
    sum += " + size(a.name)";
    columns += fmt::format(", a.name + {} AS c{}", i, i);
    sorts += fmt::format(", c{}", i);
  }
  EXPECT_THAT(world_.rows(fmt::format("MATCH (a)-[:NEAR]->(b) WHERE {} RETURN a", conditions)),
              ElementsAre("A"));
  EXPECT_THAT(world_.rows(fmt::format("MATCH (a)-[:NEAR]->(b) RETURN {}", sum)),
              ElementsAre("5000"));
  TextSink sink;
  ASSERT_TRUE(world_.session().run(
      fmt::format("MATCH (a)-[:NEAR]->(b) RETURN {} ORDER BY {} LIMIT 3", columns, sorts), {},
      sink));
  EXPECT_EQ(sink.names.size(), 5'001U);
}

TEST_F(QueryRunnerTest, ASinkMayStopTheQuery) {
  class Refusing final : public ResultSink {
   public:
    Status columns(std::span<const ResultColumn>, RowTags) override { return {}; }
    Status row(std::span<const Datum>, Certainty) override {
      ++rows;
      return Error(ErrorCode::kIoError, "the pipe is closed");
    }
    Status message(std::string_view) override { return {}; }
    int rows = 0;
  };
  Refusing sink;
  const Status done = world_.session().run("MATCH (c:Country) RETURN c", {}, sink);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIoError);
  EXPECT_EQ(sink.rows, 1);
}

}  // namespace
}  // namespace annals::query
