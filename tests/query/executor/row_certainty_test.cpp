#include "query/executor/row_certainty.h"

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annals::query {
namespace {

using Random = std::mt19937_64;

/// One row of a small world: spells between events, each asked about in a scope.
struct Use {
  std::size_t begun_by = 0;  ///< Index into SmallWorld::events.
  std::size_t ended_by = 0;  ///< Likewise; kNever.
  std::size_t scope = 0;
};
constexpr std::size_t kNever = 100;

struct SmallWorld {
  std::vector<Instant> events;
  std::vector<Instant> scopes;
  std::vector<Use> uses;

  SpellBounds spell(const Use& use) const {
    SpellBounds bounds;
    bounds.begin = events[use.begun_by];
    bounds.begun_by = Seq(use.begun_by + 1);
    if (use.ended_by == kNever) return bounds;
    bounds.ended_by = Seq(use.ended_by + 1);
    bounds.end = events[use.ended_by];
    // As the projection does: a spell does not end before it begins.
    bounds.end.earliest = std::max(bounds.end.earliest, bounds.begin.earliest);
    bounds.end.latest = std::max(bounds.end.latest, bounds.end.earliest);
    return bounds;
  }

  RunScopes run_scopes() const {
    RunScopes all;
    for (const Instant& scope : scopes) all.push_back({storage::Window::of(scope)});
    return all;
  }

  std::string description() const {
    std::string text;
    const auto add = [&text](const char* what, const std::vector<Instant>& instants) {
      for (const Instant& one : instants) {
        text += fmt::format("{} [{}, {}]; ", what, one.earliest, one.latest);
      }
    };
    add("event", events);
    add("scope", scopes);
    for (const Use& use : uses) {
      text += fmt::format("use {}..{} in {}; ", use.begun_by,
                          use.ended_by == kNever ? -1 : static_cast<int>(use.ended_by), use.scope);
    }
    return text;
  }
};

/// Calls `visit` for each choice of one value within each of the bounds.
void for_each_choice(const std::vector<Instant>& bounds, std::vector<Micros>& chosen,
                     const std::function<void(const std::vector<Micros>&)>& visit) {
  if (chosen.size() == bounds.size()) return visit(chosen);
  const Instant& next = bounds[chosen.size()];
  for (Micros at = next.earliest; at <= next.latest; ++at) {
    chosen.push_back(at);
    for_each_choice(bounds, chosen, visit);
    chosen.pop_back();
  }
}

/// How surely `holds`, which gets the instants of the events and then of the scopes, is true.
Certainty in_all_worlds(const SmallWorld& world,
                        const std::function<bool(const std::vector<Micros>&)>& holds) {
  std::vector<Instant> bounds = world.events;
  bounds.insert(bounds.end(), world.scopes.begin(), world.scopes.end());
  std::size_t all = 0;
  std::size_t held = 0;
  std::vector<Micros> chosen;
  for_each_choice(bounds, chosen, [&](const std::vector<Micros>& instants) {
    ++all;
    if (holds(instants)) ++held;
  });
  if (held == 0) return Certainty::kImpossible;
  return held == all ? Certainty::kCertain : Certainty::kPossible;
}

bool is_alive(const SmallWorld& world, const Use& use, const std::vector<Micros>& instants) {
  const Micros asked = instants[world.events.size() + use.scope];
  const bool ended = use.ended_by != kNever && instants[use.ended_by] <= asked;
  return instants[use.begun_by] <= asked && !ended;
}

Certainty certainty_of(const RowUse& use) {
  if (!use.holds) return Certainty::kImpossible;
  return use.doubt == nullptr ? Certainty::kCertain : Certainty::kPossible;
}

RowUse use_all(const SmallWorld& world) {
  const RunScopes scopes = world.run_scopes();
  RowUse row{true, nullptr};
  for (const Use& use : world.uses) {
    row = use_spell(row.doubt, world.spell(use), ScopeId(static_cast<std::uint32_t>(use.scope + 1)),
                    scopes);
    if (!row.holds) break;
  }
  return row;
}

Instant random_instant(Random& random, Micros max) {
  const auto a = static_cast<Micros>(random() % static_cast<std::uint64_t>(max + 1));
  const auto b = static_cast<Micros>(random() % static_cast<std::uint64_t>(max + 1));
  return random() % 3 == 0 ? Instant::exactly(a) : Instant{std::min(a, b), std::max(a, b)};
}

SmallWorld random_world(Random& random, std::size_t scopes) {
  constexpr Micros max = 5;
  SmallWorld world;
  const std::size_t events = 2 + random() % 3;
  for (std::size_t i = 0; i < events; ++i) world.events.push_back(random_instant(random, max));
  for (std::size_t i = 0; i < scopes; ++i) world.scopes.push_back(random_instant(random, max));
  const std::size_t uses = 1 + random() % 3;
  for (std::size_t i = 0; i < uses; ++i) {
    Use use;
    use.begun_by = random() % events;
    use.ended_by = random() % (events + 1);
    if (use.ended_by == events || use.ended_by == use.begun_by) use.ended_by = kNever;
    use.scope = random() % scopes;
    world.uses.push_back(use);
  }
  return world;
}

void expect_agreement(const SmallWorld& world) {
  const Certainty expected = in_all_worlds(world, [&](const std::vector<Micros>& instants) {
    return std::all_of(world.uses.begin(), world.uses.end(),
                       [&](const Use& use) { return is_alive(world, use, instants); });
  });
  EXPECT_EQ(certainty_of(use_all(world)), expected) << world.description();
}

TEST(RowCertaintyTest, AgreesWithAllWorldsForOneScope) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) expect_agreement(random_world(random, 1));
}

