#include "query/executor/row_certainty.h"

#include <algorithm>
#include <utility>

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

/// A system of unknowns within bounds, of which some are not before others. Solved by raising the
/// lower bounds until nothing moves; if something still moves after as many rounds as there are
/// unknowns, the unknowns go in a circle.
class OrderSystem {
 public:
  std::size_t add(Micros low, Micros high) {
    lows_.push_back(low);
    highs_.push_back(high);
    return lows_.size() - 1;
  }
  void tighten(std::size_t unknown, Micros low, Micros high) {
    lows_[unknown] = std::max(lows_[unknown], low);
    highs_[unknown] = std::min(highs_[unknown], high);
  }
  /// `a` + gap <= `b`; the gap is 0 or 1.
  void order(std::size_t a, std::size_t b, Micros gap) { orders_.push_back({a, b, gap}); }

  bool has_solution() {
    for (std::size_t round = 0; round <= lows_.size(); ++round) {
      bool moved = false;
      for (const Order& order : orders_) {
        const Micros low = shift(lows_[order.before], order.gap);
        if (low <= lows_[order.after]) continue;
        lows_[order.after] = low;
        moved = true;
      }
      for (std::size_t i = 0; i < lows_.size(); ++i) {
        if (lows_[i] > highs_[i]) return false;
      }
      if (!moved) return true;
    }
    return false;
  }

 private:
  struct Order {
    std::size_t before;
    std::size_t after;
    Micros gap;
  };
  std::vector<Micros> lows_;
  std::vector<Micros> highs_;
  std::vector<Order> orders_;
};

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

/// The same for several instants, which the events may bind together: each scope asks about its
/// first and its last one, which are the same unless it asks about all of a period.
class ScopesSystem {
 public:
  explicit ScopesSystem(const RunScopes& scopes) : scopes_(scopes) {
    for (const ScopeTimes& scope : scopes) {
      const bool apart = scope.kind == ScopeKind::kThroughout;
      const auto& [from, to] = scope.window;
      system_.add(from, apart ? from : to);
      system_.add(apart ? to : from, to);
    }
  }

  bool has_solution(const Doubt& doubts) {
    for_each_doubt(doubts, [&](const Doubt& doubt) {
      if (kind_of(doubt) == ScopeKind::kAllTime) return;
      add_bounds(doubt);
      for_each_doubt(doubts, [&](const Doubt& other) {
        if (kind_of(other) == ScopeKind::kAllTime) return;
        bind_by_event(doubt, other);
        if (doubt.has_end && other.has_begin) add_meeting(doubt, other);
      });
    });
    return !excluded_ && system_.has_solution();
  }

 private:
  ScopeKind kind_of(const Doubt& doubt) const { return scopes_[doubt.asked.id.raw - 1].kind; }

  std::size_t instant_of(const Doubt& doubt, bool last) const {
    const bool apart = kind_of(doubt) == ScopeKind::kThroughout;
    return 2 * (doubt.asked.id.raw - 1) + (apart && last ? 1 : 0);
  }
  /// The instant that is not before the spell's begin, or before its end.
  std::size_t after_begin(const Doubt& doubt) const { return instant_of(doubt, doubt.is_crossed); }
  std::size_t before_end_of(const Doubt& doubt) const {
    return instant_of(doubt, !doubt.is_crossed);
  }

  /// An event that only begins, or only ends, what the row uses does it best as early, or as late,
  /// as it can.
  void add_bounds(const Doubt& doubt) {
    const storage::Window& window = doubt.asked.times.window;
    if (doubt.has_begin) {
      system_.tighten(after_begin(doubt), doubt.bounds.begin.earliest, kEndOfTime);
    }
    if (doubt.has_end) {
      system_.tighten(before_end_of(doubt), kBeginningOfTime, before_end(doubt.bounds.end.latest));
    }
    if (kind_of(doubt) == ScopeKind::kAt && (doubt.has_begin || doubt.has_end)) {
      system_.tighten(instant_of(doubt, false), window.from, window.to);
    }
  }

  /// If the instant of `doubt` is that of an event, `other` may begin or end with it, or ask about
  /// it too.
  void bind_by_event(const Doubt& doubt, const Doubt& other) {
    const Seq event = doubt.asked.times.event;
    if (!event) return;
    const std::size_t instant = instant_of(doubt, false);
    if (other.asked.times.event == event) system_.order(instant, instant_of(other, false), 0);
    if (other.has_begin && other.bounds.begun_by == event) {
      system_.order(instant, after_begin(other), 0);
    }
    if (other.has_end && ends_at(other.bounds, event, event_instant(doubt.asked.times))) {
      excluded_ = excluded_ || other.asked.id == doubt.asked.id;
      system_.order(before_end_of(other), instant, 1);
    }
  }

  /// An event that both ends and begins what the row uses stands between: after the one instant,
  /// not after the other.
  void add_meeting(const Doubt& ended, const Doubt& begun) {
    if (!meet_at_one_instant(ended.bounds, begun.bounds)) return;
    const bool may_fit = ended.is_crossed && begun.is_crossed;
    excluded_ = excluded_ || (ended.asked.id == begun.asked.id && !may_fit);
    const Instant begin = begun.bounds.begin;
    const std::size_t event = system_.add(std::max(ended.bounds.end.earliest, begin.earliest),
                                          std::max(ended.bounds.end.latest, begin.latest));
    system_.order(before_end_of(ended), event, 1);
    system_.order(event, after_begin(begun), 0);
  }

