#include "query/executor/two_threads.h"

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/executor/fact_images.h"
#include "query/executor/query_runner.h"
#include "query/parser/parser.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

class TwoThreads : public ::testing::Test {
 protected:
  TwoThreads() {
    std::mt19937_64 random(5);
    world_.run(kDefinitions);
    std::string script;
    for (int i = 0; i < 30; ++i) {
      script += fmt::format("ENTITY Country 'c{0}'; ENTITY Organisation 'o{0}';", i);
    }
    for (int i = 0; i < 300; ++i) {
      script += fmt::format(
          "ASSERT (:Country 'c{}')-[:MEMBER_OF {{weight: {}}}]->(:Organisation 'o{}')"
          " FROM '{}' TO '..';",
          random() % 30, i % 10 == 0 ? "0.1" : fmt::format("{}", random() % 100), random() % 30,
          random() % 5 == 0 ? "2000" : fmt::format("{}-01-01", 1990 + random() % 20));
    }
    world_.run(script);
  }

  /// The rows, or the error; by two threads if `images` has an image for them.
  std::vector<std::string> ask(std::string_view text, FactImages* images,
                               std::size_t memory_bytes = std::size_t{1} << 30) {
    const auto statement = parse_statement(text);
    const auto snapshot = world_.database().snapshot();
    const auto plan = PlannedQuery::plan(std::get<ast::Query>(statement->body), text, *snapshot);
    if (!plan) return {format_error(plan.error())};
    limits::StatementLimits limits;
    limits.memory_bytes = memory_bytes;
    const Parameters parameters;
    TextSink sink;
    const Status done = (*plan)->run(
        *snapshot, {parameters, world_.clock().now(), world_.stop(), limits, {}, images}, sink);
    if (!done) return {format_error(done.error())};
    return sink.rows;
  }

  /// Of a state that was scanned often enough.
  void fill(FactImages& images) {
    for (int i = 0; i < 2; ++i) ask("ALL TIME MATCH ()-[m]->() RETURN count(m.weight)", &images);
    ASSERT_TRUE(images.is_for_two_threads(*world_.database().snapshot(), storage::Direction::kOut));
  }

  World world_;
};

TEST_F(TwoThreads, GiveTheRowsOfOne) {
  FactImages images({.scanned_by_two = 1});
  fill(images);
  constexpr std::array<std::string_view, 15> kQuestions = {
      "MATCH (a)-[m]->(b) RETURN count(m), min(m.valid), max(b.name), sum(id(b))",
      "MATCH (a)-->() RETURN a, count(*)",
      "MATCH (a)-->() RETURN id(a) AS a, count(*) AS facts ORDER BY facts DESC, a LIMIT 5",
      "MATCH ()-[:MEMBER_OF]->(b) RETURN b.name, count(*), collect(b.type)",
      "MATCH (a)-[m:MEMBER_OF]->(b) RETURN b, collect(a.name)",
      "MATCH (a)-[m:MEMBER_OF]->(b) WHERE a.name < 'c2' RETURN a.name, b.name, count(*)",
      "MATCH (a)-[:MEMBER_OF]->(o)<-[:MEMBER_OF]-(b) RETURN a.name, count(*), count(DISTINCT b)",
      "MATCH (a)-[:MEMBER_OF]->(o)<-[:MEMBER_OF]-(b) RETURN a.name, count(*)",
      "MATCH (a)-[m:MEMBER_OF]->() RETURN a.name, sum(m.weight), avg(m.weight)",
      "MATCH (a)-[m:MEMBER_OF]->() RETURN a.name, sum(m.weight)",
      "MATCH (a)-[m:MEMBER_OF]->() WHERE m.weight > 50 RETURN sum(m.weight)",
      "MATCH (a)-[m:MEMBER_OF]->() RETURN sum(m.weight + 9223372036854775000)",
      "MATCH (a)-[m:MEMBER_OF]->() RETURN sum(a.name)",
      "MATCH (a)-[m:MEMBER_OF]->() WHERE a.name = 'nobody' RETURN count(*), sum(id(a))",
      "MATCH (a)-[m:MEMBER_OF]->() WHERE a.name = 'nobody' RETURN a, count(*)"};
  for (const std::string_view scope : {"AT '2000-06-01'", "ALL TIME", "DURING '1995/2000'"}) {
    for (const std::string_view question : kQuestions) {
      const std::string text = fmt::format("{} {}", scope, question);
      EXPECT_EQ(ask(text, &images), ask(text, nullptr)) << text;
    }
  }
}

TEST_F(TwoThreads, StopWhenTheyAreAskedTo) {
  FactImages images({.scanned_by_two = 1});
  fill(images);
  world_.stop().request();
  const auto rows = ask("MATCH (a)-->() RETURN a, count(*)", &images);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().find("error: stopped"), 0U) << rows.front();
}

TEST_F(TwoThreads, ShareTheMemoryOfTheStatement) {
  FactImages images({.scanned_by_two = 1});
  fill(images);
  const std::string_view text = "MATCH (a)-[m]->(b) RETURN a.name, b.name, collect(m)";
  EXPECT_EQ(ask(text, &images, 4'096), ask(text, nullptr, 4'096));
  EXPECT_EQ(ask(text, &images, 4'096).size(), 1U);
}

TEST(RunBoth, BothHaveRunWhenItReturns) {
  int first = 0;
  int second = 0;
  run_both([&] { first = 1; }, [&] { second = 2; });
  EXPECT_EQ(first + second, 3);
}

}  // namespace
}  // namespace annals::query
