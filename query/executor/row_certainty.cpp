#include "query/executor/row_certainty.h"

#include <algorithm>
#include <utility>

#include "query/executor/alternatives.h"
#include "query/executor/world_search.h"

namespace annals::query {

namespace {

/// Whether the event that ends `ended` does so at `at`, the instant at which it begins something
/// else, or which is asked about. An event that lasts ends facts when it is over: that is another
/// instant than its begin, and later. An end that was cut off at the begin of its own spell is no
/// sign of that.
bool ends_at(const SpellBounds& ended, Seq event, Instant at) {
  if (!ended.ended_by || ended.ended_by != event) return false;
  if (ended.end.latest > at.latest) return false;
  return ended.end.earliest <= at.earliest || ended.end.earliest == ended.begin.earliest;
}

/// Whether the event that ends `ended` is the one that begins `begun`, at the same instant.
bool meet_at_one_instant(const SpellBounds& ended, const SpellBounds& begun) {
  return ends_at(ended, begun.begun_by, begun.begin);
}

/// The bounds of the instant that is asked about, if it is that of an event: a plan, which makes a
/// question uncertain, bounds facts as what perhaps never happens.
Instant event_instant(const ScopeTimes& times) {
  return {times.window.from, times.uncertain ? kEndOfTime : times.window.to};
}

/// The last instant before `end`.
Micros before_end(Micros end) {
  return end == kBeginningOfTime || end == kEndOfTime ? end : end - 1;
}

template <class Visit>
void for_each_doubt(const Doubt& doubts, const Visit& visit) {
  for (const Doubt* doubt = &doubts; doubt != nullptr; doubt = doubt->previous.get()) visit(*doubt);
}

// --- Possible ------------------------------------------------------------------------------------

/// All doubts ask about one instant: it lies between the latest of the begins, each as early as can
/// be, and the earliest of the ends, each as late as can be.
bool is_possible_at_once(const Doubt& doubts, const ScopeTimes& scope) {
  Micros low = scope.window.from;
  Micros high = scope.window.to;
  bool excluded = false;
  for_each_doubt(doubts, [&](const Doubt& doubt) {
    const ScopeTimes& times = doubt.asked.times;
    if (doubt.has_begin) low = std::max({low, times.window.from, doubt.bounds.begin.earliest});
    if (!doubt.has_end) return;
    high = std::min({high, times.window.to, before_end(doubt.bounds.end.latest)});
    excluded = excluded || ends_at(doubt.bounds, times.event, event_instant(times));
    for_each_doubt(doubts, [&](const Doubt& other) {
      excluded = excluded || (other.has_begin && meet_at_one_instant(doubt.bounds, other.bounds));
    });
  });
  return !excluded && low <= high;
}

// --- Certain -------------------------------------------------------------------------------------

/// The bounds of a spell's begin and end in the worlds in which it is not over before it began.
Micros last_begin(const SpellBounds& spell) {
  return spell.may_be_empty() ? spell.begin.latest
                              : std::min(spell.begin.latest, before_end(spell.end.latest));
}
Micros first_end(const SpellBounds& spell) {
  return spell.may_be_empty() ? spell.end.earliest
                              : std::max(spell.end.earliest, shift(spell.begin.earliest, 1));
}

/// Whether it surely holds at each instant of the window.
bool covers(const SpellBounds& spell, const storage::Window& window) {
  return spell.begin.latest <= window.from && window.to < spell.end.earliest;
}

/// Whether `a` surely begins before `b` ends, in the worlds in which neither is empty.
bool surely_begins_before_end(const SpellBounds& a, const SpellBounds& b) {
  if (a.may_be_empty() || b.may_be_empty()) return last_begin(a) < first_end(b);
  if (a.begun_by && a.begun_by == b.begun_by) return true;
  if (meet_at_one_instant(a, b)) return true;  // a is over when b begins
  const bool end_as_one = a.ended_by && a.ended_by == b.ended_by && a.end.latest <= b.end.latest &&
                          (a.end.earliest <= b.end.earliest || a.end.earliest == a.begin.earliest);
  return end_as_one || last_begin(a) < first_end(b);
}

bool surely_overlap(const SpellBounds& a, const SpellBounds& b) {
  return surely_begins_before_end(a, b) && surely_begins_before_end(b, a);
}

/// Whether what `doubt` adds to a list surely holds together with all that the list has in the same
/// scope: see (2), (5) and (7).
bool is_sure_in_scope(const DoubtPtr& row, const Doubt& doubt) {
  const AskedScope& asked = doubt.asked;
  if (!doubt.has_begin || !doubt.has_end) return false;
  if (certainty_in(doubt.bounds, asked.times) != Certainty::kCertain) return false;
  if (asked.times.kind != ScopeKind::kDuring) return true;
  bool sure = true;
  for (const Doubt* other = row.get(); other != nullptr && sure; other = other->previous.get()) {
    sure = other->asked.id != asked.id || surely_overlap(doubt.bounds, other->bounds);
  }
  return sure;
}

RowUse add_doubt(const DoubtPtr& row, Doubt doubt, const RunScopes& scopes) {
  const bool sure = is_sure_in_scope(row, doubt);
  if (doubt.asked.times.certainly && !sure) return {};
  doubt.previous = row;
  doubt.is_certain = sure && is_certain(row);
  auto link = std::make_shared<const Doubt>(std::move(doubt));
  // Alone it was found possible by whoever made it.
  if (row != nullptr && !is_possible(*link, scopes)) return {};
  return {true, std::move(link)};
}

// --- What does not hold --------------------------------------------------------------------------

/// Whether the spell holds whatever the worlds, but perhaps in a scope that is uncertain itself.
bool holds_surely(const SpellBounds& spell, ScopeTimes times) {
  times.uncertain = false;
  return certainty_in(spell, times) == Certainty::kCertain;
}

Certainty certainty_at(const SpellBounds& spell, const ScopeTimes& times) {
  const Instant instant = event_instant(times);
  if (times.event && ends_at(spell, times.event, instant)) return Certainty::kImpossible;
  if (!times.window.may_hold(spell.begin, spell.end)) return Certainty::kImpossible;
  // What an event begins holds at its own instant, for what is recorded to have begun was not over
  // at once.
  const bool is_its_begin = spell.begin.exact() && spell.begin.latest != kEndOfTime &&
                            times.window.from == spell.begin.latest &&
                            times.window.to == spell.begin.latest;
  const bool begins_then =
      !spell.may_be_empty() && (is_its_begin || (times.event && spell.begun_by == times.event));
  const bool certain = !times.uncertain && (begins_then || covers(spell, times.window));
  return certain ? Certainty::kCertain : Certainty::kPossible;
}

Certainty certainty_during(const SpellBounds& spell, const ScopeTimes& times) {
  const storage::Window& window = times.window;
  if (!window.may_hold(spell.begin, spell.end)) return Certainty::kImpossible;
  const bool sure = spell.begin.latest != kEndOfTime && last_begin(spell) <= window.to &&
                    window.from < first_end(spell) &&
                    (!spell.may_be_empty() || spell.begin.latest < spell.end.earliest);
  return sure && !times.uncertain ? Certainty::kCertain : Certainty::kPossible;
}

Certainty certainty_throughout(const SpellBounds& spell, const ScopeTimes& times) {
  const storage::Window& window = times.window;
  // A period without an end is held throughout by what never ends.
  const auto reaches = [&window](Micros end) { return window.to <= before_end(end); };
  if (spell.begin.earliest > window.from || !reaches(spell.end.latest)) {
    return Certainty::kImpossible;
  }
  const bool sure = spell.begin.latest <= window.from && reaches(spell.end.earliest);
  return sure && !times.uncertain ? Certainty::kCertain : Certainty::kPossible;
}

}  // namespace

storage::Window ScopeTimes::scan_window() const {
  // What holds throughout holds at the first instant.
  return kind == ScopeKind::kThroughout ? storage::Window{window.from, window.from} : window;
}

Certainty certainty_in(const SpellBounds& spell, const ScopeTimes& scope) {
  if (spell.begin.earliest >= spell.end.latest) return Certainty::kImpossible;
  switch (scope.kind) {
    case ScopeKind::kAt: return certainty_at(spell, scope);
    case ScopeKind::kDuring: return certainty_during(spell, scope);
    case ScopeKind::kThroughout: return certainty_throughout(spell, scope);
    case ScopeKind::kAllTime: break;
  }
  const bool surely_was = spell.begin.latest != kEndOfTime &&
                          (!spell.may_be_empty() || spell.begin.latest < spell.end.earliest);
  return surely_was ? Certainty::kCertain : Certainty::kPossible;
}

bool is_possible(const Doubt& doubts, const RunScopes& scopes) {
  bool is_simple = true;
  for_each_doubt(doubts, [&](const Doubt& doubt) {
    is_simple = is_simple && doubt.rows == nullptr && doubt.asked.id == doubts.asked.id;
  });
  const ScopeTimes& scope = scopes[doubts.asked.id.raw - 1];
  if (is_simple && scope.kind == ScopeKind::kAllTime) return true;
  if (is_simple && scope.kind != ScopeKind::kThroughout) return is_possible_at_once(doubts, scope);
  // Borrowed, not owned: the search keeps nothing.
  const DoubtPtr row(DoubtPtr(), &doubts);
  return find_world(row, {}, scopes) != WorldFound::kNone;
}

RowUse use_spell(const DoubtPtr& row, const SpellBounds& spell, const AskedScope& asked,
                 const RunScopes& scopes) {
  const Certainty alone = certainty_in(spell, asked.times);
  if (alone == Certainty::kImpossible) return {};
  // What surely holds at some instant of a period, or surely begins with an event, may still miss
  // the rest of the row.
  const bool is_free = asked.times.kind == ScopeKind::kAllTime ||
                       asked.times.kind == ScopeKind::kThroughout ||
                       covers(spell, asked.times.window);
  if (alone == Certainty::kCertain && is_free) return {true, row};
  Doubt doubt;
  doubt.asked = asked;
  doubt.has_begin = true;
  doubt.has_end = true;
  doubt.bounds = spell;
  return add_doubt(row, std::move(doubt), scopes);
}

RowUse use_absence(const DoubtPtr& row, std::span<const SpellBounds> spells,
                   const AskedScope& asked, const RunScopes& scopes) {
  const ScopeTimes& times = asked.times;
  const bool any_holds = std::any_of(spells.begin(), spells.end(), [&](const SpellBounds& spell) {
    return certainty_in(spell, times) != Certainty::kImpossible &&
           (times.certainly || use_spell(row, spell, asked, scopes).holds);
  });
  if (!any_holds) return {true, row};
  if (times.kind == ScopeKind::kAllTime || times.certainly) return {};
  std::vector<DoubtPtr> values;
  for (const SpellBounds& spell : spells) {
    if (certainty_in(spell, times) == Certainty::kImpossible) continue;
    if (holds_surely(spell, times)) return {};
    Doubt value;
    value.asked = asked;
    value.has_begin = true;
    value.has_end = true;
    value.bounds = spell;
    values.push_back(std::make_shared<const Doubt>(std::move(value)));
  }
  return use_condition(row, none_of(std::move(values)), scopes);
}

std::vector<SpellBounds> gaps_between(std::span<const SpellBounds> spells) {
  std::vector<SpellBounds> gaps;
  SpellBounds gap;
  gap.begin = Instant::exactly(kBeginningOfTime);
  gap.is_gap = true;
  for (const SpellBounds& spell : spells) {
    if (!gap.begun_by || gap.begun_by != spell.begun_by) {
      gap.end = spell.begin;
      gap.ended_by = spell.begun_by;
      gaps.push_back(gap);
    }
    gap.begin = spell.end;
    gap.begun_by = spell.ended_by;
  }
  gap.end = Instant::never();
  gap.ended_by = Seq();
  gaps.push_back(gap);
  return gaps;
}

RowUse use_both(const DoubtPtr& row, const DoubtPtr& other, const RunScopes& scopes) {
  if (row == nullptr) return {true, other};
  RowUse both{true, row};
  for (const Doubt* doubt = other.get(); doubt != nullptr && both.holds;
       doubt = doubt->previous.get()) {
    both = add_doubt(both.doubt, *doubt, scopes);
  }
  return both;
}

std::size_t memory_of(const DoubtPtr& row) {
  std::size_t bytes = sizeof(DoubtPtr);
  for (const Doubt* link = row.get(); link != nullptr; link = link->previous.get()) {
    bytes += sizeof(Doubt);
    if (link->rows != nullptr) bytes += link->rows->size() * (sizeof(DoubtPtr) + sizeof(Doubt));
  }
  return bytes;
}

DoubtPtr plain_doubt() {
  static const DoubtPtr doubt = [] {
    Doubt plain;
    plain.asked.id = ScopeId(1);
    return std::make_shared<const Doubt>(plain);
  }();
  return doubt;
}

}  // namespace annals::query
