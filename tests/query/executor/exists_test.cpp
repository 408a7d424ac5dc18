#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using Random = std::mt19937_64;
using storage::Fact;

constexpr int kNodes = 3;
constexpr int kDays = 4;

/// Answers conditions with EXISTS the plain way: in every world, by the instant of each event.
/// Knows nothing of plans, doubts and searches.
class PlainEvaluator {
 public:
  /// `dates` are the bounds of the events by sequence, `asked` those of the scope.
  PlainEvaluator(const storage::GraphSnapshot& snapshot, const std::map<Seq, Instant>& dates,
                 Instant asked)
      : dates_(dates), asked_(asked) {
    const auto cursor = snapshot.facts({});
    std::vector<Fact> batch;
    for (;;) {
      if (!cursor->next(batch, 1'000) || batch.empty()) break;
      for (const Fact& fact : batch) {
        facts_.push_back({snapshot.entity(fact.source)->name, snapshot.entity(fact.target)->name,
                          snapshot.vocabulary().symbol_name(fact.relation), fact.id.begun_by,
                          fact.ended_by});
      }
    }
  }

  /// What a pattern of one hop asks for; an empty text: anything.
  struct Pattern {
    std::string source;
    std::string relation;
    std::string target;
  };
  bool exists(const Pattern& pattern) const {
    const auto fits = [](const std::string& wanted, const std::string& there) {
      return wanted.empty() || wanted == there;
    };
    return std::any_of(facts_.begin(), facts_.end(), [&](const PlainFact& fact) {
      const bool alive = now_.at(fact.begun_by) <= asked_now_ &&
                         (!fact.ended_by || asked_now_ < now_.at(fact.ended_by));
      return alive && fits(pattern.source, fact.source) && fits(pattern.relation, fact.relation) &&
             fits(pattern.target, fact.target);
    });
  }

  Certainty in_all_worlds(const std::function<bool(const PlainEvaluator&)>& holds) {
    std::size_t all = 0;
    std::size_t held = 0;
    visit(dates_.begin(), [&] {
      ++all;
      if (holds(*this)) ++held;
    });
    if (held == 0) return Certainty::kImpossible;
    return held == all ? Certainty::kCertain : Certainty::kPossible;
  }

 private:
  struct PlainFact {
    std::string source;
    std::string target;
    std::string relation;
    Seq begun_by;
    Seq ended_by;
  };

  void visit(std::map<Seq, Instant>::const_iterator next, const std::function<void()>& world) {
    const Instant bounds = next == dates_.end() ? asked_ : next->second;
    for (Micros at = bounds.earliest; at <= bounds.latest; at += kMicrosPerDay) {
      if (next == dates_.end()) {
        asked_now_ = at;
        world();
      } else {
        now_[next->first] = at;
        visit(std::next(next), world);
      }
    }
  }

  std::vector<PlainFact> facts_;
  std::map<Seq, Instant> dates_;
  Instant asked_;
  std::map<Seq, Micros> now_;
  Micros asked_now_ = 0;
};

/// A condition as text and as what it means for the node x.
struct Condition {
  std::string text;
  std::function<bool(const PlainEvaluator&, const std::string& x)> holds;
};

std::string random_node(Random& random) { return fmt::format("n{}", random() % kNodes); }

Condition random_exists(Random& random) {
  PlainEvaluator::Pattern pattern;
  if (random() % 3 != 0) pattern.relation = random() % 2 == 0 ? "R" : "S";
  if (random() % 2 == 0) pattern.target = random_node(random);
  const bool of_x = random() % 3 != 0;
  if (!of_x) pattern.source = random_node(random);
  const auto node = [](const std::string& name) {
    return name.empty() ? std::string("()") : fmt::format("(:Node '{}')", name);
  };
  Condition condition;
  condition.text =
      fmt::format("EXISTS {{{}-[{}]->{}}}", of_x ? "(x)" : node(pattern.source),
                  pattern.relation.empty() ? "" : ":" + pattern.relation, node(pattern.target));
  condition.holds = [=](const PlainEvaluator& world, const std::string& x) {
    PlainEvaluator::Pattern asked = pattern;
    if (of_x) asked.source = x;
    return world.exists(asked);
  };
  return condition;
}

Condition random_condition(int depth, Random& random) {
  const auto kind = depth == 0 ? 0 : random() % 5;
  if (kind == 0) {
    if (depth > 0 || random() % 8 != 0) return random_exists(random);
    const std::string name = random_node(random);
    return {fmt::format("x.name = '{}'", name),
            [=](const PlainEvaluator&, const std::string& x) { return x == name; }};
  }
  const Condition a = random_condition(depth - 1, random);
  if (kind == 1) {
    return {fmt::format("NOT ({})", a.text),
            [=](const PlainEvaluator& world, const std::string& x) { return !a.holds(world, x); }};
  }
  const Condition b = random_condition(depth - 1, random);
  const std::string word = std::vector<std::string>{"AND", "OR", "XOR"}[kind - 2];
  return {fmt::format("({}) {} ({})", a.text, word, b.text),
          [=](const PlainEvaluator& world, const std::string& x) {
            const bool left = a.holds(world, x);
            const bool right = b.holds(world, x);
            return word == "AND" ? left && right : word == "OR" ? left || right : left != right;
          }};
}

std::string day(int number) { return fmt::format("2000-01-{:02}", number + 1); }

/// A range of days, each of which is an instant of a world.
std::string random_days(Random& random) {
  const int a = static_cast<int>(random() % kDays);
  const int b = static_cast<int>(random() % kDays);
  if (a == b) return day(a);
  return fmt::format("[{}..{}]", day(std::min(a, b)), day(std::max(a, b)));
}

std::map<Seq, Instant> fill(World& world, Random& random) {
  world.run(
      "DEFINE ENTITY Node; DEFINE RELATION R (Node)->(Node); DEFINE RELATION S (Node)->(Node);"
      "DEFINE EVENT Start (a Node, b Node) BEGINS (a)-[:R]->(b);"
      "DEFINE EVENT Turn (a Node, b Node) ENDS (a)-[:R]->(b) BEGINS (a)-[:S]->(b);");
  for (int i = 0; i < kNodes; ++i) world.run(fmt::format("ENTITY Node 'n{}';", i));
  std::map<Seq, Instant> dates;
  for (int i = 0; i < 5; ++i) {
    const std::string days = random_days(random);
    world.run(fmt::format("RECORD {} {{a: '{}', b: '{}'}} ON '{}';",
                          random() % 2 == 0 ? "Turn" : "Start", i < 3 ? "n0" : random_node(random),
                          i < 3 ? "n1" : random_node(random), days));
    dates.emplace(world.database().snapshot()->last_seq(), parse_date(days)->begin);
  }
  return dates;
}

std::vector<std::string> expected_rows(PlainEvaluator& plain, const Condition& condition,
                                       bool certainly) {
  std::vector<std::string> rows;
  for (int i = 0; i < kNodes; ++i) {
    const std::string name = fmt::format("n{}", i);
    const Certainty certainty = plain.in_all_worlds(
        [&](const PlainEvaluator& world) { return condition.holds(world, name); });
    if (certainty == Certainty::kCertain) rows.push_back(name);
    if (certainty == Certainty::kPossible && !certainly) rows.push_back(name + " | possible");
  }
  return rows;
}

TEST(ExistsTest, ConditionsAgreeWithAllWorlds) {
  Random random(1);
  int uncertain = 0;
  for (int history = 0; history < 12; ++history) {
    World world;
    const std::map<Seq, Instant> dates = fill(world, random);
    const auto snapshot = world.database().snapshot();
    for (int question = 0; question < 20; ++question) {
      const std::string days = random_days(random);
      PlainEvaluator plain(*snapshot, dates, parse_date(days)->begin);
      const Condition condition = random_condition(static_cast<int>(random() % 3), random);
      const bool certainly = random() % 4 == 0;
      const std::string query =
          fmt::format("{}AT '{}' MATCH (x:Node) WHERE {} RETURN x ORDER BY x.name",
                      certainly ? "CERTAINLY " : "", days, condition.text);
      const std::vector<std::string> expected = expected_rows(plain, condition, certainly);
      for (const std::string& row : expected) uncertain += row.ends_with("possible") ? 1 : 0;
      ASSERT_EQ(world.rows(query), expected) << query;
    }
  }
  EXPECT_GT(uncertain, 50);
}

TEST(ExistsTest, ARowAndItsConditionShareTheirWorlds) {
  Random random(2);
  for (int history = 0; history < 10; ++history) {
    World world;
    const std::map<Seq, Instant> dates = fill(world, random);
    const auto snapshot = world.database().snapshot();
    for (int question = 0; question < 10; ++question) {
      const std::string days = random_days(random);
      PlainEvaluator plain(*snapshot, dates, parse_date(days)->begin);
      const Condition condition = random_condition(1, random);
      const Condition both{condition.text, [&](const PlainEvaluator& one, const std::string& x) {
                             return one.exists({x, "R", ""}) && condition.holds(one, x);
                           }};
      const std::string query = fmt::format(
          "AT '{}' MATCH (x:Node)-[:R]->() WHERE {} RETURN DISTINCT x.name AS x ORDER BY x", days,
          condition.text);
      ASSERT_EQ(world.rows(query), expected_rows(plain, both, false)) << query;
    }
  }
}

TEST(ExistsTest, ThePlanOfAPatternStandsBelowItsCondition) {
  World world;
  world.run(kDefinitions);
  const std::string plan =
      world.plan("MATCH (c:Country) WHERE NOT EXISTS {(c)-[:MEMBER_OF]->(o)} RETURN c");
  EXPECT_THAT(plan, testing::HasSubstr("Where NOT EXISTS 1"));
  EXPECT_THAT(plan, testing::HasSubstr("Expand (c)-[_3:MEMBER_OF]->(o) from c"));
  EXPECT_THAT(plan, testing::HasSubstr("OuterRows"));
}

TEST(ExistsTest, MorePatternsThanTheLimitAreRefused) {
  World world;
  world.run(kDefinitions);
  std::string where = "EXISTS {(c)--()}";
  for (int i = 0; i < 40; ++i) where += " AND EXISTS {(c)--()}";
  EXPECT_THAT(world.error("MATCH (c:Country) WHERE " + where + " RETURN c"),
              testing::HasSubstr("PatternHopsMax"));
}

TEST(ExistsTest, MoreRowsThanABatchAreAskedAbout) {
  World world;
  world.run(kDefinitions);
  std::string script = "ENTITY Organisation 'X';";
  for (int i = 0; i < 2'500; ++i) {
    script += fmt::format("ENTITY Country 'c{}';", i);
    if (i % 2 == 0) {
      script += fmt::format("RECORD Join {{member: 'c{}', organisation: 'X'}} ON '2000-01-01';", i);
    }
  }
  world.run(script);
  EXPECT_EQ(world.rows("MATCH (c:Country) WHERE EXISTS {(c)-[:MEMBER_OF]->()} RETURN count(*)"),
            std::vector<std::string>{"1250"});
  EXPECT_EQ(world.rows("MATCH (c:Country) WHERE NOT EXISTS {(c)-[:MEMBER_OF]->()} "
                       "RETURN count(*)"),
            std::vector<std::string>{"1250"});
}

}  // namespace
}  // namespace annals::query
