#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

/// Plans as lines: each step over its inputs.
class PlannerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_world = std::make_unique<World>();
    std::string script(kDefinitions);
    script +=
        "DEFINE ENTITY City; DEFINE RELATION IN (City)->(Country);"
        "DEFINE RELATION NEAR (Entity)->(Entity); ENTITY Organisation 'O0';";
    for (int i = 0; i < 40; ++i) {
      script += fmt::format("ENTITY Country 'C{}';", i);
      if (i % 2 == 0) {
        script +=
            fmt::format("RECORD Join {{member: 'C{}', organisation: 'O0'}} ON '1990-01-01';", i);
      }
      script += fmt::format(
          "ENTITY City 'T{}'; ASSERT (:City 'T{}')-[:IN]->(:Country 'C{}') "
          "FROM '1900-01-01';",
          i, i, i);
    }
    shared_world->run(script);
  }
  static void TearDownTestSuite() { shared_world.reset(); }

  static std::string plan(const std::string& query) { return shared_world->plan(query); }

  static std::unique_ptr<World> shared_world;
};

std::unique_ptr<World> PlannerTest::shared_world;

/// What a step of a PROFILE says of its rows.
struct CountedStep {
  std::string step;
  double expected = 0;
  double counted = 0;
};

CountedStep counted_step(const std::string& row) {
  std::vector<std::string> cells;
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t end = row.find(" | ", at);
    cells.push_back(row.substr(at, end - at));
    at = end == std::string::npos ? end : end + 3;
  }
  return {cells.at(0), std::stod(cells.at(1)), std::stod(cells.at(2))};
}

TEST_F(PlannerTest, EstimatesAreNearWhatIsCounted) {
  // Of facts that are spread evenly all is known but how they lie to each other.
  constexpr double kFactor = 2.1;
  for (const std::string_view query : {
           "MATCH (c:Country) RETURN c",
           "MATCH (c:Country|City) RETURN c",
           "AT '2000' MATCH (c:Country)-[m:MEMBER_OF]->(o) RETURN m",
           "AT '1980' MATCH (c:Country)-[m:MEMBER_OF]->(o) RETURN m",
           "AT '2000' MATCH (t:City)-[:IN]->(c)-[:MEMBER_OF]->(o) RETURN t, o",
           "AT '2000' MATCH (o:Organisation 'O0')<-[:MEMBER_OF]-(c)<-[:IN]-(t) RETURN t",
           "AT '2000' MATCH (t:City 'T1')-[:IN]->(c) RETURN c",
           "AT '2000' MATCH (a:City)-[:IN]->(b), (c:City) RETURN a, c",
       }) {
    for (const std::string& row : shared_world->rows(fmt::format("PROFILE {}", query))) {
      const auto [step, expected, counted] = counted_step(row);
      const double rows = std::max(counted, 1.0);  // estimates are at least one
      EXPECT_LE(expected, rows * kFactor) << query << "\n" << row;
      EXPECT_GE(expected * kFactor, rows) << query << "\n" << row;
    }
  }
}

TEST_F(PlannerTest, StartsAtANamedNode) {
  EXPECT_EQ(plan("AT '2000' MATCH (c:Country)-[:MEMBER_OF]->(o:Organisation 'O0') RETURN c.name"),
            "Project c.name\n"
            "  Expand (c)-[_3:MEMBER_OF]->(o) from o at '2000'\n"
            "    NodeByName (o:Organisation 'O0')\n");
}

TEST_F(PlannerTest, LooksBetweenTwoNamedNodes) {
  EXPECT_EQ(plan("MATCH (:Country $a)-[m:MEMBER_OF]->(:Organisation $b) RETURN m.valid"),
            "Project m.valid\n"
            "  ExpandInto (_1)-[m:MEMBER_OF]->(_2) now\n"
            "    Cross\n"
            "      NodeByName (_1:Country $a)\n"
            "      NodeByName (_2:Organisation $b)\n");
}

