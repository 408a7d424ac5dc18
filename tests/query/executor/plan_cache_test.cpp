#include "query/executor/plan_cache.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "query/parser/parser.h"
#include "schema/base/limits.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PlanCacheTest : public testing::Test {
 protected:
  PlanCacheTest() {
    world_.run(kDefinitions);
    world_.run("ENTITY Country 'A'; ENTITY Organisation 'o';");
  }

  std::shared_ptr<const PlannedQuery> planned(const std::string& text) {
    const auto statement = parse_statement(text);
    auto plan = PlannedQuery::plan(std::get<ast::Query>(statement->body), text,
                                   *world_.database().snapshot());
    EXPECT_TRUE(plan);
    return std::move(*plan);
  }

  World world_;
};

TEST_F(PlanCacheTest, KeepsThoseThatWereUsedLast) {
  PlanCache cache;
  const auto plan = planned("RETURN 1 AS x");
  cache.add("first", {plan, {}});
  for (std::size_t i = 1; i < limits::kCachedPlansMax; ++i) {
    cache.add(fmt::format("text {}", i), {plan, {}});
  }
  EXPECT_NE(cache.find("first"), nullptr);
  cache.add("one more", {plan, {}});
  EXPECT_NE(cache.find("first"), nullptr);
  EXPECT_EQ(cache.find("text 1"), nullptr) << "the one that was not asked for longest";
  cache.add(std::string(limits::kCachedPlanBytesMax + 1, ' '), {plan, {}});
  EXPECT_EQ(cache.find(std::string(limits::kCachedPlanBytesMax + 1, ' ')), nullptr);
}

TEST_F(PlanCacheTest, APlanForAGraphOfAnotherSizeIsStale) {
  const auto plan = planned("MATCH (c:Country) RETURN c");
  EXPECT_FALSE(plan->is_stale(*world_.database().snapshot()));
  std::string script;
  for (int i = 0; i < 8; ++i) {
    script += fmt::format(
        "ASSERT (:Country 'A')-[:MEMBER_OF]->(:Organisation 'o') FROM '19{}0' TO '19{}5';", i, i);
  }
  world_.run(script);
  EXPECT_TRUE(plan->is_stale(*world_.database().snapshot()));
}

TEST_F(PlanCacheTest, APlanSeesADefinitionThatChanges) {
  const std::string query = "AT '2000' MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN c.name";
  world_.run(
      "ENTITY Organisation 'p'; ASSERT (:Country 'A')-[:MEMBER_OF]->(:Organisation 'o') FROM '1990';");
  EXPECT_THAT(world_.rows(query), ElementsAre("A"));
  const auto plan = planned(query);
  // Of no new name: from now on what is a member of something need not be a country.
  world_.run("DEFINE RELATION MEMBER_OF (Entity)->(Organisation);");
  EXPECT_TRUE(plan->is_stale(*world_.database().snapshot()));
  world_.run("ASSERT (:Organisation 'p')-[:MEMBER_OF]->(:Organisation 'o') FROM '1990';");
  EXPECT_THAT(world_.rows(query), ElementsAre("A"));
}

TEST_F(PlanCacheTest, ATimelineIsKeptAndAsksAnewEachTime) {
  const std::string query =
      "TIMELINE FROM $from TO $to BY YEAR MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN count(*)";
  const auto rows = [&](const char* from, const char* to) {
    return world_.rows(query, {{"from", Datum(std::string(from))}, {"to", Datum(std::string(to))}});
  };
  world_.run("ASSERT (:Country 'A')-[:MEMBER_OF]->(:Organisation 'o') FROM '1990-06-01';");
  EXPECT_THAT(rows("1990", "1991"), ElementsAre("1990-01-01 | 0", "1991-01-01 | 1"));
  EXPECT_THAT(rows("1991", "1992"), ElementsAre("1991-01-01 | 1", "1992-01-01 | 1"));
  world_.run("ENTITY Organisation 'p'; DEFINE RELATION MEMBER_OF (Entity)->(Organisation);");
  world_.run("ASSERT (:Organisation 'p')-[:MEMBER_OF]->(:Organisation 'o') FROM '1990-01-01';");
  EXPECT_THAT(rows("1990", "1991"), ElementsAre("1990-01-01 | 0", "1991-01-01 | 1"));
  EXPECT_THAT(world_.error(query, {{"from", Datum(std::string("1990"))}}), HasSubstr("$to"));
}

TEST_F(PlanCacheTest, APlanSeesANameThatIsNew) {
  const std::string query = "AT '2000' MATCH (c:Country) RETURN c.size";
  EXPECT_THAT(world_.rows(query), ElementsAre("null"));
  world_.run("RECORD Measure {subject: 'A', indicator: 'size', value: 3} ON '1990-01-01';");
  EXPECT_THAT(world_.rows(query), ElementsAre("3.0"));
}

}  // namespace
}  // namespace annals::query
