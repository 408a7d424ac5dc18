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
  return is_certain(use.doubt) ? Certainty::kCertain : Certainty::kPossible;
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
  const RunScopes scopes = {{storage::Window(), ScopeKind::kAllTime}};
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

TEST(RowCertaintyTest, WhatIsRecordedToHaveBegunHoldsAtItsBegin) {
  const RunScopes scopes = {{storage::Window{5, 5}}};
  const SpellBounds spell{{5, 5}, {5, 9}, Seq(1), Seq(2)};
  const RowUse row = use_spell(nullptr, spell, ScopeId(1), scopes);
  ASSERT_TRUE(row.holds);
  EXPECT_TRUE(is_certain(row.doubt));
  // And so what its end begins does not hold then.
  const SpellBounds after{{4, 9}, Instant::never(), Seq(2), Seq()};
  EXPECT_FALSE(use_spell(row.doubt, after, ScopeId(1), scopes).holds);
  // A plan may never have begun.
  const SpellBounds planned{{5, kEndOfTime}, {5, 9}, Seq(1), Seq(2)};
  EXPECT_FALSE(is_certain(use_spell(nullptr, planned, ScopeId(1), scopes).doubt));
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
    const Certainty found =
        row.holds
            ? certainty_of(use_absence(row.doubt, spells, {ScopeId(1), scopes.front()}, scopes))
            : Certainty::kImpossible;
    EXPECT_EQ(found, expected) << world.description();
  }
}

// --- Periods and instants of events --------------------------------------------------------------

/// A small world whose scopes are of any kind: `scopes` are the bounds of AT, and the first and the
/// last instant of periods.
struct ScopedWorld {
  SmallWorld world;
  std::vector<ScopeKind> kinds;
  std::vector<std::size_t> events_asked;  ///< Whose instant the scope asks about; kNever: its own.