TEST_F(PlannerTest, AsksForEndsAloneWhereRowsBecomeOne) {
  EXPECT_EQ(plan("AT '2000' MATCH (:Country 'C1')-[:NEAR*1..3]->(b) RETURN DISTINCT b"),
            "Distinct\n"
            "  Project b\n"
            "    ExpandPaths (_1)-[_3:NEAR*1..3]->(b) from _1 at '2000' ends only\n"
            "      NodeByName (_1:Country 'C1')\n");
  const auto asks_for_ends = [](const std::string& query) {
    return plan(query).find("ends only") != std::string::npos;
  };
  EXPECT_TRUE(asks_for_ends("MATCH (a:Country) WHERE EXISTS {(a)-[:NEAR*]->(:City)} RETURN a"));
  EXPECT_TRUE(asks_for_ends("MATCH (a)-[:NEAR*0..]-(b) RETURN DISTINCT a, b"));
  EXPECT_TRUE(asks_for_ends("MATCH (a)-[:NEAR*1..3]-(b) RETURN DISTINCT b"));
  // Who wants the facts, or rows as they are.
  EXPECT_FALSE(asks_for_ends("MATCH (a)-[r:NEAR*]->(b) RETURN DISTINCT b, size(r)"));
  EXPECT_FALSE(asks_for_ends("MATCH p = (a)-[:NEAR*]->(b) RETURN DISTINCT length(p)"));
  EXPECT_FALSE(asks_for_ends("MATCH (a)-[:NEAR*]->(b) RETURN b, count(*)"));
  EXPECT_FALSE(asks_for_ends("MATCH (a)-[:NEAR*]->(b) RETURN DISTINCT b, certainty()"));
  EXPECT_FALSE(asks_for_ends("MATCH (a)-[:NEAR*2..3]->(b) RETURN DISTINCT b"));
}

TEST_F(PlannerTest, SeeksPathsBetweenNodesThatAreThere) {
  EXPECT_EQ(plan("MATCH p = shortestPath((:Country 'C1')-[:NEAR*..4]-(:City 'T1')) RETURN p"),
            "Project p\n"
            "  BuildPath p\n"
            "    ShortestPathInto (_1)-[_3:NEAR*1..4]-(_2) from _1 now\n"
            "      Cross\n"
            "        NodeByName (_1:Country 'C1')\n"
            "        NodeByName (_2:City 'T1')\n");
}

TEST_F(PlannerTest, CountsBelowTheStepThatReadsIt) {
  EXPECT_EQ(plan("MATCH (c:Country) WHERE COUNT {(c)-[:NEAR]->()} > 1 RETURN c.name"),
            "Project c.name\n"
            "  Filter (COUNT {…} > 1)\n"
            "    Count\n"
            "        Expand (c)-[_3:NEAR]->(_2) from c now\n"
            "          OuterRows\n"
            "      NodeScan (c:Country)\n");
}

TEST_F(PlannerTest, ScansARelationRatherThanAllItsNodes) {
  EXPECT_EQ(plan("MATCH (c:Country)-[m:MEMBER_OF]->(o) RETURN count(*)"),
            "CountFacts :MEMBER_OF now\n"
            "  Aggregate count(*)\n"
            "    FactScan (c)-[m:MEMBER_OF]->(o) now\n");
}

TEST_F(PlannerTest, CountsTheFactsOfTheDateThatIsAskedAbout) {
  // The relation NEAR has many facts, of which few hold now: then it is the one to begin with.
  World world;
  std::string script(kDefinitions);
  script +=
      "DEFINE ENTITY City; DEFINE RELATION IN (City)->(Country);"
      "DEFINE RELATION NEAR (City)->(City);";
  for (int i = 0; i < 30; ++i)
    script += fmt::format("ENTITY City 't{}'; ENTITY Country 'c{}';", i, i);
  for (int i = 0; i < 30; ++i) {
    script += fmt::format(
        "ASSERT (:City 't{}')-[:IN]->(:Country 'c{}') FROM '1900-01-01' TO '..';"
        "ASSERT (:City 't{}')-[:NEAR]->(:City 't{}') FROM '1900-01-01' TO '{}';"
        "ASSERT (:City 't{}')-[:NEAR]->(:City 't{}') FROM '1901-01-01' TO '1950-01-01';",
        i, i, i, (i + 1) % 30, i == 0 ? ".." : "1950-01-01", i, (i + 2) % 30);
  }
  world.run(script);
  const std::string query = "MATCH (x)-[:NEAR]->(t)-[:IN]->(c) RETURN c.name, x.name";
  EXPECT_EQ(world.plan(query),
            "Project c.name, x.name\n"
            "  Expand (t)-[_5:IN]->(c) from t now\n"
            "    FactScan (x)-[_3:NEAR]->(t) now\n");
  EXPECT_EQ(world.plan("AT '1920' " + query),
            "Project c.name, x.name\n"
            "  Expand (x)-[_3:NEAR]->(t) from t at '1920'\n"
            "    FactScan (t)-[_5:IN]->(c) at '1920'\n");
}

