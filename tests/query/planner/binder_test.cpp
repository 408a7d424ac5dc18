#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

/// What a wrong query is answered: the place, what is wrong, and what may have been meant.
class BinderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_world = std::make_unique<World>();
    shared_world->run(kDefinitions);
  }
  static void TearDownTestSuite() { shared_world.reset(); }

  static std::string error(const std::string& query) { return shared_world->error(query); }

  static std::unique_ptr<World> shared_world;
};

std::unique_ptr<World> BinderTest::shared_world;

TEST_F(BinderTest, SuggestsNames) {
  EXPECT_EQ(error("MATCH (c:Contry) RETURN c"),
            "not found 1:10 there is no entity type or event kind 'Contry' "
            "(did you mean 'Country'?)");
  EXPECT_EQ(error("MATCH (c)-[:MEMBER]->(o) RETURN c"),
            "not found 1:13 there is no relation or role 'MEMBER' (did you mean 'member'?)");
  EXPECT_EQ(error("MATCH (country:Country) RETURN county.name"),
            "not found 1:32 there is no variable 'county' (did you mean 'country'?)");
  EXPECT_EQ(error("MATCH (c:Country)\n RETURN toUper(c.name)"),
            "not found 2:9 there is no function 'toUper' (did you mean 'toUpper'?)");
}

TEST_F(BinderTest, ChecksFunctions) {
  EXPECT_EQ(error("MATCH (c) RETURN size()"),
            "invalid argument 1:18 size() takes 1 argument, not 0");
  EXPECT_EQ(error("MATCH (c) RETURN substring('x')"),
            "invalid argument 1:18 substring() takes 2 to 3 arguments, not 1");
  EXPECT_EQ(error("MATCH (c) RETURN size(DISTINCT 'x')"),
            "invalid argument 1:18 only aggregates take DISTINCT; size() is none");
  EXPECT_EQ(
      error("MATCH (c) WHERE count(c) > 1 RETURN c"),
      "invalid argument 1:17 count() cannot stand in WHERE (aggregates stand in RETURN and WITH, and "
      "not within another)");
  EXPECT_EQ(error("MATCH (c) RETURN sum(count(c))"),
            "invalid argument 1:22 count() cannot stand in an aggregate (aggregates stand in "
            "RETURN and WITH, and not within another)");
  EXPECT_EQ(error("MATCH (c) RETURN c ORDER BY count(*)"),
            "invalid argument 1:29 count() cannot stand in ORDER BY of a RETURN that does not "
            "aggregate (aggregates stand in RETURN and WITH, and not within another)");
}

TEST_F(BinderTest, ChecksVariables) {
  EXPECT_EQ(error("MATCH (a)-[m]->(m) RETURN m"),
            "invalid argument 1:12 the variable 'm' is taken, and a hop needs a new one "
            "(compare with id(a) = id(b) to ask for the same fact)");
  EXPECT_EQ(error("MATCH (a)-[m]->(b) MATCH (m) RETURN m"),
            "invalid argument 1:27 'm' names a fact and cannot name a node too");
  EXPECT_EQ(error("MATCH (a)-[m]->(b), (c)-[m]->(d) RETURN m"),
            "invalid argument 1:26 the variable 'm' is taken, and a hop needs a new one "
            "(compare with id(a) = id(b) to ask for the same fact)");
  EXPECT_EQ(error("MATCH (a) RETURN a.name, a.name"),
            "invalid argument 1:26 two columns are called 'a.name' (give one of them another name "
            "with AS)");
  EXPECT_EQ(error("MATCH (:Country) RETURN *"),
            "invalid argument 1:18 RETURN * needs a variable (name a node or a fact: MATCH "
            "(c:Country) RETURN *)");
}

TEST_F(BinderTest, ChecksScopes) {
  EXPECT_EQ(error("AT '2005/2010' MATCH (c:Country) RETURN c"),
            "invalid argument 1:4 AT asks about one instant, and '2005/2010' is an interval "
            "(AT '2008' asks about some day of 2008, DURING '2008/2010' about a period)");
  EXPECT_EQ(error("MATCH (c:Country) AT $d RETURN c"),
            "invalid argument 1:22 the parameter $d was not given");
  EXPECT_EQ(
      shared_world->error("AT $d MATCH (c:Country) RETURN c", {{"d", Datum(std::int64_t{5})}}),
      "invalid argument 1:4 AT needs a date, not a value of type integer "
      "(dates stand in single quotes: AT '2008-09-01')");
  EXPECT_EQ(error("AT '2008-13-01' MATCH (c:Country) RETURN c").substr(0, 21),
            "invalid argument 1:4 ");
}

TEST_F(BinderTest, OnlyAClauseTakesTheInstantOfARow) {
  EXPECT_EQ(error("AT c.founded MATCH (c:Country) RETURN c").substr(0, 34),
            "not found 1:4 there is no variable");
  EXPECT_EQ(error("AT $d.capacity MATCH (c:Country) RETURN c"),
            "invalid argument 1:4 AT takes a text or a parameter here");
  EXPECT_EQ(error("MATCH (a) MATCH (c) KNOWN AT SEQ a.seq RETURN c").substr(0, 35),
            "not found 1:34 there is no variable");
  EXPECT_EQ(
      error("MATCH (a) MATCH (c) AT count(a) RETURN c"),
      "invalid argument 1:24 count() cannot stand in AT (aggregates stand in RETURN and WITH, and not "
      "within another)");
  EXPECT_EQ(error("AT 'x'.name MATCH (c) RETURN c"),
            "invalid argument 1:4 a value of type text has no properties such as 'name' "
            "(nodes, facts and maps have properties)");
}

TEST_F(BinderTest, APropertyThatNobodyUsedIsNull) {
  EXPECT_TRUE(shared_world->rows("MATCH (c:Country) WHERE c.nonsense IS NULL RETURN c").empty());
}

}  // namespace
}  // namespace annals::query