  const RunScopes& scopes_;
  OrderSystem system_;
  bool excluded_ = false;
};

// --- Certain -------------------------------------------------------------------------------------

/// The bounds of a spell's begin and end in the worlds in which it is not over before it began.
Micros last_begin(const SpellBounds& spell) {
  return spell.is_gap ? spell.begin.latest
                      : std::min(spell.begin.latest, before_end(spell.end.latest));
}
Micros first_end(const SpellBounds& spell) {
  return spell.is_gap ? spell.end.earliest
                      : std::max(spell.end.earliest, shift(spell.begin.earliest, 1));
}

/// Whether it surely holds at each instant of the window.
bool covers(const SpellBounds& spell, const storage::Window& window) {
  return spell.begin.latest <= window.from && window.to < spell.end.earliest;
}

/// Whether `a` surely begins before `b` ends, in the worlds in which neither is empty.
bool surely_begins_before_end(const SpellBounds& a, const SpellBounds& b) {
  if (a.is_gap || b.is_gap) return last_begin(a) < first_end(b);
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

/// `spells` without those that cannot hold. Values that follow each other without a gap are one
/// spell, unless each has to hold all the time by itself.
std::vector<SpellBounds> unbroken_spells(std::span<const SpellBounds> spells,
                                         const ScopeTimes& times) {
  std::vector<SpellBounds> unbroken;
  for (const SpellBounds& spell : spells) {
    if (certainty_in(spell, times) == Certainty::kImpossible) continue;
    const bool follows = times.kind != ScopeKind::kThroughout && !unbroken.empty() &&
                         unbroken.back().ended_by && unbroken.back().ended_by == spell.begun_by;
    if (follows) {
      unbroken.back().end = spell.end;
      unbroken.back().ended_by = spell.ended_by;
    } else {
      unbroken.push_back(spell);
    }
  }
  return unbroken;
}

/// That the spell has not begun; that it is over.
Doubt doubt_before(const SpellBounds& spell, const AskedScope& asked) {
  Doubt doubt;
  doubt.asked = asked;
  doubt.has_end = true;
  doubt.is_crossed = asked.times.kind == ScopeKind::kThroughout;
  doubt.bounds.begin = Instant::exactly(kBeginningOfTime);
  doubt.bounds.end = spell.begin;
  doubt.bounds.ended_by = spell.begun_by;
  return doubt;
}
Doubt doubt_after(const SpellBounds& spell, const AskedScope& asked) {
  Doubt doubt;
  doubt.asked = asked;
  doubt.has_begin = true;
  doubt.is_crossed = asked.times.kind == ScopeKind::kThroughout;
  doubt.bounds.begin = spell.end;
  doubt.bounds.begun_by = spell.ended_by;
  return doubt;
}

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
      !spell.is_gap && (is_its_begin || (times.event && spell.begun_by == times.event));
  const bool certain = !times.uncertain && (begins_then || covers(spell, times.window));
  return certain ? Certainty::kCertain : Certainty::kPossible;
}

Certainty certainty_during(const SpellBounds& spell, const ScopeTimes& times) {
  const storage::Window& window = times.window;
  if (!window.may_hold(spell.begin, spell.end)) return Certainty::kImpossible;
  const bool sure = spell.begin.latest != kEndOfTime && last_begin(spell) <= window.to &&
                    window.from < first_end(spell) &&
                    (!spell.is_gap || spell.begin.latest < spell.end.earliest);
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
  return spell.begin.latest == kEndOfTime ? Certainty::kPossible : Certainty::kCertain;
}

bool is_possible(const Doubt& doubts, const RunScopes& scopes) {
  bool one_scope = true;
  for_each_doubt(doubts, [&](const Doubt& doubt) {
    one_scope = one_scope && doubt.asked.id == doubts.asked.id;
  });
  const ScopeTimes& scope = scopes[doubts.asked.id.raw - 1];
  if (!one_scope || scope.kind == ScopeKind::kThroughout) {
    return ScopesSystem(scopes).has_solution(doubts);
  }
  return scope.kind == ScopeKind::kAllTime || is_possible_at_once(doubts, scope);
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
  // In a world without any value the instant lies before or after each spell.
  const std::vector<SpellBounds> unbroken = unbroken_spells(spells, times);
  std::vector<Doubt> sides;
  for (const SpellBounds& spell : unbroken) {
    if (holds_surely(spell, times)) return {};
    const bool begins_then = times.event && times.event == spell.begun_by;
    if (times.window.from < spell.begin.latest && !begins_then) {
      sides.push_back(doubt_before(spell, asked));
    }
    if (spell.end.earliest <= times.window.to) sides.push_back(doubt_after(spell, asked));
  }
  std::vector<RowUse> uses;
  for (const Doubt& side : sides) {
    RowUse use = add_doubt(row, side, scopes);
    if (use.holds) uses.push_back(std::move(use));
  }
  if (uses.empty()) return {};
  if (uses.size() == 1 && unbroken.size() == 1) return std::move(uses.front());
  Doubt some;
  some.asked = asked;
  return add_doubt(row, std::move(some), scopes);
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

DoubtPtr plain_doubt() {
  static const DoubtPtr doubt = [] {
    Doubt plain;
    plain.asked.id = ScopeId(1);
    return std::make_shared<const Doubt>(plain);
  }();
  return doubt;
}

}  // namespace annals::query
