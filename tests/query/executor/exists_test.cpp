#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limit_table.h"
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

// --- XOR: each side of it stands in the condition twice
// --------------------------------------------

/// What holds for an odd number of these; `part` is told which one it is.
std::string odd(int count, const std::function<std::string(int)>& part) {
  std::string text = part(0);
  for (int i = 1; i < count; ++i) text += " XOR " + part(i);
  return text;
}

std::string member_of(int organisation) {
  return fmt::format("EXISTS {{(c)-[:MEMBER_OF]->(:Organisation 'o{}')}}", organisation);
}
std::string former_member_of(int organisation) {
  return fmt::format("EXISTS {{(c)-[:FORMER_MEMBER_OF]->(:Organisation 'o{}')}}", organisation);
}

class XorOfExistsTest : public ::testing::Test {
 protected:
  /// A was a member of 32 organisations, 'x' and 'o0' to 'o30', from some day of 2000 on; of 'y' it
  /// was before. B was a member of 'o0' to 'o15' until some day of 2000.
  XorOfExistsTest() {
    world_.run(kDefinitions);
    world_.run("ENTITY Country 'A'; ENTITY Country 'B';");
    join("A", "x", "2000");
    join("A", "y", "1990-01-01");
    for (int i = 0; i < 31; ++i) join("A", fmt::format("o{}", i), "2000");
    for (int i = 0; i < kPairs; ++i) {
      join("B", fmt::format("o{}", i), "1990-01-01");
      world_.run(
          fmt::format("RECORD Withdrawal {{member: 'B', organisation: 'o{}'}} ON '2000';", i));
    }
  }

  std::vector<std::string> rows(std::string_view country, std::string_view where) {
    return world_.rows(
        fmt::format("AT '2000' MATCH (c:Country '{}') WHERE {} RETURN c.name", country, where));
  }

  /// XOR of 16 pairs of which in each world one is true: it is false, and there are 2^16 ways to
  /// be.
  static std::string pairs() {
    return odd(2 * kPairs,
               [](int i) { return i % 2 == 0 ? member_of(i / 2) : former_member_of(i / 2); });
  }

  World world_;

 private:
  static constexpr int kPairs = 16;

  void join(std::string_view country, std::string_view organisation, std::string_view date) {
    world_.run(
        fmt::format("RECORD Join {{member: '{}', organisation: '{}'}} ON '{}' CREATING MISSING;",
                    country, organisation, date));
  }
};

using Rows = std::vector<std::string>;

TEST_F(XorOfExistsTest, OfOneFactManyTimesIsAnsweredExactly) {
  const auto vague = [](int) { return "EXISTS {(c)-[:MEMBER_OF]->(:Organisation 'x')}"; };
  EXPECT_EQ(rows("A", odd(30, vague)), Rows());
  EXPECT_EQ(rows("A", odd(31, vague)), Rows{"A | possible"});
  EXPECT_EQ(rows("A", fmt::format("NOT ({})", odd(30, vague))), Rows{"A"});
  EXPECT_EQ(rows("A", fmt::format("NOT ({})", odd(31, vague))), Rows{"A | possible"});
}

TEST_F(XorOfExistsTest, OfManyFactsIsPossible) {
  EXPECT_EQ(rows("A", odd(30, member_of)), Rows{"A | possible"});
  EXPECT_EQ(rows("A", odd(31, member_of)), Rows{"A | possible"});
  EXPECT_EQ(rows("A", fmt::format("NOT ({})", odd(31, member_of))), Rows{"A | possible"});
}

TEST_F(XorOfExistsTest, WithExactFactsAmongThemIsAnsweredExactly) {
  // Of 'y' it surely is a member, of 'z' it surely is not.
  world_.run("ENTITY Organisation 'z';");
  const auto mixed = [](int i) {
    return fmt::format("EXISTS {{(c)-[:MEMBER_OF]->(:Organisation '{}')}}", i == 7   ? "y"
                                                                            : i == 8 ? "z"
                                                                                     : "x");
  };
  EXPECT_EQ(rows("A", odd(32, mixed)), Rows{"A"});
  EXPECT_EQ(rows("A", odd(31, mixed)), Rows{"A | possible"});
  EXPECT_EQ(rows("A", fmt::format("NOT ({})", odd(32, mixed))), Rows());
  EXPECT_EQ(rows("A", odd(31, mixed) + " XOR c.name = 'A'"), Rows{"A | possible"});
  EXPECT_EQ(rows("A", odd(30, mixed) + " XOR c.name = 'A'"), Rows());
  EXPECT_EQ(rows("A", odd(30, mixed) + " XOR c.name = 'B'"), Rows{"A"});
}

TEST_F(XorOfExistsTest, BeyondTheStepsOfASearchIsPossible) {
  EXPECT_EQ(rows("B", pairs()), Rows{"B | possible"});
  EXPECT_EQ(rows("B", fmt::format("NOT ({})", pairs())), Rows{"B | possible"});
  // What it does not know it does not call certain.
  EXPECT_EQ(world_.rows(fmt::format(
                "CERTAINLY AT '2000' MATCH (c:Country 'B') WHERE NOT ({}) RETURN c.name", pairs())),
            Rows());
}

TEST_F(XorOfExistsTest, StopsWhenTheTimeOfTheStatementIsOver) {
  limits::StatementLimits limits;
  limits.milliseconds = 20;
  world_.session().set_limits(limits);
  // In a later step the same condition is asked about with each fact.
  const std::string query = fmt::format(
      "AT '2000' UNWIND range(1, 100000) AS x MATCH (c:Country 'B') WHERE {} MATCH (c)-[]->(o) "
      "RETURN count(*)",
      pairs());
  EXPECT_THAT(world_.error(query), testing::HasSubstr("StatementTimeMax (20 ms)"));
}

TEST_F(XorOfExistsTest, ItsConditionsCountAgainstTheMemoryOfTheStatement) {
  limits::StatementLimits limits;
  limits.memory_bytes = std::size_t{2} << 20;
  world_.session().set_limits(limits);
  const std::string query = fmt::format(
      "AT '2000' UNWIND range(1, 200) AS x MATCH (c:Country 'A') WHERE {} RETURN count(*)",
      odd(30, member_of));
  EXPECT_THAT(world_.error(query), testing::HasSubstr("StatementMemoryBytesMax (2 MiB)"));
}

}  // namespace
}  // namespace annals::query
