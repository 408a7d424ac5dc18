#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// All tests ask the same database.
class MatchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_world = std::make_unique<World>();
    shared_world->run(kDefinitions);
    shared_world->run(R"(
ENTITY Country 'Georgia' ALSO 'Sakartvelo' ID 'iso3:GEO';
ENTITY Country 'Moldova'; ENTITY Country 'Russia'; ENTITY Country 'Armenia';
ENTITY Organisation 'CIS'; ENTITY Organisation 'GUAM'; ENTITY Organisation 'EAEU';
RECORD Join {member: 'Russia', organisation: 'CIS', capacity: 'founder'} ON '1991-12-08';
RECORD Join {member: 'Moldova', organisation: 'CIS'} ON '1991-12';
RECORD Join {member: 'Armenia', organisation: 'CIS'} ON '1991-12-21';
RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03';
RECORD Join {member: 'Georgia', organisation: 'GUAM'} ON '1997-10-10';
RECORD Join {member: 'Moldova', organisation: 'GUAM'} ON '1997-10-10';
RECORD Join {member: 'Armenia', organisation: 'EAEU'} ON '2015-01-02';
RECORD Withdrawal {member: 'Georgia', organisation: 'CIS'} ON '2009-08-18' ID 'ge-exit'
  SOURCE 'a note' BECAUSE 'the war';
RECORD Summit {organisation: 'CIS', host: 'Russia', attendee: ['Armenia', 'Moldova'],
  topic: 'trade'} ON '2005-08-26' ID 'kazan';
RECORD Summit {organisation: 'CIS', host: 'Armenia', attendee: ['Russia', 'Armenia']} ON '2006';
)");
  }

  static void TearDownTestSuite() { shared_world.reset(); }

  static std::unique_ptr<World> shared_world;
  World& world_ = *shared_world;
};

std::unique_ptr<World> MatchTest::shared_world;

TEST_F(MatchTest, FollowsAHopFromANamedNodeEitherWay) {
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (:Country 'Georgia')-[:MEMBER_OF]->(o) "
                          "RETURN o.name ORDER BY o.name"),
              ElementsAre("CIS", "GUAM"));
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (c)-[:MEMBER_OF]->(:Organisation 'CIS') "
                          "RETURN c.name ORDER BY c.name DESC"),
              ElementsAre("Russia", "Moldova", "Georgia", "Armenia"));
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (:Organisation 'GUAM')<-[:MEMBER_OF]-(c) "
                          "RETURN c.name ORDER BY c.name"),
              ElementsAre("Georgia", "Moldova"));
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (:Organisation 'GUAM')-[:MEMBER_OF]-(c) "
                          "RETURN c.name ORDER BY c.name"),
              ElementsAre("Georgia", "Moldova"));
  EXPECT_THAT(
      world_.rows("AT '2000-01-01' MATCH (:Organisation 'GUAM')-[:MEMBER_OF]->(c) RETURN c"),
      IsEmpty());
}

TEST_F(MatchTest, FindsNodesByAliasIdentifierAndParameter) {
  const std::string query = "AT '2010-01-01' MATCH (c:Country $name)-[:MEMBER_OF]->(o) RETURN c, o";
  for (const char* name : {"Georgia", "Sakartvelo", "iso3:GEO"}) {
    EXPECT_THAT(world_.rows(query, {{"name", Datum(std::string(name))}}),
                ElementsAre("Georgia | GUAM"));
  }
  EXPECT_EQ(world_.error(query, {{"name", Datum(std::string("Georgie"))}}),
            "not found 1:34 there is no Country 'Georgie' (did you mean 'Georgia'?)");
  EXPECT_EQ(world_.error(query), "invalid argument 1:34 the parameter $name was not given");
}

