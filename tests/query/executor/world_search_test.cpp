#include "query/executor/world_search.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/executor/alternatives.h"
#include "schema/base/limits.h"
#include "schema/base/stop_flag.h"

namespace annals::query {
namespace {

using Random = std::mt19937_64;

constexpr Micros kLast = 4;

/// A choice of instants: events by sequence, then scopes.
struct World {
  std::vector<Micros> events;
  std::vector<Micros> scopes;
};

/// A small question: events and scopes within bounds, and rows about them.
struct Question {
  std::vector<Instant> events;
  RunScopes scopes;
  DoubtPtr row;
  std::vector<DoubtPtr> others;
};

Micros any_instant(Random& random) {
  return static_cast<Micros>(random() % static_cast<std::uint64_t>(kLast + 1));
}

Instant any_bounds(Random& random) {
  const Micros a = any_instant(random);
  const Micros b = any_instant(random);
  return random() % 3 == 0 ? Instant::exactly(a) : Instant{std::min(a, b), std::max(a, b)};
}

/// As the projection does: a spell does not end before it begins.
SpellBounds spell_between(const Question& question, std::size_t begin, std::size_t end) {
  SpellBounds spell;
  spell.begin = question.events[begin];
  spell.begun_by = Seq(begin + 1);
  if (end == begin) return spell;
  spell.ended_by = Seq(end + 1);
  spell.end = question.events[end];
  spell.end.earliest = std::max(spell.end.earliest, spell.begin.earliest);
  spell.end.latest = std::max(spell.end.latest, spell.end.earliest);
  return spell;
}

AskedScope asked_in(const RunScopes& scopes, std::size_t index) {
  return {ScopeId(static_cast<std::uint32_t>(index + 1)), scopes[index]};
}

/// The row that uses one spell in the first scope.
DoubtPtr row_of(const SpellBounds& spell, const RunScopes& scopes) {
  Doubt link;
  link.asked = asked_in(scopes, 0);
  link.has_begin = true;
  link.has_end = true;
  link.bounds = spell;
  return std::make_shared<const Doubt>(std::move(link));
}

/// A row of one to three links; those that are about rows go at most `depth` further.
DoubtPtr any_row(const Question& question, int depth, Random& random) {
  DoubtPtr row;
  const std::size_t links = 1 + random() % 3;
  for (std::size_t i = 0; i < links; ++i) {
    Doubt link;
    link.previous = row;
    link.asked = asked_in(question.scopes, random() % question.scopes.size());
    link.has_begin = true;
    link.has_end = true;
    if (depth > 0 && random() % 3 == 0) {
      std::vector<DoubtPtr> rows;
      for (std::size_t r = 0; r < 1 + random() % 3; ++r) {
        rows.push_back(any_row(question, depth - 1, random));
      }
      link.rows = std::make_shared<const std::vector<DoubtPtr>>(std::move(rows));
      link.none_of_rows = random() % 2 == 0;
    } else {
      link.bounds = spell_between(question, random() % question.events.size(),
                                  random() % question.events.size());
      // No row uses what never holds.
      if (link.bounds.begin.earliest >= link.bounds.end.latest) continue;
    }
    row = std::make_shared<const Doubt>(std::move(link));
  }
  return row == nullptr ? any_row(question, depth, random) : row;
}

bool is_alive(const Doubt& link, const World& world, Micros at) {
  const Seq ended_by = link.bounds.ended_by;
  return world.events[link.bounds.begun_by.raw - 1] <= at &&
         (!ended_by || at < world.events[ended_by.raw - 1]);
}

/// Whether all spells of the row in a scope hold as the scope asks.
bool holds_in(std::size_t scope, const DoubtPtr& row, const Question& question,
              const World& world) {
  const ScopeTimes& times = question.scopes[scope];
  const auto all_at = [&](const std::function<bool(const Doubt&)>& holds) {
    bool all = true;
    for (const Doubt* link = row.get(); link != nullptr; link = link->previous.get()) {
      const bool is_spell = link->rows == nullptr && link->has_begin;
      all = all && (!is_spell || link->asked.id.raw != scope + 1 || holds(*link));
    }
    return all;
  };
  if (times.kind == ScopeKind::kAllTime) {
    return all_at([&](const Doubt& link) {
      return world.events[link.bounds.begun_by.raw - 1] != kEndOfTime;
    });
  }
  const auto alive_at = [&](Micros at) {
    return all_at([&](const Doubt& link) { return is_alive(link, world, at); });
  };
  if (times.kind == ScopeKind::kAt) return alive_at(world.scopes[scope]);
  bool once = false;
  bool always = true;
  for (Micros at = times.window.from; at <= times.window.to; ++at) {
    (alive_at(at) ? once : always) = alive_at(at);
  }
  return times.kind == ScopeKind::kDuring ? once : always;
}

/// Whether the row may hold in the world, or may not: a link that does not say why may do both.
bool may_hold(bool wanted, const DoubtPtr& row, const Question& question, const World& world) {
  for (const Doubt* link = row.get(); link != nullptr; link = link->previous.get()) {
    if (link->rows == nullptr) {
      if (!link->has_begin && !wanted) return true;
      continue;
    }
    const bool may_one =
        std::any_of(link->rows->begin(), link->rows->end(),
                    [&](const DoubtPtr& one) { return may_hold(true, one, question, world); });
    const bool may_none =
        std::all_of(link->rows->begin(), link->rows->end(),
                    [&](const DoubtPtr& one) { return may_hold(false, one, question, world); });
    const bool may = wanted == link->none_of_rows ? may_none : may_one;
    if (may != wanted) return may;
  }
  for (std::size_t scope = 0; scope < question.scopes.size(); ++scope) {
    if (!holds_in(scope, row, question, world)) return !wanted;
  }
  return wanted;
}

/// Whether the world counts: what is recorded to have begun, and is asked about in a period, was
/// not over before.
bool counts(const DoubtPtr& row, const World& world) {
  for (const Doubt* link = row.get(); link != nullptr; link = link->previous.get()) {
    if (link->rows != nullptr) {
      const bool all = std::all_of(link->rows->begin(), link->rows->end(),
                                   [&](const DoubtPtr& one) { return counts(one, world); });
      if (!all) return false;
      continue;
    }
    const bool asked =
        link->asked.times.kind == ScopeKind::kDuring && link->bounds.begin.latest != kEndOfTime;
    if (asked && !is_alive(*link, world, world.events[link->bounds.begun_by.raw - 1])) return false;
  }
  return true;
}

bool counts(const Question& question, const World& world) {
  return counts(question.row, world) &&
         std::all_of(question.others.begin(), question.others.end(),
                     [&](const DoubtPtr& other) { return counts(other, world); });
}

/// Calls `visit` for each world until it says true; whether it did.
bool in_some_world(const Question& question, World& world,
                   const std::function<bool(const World&)>& visit) {
  const bool of_event = world.events.size() < question.events.size();
  if (!of_event && world.scopes.size() == question.scopes.size()) return visit(world);
  std::vector<Micros>& chosen = of_event ? world.events : world.scopes;
  Instant bounds;
  if (of_event) {
    bounds = question.events[chosen.size()];
  } else {
    const storage::Window window = question.scopes[chosen.size()].window;
    if (question.scopes[chosen.size()].kind == ScopeKind::kAt) bounds = {window.from, window.to};
  }
  std::vector<Micros> instants;
  for (Micros at = bounds.earliest; at <= std::min(bounds.latest, kLast + 1); ++at) {
    instants.push_back(at);
  }
  if (bounds.latest == kEndOfTime) instants.push_back(kEndOfTime);
  return std::any_of(instants.begin(), instants.end(), [&](Micros at) {
    chosen.push_back(at);
    const bool found = in_some_world(question, world, visit);
    chosen.pop_back();
    return found;
  });
}

Question any_question(int depth, Random& random) {
  Question question;
  const std::size_t events = 2 + random() % 3;
  for (std::size_t i = 0; i < events; ++i) {
    question.events.push_back(any_bounds(random));
    if (random() % 8 == 0) question.events.back().latest = kEndOfTime;
  }
  const std::size_t scopes = 1 + random() % 2;
  for (std::size_t i = 0; i < scopes; ++i) {
    switch (random() % 6) {
      case 0: question.scopes.push_back({storage::Window(), ScopeKind::kAllTime}); break;
      case 1:
        question.scopes.push_back({storage::Window::of(any_bounds(random)), ScopeKind::kDuring});
        break;
      case 2:
        question.scopes.push_back(
            {storage::Window::of(any_bounds(random)), ScopeKind::kThroughout});
        break;
      default: question.scopes.push_back({storage::Window::of(any_bounds(random))});
    }
  }
  if (random() % 2 == 0) question.row = any_row(question, depth, random);
  const std::size_t others = random() % 4;
  for (std::size_t i = 0; i < others; ++i) {
    question.others.push_back(any_row(question, depth, random));
  }
  return question;
}

std::string describe(const DoubtPtr& row) {
  std::string text = "(";
  for (const Doubt* link = row.get(); link != nullptr; link = link->previous.get()) {
    if (link->rows == nullptr) {
      text += fmt::format(" {}..{}@{}", link->bounds.begun_by.raw, link->bounds.ended_by.raw,
                          link->asked.id.raw);
      continue;
    }
    text += link->none_of_rows ? " none" : " any";
    for (const DoubtPtr& one : *link->rows) text += describe(one);
  }
  return text + ")";
}

std::string describe(const Question& question) {
  std::string text;
  for (const Instant& event : question.events) {
    text += fmt::format("[{}, {}] ", event.earliest, event.latest);
  }
  for (const ScopeTimes& scope : question.scopes) {
    text += scope.kind == ScopeKind::kAllTime
                ? "ever "
                : fmt::format("kind {} {}..{} ", static_cast<int>(scope.kind), scope.window.from,
                              scope.window.to);
  }
  text += describe(question.row) + " and not";
  for (const DoubtPtr& other : question.others) text += describe(other);
  return text;
}

bool expected(const Question& question) {
  World world;
  return in_some_world(question, world, [&](const World& one) {
    return counts(question, one) && may_hold(true, question.row, question, one) &&
           std::all_of(question.others.begin(), question.others.end(), [&](const DoubtPtr& other) {
             return may_hold(false, other, question, one);
           });
  });
}

/// Whether any world counts: that each of two facts was before the other is no history.
bool is_sound(const Question& question) {
  World world;
  return in_some_world(question, world, [&](const World& one) { return counts(question, one); });
}

void expect_agreement(const std::function<Question(Random&)>& ask, int count, std::uint64_t seed) {
  Random random(seed);
  int found_some = 0;
  int given_up = 0;
  for (int i = 0; i < count; ++i) {
    const Question question = ask(random);
    if (!is_sound(question)) continue;
    const bool is_there = expected(question);
    found_some += is_there ? 1 : 0;
    const WorldFound found = find_world(question.row, question.others, question.scopes);
    // A search may give up, but hardly ever where a person could still tell the answer.
    if (found == WorldFound::kUnknown) {
      ++given_up;
      continue;
    }
    ASSERT_EQ(found, is_there ? WorldFound::kSome : WorldFound::kNone) << describe(question);
  }
  EXPECT_LE(given_up, count / 500);
  // Both answers are asked for.
  EXPECT_GT(found_some, count / 10);
  EXPECT_LT(found_some, count - count / 10);
}

/// Where a condition is true and where it is false.
struct Sides {
  DoubtPtr true_in;
  DoubtPtr false_in;
};

Sides sides_of(const DoubtPtr& row) { return {row, none_of({row})}; }

/// As WHERE puts conditions together: each side stands in both.
Sides either(const Sides& a, const Sides& b) {
  return {any_of({both_of(a.true_in, b.false_in), both_of(a.false_in, b.true_in)}),
          any_of({both_of(a.true_in, b.true_in), both_of(a.false_in, b.false_in)})};
}

/// A condition in which the same parts stand more than once, some of which are perhaps vague.
DoubtPtr any_condition(const Question& question, bool is_vague, Random& random) {
  std::vector<Sides> all;
  for (int i = 0; i < 3; ++i) {
    const bool says_why = !is_vague || random() % 4 != 0;
    all.push_back(sides_of(says_why ? any_row(question, 1, random) : plain_doubt()));
  }
  // What is vague may be long to decide.
  const int parts = is_vague ? 2 : 4;
  for (int i = 0; i < parts; ++i) {
    const Sides a = all[random() % all.size()];
    const Sides b = all[random() % all.size()];
    switch (random() % 4) {
      case 0:
        all.push_back({both_of(a.true_in, b.true_in), any_of({a.false_in, b.false_in})});
        break;
      case 1:
        all.push_back({any_of({a.true_in, b.true_in}), both_of(a.false_in, b.false_in)});
        break;
      default: all.push_back(either(a, b));
    }
  }
  return random() % 2 == 0 ? all.back().true_in : all.back().false_in;
}

TEST(WorldSearchTest, AgreesWithAllWorldsForRows) {
  expect_agreement([](Random& random) { return any_question(0, random); }, 8'000, 1);
}

TEST(WorldSearchTest, AgreesWithAllWorldsForRowsAboutRows) {
  expect_agreement([](Random& random) { return any_question(2, random); }, 8'000, 2);
}

TEST(WorldSearchTest, AgreesWithAllWorldsForConditionsThatShareParts) {
  const auto ask = [](Random& random) {
    Question question = any_question(0, random);
    const bool is_vague = random() % 4 == 0;
    if (question.row != nullptr) question.row = any_condition(question, is_vague, random);
    for (DoubtPtr& other : question.others) other = any_condition(question, is_vague, random);
    return question;
  };
  expect_agreement(ask, 4'000, 5);
}

TEST(WorldSearchTest, MergedRowsAreCertainIfOneHoldsInEachWorld) {
  Random random(3);
  int certain = 0;
  for (int i = 0; i < 8'000; ++i) {
    Question question = any_question(0, random);
    question.row = nullptr;
    if (question.others.empty() || !is_sound(question)) continue;
    Alternatives merged;
    bool sound = true;
    for (const DoubtPtr& other : question.others) {
      // By itself a row with links is only possible.
      Question alone{question.events, question.scopes, nullptr, {other}};
      sound = sound && expected(alone);
      merged.add(other, question.scopes);
    }
    if (!sound) continue;
    const bool is_certain = !expected(question);
    certain += is_certain ? 1 : 0;
    ASSERT_EQ(merged.merged(question.scopes) == nullptr, is_certain) << describe(question);
  }
  EXPECT_GT(certain, 20);
}

TEST(WorldSearchTest, AConditionThatARowImpliesChangesNothing) {
  Random random(4);
  for (int i = 0; i < 4'000; ++i) {
    Question question = any_question(1, random);
    if (question.row == nullptr || question.others.empty() || !is_sound(question)) continue;
    const DoubtPtr condition = question.others.front();
    const Question implied{question.events, question.scopes, question.row, {condition}};
    const bool always = !expected(implied);
    const RowUse use = use_condition(question.row, condition, question.scopes);
    if (always) {
      EXPECT_TRUE(use.holds && use.doubt == question.row) << describe(question);
      continue;
    }
    // Both: of the two, none fails.
    const Question either{question.events, question.scopes, question.row, {none_of({condition})}};
    EXPECT_EQ(use.holds, expected(either)) << describe(question);
  }
}

TEST(WorldSearchTest, AtAnUncertainDateNothingIsCertain) {
  RunScopes scopes = {{storage::Window{5, 5}}};
  const SpellBounds spell{{0, 0}, Instant::never(), Seq(1), Seq()};
  const auto find = [&] {
    return find_world(nullptr, std::vector<DoubtPtr>{row_of(spell, scopes)}, scopes);
  };
  EXPECT_EQ(find(), WorldFound::kNone);
  scopes.front().uncertain = true;
  EXPECT_EQ(find(), WorldFound::kSome);
}

TEST(WorldSearchTest, TheEndThatALaterEventSharesMayHaveComeSooner) {
  // Perhaps ended by a plan from 5 on, else by event 2 in [10, 11], which begins the other.
  const SpellBounds member{Instant::exactly(0), {5, 11}, Seq(1), Seq(2)};
  const SpellBounds former{{10, 11}, Instant::never(), Seq(2), Seq()};
  const RunScopes scopes = {{storage::Window{7, 20}}};
  const std::vector<DoubtPtr> both = {row_of(member, scopes), row_of(former, scopes)};
  EXPECT_EQ(find_world(nullptr, both, scopes), WorldFound::kSome);
  const std::vector<DoubtPtr> neither = {none_of({both.front()}), none_of({both.back()})};
  EXPECT_EQ(find_world(nullptr, neither, scopes), WorldFound::kNone);
}

TEST(WorldSearchTest, AfterTooManyRowsAResultIsOnlyPossible) {
  const RunScopes scopes = {{storage::Window{0, 1'000}}};
  Alternatives merged;
  for (std::size_t i = 0; i < limits::kAlternativesMax + 10; ++i) {
    const auto at = static_cast<Micros>(i);
    const SpellBounds spell{Instant::exactly(at), Instant::exactly(at + 1), Seq(i + 1), Seq(i + 2)};
    merged.add(row_of(spell, scopes), scopes);
  }
  EXPECT_TRUE(merged.overflowed());
  EXPECT_NE(merged.merged(scopes), nullptr);
  EXPECT_TRUE(merged.add(nullptr, scopes) || merged.surely());
  EXPECT_EQ(merged.merged(scopes), nullptr);
}

/// Begins at some time within what is asked about.
SpellBounds vague_from(std::uint64_t event) {
  return {{100, 900}, Instant::never(), Seq(event), Seq()};
}
/// Holds until then.
SpellBounds vague_until(std::uint64_t event) {
  return {Instant::exactly(0), {100, 900}, Seq(1'000), Seq(event)};
}

/// XOR of so many pairs of which one holds in each world, in which 2^pairs worlds differ.
Sides pairs_of(std::uint64_t pairs, const RunScopes& scopes) {
  Sides all =
      either(sides_of(row_of(vague_until(1), scopes)), sides_of(row_of(vague_from(1), scopes)));
  for (std::uint64_t event = 2; event <= pairs; ++event) {
    all = either(all, sides_of(row_of(vague_until(event), scopes)));
    all = either(all, sides_of(row_of(vague_from(event), scopes)));
  }
  return all;
}

TEST(WorldSearchTest, AConditionThatHasItsPartsTwiceIsNotWalkedAsATree) {
  const RunScopes scopes = {{storage::Window{0, 1'000}}};
  constexpr std::size_t kMost = limits::kPatternHopsMax;
  Sides same = sides_of(row_of(vague_from(1), scopes));
  Sides different = same;
  for (std::size_t count = 2; count <= kMost; ++count) {
    same = either(same, sides_of(row_of(vague_from(1), scopes)));
    different = either(different, sides_of(row_of(vague_from(count), scopes)));
    const WorldFound odd = count % 2 == 1 ? WorldFound::kSome : WorldFound::kNone;
    ASSERT_EQ(find_world(same.true_in, {}, scopes), odd) << count;
    ASSERT_EQ(find_world(nullptr, {&same.false_in, 1}, scopes), odd) << count;
    ASSERT_EQ(find_world(nullptr, {&same.true_in, 1}, scopes), WorldFound::kSome) << count;
    ASSERT_EQ(find_world(different.true_in, {}, scopes), WorldFound::kSome) << count;
    ASSERT_EQ(find_world(nullptr, {&different.true_in, 1}, scopes), WorldFound::kSome) << count;
  }
}

TEST(WorldSearchTest, ASearchThatTakesTooManyStepsGivesUp) {
  const RunScopes scopes = {{storage::Window{0, 1'000}}};
  const Sides few = pairs_of(2, scopes);
  EXPECT_EQ(find_world(few.true_in, {}, scopes), WorldFound::kNone);
  EXPECT_EQ(find_world(nullptr, {&few.false_in, 1}, scopes), WorldFound::kNone);
  const Sides many = pairs_of(30, scopes);
  EXPECT_EQ(find_world(many.true_in, {}, scopes), WorldFound::kUnknown);
  EXPECT_EQ(find_world(nullptr, {&many.false_in, 1}, scopes), WorldFound::kUnknown);
  // That each is in some world is soon seen.
  EXPECT_EQ(find_world(many.false_in, {}, scopes), WorldFound::kSome);
}

TEST(WorldSearchTest, ASearchLooksWhetherItIsToStop) {
  RunScopes scopes = {{storage::Window{0, 1'000}}};
  const Sides many = pairs_of(30, scopes);
  StopFlag stop;
  stop.count_looks();
  scopes.stop = &stop;
  EXPECT_EQ(find_world(many.true_in, {}, scopes), WorldFound::kUnknown);
  const std::uint64_t looks = stop.looks();
  EXPECT_GE(looks, limits::kWorldSearchSteps);
  stop.request();
  EXPECT_EQ(find_world(many.true_in, {}, scopes), WorldFound::kUnknown);
  EXPECT_EQ(stop.looks(), looks + 1);
}

}  // namespace
}  // namespace annals::query
