#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Rows, aggregates and properties of which some hold only in some worlds.
class CertaintyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_world = std::make_unique<World>();
    shared_world->run(kDefinitions);
    shared_world->run(R"(
ENTITY Country 'A'; ENTITY Country 'B'; ENTITY Country 'C';
ENTITY Organisation 'X'; ENTITY Organisation 'Y';
RECORD Join {member: 'A', organisation: 'X'} ON '1990-01-01';
RECORD Join {member: 'B', organisation: 'X'} ON '1991';
RECORD Join {member: 'A', organisation: 'Y'} ON '1991';
RECORD Withdrawal {member: 'A', organisation: 'X'} ON '2000';
RECORD Join {member: 'C', organisation: 'X'} ON '2030-01-01' STATUS planned;
RECORD Measure {subject: 'A', indicator: 'level', value: 1} ON '1990-01-01';
RECORD Measure {subject: 'A', indicator: 'level', value: 2} ON '2000';
RECORD Measure {subject: 'B', indicator: 'level', value: 5} ON '1995';
)");
  }
  static void TearDownTestSuite() { shared_world.reset(); }

  static std::vector<std::string> rows(const std::string& query) {
    return shared_world->rows(query);
  }

  static std::unique_ptr<World> shared_world;
};

std::unique_ptr<World> CertaintyTest::shared_world;

TEST_F(CertaintyTest, ModesKeepOrDropWhatIsPossible) {
  const std::string match = "MATCH (c)-[m:MEMBER_OF]->(:Organisation 'X') RETURN c ORDER BY c.name";
  EXPECT_THAT(rows("AT '1991-06-01' " + match), ElementsAre("A", "B | possible"));
  EXPECT_THAT(rows("CERTAINLY AT '1991-06-01' " + match), ElementsAre("A"));
  EXPECT_THAT(rows("POSSIBLY AT '1991-06-01' " + match), ElementsAre("A", "B | possible"));
  EXPECT_THAT(rows("AT '2031-01-01' " + match), ElementsAre("B", "C | possible"));
  EXPECT_THAT(rows("ALL TIME " + match), ElementsAre("A", "B", "C | possible"));
  EXPECT_THAT(rows("CERTAINLY ALL TIME " + match), ElementsAre("A", "B"));
  EXPECT_THAT(rows(match), ElementsAre("B"));
}

TEST_F(CertaintyTest, FactsOfOneEventExcludeEachOther) {
  EXPECT_THAT(rows("AT '2000-06-01' MATCH (c)-[:MEMBER_OF]->(o)<-[:FORMER_MEMBER_OF]-(c) RETURN c"),
              IsEmpty());
  EXPECT_THAT(
      rows("AT '2000-06-01' MATCH (c)-[r:MEMBER_OF|FORMER_MEMBER_OF]->(o 'X') "
           "RETURN c, type(r) ORDER BY c.name, type(r)"),
      ElementsAre("A | FORMER_MEMBER_OF | possible", "A | MEMBER_OF | possible", "B | MEMBER_OF"));
}

TEST_F(CertaintyTest, CoarseFactsOfDifferentEventsMayMeetOrNot) {
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (a)-[:MEMBER_OF]->(x), (a)-[:MEMBER_OF]->(y) "
                   "WHERE x.name < y.name RETURN a, x, y"),
              ElementsAre("A | X | Y | possible"));
  EXPECT_THAT(
      rows("AT '1991' MATCH (a)-[:MEMBER_OF]->(:Organisation 'X') RETURN a ORDER BY a.name"),
      ElementsAre("A", "B | possible"));
}

TEST_F(CertaintyTest, ClausesMayHaveScopesOfTheirOwn) {
  EXPECT_THAT(rows("AT '1995-01-01' MATCH (a)-[:MEMBER_OF]->(x 'X') "
                   "MATCH (a)-[:FORMER_MEMBER_OF]->(x) AT '2005-01-01' RETURN a"),
              ElementsAre("A"));
  EXPECT_THAT(rows("MATCH (a)-[:MEMBER_OF]->(x 'X') AT '2000-06-01' "
                   "MATCH (a)-[:FORMER_MEMBER_OF]->(x) AT '2000-03-01' RETURN a"),
              IsEmpty());
  EXPECT_THAT(rows("MATCH (a)-[:MEMBER_OF]->(x 'X') AT '2000-03-01' "
                   "MATCH (a)-[:FORMER_MEMBER_OF]->(x) AT '2000-06-01' RETURN a"),
              ElementsAre("A | possible"));
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (a)-[:MEMBER_OF]->(x 'X') CERTAINLY RETURN a"),
              ElementsAre("A"));
}

TEST_F(CertaintyTest, PeriodsMayBeParameters) {
  const std::string match = "MATCH (c)-[:MEMBER_OF]->(:Organisation 'X') RETURN c ORDER BY c.name";
  const Parameters year = {{"p", Datum(std::string("1991"))}};
  const Result<Date> years = parse_date("1991/1992");
  ASSERT_TRUE(years);
  EXPECT_THAT(shared_world->rows("DURING $p " + match, year), ElementsAre("A", "B"));
  EXPECT_THAT(shared_world->rows("THROUGHOUT $p " + match, year), ElementsAre("A", "B | possible"));
  EXPECT_THAT(shared_world->rows("CERTAINLY THROUGHOUT $p " + match, {{"p", Datum(*years)}}),
              ElementsAre("A"));
}