TEST_F(MatchTest, EventsAreNodesAndRolesAreHops) {
  EXPECT_THAT(world_.rows("MATCH (s:Summit)-[:attendee]->(c) RETURN s.id, c.name"),
              UnorderedElementsAre("kazan | Armenia", "kazan | Moldova", "null | Russia",
                                   "null | Armenia"));
  EXPECT_THAT(world_.rows("MATCH (c:Country 'Moldova')<-[r:attendee]-(s) "
                          "RETURN s, s.on, s.kind, type(r), s.topic, s.host, s.attendee"),
              ElementsAre("kazan | 2005-08-26 | Summit | attendee | trade | Russia | "
                          "[Armenia, Moldova]"));
  EXPECT_THAT(world_.rows("MATCH (s:Summit 'kazan')-[r:host|organisation]->(x) RETURN type(r), x"),
              UnorderedElementsAre("host | Russia", "organisation | CIS"));
  EXPECT_THAT(world_.rows("AT '2005-08-26' MATCH (c)-[:ATTENDED]->(s:Summit) RETURN c.name, s"),
              UnorderedElementsAre("Armenia | kazan", "Moldova | kazan"));
  EXPECT_THAT(world_.rows("AT '2005-08-27' MATCH (c)-[:ATTENDED]->(s:Summit) RETURN c.name, s"),
              IsEmpty());
  EXPECT_THAT(world_.rows("MATCH (w:Withdrawal) RETURN w.source, w.reason, w.status, w.on, w.said"),
              ElementsAre("a note | the war | happened | 2009-08-18 | 2009-08-18"));
}

TEST_F(MatchTest, UsesNoFactTwiceInOneMatch) {
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (a)-[:MEMBER_OF]->(o 'GUAM')<-[:MEMBER_OF]-(b) "
                          "RETURN a, b"),
              UnorderedElementsAre("Georgia | Moldova", "Moldova | Georgia"));
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (a)-[:MEMBER_OF]->(o 'GUAM') "
                          "MATCH (o)<-[:MEMBER_OF]-(b) RETURN a, b"),
              UnorderedElementsAre("Georgia | Moldova", "Moldova | Georgia", "Georgia | Georgia",
                                   "Moldova | Moldova"));
  EXPECT_THAT(world_.rows("MATCH (s:Summit 'kazan')-[:attendee]->(a), (s)-[:attendee]->(b) "
                          "RETURN a, b"),
              UnorderedElementsAre("Armenia | Moldova", "Moldova | Armenia"));
}

// Cells are used again after 32 rows (result_rows.cpp): what is null leaves nothing behind.
TEST_F(MatchTest, NullFollowsWhatWasThere) {
  constexpr std::size_t kFound = 32;
  std::vector<std::string> expected(40, "null | null");
  std::fill_n(expected.begin(), kFound, "MEMBER_OF | GUAM");
  EXPECT_EQ(world_.rows("UNWIND range(1, 40) AS i WITH CASE WHEN i <= 32 THEN 'GUAM' END AS name "
                        "OPTIONAL MATCH (:Country 'Georgia')-[f:MEMBER_OF]->(o {name: name}) "
                        "RETURN type(f), o.name"),
            expected);
}

TEST_F(MatchTest, WhatIsCountedOnceMayBeShownTwice) {
  EXPECT_THAT(world_.rows("UNWIND ['a', 'b'] AS t RETURN max(t) AS a, max(t) AS b, count(*) AS c"),
              ElementsAre("b | b | 2"));
}

