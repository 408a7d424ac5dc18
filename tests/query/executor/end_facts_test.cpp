#include "query/executor/end_facts.h"

#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "storage/graph_index/cursors.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using storage::Direction;
using storage::Fact;
using storage::FactScan;

constexpr std::size_t kMemory = std::size_t{1} << 30;
constexpr int kCountries = 30;

class EndFactsTest : public testing::Test {
 protected:
  /// Two relations between countries, some facts on vague dates, loops, and facts between the same
  /// two at other times.
  EndFactsTest() {
    std::mt19937_64 random(5);
    world_.run(kDefinitions);
    world_.run(
        "DEFINE RELATION KNOWS (Country)->(Country); DEFINE RELATION TRUSTS (Country)->(Country);");
    std::string script;
    for (int i = 0; i < kCountries; ++i) script += fmt::format("ENTITY Country 'c{}';", i);
    for (int i = 0; i < 900; ++i) {
      const auto begin = 1990 + random() % 20;
      script += fmt::format(
          "ASSERT (:Country 'c{}')-[:{}]->(:Country 'c{}') FROM '{}{}' TO '{}-01-01';",
          random() % 3 == 0 ? 0 : random() % kCountries, i % 3 == 0 ? "TRUSTS" : "KNOWS",
          random() % 3 == 0 ? 1 : random() % kCountries, begin, i % 10 == 0 ? "" : "-01-01",
          begin + 1 + random() % 15);
    }
    world_.run(script);
    snapshot_ = world_.database().snapshot();
  }

  NodeId country(int number) const {
    return snapshot_->find_entities(fmt::format("c{}", number)).value().front();
  }

  FactScan scan(Direction direction, std::string_view relation, int node, int neighbour,
                std::string_view day) const {
    FactScan scan;
    scan.direction = direction;
    scan.node = country(node);
    scan.neighbour = country(neighbour);
    if (!relation.empty()) scan.relation = snapshot_->vocabulary().find_symbol(relation);
    if (!day.empty()) scan.window = storage::Window::of(parse_date(day)->begin);
    return scan;
  }

  std::vector<Fact> in_index(const FactScan& scan) const {
    std::vector<Fact> facts;
    EXPECT_TRUE(storage::read_all(*snapshot_->facts(scan), facts));
    return facts;
  }

  std::optional<std::vector<Fact>> find(EndFacts& ends, const FactScan& scan) const {
    const auto found = ends.find(*snapshot_, scan);
    EXPECT_TRUE(found);
    if (!*found) return std::nullopt;
    return std::vector<Fact>((*found)->begin(), (*found)->end());
  }

  World world_;
  std::unique_ptr<storage::GraphSnapshot> snapshot_;
  StopFlag stop_;
  MemoryBudget memory_{kMemory};
};

TEST_F(EndFactsTest, FindsWhatTheIndexFindsInItsOrder) {
  std::size_t answered = 0;
  std::size_t facts = 0;
  EndFacts ends(memory_, stop_);
  // Either end may be the one that stays; the relation, the direction and the day change now and
  // then, and come again.
  for (const std::string_view day : {"", "2000-06-01", "", "1999"}) {
    for (const std::string_view relation : {"", "KNOWS", "TRUSTS"}) {
      for (const Direction direction : {Direction::kOut, Direction::kIn}) {
        for (const int fixed : {0, 1, 7, 0}) {
          for (const bool is_node : {true, false}) {
            for (int other = 0; other < kCountries; ++other) {
              const FactScan asked = is_node ? scan(direction, relation, fixed, other, day)
                                             : scan(direction, relation, other, fixed, day);
              const auto found = find(ends, asked);
              if (!found) continue;
              ++answered;
              facts += found->size();
              ASSERT_EQ(*found, in_index(asked)) << day << relation << fixed << " " << other;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(answered, 1'000U);
  EXPECT_GT(facts, 1'000U);
}

TEST_F(EndFactsTest, ReadsANodeOnlyWhenMuchWasAskedAboutIt) {
  EndFacts ends(memory_, stop_);
  // Some 300 facts, each of the others a few.
  int unanswered = 0;
  while (!find(ends, scan(Direction::kOut, "", 0, unanswered % kCountries, ""))) ++unanswered;
  EXPECT_GE(unanswered, 4);
  EXPECT_LE(unanswered, 20);
  // Another node is asked about: begins anew.
  EXPECT_FALSE(find(ends, scan(Direction::kOut, "", 1, 12, "")));
  EXPECT_FALSE(find(ends, scan(Direction::kOut, "", 0, 13, "")));
}

TEST_F(EndFactsTest, TakesASmallPartOfTheMemoryAndGivesItBack) {
  {
    EndFacts ends(memory_, stop_);
    for (int i = 0; i < kCountries; ++i) find(ends, scan(Direction::kOut, "", 0, i, ""));
    EXPECT_FALSE(memory_.take(kMemory)) << "what it has counts";
    memory_.give_back(kMemory);
  }
  EXPECT_TRUE(memory_.take(kMemory));
  // Without room the index is asked, for ever.
  MemoryBudget small(16 * sizeof(Fact) * 20);
  EndFacts none(small, stop_);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(find(none, scan(Direction::kOut, "", 0, i % kCountries, "")));
  }
  EXPECT_TRUE(small.take(small.bytes_max()));
}

TEST_F(EndFactsTest, Stops) {
  EndFacts ends(memory_, stop_);
  stop_.request();
  Status status;
  for (int i = 0; i < kCountries && status; ++i) {
    const auto found = ends.find(*snapshot_, scan(Direction::kOut, "", 0, i, ""));
    if (!found) status = found.error();
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace annals::query
