#include "query/executor/fact_image.h"

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "query/executor/query_runner.h"
#include "query/parser/parser.h"
#include "schema/base/limits.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using storage::Direction;
using storage::Fact;
using ::testing::ElementsAre;

/// Exact and vague dates, plans, properties, loops, and events as sources.
void fill(World& world, std::mt19937_64& random, int facts = 80) {
  constexpr std::array<std::string_view, 7> kBegins = {
      "2000-01-01", "2000-02-02", "2001-05-05", "2000-02", "2001", "2001?", ".."};
  constexpr std::array<std::string_view, 6> kEnds = {"2003-01-01", "2003-05-05", "..",
                                                     "..",         "2003",       "2004?"};
  world.run(kDefinitions);
  world.run("DEFINE RELATION KNOWS (Country)->(Country);");
  std::string script;
  for (int i = 0; i < 12; ++i) {
    script += fmt::format("ENTITY Country 'c{0}'; ENTITY Organisation 'o{0}';", i);
  }
  for (int i = 0; i < facts; ++i) {
    const auto end = [&] { return kEnds[random() % kEnds.size()]; };
    const auto begin = [&] { return kBegins[random() % kBegins.size()]; };
    script += fmt::format(
        "ASSERT (:Country 'c{}')-[:MEMBER_OF{}]->(:Organisation 'o{}') FROM '{}' TO '{}';"
        "ASSERT (:Country 'c{}')-[:KNOWS]->(:Country 'c{}') FROM '{}' TO '{}';",
        random() % 12, random() % 4 == 0 ? " {since: 'then'}" : "", random() % 12, begin(), end(),
        random() % 12, random() % 12, begin(), end());
  }
  script += "RECORD Summit {organisation: 'o1', attendee: ['c1', 'c2', 'c3']} ON '2001-06-01';";
  script += "RECORD Join {member: 'c4', organisation: 'o2'} ON '2001-06-01' STATUS planned;";
  world.run(script);
}

std::vector<Fact> facts_of_index(const storage::GraphSnapshot& snapshot,
                                 const storage::FactScan& scan) {
  std::vector<Fact> all;
  std::vector<Fact> batch;
  const auto cursor = snapshot.facts(scan);
  while (cursor->next(batch, 100) && !batch.empty()) {
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

std::vector<Fact> facts_of_image(const FactImage& image, const storage::FactScan& scan) {
  FactImage::Range range = scan.node ? image.of(scan.node) : image.all();
  if (scan.node && scan.relation) range = image.of(range, scan.relation);
  std::vector<FactImage::Row> rows;
  while (range.size() > 0) {
    image.find(range, {scan.relation, scan.neighbour, image.times_of(scan.window)}, 7, rows);
  }
  std::vector<Fact> all;
  for (const FactImage::Row row : rows) all.push_back(image.fact(row));
  return all;
}

TEST(FactImageTest, HasTheFactsOfTheIndexInItsOrder) {
  std::mt19937_64 random(1);
  World world;
  fill(world, random);
  const auto snapshot = world.database().snapshot();
  const StopFlag stop;
  // The very instants at which some begin, and some end.
  const Micros begin = parse_date("2001-05-05")->begin.earliest;
  const Micros end = parse_date("2003-01-01")->begin.earliest;
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    const auto read = FactImage::read(*snapshot, direction, limits::kFactImageBytes, stop);
    ASSERT_TRUE(read);
    ASSERT_NE(*read, nullptr);
    std::vector<NodeId> nodes = {NodeId(), NodeId::entity(9'999), NodeId::event(Seq(9'999))};
    for (const Fact& fact : facts_of_index(*snapshot, {})) {
      nodes.insert(nodes.end(), {fact.source, fact.target});
    }
    for (const NodeId node : nodes) {
      for (const std::string_view relation : {"", "MEMBER_OF", "KNOWS", "ATTENDED"}) {
        for (const storage::Window window :
             {storage::Window(), storage::Window{begin, begin}, storage::Window{end, end}}) {
          storage::FactScan scan{node, direction, {}, {}, window};
          if (!relation.empty()) scan.relation = snapshot->vocabulary().find_symbol(relation);
          EXPECT_EQ(facts_of_image(**read, scan), facts_of_index(*snapshot, scan))
              << node.raw << relation;
        }
      }
    }
  }
}