TEST_F(CertaintyTest, PartsOfAScopeMayStandInAnyOrder) {
  const std::string match = " MATCH (c)-[:MEMBER_OF]->(:Organisation 'X') RETURN c ORDER BY c.name";
  const std::string last = std::to_string(shared_world->database().snapshot()->last_seq().raw);
  const std::vector<std::string> expected = {"A", "B"};
  EXPECT_EQ(rows("CERTAINLY DURING '1992' KNOWN AT SEQ " + last + match), expected);
  EXPECT_EQ(rows("KNOWN AT SEQ " + last + " DURING '1992' CERTAINLY" + match), expected);
  EXPECT_EQ(rows("DURING '1992' CERTAINLY KNOWN AT SEQ " + last + match), expected);
}

TEST_F(CertaintyTest, AggregatesOverPossibleRowsArePossible) {
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN count(*)"),
              ElementsAre("3 | possible"));
  EXPECT_THAT(rows("CERTAINLY AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN count(*)"),
              ElementsAre("1"));
  EXPECT_THAT(rows("AT '1990-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN count(*)"),
              ElementsAre("1"));
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN o.name, count(*) "
                   "ORDER BY o.name"),
              ElementsAre("X | 2 | possible", "Y | 1 | possible"));
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN certainty(), count(*)"),
              UnorderedElementsAre("certain | 1", "possible | 2 | possible"));
}

TEST_F(CertaintyTest, WhereMayAskForTheCertaintyOfTheRow) {
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(:Organisation 'X') "
                   "WHERE certainty() = 'possible' RETURN c"),
              ElementsAre("B | possible"));
}

TEST_F(CertaintyTest, DistinctRowsAreCertainIfOneOfThemIs) {
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN DISTINCT c ORDER BY c.name"),
              ElementsAre("A", "B | possible"));
}

TEST_F(CertaintyTest, SortingAndLimitsKeepTheTags) {
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c)-[:MEMBER_OF]->(o) RETURN c, o "
                   "ORDER BY c.name DESC, o.name LIMIT 2"),
              ElementsAre("B | X | possible", "A | X"));
}

TEST_F(CertaintyTest, AFactKnowsItsOwnCertainty) {
  EXPECT_THAT(rows("AT '1991-06-01' MATCH (c:Country 'A')-[m:MEMBER_OF]->(o) "
                   "RETURN o, m.certainty, certainty(m) ORDER BY o.name"),
              ElementsAre("X | certain | certain", "Y | possible | possible | possible"));
}

TEST_F(CertaintyTest, EachPossibleValueOfAPropertyGivesARow) {
  const std::string match = "MATCH (c:Country) RETURN c, c.level ORDER BY c.name, c.level";
  EXPECT_THAT(rows("AT '1998' " + match), ElementsAre("A | 1.0", "B | 5.0", "C | null"));
  EXPECT_THAT(rows("AT '2000-06-01' " + match),
              ElementsAre("A | 1.0 | possible", "A | 2.0 | possible", "B | 5.0", "C | null"));
  EXPECT_THAT(rows("AT '1995-06-01' " + match),
              ElementsAre("A | 1.0", "B | 5.0 | possible", "B | null | possible", "C | null"));
  EXPECT_THAT(rows("CERTAINLY AT '1995-06-01' " + match), ElementsAre("A | 1.0", "C | null"));
  EXPECT_THAT(rows("ALL TIME " + match), ElementsAre("A | 1.0", "A | 2.0", "B | 5.0", "C | null"));
}

TEST_F(CertaintyTest, PropertiesMayBeAskedForAnywhere) {
  EXPECT_THAT(rows("AT '1998' MATCH (c:Country) WHERE c.level > 2 RETURN c"), ElementsAre("B"));
  EXPECT_THAT(rows("AT '1998' MATCH (c:Country {level: 1}) RETURN c"), ElementsAre("A"));
  EXPECT_THAT(rows("MATCH (c:Country {level: 1}) AT '1998' RETURN c, c.level"),
              ElementsAre("A | 1.0"));
  EXPECT_THAT(rows("AT '1998' MATCH (c)-[m:MEMBER_OF]->(:Organisation 'X') "
                   "RETURN startNode(m).level AS l ORDER BY l"),
              ElementsAre("1.0", "5.0"));
  EXPECT_THAT(rows("AT '1998' MATCH (c:Country) RETURN sum(c.level), count(c.level), count(*)"),
              ElementsAre("6.0 | 2 | 3"));
  EXPECT_THAT(rows("AT '1998' MATCH (c:Country)-[:MEMBER_OF]->(o) "
                   "RETURN c, c.level + count(*) ORDER BY c.name"),
              ElementsAre("A | 3.0", "B | 6.0"));
  EXPECT_THAT(rows("AT '1998' MATCH (c:Country) RETURN DISTINCT c ORDER BY c.level DESC"),
              ElementsAre("C", "B", "A"));
}

}  // namespace
}  // namespace annals::query