TEST(RowCertaintyTest, AgreesWithAllWorldsForSeveralScopes) {
  Random random(2);
  for (int i = 0; i < 10'000; ++i) expect_agreement(random_world(random, 2));
}

TEST(RowCertaintyTest, TheOrderOfUsesDoesNotMatter) {
  Random random(3);
  for (int i = 0; i < 5'000; ++i) {
    SmallWorld world = random_world(random, 2);
    const Certainty forwards = certainty_of(use_all(world));
    std::reverse(world.uses.begin(), world.uses.end());
    EXPECT_EQ(certainty_of(use_all(world)), forwards) << world.description();
  }
}

TEST(RowCertaintyTest, JoiningTwoRowsIsUsingAllTheirFacts) {
  Random random(4);
  for (int i = 0; i < 5'000; ++i) {
    SmallWorld world = random_world(random, 2);
    SmallWorld left = world;
    SmallWorld right = world;
    const std::size_t half = world.uses.size() / 2;
    left.uses.resize(half);
    right.uses.erase(right.uses.begin(), right.uses.begin() + static_cast<std::ptrdiff_t>(half));
    const RowUse a = use_all(left);
    const RowUse b = use_all(right);
    Certainty joined = Certainty::kImpossible;
    if (a.holds && b.holds) joined = certainty_of(use_both(a.doubt, b.doubt, world.run_scopes()));
    EXPECT_EQ(joined, certainty_of(use_all(world))) << world.description();
  }
}

TEST(RowCertaintyTest, MemberAndFormerMemberAreImpossibleAtOnce) {
  // An exit on some day of [10, 20] ends one fact and begins the other.
  const SpellBounds member{Instant::exactly(0), {10, 20}, Seq(1), Seq(2)};
  const SpellBounds former{{10, 20}, Instant::never(), Seq(2), Seq()};
  const RunScopes scopes = {{storage::Window{15, 15}}};
  const RowUse first = use_spell(nullptr, member, ScopeId(1), scopes);
  EXPECT_EQ(certainty_of(first), Certainty::kPossible);
  EXPECT_EQ(certainty_of(use_spell(nullptr, former, ScopeId(1), scopes)), Certainty::kPossible);
  EXPECT_FALSE(use_spell(first.doubt, former, ScopeId(1), scopes).holds);
}

TEST(RowCertaintyTest, AnEventThatLastsEndsLaterThanItBegins) {
  // From [10, 20] to [30, 40]: it begins one fact when it begins and ends the other when it is
  // over.
  const SpellBounds member{Instant::exactly(0), {30, 40}, Seq(1), Seq(2)};
  const SpellBounds former{{10, 20}, Instant::never(), Seq(2), Seq()};
  const RunScopes scopes = {{storage::Window{0, 100}}};
  const RowUse first = use_spell(nullptr, member, ScopeId(1), scopes);
  EXPECT_EQ(certainty_of(use_spell(first.doubt, former, ScopeId(1), scopes)), Certainty::kPossible);
}

TEST(RowCertaintyTest, UnderAllTimeOnlyDoubtfulBeginsAreDoubts) {
  const RunScopes scopes = {{storage::Window(), true}};
  const SpellBounds over{{0, 5}, {7, 9}, Seq(1), Seq(2)};
  const SpellBounds later{{20, 25}, Instant::never(), Seq(3), Seq()};
  const SpellBounds planned{{20, kEndOfTime}, Instant::never(), Seq(4), Seq()};
  const SpellBounds empty{{5, 5}, {5, 5}, Seq(5), Seq(6)};
  EXPECT_EQ(certainty_of(use_spell(nullptr, over, ScopeId(1), scopes)), Certainty::kCertain);
  const RowUse row = use_spell(nullptr, planned, ScopeId(1), scopes);
  EXPECT_EQ(certainty_of(row), Certainty::kPossible);
  EXPECT_EQ(certainty_of(use_spell(row.doubt, later, ScopeId(1), scopes)), Certainty::kPossible);
  EXPECT_FALSE(use_spell(nullptr, empty, ScopeId(1), scopes).holds);
}

TEST(RowCertaintyTest, CertainlyKeepsOnlyWhatIsCertain) {
  RunScopes scopes = {{storage::Window{5, 5}}};
  scopes.front().certainly = true;
  const SpellBounds certain{{0, 5}, Instant::never(), Seq(1), Seq()};
  const SpellBounds possible{{0, 6}, Instant::never(), Seq(1), Seq()};
  EXPECT_EQ(certainty_of(use_spell(nullptr, certain, ScopeId(1), scopes)), Certainty::kCertain);
  EXPECT_FALSE(use_spell(nullptr, possible, ScopeId(1), scopes).holds);
}

TEST(RowCertaintyTest, NothingIsCertainAtAnUncertainDate) {
  RunScopes scopes = {{storage::Window{5, 5}}};
  scopes.front().uncertain = true;
  const SpellBounds spell{{0, 0}, Instant::never(), Seq(1), Seq()};
  EXPECT_EQ(certainty_of(use_spell(nullptr, spell, ScopeId(1), scopes)), Certainty::kPossible);
}

/// Values of one property, each set by an event after the one before, and perhaps one fact more.
TEST(RowCertaintyTest, AbsenceAgreesWithAllWorlds) {
  Random random(5);
  for (int i = 0; i < 20'000; ++i) {
    SmallWorld world;
    Micros from = 0;
    const std::size_t settings = 1 + random() % 3;
    for (std::size_t s = 0; s < settings; ++s) {
      const auto low = from + static_cast<Micros>(random() % 2);
      const auto high = low + static_cast<Micros>(random() % 3);
      world.events.push_back({low, high});
      from = high + 1;
    }
    world.scopes.push_back(random_instant(random, 8));
    std::vector<Use> values;
    for (std::size_t s = 0; s < settings; ++s) {
      values.push_back({s, s + 1 < settings ? s + 1 : kNever, 0});
    }
    const bool has_fact = random() % 2 == 0;
    if (has_fact) world.uses.push_back({random() % settings, kNever, 0});

    const RunScopes scopes = world.run_scopes();
    std::vector<SpellBounds> spells;
    for (const Use& value : values) {
      const SpellBounds bounds = world.spell(value);
      if (scopes.front().window.may_hold(bounds.begin, bounds.end)) spells.push_back(bounds);
    }
    const RowUse row = use_all(world);
    const auto fact_holds = [&](const std::vector<Micros>& instants) {
      return std::all_of(world.uses.begin(), world.uses.end(),
                         [&](const Use& use) { return is_alive(world, use, instants); });
    };
    const Certainty expected = in_all_worlds(world, [&](const std::vector<Micros>& instants) {
      return fact_holds(instants) &&
             std::none_of(values.begin(), values.end(),
                          [&](const Use& value) { return is_alive(world, value, instants); });
    });
    const Certainty found = row.holds
                                ? certainty_of(use_absence(row.doubt, spells, ScopeId(1), scopes))
                                : Certainty::kImpossible;
    EXPECT_EQ(found, expected) << world.description();
  }
}

}  // namespace
}  // namespace annals::query