TEST(FactImageTest, FindsTheFactsWithANeighbourWhereverTheyStand) {
  std::mt19937_64 random(3);
  World world;
  fill(world, random);
  const auto snapshot = world.database().snapshot();
  const auto image =
      FactImage::read(*snapshot, Direction::kOut, limits::kFactImageBytes, StopFlag());
  ASSERT_TRUE(image && *image != nullptr);
  const std::vector<Fact> all = facts_of_index(*snapshot, {});
  ASSERT_GT(all.size(), 100U);
  const Micros day = parse_date("2001-05-05")->begin.earliest;
  for (const storage::Window window : {storage::Window(), storage::Window{day, day}}) {
    for (const Fact& one : all) {
      std::vector<Fact> wanted;
      for (const Fact& fact : facts_of_index(*snapshot, {{}, Direction::kOut, {}, {}, window})) {
        if (fact.target == one.target) wanted.push_back(fact);
      }
      EXPECT_EQ(facts_of_image(**image, {{}, Direction::kOut, {}, one.target, window}), wanted)
          << one.target.raw;
    }
  }
}

TEST(FactImageTest, WhatIsTooLargeIsNotKept) {
  std::mt19937_64 random(2);
  World world;
  fill(world, random, 5);
  const StopFlag stop;
  const auto read = FactImage::read(*world.database().snapshot(), Direction::kOut, 100, stop);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, nullptr);
}

TEST(FactImageTest, ReadingStopsWhenItIsAskedTo) {
  std::mt19937_64 random(2);
  World world;
  fill(world, random, 5);
  StopFlag stop;
  stop.request();
  const auto read =
      FactImage::read(*world.database().snapshot(), Direction::kOut, limits::kFactImageBytes, stop);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInterrupted);
}

/// The same question, asked of the index and, when the session has scanned often enough, of an
/// image: the same rows in the same order.
TEST(FactImageTest, AnswersAreThoseOfTheIndex) {
  constexpr std::array<std::string_view, 14> kQuestions = {
      "MATCH (a)-[m]->(b) RETURN a.name, type(m), b.name, m.valid, m.since",
      "MATCH (a)-[:KNOWS]->(b) RETURN a.name, b.name",
      "MATCH (a)-[:KNOWS|MEMBER_OF]-(b) RETURN a.name, b.name",
      "MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c)-[:KNOWS]->(a) RETURN a.name, b.name, c.name",
      "MATCH (a)-[:KNOWS]->(b)-[:MEMBER_OF]->(o)<-[:MEMBER_OF]-(a) RETURN a.name, b.name, o.name",
      "MATCH (:Country 'c1')-[m]-(b) RETURN b.name, m.certainty",
      "MATCH (a)-[m]->() RETURN id(a), count(*), min(m.valid)",
      "MATCH (a)-->() RETURN a, count(*) AS facts ORDER BY facts DESC, a.name LIMIT 3",
      "MATCH (a)-->() WITH DISTINCT a RETURN count(*), sum(id(a))",
      "MATCH (a)-->(b) RETURN b.name, count(*), count(DISTINCT a)",
      "MATCH (a)-[:KNOWS*1..3]->(b) RETURN a.name, b.name",
      "MATCH (a)-[:KNOWS]->(b) WHERE NOT EXISTS { MATCH (b)-[:KNOWS]->(a) ALL TIME } RETURN a.name, b.name",
      "MATCH (a)-[:MEMBER_OF]->(o) OPTIONAL MATCH (a)-[:KNOWS]->(b) ALL TIME RETURN o.name, id(b), count(*)",
      "MATCH (e:Summit)<-[:ATTENDED]-(c) RETURN c.name, e.seq"};
  constexpr std::array<std::string_view, 7> kScopes = {
      "AT '2001-06-01'",           "AT '2001'", "CERTAINLY AT '2001'", "DURING '2000/2001'",
      "THROUGHOUT '2000-03/2001'", "ALL TIME",  "AT '2003?'"};
  std::mt19937_64 random(4);
  World world;
  fill(world, random);
  for (const std::string_view scope : kScopes) {
    for (const std::string_view question : kQuestions) {
      const std::string text = fmt::format("{} {}", scope, question);
      StopFlag stop;
      Session fresh(world.database(), world.clock(), nullptr, stop);
      TextSink without;
      const Status done = fresh.run(text, {}, without);
      ASSERT_TRUE(done) << format_error(done.error());
      world.rows("ALL TIME MATCH (a)-[m]->(b) RETURN count(m.since)");
      EXPECT_EQ(world.rows(text), without.rows) << text;
    }
  }
}

}  // namespace
}  // namespace annals::query
