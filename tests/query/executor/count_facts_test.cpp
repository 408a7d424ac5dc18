#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Two relations whose facts begin and end at exact dates, coarse ones, uncertain and planned ones.
void fill(World& world, std::mt19937_64& random) {
  constexpr std::array<std::string_view, 8> kBegins = {
      "2000-01-01", "2000-02", "2000", "2001-05-05", "2001?", "..", "[2000-03-01..2002]", "2002~"};
  constexpr std::array<std::string_view, 7> kEnds = {
      "2003-01-01", "2003-02", "2003", "2004-05-05", "..", "2004?", "[2003-03-01..]"};
  std::string script(kDefinitions);
  for (int i = 0; i < 12; ++i) {
    script += fmt::format("ENTITY Country 'c{}'; ENTITY Organisation 'o{}';", i, i);
  }
  world.run(script);
  script.clear();
  for (int i = 0; i < 60; ++i) {
    script += fmt::format("ASSERT (:Country 'c{}')-[:{}]->(:Organisation 'o{}') FROM '{}' TO '{}';",
                          random() % 12, random() % 3 == 0 ? "FORMER_MEMBER_OF" : "MEMBER_OF",
                          random() % 12, kBegins[random() % kBegins.size()],
                          kEnds[random() % kEnds.size()]);
    if (i % 5 == 0) {
      script += fmt::format(
          "RECORD Join {{member: 'c{}', organisation: 'o{}'}} ON '2001-{:02}' {};", random() % 12,
          random() % 12, 1 + random() % 12, random() % 2 == 0 ? "STATUS planned" : "");
    }
  }
  world.run(script);
}

constexpr std::array<std::string_view, 14> kDates = {
    "1999",       "1999-12-31", "2000-01-01", "2000-02-15", "2001-01-01",
    "2001-05-05", "2001-06-30", "2002-12-31", "2003-01-01", "2003-02-15",
    "2003-12-31", "2004-05-05", "2005-01-01", "2001-05?"};
constexpr std::array<std::string_view, 3> kHops = {"(a)-[m:MEMBER_OF]->(b)",
                                                   "(a)<-[m:FORMER_MEMBER_OF|MEMBER_OF]-(b)",
                                                   "(a:Country)-[m:MEMBER_OF]->(b:Organisation)"};

TEST(CountFacts, TheIndexCountsWhatAScanFinds) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    World world;
    fill(world, random);
    for (const std::string_view mode : {"", "CERTAINLY "}) {
      for (const std::string_view date : kDates) {
        for (const std::string_view hop : kHops) {
          const auto ask = [&](std::string_view result) {
            return world.rows(fmt::format("{}AT '{}' MATCH {} {}", mode, date, hop, result));
          };
          // A projection between the scan and the count keeps the index from being asked.
          EXPECT_EQ(ask("RETURN count(*), count(m)"), ask("WITH a, m RETURN count(*), count(m)"))
              << mode << date << " " << hop;
        }
      }
    }
  }
}

TEST(CountFacts, ByRelationTheIndexCountsWhatAScanFinds) {
  std::mt19937_64 random(9);
  World world;
  fill(world, random);
  for (const std::string_view mode : {"", "CERTAINLY "}) {
    for (const std::string_view date : kDates) {
      const auto ask = [&](std::string_view result) {
        return world.rows(
            fmt::format("{}AT '{}' MATCH ()-[m]->() {} ORDER BY type", mode, date, result));
      };
      EXPECT_EQ(ask("RETURN type(m) AS type, count(*)"),
                ask("WITH m RETURN type(m) AS type, count(*)"))
          << mode << date;
    }
  }
}

TEST(CountFacts, OfEntitiesThatCeaseToBeTheScanKnows) {
  std::mt19937_64 random(7);
  World world;
  fill(world, random);
  world.run(
      "DEFINE EVENT Dissolution (body Organisation) ENDS (body);"
      "RECORD Dissolution {body: 'o1'} ON '2001-02-01'");
  for (const std::string_view date : kDates) {
    const auto ask = [&](std::string_view result) {
      return world.rows(fmt::format("AT '{}' MATCH {} {}", date, kHops[0], result));
    };
    EXPECT_EQ(ask("RETURN count(*)"), ask("WITH a RETURN count(*)")) << date;
  }
}

TEST(CountFacts, ATimelineIsTheSameCountedOrScanned) {
  std::mt19937_64 random(8);
  World world;
  fill(world, random);
  const auto ask = [&](std::string_view result) {
    return world.rows(
        fmt::format("TIMELINE FROM '1999' TO '2005' BY MONTH MATCH {} {}", kHops[0], result));
  };
  EXPECT_EQ(ask("RETURN count(m)"), ask("WITH m RETURN count(m)"));
}

TEST(CountFacts, OnlyWhatTheIndexKeepsIsCountedByIt) {
  World world;
  world.run(kDefinitions);
  EXPECT_THAT(world.plan("AT '2000' MATCH (a)-[m:MEMBER_OF]->() RETURN count(*), count(m)"),
              StartsWith("CountFacts :MEMBER_OF at '2000'\n"));
  EXPECT_THAT(world.plan("AT '2000' MATCH ()-[m]->() RETURN type(m), count(*)"),
              StartsWith("CountFacts at '2000' by type\n"));
  for (const std::string_view query :
       {"ALL TIME MATCH (a)-[m:MEMBER_OF]->() RETURN count(*)",
        "DURING '2000' MATCH (a)-[m:MEMBER_OF]->() RETURN count(*)",
        "SAID BY '2000' MATCH (a)-[m:MEMBER_OF]->() RETURN count(*)",
        "MATCH (a)-[m:MEMBER_OF]-() RETURN count(*)",
        "MATCH (a)-[m:MEMBER_OF]->(a) RETURN count(*)",
        "MATCH (a)-[m:MEMBER_OF]->() RETURN count(DISTINCT a)",
        "MATCH (a)-[m:MEMBER_OF]->() RETURN count(m.capacity)",
        "MATCH (a)-[m:MEMBER_OF]->() RETURN count(*), max(a.name)",
        "MATCH (a)-[m:MEMBER_OF]->() WHERE a.name > 'x' RETURN count(*)",
        "MATCH (a)-[m:MEMBER_OF]->() RETURN a, count(*)",
        "MATCH (a)-[m]->() RETURN type(m), a.name, count(*)"}) {
    EXPECT_THAT(world.plan(query), Not(HasSubstr("CountFacts"))) << query;
  }
}

}  // namespace
}  // namespace annals::query