// Those of one batch are sorted before their columns are made (result_rows.cpp), and more behind.
TEST_F(MatchTest, FewRowsAndManyAreSortedAlike) {
  for (const std::size_t count : {std::size_t{60}, 3 * limits::kBatchRows}) {
    std::vector<std::pair<std::size_t, std::size_t>> kept;
    for (std::size_t i = 1; i <= count; ++i) {
      if (i % 3 != 0) kept.emplace_back(i % 7, i);
    }
    std::stable_sort(kept.begin(), kept.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> expected;
    for (const auto& [key, i] : kept) {
      expected.push_back(
          fmt::format("{} | t{} | {} | {}", key, i, key, i % 2 == 0 ? "even" : "odd"));
    }
    const std::string query = fmt::format(
        "UNWIND range(1, {}) AS i WITH i WHERE i % 3 <> 0 "
        "RETURN i % 7 AS k, 't' + toString(i) AS t, i % 7 AS l, "
        "CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END AS parity ORDER BY k DESC",
        count);
    EXPECT_EQ(world_.rows(query), expected) << count;
    EXPECT_EQ(world_.rows(query + ", l"), expected) << count;
    std::stable_sort(kept.begin(), kept.end(),
                     [](const auto& a, const auto& b) { return a.second % 2 < b.second % 2; });
    std::vector<std::string> by_two;
    for (const auto& [key, i] : kept) by_two.push_back(fmt::format("{} | {}", i % 2, i));
    EXPECT_EQ(world_.rows(fmt::format("UNWIND range(1, {}) AS i WITH i WHERE i % 3 <> 0 "
                                      "RETURN i % 2 AS two, i ORDER BY two, i % 7 DESC",
                                      count)),
              by_two)
        << count;
  }
}

TEST_F(MatchTest, RowsThatAreOnlyPossibleStaySoWhenTheyAreSorted) {
  World world;
  world.run(kDefinitions);
  world.run("ENTITY Country 'a'; ENTITY Country 'b'; ENTITY Country 'c'; ENTITY Organisation 'o';");
  world.run(
      "ASSERT (:Country 'a')-[:MEMBER_OF]->(:Organisation 'o') FROM '1801';"
      "ASSERT (:Country 'b')-[:MEMBER_OF]->(:Organisation 'o') FROM '1800-01-01';"
      "ASSERT (:Country 'c')-[:MEMBER_OF]->(:Organisation 'o') FROM '1801';");
  const std::string match = "AT '1801-06-01' MATCH (c)-[m:MEMBER_OF]->(o) RETURN c, begins(m)";
  EXPECT_THAT(world.rows(match + " ORDER BY c.name DESC"),
              ElementsAre("c | 1801 | possible", "b | 1800-01-01", "a | 1801 | possible"));
  EXPECT_THAT(world.rows(match + " ORDER BY c DESC"),
              ElementsAre("c | 1801 | possible", "b | 1800-01-01", "a | 1801 | possible"));
  EXPECT_THAT(world.rows(match + ", certainty() AS s ORDER BY s, c"),
              ElementsAre("b | 1800-01-01 | certain", "a | 1801 | possible | possible",
                          "c | 1801 | possible | possible"));
}

TEST_F(MatchTest, CombinesPatternsThatShareNothing) {
  EXPECT_THAT(world_.rows("MATCH (a:Organisation), (b:Organisation) WHERE a.name < b.name "
                          "RETURN a, b"),
              UnorderedElementsAre("CIS | GUAM", "CIS | EAEU", "EAEU | GUAM"));
  EXPECT_THAT(world_.rows("MATCH (a:Country 'Georgia'), (b:Country 'Russia') RETURN a, b"),
              ElementsAre("Georgia | Russia"));
}

TEST_F(MatchTest, ReadsFacts) {
  EXPECT_THAT(
      world_.rows("ALL TIME MATCH (c:Country 'Georgia')-[m:MEMBER_OF]->(o:Organisation 'CIS') "
                  "RETURN m.valid, m.certainty, m.event, m.known, begins(m), ends(m), type(m), "
                  "startNode(m), endNode(m).name, m.capacity"),
      ElementsAre("1993-12-03/2009-08-18 | certain | #20 | 2024-06-01T00:00:00.000001Z | "
                  "1993-12-03 | 2009-08-18 | MEMBER_OF | Georgia | CIS | null"));
  EXPECT_THAT(world_.rows("AT '2000' MATCH (c)-[m {capacity: 'founder'}]->(o) RETURN c, m"),
              ElementsAre("Russia | [:MEMBER_OF {capacity: 'founder'} 1991-12-08/..]"));
}

TEST_F(MatchTest, AnyRelationMeansFactsAndNotRoles) {
  EXPECT_THAT(world_.rows("AT '2005-08-26' MATCH (:Country 'Armenia')-[r]->(x) RETURN type(r), x"),
              UnorderedElementsAre("MEMBER_OF | CIS", "ATTENDED | kazan"));
  EXPECT_THAT(world_.rows("AT '2005-08-26' MATCH (:Country 'Armenia')-[r]-(x) RETURN type(r), x"),
              UnorderedElementsAre("MEMBER_OF | CIS", "ATTENDED | kazan"));
  EXPECT_THAT(world_.rows("AT '2005-08-26' MATCH (:Country 'Armenia')-[r:MEMBER_OF|attendee]-(x) "
                          "RETURN type(r), x"),
              UnorderedElementsAre("MEMBER_OF | CIS", "attendee | kazan", "attendee | #26"));
}

TEST_F(MatchTest, ScansAllFactsOfARelation) {
  EXPECT_THAT(
      world_.rows("AT '2016' MATCH (a)-[m:MEMBER_OF]->(b) RETURN a, b ORDER BY a.name, b.name"),
      ElementsAre("Armenia | CIS", "Armenia | EAEU", "Georgia | GUAM", "Moldova | CIS",
                  "Moldova | GUAM", "Russia | CIS"));
  EXPECT_THAT(
      world_.rows("AT '2016' MATCH (b)<-[m:MEMBER_OF]-(a) RETURN count(*), count(DISTINCT a)"),
      ElementsAre("6 | 4"));
  EXPECT_THAT(world_.rows("AT '2016' MATCH (a)-[m:MEMBER_OF]-(b) RETURN count(*)"),
              ElementsAre("12"));
}

TEST_F(MatchTest, ANodeMayBeBoundTwice) {
  EXPECT_THAT(world_.rows("AT '2000' MATCH (a)-[:MEMBER_OF]->(o), (b)-[:MEMBER_OF]->(o) "
                          "WHERE a.name < b.name AND o.name = 'GUAM' RETURN a, b, o"),
              ElementsAre("Georgia | Moldova | GUAM"));
  EXPECT_THAT(world_.rows("AT '2000' MATCH (a:Country)-[:MEMBER_OF]->(o) MATCH (a:Organisation) "
                          "RETURN a"),
              IsEmpty());
  EXPECT_THAT(world_.rows("AT '2000' MATCH (a)-[:MEMBER_OF]->(a) RETURN a"), IsEmpty());
  EXPECT_THAT(
      world_.rows("AT '2000' MATCH (:Country 'Georgia')-[m:MEMBER_OF]->(:Organisation 'GUAM') "
                  "RETURN begins(m)"),
      ElementsAre("1997-10-10"));
}

TEST_F(MatchTest, NamesMayBeChecksOfABoundNode) {
  EXPECT_THAT(world_.rows("MATCH (s:Summit)-[:attendee]->(c) MATCH (c 'Russia') RETURN s, c"),
              ElementsAre("#26 | Russia"));
  EXPECT_THAT(world_.rows("MATCH (s '#26')-[:host]->(c) RETURN c"), ElementsAre("Armenia"));
  EXPECT_THAT(world_.rows("MATCH (s 'kazan') RETURN s.seq, labels(s)"),
              ElementsAre("25 | ['Summit']"));
}

TEST_F(MatchTest, OrdersSkipsAndLimits) {
  const std::string match = "AT '2000' MATCH (c)-[m:MEMBER_OF]->(o) ";
  EXPECT_THAT(world_.rows(match + "RETURN o.name AS org, c.name ORDER BY org DESC, c.name LIMIT 3"),
              ElementsAre("GUAM | Georgia", "GUAM | Moldova", "CIS | Armenia"));
  EXPECT_THAT(
      world_.rows(match + "RETURN c.name ORDER BY m.capacity, begins(m), c.name SKIP 1 LIMIT 2"),
      ElementsAre("Moldova", "Armenia"));
  EXPECT_THAT(
      world_.rows(match + "RETURN c.name ORDER BY c.name SKIP $s", {{"s", Datum(std::int64_t{5})}}),
      ElementsAre("Russia"));
  EXPECT_THAT(world_.rows(match + "RETURN c LIMIT 0"), IsEmpty());
  EXPECT_THAT(world_.rows(match + "RETURN DISTINCT o.name AS n ORDER BY toLower(n)"),
              ElementsAre("CIS", "GUAM"));
  EXPECT_THAT(world_.rows(match + "RETURN DISTINCT o ORDER BY o.name DESC"),
              ElementsAre("GUAM", "CIS"));
  EXPECT_EQ(world_.error(match + "RETURN c LIMIT 'x'"),
            "invalid argument 1:55 a number of rows must be an integer from 0, not x");
  EXPECT_EQ(
      world_.error(match + "RETURN DISTINCT c.name ORDER BY o.name"),
      "invalid argument 1:72 'o' is not among the columns, and only they are there to sort by");
}

TEST_F(MatchTest, GroupsByWhatIsNotAggregated) {
  const std::string match = "AT '2000' MATCH (c)-[m:MEMBER_OF]->(o) ";
  EXPECT_THAT(world_.rows(match + "RETURN o.name, count(*) AS n ORDER BY n DESC"),
              ElementsAre("CIS | 4", "GUAM | 2"));
  EXPECT_THAT(
      world_.rows(match +
                  "RETURN o.name + '!', count(*) + 1, collect(c.name) ORDER BY o.name + '!'"),
      ElementsAre("CIS! | 5 | ['Georgia', 'Moldova', 'Russia', 'Armenia']",
                  "GUAM! | 3 | ['Georgia', 'Moldova']"));
  EXPECT_THAT(
      world_.rows(match + "RETURN o, min(c.name), max(c.name) ORDER BY o.name DESC, count(*)"),
      ElementsAre("GUAM | Georgia | Moldova", "CIS | Armenia | Russia"));
  EXPECT_THAT(world_.rows(match + "RETURN DISTINCT count(*) > 0, o.name IS NULL"),
              ElementsAre("true | false"));
  EXPECT_THAT(world_.rows("AT '1900' MATCH (c)-[m:MEMBER_OF]->(o) "
                          "RETURN count(*), sum(m.x), avg(m.x), min(m.x), collect(m.x)"),
              ElementsAre("0 | 0 | null | null | []"));
  EXPECT_THAT(world_.rows("AT '1900' MATCH (c)-[m:MEMBER_OF]->(o) RETURN o, count(*)"), IsEmpty());
  EXPECT_EQ(world_.error(match + "RETURN o.name, count(*) + c.name"),
            "invalid argument 1:66 'c' is neither aggregated nor a column by itself, so that a "
            "group has no one value of it");
}

TEST_F(MatchTest, ReturnsEverythingByName) {
  const std::string match = "AT '2010' MATCH (c:Country 'Georgia')-[m:MEMBER_OF]->(a) ";
  TextSink all;
  ASSERT_TRUE(world_.session().run(match + "RETURN *", {}, all));
  EXPECT_THAT(all.names, ElementsAre("a", "c", "m"));
  EXPECT_EQ(all.tags, RowTags::kTagged);
  EXPECT_THAT(all.rows, ElementsAre("GUAM | Georgia | [:MEMBER_OF 1997-10-10/..]"));

  TextSink own_tag;
  ASSERT_TRUE(world_.session().run(match + "RETURN m.certainty AS certainty", {}, own_tag));
  EXPECT_EQ(own_tag.tags, RowTags::kUntagged);
}

TEST_F(MatchTest, StopsWhenAsked) {
  world_.stop().request();
  EXPECT_EQ(world_.error("MATCH (n) RETURN n"),
            "interrupted 1:1 stopped (a query changes nothing: ask again)");
  world_.stop().clear();
}

TEST_F(MatchTest, LabelsMayBeAlternatives) {
  EXPECT_THAT(world_.rows("MATCH (n:Organisation|Summit) RETURN count(*)"), ElementsAre("5"));
}

}  // namespace
}  // namespace annals::query
