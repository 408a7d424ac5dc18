#include "query/executor/fact_slice.h"

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/executor/run_context.h"
#include "schema/base/limits.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using storage::Direction;

constexpr std::array<std::string_view, 3> kDays = {"2000-02-02", "2003-01-01", "2010-05-05"};

/// Facts on exact dates and, if `is_vague`, some on others; loops, facts that differ in their dates
/// alone, a node with very many, and events as sources.
void fill(World& world, bool is_vague) {
  constexpr int kCountries = 40;
  std::mt19937_64 random(11);
  world.run(kDefinitions);
  world.run(
      "DEFINE RELATION KNOWS (Country)->(Country); DEFINE RELATION RARE (Country)->(Country);");
  std::string script;
  for (int i = 0; i < kCountries; ++i) script += fmt::format("ENTITY Country 'c{}';", i);
  script += "ENTITY Organisation 'o';";
  const auto one = [&] { return random() % 4 == 0 ? 0 : random() % kCountries; };
  for (int i = 0; i < 600; ++i) {
    const auto begin = 1990 + random() % 20;
    const bool vague = is_vague && i % 10 == 0;
    script +=
        fmt::format("ASSERT (:Country 'c{}')-[:KNOWS]->(:Country 'c{}') FROM '{}{}' TO '{}-01-01';",
                    one(), one(), begin, vague ? "" : "-01-01", begin + 1 + random() % 15);
  }
  for (int i = 0; i < kCountries; i += 2) {
    script += fmt::format(
        "ASSERT (:Country 'c{}')-[:MEMBER_OF]->(:Organisation 'o') FROM '2001-01-01' TO '..';", i);
  }
  script += "ASSERT (:Country 'c7')-[:RARE]->(:Country 'c3') FROM '2000-01-01' TO '..';";
  script += "RECORD Summit {organisation: 'o', attendee: ['c1', 'c2', 'c3']} ON '2001-06-01';";
  world.run(script);
}

std::vector<FactImage::Row> rows_of(const FactImage& image, FactImage::Range range,
                                    const FactImage::Filter& filter) {
  std::vector<FactImage::Row> rows;
  image.find(range, filter, image.all().size(), rows);
  return rows;
}

class FactSliceTest : public testing::Test {
 protected:
  void read(Direction direction) {
    const auto read =
        FactImage::read(*world_.database().snapshot(), direction, limits::kFactImageBytes, stop_);
    ASSERT_TRUE(read);
    image_ = *read;
    ASSERT_NE(image_, nullptr);
  }

  World world_;
  StopFlag stop_;
  MemoryBudget memory_{std::size_t{1} << 30};
  std::shared_ptr<const FactImage> image_;
};