  RunScopes run_scopes() const {
    RunScopes all;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      all.push_back({storage::Window::of(world.scopes[i]), kinds[i]});
      if (events_asked[i] != kNever) all.back().window = storage::Window();
    }
    return all;
  }

  AskedScope asked(std::size_t scope) const {
    AskedScope one{ScopeId(static_cast<std::uint32_t>(scope + 1)), run_scopes()[scope]};
    if (events_asked[scope] != kNever) {
      one.times.window = storage::Window::of(world.events[events_asked[scope]]);
      one.times.event = Seq(events_asked[scope] + 1);
    }
    return one;
  }

  RowUse use_all() const {
    RowUse row{true, nullptr};
    for (const Use& use : world.uses) {
      row = use_spell(row.doubt, world.spell(use), asked(use.scope), run_scopes());
      if (!row.holds) break;
    }
    return row;
  }

  Micros begin(const Use& use, const std::vector<Micros>& at) const { return at[use.begun_by]; }
  Micros end(const Use& use, const std::vector<Micros>& at) const {
    return use.ended_by == kNever ? kEndOfTime : at[use.ended_by];
  }
  bool is_empty(const Use& use, const std::vector<Micros>& at) const {
    return end(use, at) <= begin(use, at);
  }

  /// Whether the uses of one scope hold in a world.
  bool holds(std::size_t scope, const std::vector<Use>& uses, const std::vector<Micros>& at) const {
    Micros from = world.scopes[scope].earliest;
    Micros to = world.scopes[scope].latest;
    if (kinds[scope] == ScopeKind::kAt) from = to = at[world.events.size() + scope];
    if (events_asked[scope] != kNever) from = to = at[events_asked[scope]];
    const auto all_at = [&](Micros instant) {
      return std::all_of(uses.begin(), uses.end(), [&](const Use& use) {
        return use.scope != scope || (begin(use, at) <= instant && instant < end(use, at));
      });
    };
    bool always = true;
    bool once = false;
    for (Micros instant = from; instant <= to; ++instant) {
      (all_at(instant) ? once : always) = all_at(instant);
    }
    return kinds[scope] == ScopeKind::kDuring ? once : always;
  }

  bool all_hold(const std::vector<Use>& uses, const std::vector<Micros>& at) const {
    bool all = true;
    for (std::size_t scope = 0; scope < kinds.size(); ++scope) {
      all = all && holds(scope, uses, at);
    }
    return all;
  }

  /// Whether one use counts only in worlds in which it is not empty: what is recorded to have begun
  /// was not over before. Of one instant that matters where the use begins.
  bool is_taken_to_be(const Use& use) const {
    if (kinds[use.scope] == ScopeKind::kDuring) return true;
    const std::size_t event = events_asked[use.scope];
    const Instant asked = event == kNever ? world.scopes[use.scope] : world.events[event];
    const Instant begin = world.events[use.begun_by];
    const bool at_its_begin = kinds[use.scope] == ScopeKind::kAt && begin.exact() && asked == begin;
    return at_its_begin || event == use.begun_by;
  }

  /// Whether `uses` hold in all worlds in which none of them is empty that is taken not to be.
  bool surely_hold(const std::vector<Use>& uses) const {
    bool all = true;
    visit_worlds([&](const std::vector<Micros>& at) {
      const bool counts = std::none_of(uses.begin(), uses.end(), [&](const Use& use) {
        return is_taken_to_be(use) && is_empty(use, at);
      });
      all = all && (!counts || all_hold(uses, at));
    });
    return all;
  }

  void visit_worlds(const std::function<void(const std::vector<Micros>&)>& visit) const {
    std::vector<Instant> bounds = world.events;
    bounds.insert(bounds.end(), world.scopes.begin(), world.scopes.end());
    std::vector<Micros> chosen;
    for_each_choice(bounds, chosen, visit);
  }

  /// The law, by looking at every world: each use and each two of them.
  Certainty expected() const {
    bool possible = false;
    visit_worlds(
        [&](const std::vector<Micros>& at) { possible = possible || all_hold(world.uses, at); });
    if (!possible) return Certainty::kImpossible;
    for (const Use& one : world.uses) {
      for (const Use& other : world.uses) {
        if (!surely_hold({one, other})) return Certainty::kPossible;
      }
    }
    return Certainty::kCertain;
  }

  std::string description() const {
    std::string text = world.description();
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      text += fmt::format("kind {} of {}; ", static_cast<int>(kinds[i]),
                          events_asked[i] == kNever ? -1 : static_cast<int>(events_asked[i]));
    }
    return text;
  }
};

ScopedWorld random_scoped_world(Random& random, std::size_t scopes,
                                const std::vector<ScopeKind>& kinds, bool asks_events) {
  ScopedWorld scoped;
  scoped.world = random_world(random, scopes);
  for (std::size_t i = 0; i < scopes; ++i) {
    const bool of_event = asks_events && random() % 2 == 0;
    scoped.kinds.push_back(of_event ? ScopeKind::kAt : kinds[random() % kinds.size()]);
    scoped.events_asked.push_back(of_event ? random() % scoped.world.events.size() : kNever);
    // Not a second unknown.
    if (of_event) scoped.world.scopes[i] = Instant::exactly(0);
  }
  return scoped;
}

void expect_scoped_agreement(const ScopedWorld& scoped) {
  const Certainty found = certainty_of(scoped.use_all());
  EXPECT_EQ(found, scoped.expected()) << scoped.description();
  if (found == Certainty::kCertain) {
    EXPECT_TRUE(scoped.surely_hold(scoped.world.uses)) << scoped.description();
  }
}

TEST(RowCertaintyTest, OneInstantAgreesWithAllWorlds) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    expect_scoped_agreement(random_scoped_world(random, 1, {ScopeKind::kAt}, false));
  }
}

TEST(RowCertaintyTest, SeveralInstantsAgreeWithAllWorlds) {
  Random random(2);
  for (int i = 0; i < 10'000; ++i) {
    expect_scoped_agreement(random_scoped_world(random, 2, {ScopeKind::kAt}, false));
  }
}

