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

class MatchTest : public testing::Test {
 protected:
  MatchTest() {
    world_.run(kDefinitions);
    world_.run(R"(
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

  World world_;
};

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
  EXPECT_THAT(world_.rows("AT '2000-01-01' MATCH (:Organisation 'GUAM')-[:MEMBER_OF]->(c) RETURN c"),
              IsEmpty());
}

TEST_F(MatchTest, FindsNodesByAliasIdentifierAndParameter) {
  const std::string query = "AT '2010-01-01' MATCH (c:Country $name)-[:MEMBER_OF]->(o) RETURN c, o";
  for (const char* name : {"Georgia", "Sakartvelo", "iso3:GEO"}) {
    EXPECT_THAT(world_.rows(query, {{"name", Value(std::string(name))}}),
                ElementsAre("Georgia | GUAM"));
  }
  EXPECT_EQ(world_.error(query, {{"name", Value(std::string("Georgie"))}}),
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
      ElementsAre("1993-12-03/2009-08-18 | certain | #18 | 2024-06-01T00:00:00.000017Z | "
                  "1993-12-03 | 2009-08-18 | MEMBER_OF | Georgia | CIS | null"));
  EXPECT_THAT(world_.rows("AT '2000' MATCH (c)-[m {capacity: 'founder'}]->(o) RETURN c, m"),
              ElementsAre("Russia | [:MEMBER_OF {capacity: 'founder'} 1991-12-08/..]"));
}

TEST_F(MatchTest, LabelsMayBeAlternatives) {
  EXPECT_THAT(world_.rows("MATCH (n:Organisation|Summit) RETURN count(*)"), ElementsAre("5"));
}

}  // namespace
}  // namespace annals::query