TEST_F(FactSliceTest, HasTheRowsOfTheImageOfEachNode) {
  fill(world_, true);
  const auto snapshot = world_.database().snapshot();
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    read(direction);
    std::vector<NodeId> nodes = {NodeId::entity(0), NodeId::entity(9'999),
                                 NodeId::event(Seq(9'999))};
    for (FactImage::Row row = 0; row < image_->all().size(); ++row) {
      nodes.insert(nodes.end(), {image_->node(row), image_->neighbour(row)});
    }
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    for (const std::string_view name :
         {"", "KNOWS", "RARE", "MEMBER_OF", "ATTENDED", "organisation"}) {
      SymbolId relation;
      if (!name.empty()) relation = snapshot->vocabulary().find_symbol(name);
      for (const std::string_view day : kDays) {
        const Micros at = parse_date(day)->begin.earliest;
        const storage::Window window{at, at};
        const auto made = FactSlice::make(image_, {direction, relation, window}, memory_, stop_);
        ASSERT_TRUE(made);
        ASSERT_NE(*made, nullptr);
        const FactSlice& slice = **made;
        for (const NodeId node : nodes) {
          FactImage::Range range = image_->of(node);
          if (relation) range = image_->of(range, relation);
          const FactImage::Times times = image_->times_of(window);
          const auto expected = rows_of(*image_, range, {SymbolId(), NodeId(), times});
          std::vector<FactImage::Row> found;
          const FactSlice::Range places = slice.of(node);
          for (FactSlice::Place place = places.first; place < places.last; ++place) {
            found.push_back(slice.row(place));
            EXPECT_EQ(slice.neighbour(place), image_->neighbour(slice.row(place)));
            EXPECT_EQ(slice.relation(place), image_->relation(slice.row(place)));
          }
          ASSERT_EQ(found, expected) << name << " " << day << " " << node.raw;
          const NodeId neighbour = nodes[(node.raw * 7) % nodes.size()];
          const auto with = rows_of(*image_, range, {SymbolId(), neighbour, times});
          const FactSlice::Range near = slice.near(places, neighbour);
          found.clear();
          for (FactSlice::Place place = near.first; place < near.last; ++place) {
            if (slice.neighbour(place) == neighbour) found.push_back(slice.row(place));
          }
          ASSERT_EQ(found, with) << name << " " << day << " " << node.raw;
        }
      }
    }
  }
}

TEST_F(FactSliceTest, TakesNoMoreMemoryThanASmallPartAndGivesItBack) {
  fill(world_, false);
  read(Direction::kOut);
  const FactSliceKey key{Direction::kOut, SymbolId(), storage::Window()};
  MemoryBudget small(10'000);
  const auto none = FactSlice::make(image_, key, small, stop_);
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
  EXPECT_TRUE(small.take(10'000));
  MemoryBudget large(1'000'000);
  auto made = FactSlice::make(image_, key, large, stop_);
  ASSERT_TRUE(made);
  ASSERT_NE(*made, nullptr);
  EXPECT_FALSE(large.take(1'000'000));
  large.give_back(1'000'000);
  made->reset();
  EXPECT_TRUE(large.take(1'000'000));
}

TEST_F(FactSliceTest, OneIsMadeOfWhatIsReadOften) {
  fill(world_, false);
  read(Direction::kOut);
  FactSlices slices(memory_);
  const FactSliceKey key{Direction::kOut, SymbolId(), storage::Window()};
  const auto find = [&](std::size_t reads) {
    const auto found = slices.find(image_, key, reads, stop_);
    EXPECT_TRUE(found);
    return *found;
  };
  EXPECT_EQ(find(1), nullptr);
  EXPECT_NE(find(1'000), nullptr);
  EXPECT_NE(find(1), nullptr);
  slices.forget();
  EXPECT_EQ(find(1), nullptr);
  stop_.request();
  const auto stopped = slices.find(image_, key, 1'000, stop_);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
}

/// The same questions of the index and, when the session has scanned often enough, of slices of an
/// image: the same rows in the same order. With facts on exact dates alone whole batches go on from
/// a slice.
TEST(FactSlice, AnswersAreThoseOfTheIndex) {
  constexpr std::array<std::string_view, 14> kQuestions = {
      "MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c)-[:KNOWS]->(a) RETURN a.name, b.name, c.name",
      "MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c)-[:KNOWS]->(a) RETURN count(*)",
      "MATCH (a)-[:KNOWS]->(b)<-[:KNOWS]-(c) RETURN a.name, b.name, c.name",
      "MATCH (a)-[f]->(b)-[g]->(c) RETURN a.name, f.valid, g.valid, type(g), c.name",
      "MATCH (a)-[f:KNOWS]->(b)-[g:KNOWS]->(c) WHERE f.valid <> g.valid RETURN a.name, c.name",
      "MATCH p = (a)-[:KNOWS]->(b)-[:KNOWS]->(c) RETURN p",
      "MATCH (a)-[f:KNOWS]->(b)-[:KNOWS]->(c) WITH f, count(*) AS n RETURN f.valid, n",
      "MATCH (a)-[f:KNOWS]->(b)-[:KNOWS]->(c) RETURN DISTINCT f",
      "MATCH (a)-[:KNOWS]->(a)-[:KNOWS]->(b) RETURN a.name, b.name",
      "MATCH (a)-[:KNOWS]-(b)-[:KNOWS]-(c) RETURN a.name, b.name, c.name",
      "MATCH (a)-[:KNOWS]->(b)-[:MEMBER_OF]->(o)<-[:MEMBER_OF]-(a) RETURN a.name, b.name",
      "MATCH (a)-[:KNOWS]->(b) OPTIONAL MATCH (b)-[g:KNOWS]->(c)-[:KNOWS]->(b) ALL TIME RETURN b.name, g.valid",
      "MATCH (a)-[f:KNOWS]->(b) WHERE EXISTS { MATCH (b)-[g:KNOWS]->(a) ALL TIME WHERE f.valid = g.valid }"
      " RETURN a.name, b.name",
      "MATCH (a)-[:KNOWS]->(b)-[:KNOWS*1..2]->(c) RETURN a.name, count(*)"};
  constexpr std::array<std::string_view, 5> kScopes = {
      "AT '2003-01-01'", "ALL TIME", "DURING '2000/2001'", "THROUGHOUT '2000/2001'", "AT '2003'"};
  for (const bool is_vague : {false, true}) {
    World world;
    fill(world, is_vague);
    for (const std::string_view scope : kScopes) {
      for (const std::string_view question : kQuestions) {
        // The limit keeps what is compared small, and comes behind some batches.
        const std::string text = fmt::format("{} {} LIMIT 3000", scope, question);
        const StopFlag stop;
        Session fresh(world.database(), world.clock(), nullptr, stop);
        TextSink without;
        const Status done = fresh.run(text, {}, without);
        ASSERT_TRUE(done) << format_error(done.error());
        for (int i = 0; i < 2; ++i) {
          world.rows("ALL TIME MATCH (a)-[m]->(b) RETURN count(m.since)");
          world.rows("ALL TIME MATCH (a)<-[m]-(b) RETURN count(m.since)");
        }
        EXPECT_EQ(world.rows(text), without.rows) << text;
      }
    }
  }
}

}  // namespace
}  // namespace annals::query