TEST(RowCertaintyTest, DuringAgreesWithAllWorlds) {
  Random random(11);
  for (int i = 0; i < 20'000; ++i) {
    expect_scoped_agreement(random_scoped_world(random, 1, {ScopeKind::kDuring}, false));
  }
}

TEST(RowCertaintyTest, ThroughoutAgreesWithAllWorlds) {
  Random random(12);
  for (int i = 0; i < 20'000; ++i) {
    expect_scoped_agreement(random_scoped_world(random, 1, {ScopeKind::kThroughout}, false));
  }
}

TEST(RowCertaintyTest, TheInstantOfAnEventAgreesWithAllWorlds) {
  Random random(13);
  for (int i = 0; i < 20'000; ++i) {
    expect_scoped_agreement(random_scoped_world(random, 1, {ScopeKind::kAt}, true));
  }
}

TEST(RowCertaintyTest, ScopesOfAllKindsAgreeWithAllWorlds) {
  Random random(14);
  const std::vector<ScopeKind> kinds = {ScopeKind::kAt, ScopeKind::kDuring, ScopeKind::kThroughout};
  for (int i = 0; i < 10'000; ++i) {
    expect_scoped_agreement(random_scoped_world(random, 2, kinds, true));
  }
}

TEST(RowCertaintyTest, TheOrderOfUsesDoesNotMatterUnderAnyScope) {
  Random random(15);
  const std::vector<ScopeKind> kinds = {ScopeKind::kAt, ScopeKind::kDuring, ScopeKind::kThroughout};
  for (int i = 0; i < 5'000; ++i) {
    ScopedWorld scoped = random_scoped_world(random, 2, kinds, true);
    const Certainty forwards = certainty_of(scoped.use_all());
    ScopedWorld half = scoped;
    half.world.uses.pop_back();
    const RowUse left = half.use_all();
    half.world.uses = {scoped.world.uses.back()};
    const RowUse right = half.use_all();
    Certainty joined = Certainty::kImpossible;
    if (left.holds && right.holds) {
      joined = certainty_of(use_both(left.doubt, right.doubt, scoped.run_scopes()));
    }
    EXPECT_EQ(joined, forwards) << scoped.description();
    std::reverse(scoped.world.uses.begin(), scoped.world.uses.end());
    EXPECT_EQ(certainty_of(scoped.use_all()), forwards) << scoped.description();
  }
}

TEST(RowCertaintyTest, DuringKeepsWhatCannotHoldTogetherApart) {
  // Both surely held at some time of [0, 100], and never together.
  const SpellBounds early{{10, 12}, {20, 25}, Seq(1), Seq(2)};
  const SpellBounds late{{30, 32}, {40, 45}, Seq(3), Seq(4)};
  const SpellBounds between{{15, 18}, {35, 38}, Seq(5), Seq(6)};
  const SpellBounds always{{0, 0}, Instant::never(), Seq(7), Seq()};
  const RunScopes scopes = {{storage::Window{0, 100}, ScopeKind::kDuring}};
  const RowUse row = use_spell(nullptr, early, ScopeId(1), scopes);
  EXPECT_EQ(certainty_of(row), Certainty::kCertain);
  EXPECT_NE(row.doubt, nullptr);
  EXPECT_FALSE(use_spell(row.doubt, late, ScopeId(1), scopes).holds);
  EXPECT_EQ(certainty_of(use_spell(row.doubt, between, ScopeId(1), scopes)), Certainty::kCertain);
  EXPECT_EQ(use_spell(nullptr, always, ScopeId(1), scopes).doubt, nullptr);
}

TEST(RowCertaintyTest, APlanMakesNoPeriodCertain) {
  const SpellBounds planned{{10, kEndOfTime}, Instant::never(), Seq(1), Seq()};
  const SpellBounds ended{{0, 0}, {10, kEndOfTime}, Seq(2), Seq(1)};
  for (const ScopeKind kind : {ScopeKind::kDuring, ScopeKind::kThroughout}) {
    const RunScopes scopes = {{storage::Window{20, 30}, kind}};
    EXPECT_EQ(certainty_of(use_spell(nullptr, planned, ScopeId(1), scopes)), Certainty::kPossible);
    EXPECT_EQ(certainty_of(use_spell(nullptr, ended, ScopeId(1), scopes)), Certainty::kPossible);
  }
}