TEST_F(PlannerTest, BeginsWhereTheWholePatternCostsLeast) {
  // From the one organisation, not from the rarest next hop.
  EXPECT_EQ(plan("MATCH (t:City)-[:IN]->(c:Country)-[:MEMBER_OF]->(o:Organisation) RETURN t.name"),
            "Project t.name\n"
            "  Expand (t)-[_3:IN]->(c) from c now\n"
            "    Expand (c)-[_5:MEMBER_OF]->(o) from o now\n"
            "      NodeScan (o:Organisation)\n");
}

TEST_F(PlannerTest, StartsAtTheRarerEnd) {
  EXPECT_EQ(plan("MATCH (c:Country)-[m:MEMBER_OF]->(o:Organisation) RETURN count(*)"),
            "Aggregate count(*)\n"
            "  Expand (c)-[m:MEMBER_OF]->(o) from o now\n"
            "    NodeScan (o:Organisation)\n");
}

TEST_F(PlannerTest, GoesOnFromEarlierClauses) {
  EXPECT_EQ(
      plan("MATCH (o:Organisation 'O0')<-[m:MEMBER_OF]-(c) MATCH (t)-[:IN]->(c) RETURN id(t)"),
      "Project id(t)\n"
      "  Expand (t)-[_5:IN]->(c) from c now\n"
      "    Expand (o)<-[m:MEMBER_OF]-(c) from o now\n"
      "      NodeByName (o:Organisation 'O0')\n");
}

TEST_F(PlannerTest, ChecksLabelsThatTheRelationDoesNotImply) {
  EXPECT_EQ(plan("MATCH (:City 'T1')-[:NEAR]->(c:Country) RETURN id(c)"),
            "Project id(c)\n"
            "  LabelFilter (c:Country)\n"
            "    Expand (_1)-[_3:NEAR]->(c) from _1 now\n"
            "      NodeByName (_1:City 'T1')\n");
  EXPECT_EQ(plan("MATCH (s:Summit 'x')-[:attendee]->(c:Country) RETURN id(c)"),
            "Project id(c)\n"
            "  Expand (s)-[_3:attendee]->(c) from s now\n"
            "    NodeByName (s:Summit 'x')\n");
}

TEST_F(PlannerTest, PushesFiltersToWhereTheirVariablesAre) {
  EXPECT_EQ(plan("MATCH (o:Organisation 'O0')<-[m:MEMBER_OF]-(c)<-[:IN]-(t) "
                 "WHERE t.name > 'T' AND m.capacity = 'x' AND o.name <> c.name RETURN id(t)"),
            "Project id(t)\n"
            "  Filter (t.name > 'T')\n"
            "    Expand (c)<-[_5:IN]-(t) from c now\n"
            "      Filter (o.name <> c.name)\n"
            "        Filter (m.capacity = 'x')\n"
            "          Expand (o)<-[m:MEMBER_OF]-(c) from o now\n"
            "            NodeByName (o:Organisation 'O0')\n");
}

TEST_F(PlannerTest, ReadsPropertiesWhereTheyAreFirstNeeded) {
  const std::string read = plan(
      "AT '2000' MATCH (c:Country 'C1')<-[:IN]-(t) "
      "WHERE c.capacity > 1 RETURN c.capacity, t.name");
  EXPECT_EQ(read,
            "Project c.capacity, t.name\n"
            "  Expand (c)<-[_3:IN]-(t) from c at '2000'\n"
            "    Filter (c.capacity > 1)\n"
            "      Read c.capacity at '2000'\n"
            "        NodeByName (c:Country 'C1')\n");
}

TEST_F(PlannerTest, CombinesPartsThatShareNothing) {
  EXPECT_EQ(plan("MATCH (a:City), (b:Organisation) WHERE a.name = b.name AND b.name <> 'x' "
                 "RETURN id(a)"),
            "Project id(a)\n"
            "  Filter (a.name = b.name)\n"
            "    Cross\n"
            "      NodeScan (a:City)\n"
            "      Filter (b.name <> 'x')\n"
            "        NodeScan (b:Organisation)\n");
}

TEST_F(PlannerTest, ALimitOfSortedRowsIsTopK) {
  EXPECT_EQ(plan("MATCH (c:City) RETURN c.name ORDER BY c.name DESC SKIP 2 LIMIT $n"),
            "TopK c.name desc limit $n skip 2\n"
            "  Project c.name\n"
            "    NodeScan (c:City)\n");
  EXPECT_EQ(plan("MATCH (c:City) RETURN DISTINCT c.name SKIP 2 LIMIT 3"),
            "Limit 3\n"
            "  Skip 2\n"
            "    Distinct\n"
            "      Project c.name\n"
            "        NodeScan (c:City)\n");
}