TEST(RowCertaintyTest, WhatNeverEndsHoldsThroughoutAPeriodWithoutEnd) {
  const SpellBounds open{{0, 5}, Instant::never(), Seq(1), Seq()};
  const SpellBounds ended{{0, 5}, {90, 95}, Seq(1), Seq(2)};
  const RunScopes scopes = {{storage::Window{10, kEndOfTime}, ScopeKind::kThroughout}};
  EXPECT_EQ(certainty_of(use_spell(nullptr, open, ScopeId(1), scopes)), Certainty::kCertain);
  EXPECT_FALSE(use_spell(nullptr, ended, ScopeId(1), scopes).holds);
}

/// Values of one property under periods: when is there none?
TEST(RowCertaintyTest, AbsenceOverAPeriodAgreesWithAllWorlds) {
  Random random(16);
  for (int i = 0; i < 20'000; ++i) {
    ScopedWorld scoped;
    scoped.kinds = {random() % 2 == 0 ? ScopeKind::kDuring : ScopeKind::kThroughout};
    scoped.events_asked = {kNever};
    SmallWorld& world = scoped.world;
    Micros from = 0;
    const std::size_t settings = 1 + random() % 2;
    for (std::size_t s = 0; s < settings; ++s) {
      const auto low = from + static_cast<Micros>(random() % 2);
      world.events.push_back({low, low + static_cast<Micros>(random() % 3)});
      from = world.events.back().latest + 1;
    }
    world.scopes.push_back(random_instant(random, 7));
    std::vector<Use> values;
    std::vector<SpellBounds> spells;
    for (std::size_t s = 0; s < settings; ++s) {
      values.push_back({s, s + 1 < settings ? s + 1 : kNever, 0});
      spells.push_back(world.spell(values.back()));
    }
    if (random() % 2 == 0) world.uses.push_back({random() % settings, kNever, 0});

    bool possible = false;
    bool certain = true;
    scoped.visit_worlds([&](const std::vector<Micros>& at) {
      bool absent = false;
      if (scoped.kinds.front() == ScopeKind::kThroughout) {
        absent = scoped.holds(0, world.uses, at) &&
                 std::none_of(values.begin(), values.end(),
                              [&](const Use& value) { return scoped.holds(0, {value}, at); });
      } else {
        ScopedWorld moment = scoped;
        for (Micros t = world.scopes[0].earliest; t <= world.scopes[0].latest; ++t) {
          moment.world.scopes[0] = Instant::exactly(t);
          absent = absent || (moment.holds(0, world.uses, at) &&
                              std::none_of(values.begin(), values.end(), [&](const Use& value) {
                                return moment.holds(0, {value}, at);
                              }));
        }
      }
      possible = possible || absent;
      certain = certain && absent;
    });

    const RunScopes scopes = scoped.run_scopes();
    const AskedScope asked = scoped.asked(0);
    std::vector<RowUse> found;
    const RowUse row = scoped.use_all();
    if (row.holds && asked.times.kind == ScopeKind::kThroughout) {
      found.push_back(use_absence(row.doubt, spells, asked, scopes));
    } else if (row.holds) {
      for (const SpellBounds& gap : gaps_between(spells)) {
        found.push_back(use_spell(row.doubt, gap, asked, scopes));
      }
    }
    bool any_holds = false;
    bool any_is_certain = false;
    for (const RowUse& use : found) {
      any_holds = any_holds || use.holds;
      any_is_certain = any_is_certain || certainty_of(use) == Certainty::kCertain;
    }
    EXPECT_TRUE(any_holds || !possible) << scoped.description();
    if (settings == 1) {
      EXPECT_EQ(any_holds, possible) << scoped.description();
    }
    EXPECT_TRUE(certain || !any_is_certain) << scoped.description();
  }
}

}  // namespace
}  // namespace annals::query