TEST_F(PlannerTest, PropertiesThatNothingIsSortedByAreReadOfTheFirstRows) {
  EXPECT_EQ(plan("AT '2000' MATCH (c:City) RETURN c.name AS n, c.capacity ORDER BY n LIMIT 3"),
            "TopK n limit 3\n"
            "  Project c.capacity\n"
            "    Read c.capacity at '2000'\n"
            "      TopK n limit 3\n"
            "        Project c.name\n"
            "          NodeScan (c:City)\n");
  EXPECT_EQ(plan("MATCH (c:City) RETURN c.capacity ORDER BY id(c) SKIP 2 LIMIT $n"),
            "TopK id(c) limit $n skip 2\n"
            "  Project c.capacity\n"
            "    Read c.capacity now\n"
            "      TopK id(c) limit $n and 2\n"
            "        Project id(c)\n"
            "          NodeScan (c:City)\n");
  const auto reads_first = [](const std::string& query) {
    const std::string text = plan(query);
    return text.find("TopK") < text.find("Read") && text.find("TopK") == text.rfind("TopK");
  };
  // A property that is sorted by, or that may take rows away; and all rows.
  EXPECT_TRUE(reads_first("MATCH (c:City) RETURN c.name, c.capacity AS s ORDER BY s LIMIT 3"));
  EXPECT_TRUE(reads_first("CERTAINLY MATCH (c:City) RETURN c.capacity ORDER BY c.name LIMIT 3"));
  EXPECT_TRUE(
      reads_first("THROUGHOUT '2000' MATCH (c:City) RETURN c.capacity ORDER BY c.name LIMIT 3"));
  EXPECT_TRUE(reads_first("MATCH (c:City) RETURN c.capacity ORDER BY certainty() LIMIT 3"));
  EXPECT_TRUE(reads_first("MATCH (c:City) RETURN c.capacity ORDER BY c.name LIMIT 300"));
}

TEST_F(PlannerTest, ShowsScopes) {
  EXPECT_EQ(plan("CERTAINLY AT $d MATCH (:City 'T1')-[a:IN]->(c) "
                 "MATCH (c)-[b:NEAR]->(d) ALL TIME RETURN b"),
            "Project b\n"
            "  Expand (c)-[b:NEAR]->(d) from c all time certainly\n"
            "    Expand (_1)-[a:IN]->(c) from _1 at $d certainly\n"
            "      NodeByName (_1:City 'T1')\n");
  EXPECT_EQ(plan("KNOWN AT SEQ 3 DURING '2005/2010' MATCH (:City 'T1')-[a:IN]->(c) "
                 "MATCH (c)-[b:NEAR]->(d) THROUGHOUT $p SAID BY '2009' RETURN b"),
            "Project b\n"
            "  Expand (c)-[b:NEAR]->(d) from c throughout $p known at #3 said by '2009'\n"
            "    Expand (_1)-[a:IN]->(c) from _1 during '2005/2010' known at #3\n"
            "      NodeByName (_1:City 'T1')\n");
}

TEST_F(PlannerTest, WhatEachRowAsksAboutIsReadRowByRow) {
  EXPECT_EQ(plan("MATCH (j:Join) MATCH (c:Country)-[m:MEMBER_OF]->(o) AT j.on RETURN m"),
            "Project m\n"
            "  Expand (c)-[m:MEMBER_OF]->(o) from o at j.on\n"
            "    Cross\n"
            "      SetInstant j.on\n"
            "        NodeScan (j:Join)\n"
            "      NodeScan (o:Organisation)\n");
}

TEST_F(PlannerTest, WithoutALabelANodeIsOneThatTheRelationJoins) {
  // The second hop may not be scanned, since its fact is another one than the first.
  EXPECT_EQ(plan("MATCH (a)-[m:MEMBER_OF]->(b), (c)-[n:MEMBER_OF]->(d) WHERE c = a RETURN m, n"),
            "Project m, n\n"
            "  Filter (c = a)\n"
            "    Expand (c)-[n:MEMBER_OF]->(d) from d now\n"
            "      Cross\n"
            "        FactScan (a)-[m:MEMBER_OF]->(b) now\n"
            "        NodeScan (d:Organisation)\n");
}

TEST_F(PlannerTest, ExpectsOfARoleWhatItsKindsAndFillersAre) {
  EXPECT_EQ(plan("MATCH (j:Join)-[:member]->(c:Country) RETURN count(*)"),
            "Aggregate count(*)\n"
            "  Expand (j)-[_3:member]->(c) from j now\n"
            "    NodeScan (j:Join)\n");
}

}  // namespace
}  // namespace annals::query
