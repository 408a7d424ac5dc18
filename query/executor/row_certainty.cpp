#include "query/executor/row_certainty.h"

#include <algorithm>
#include <utility>

namespace annals::query {

namespace {

/// Whether the event that ends `ended` is the one that begins `begun`, at the same instant. An
/// event that lasts ends facts when it is over: that is another instant than its begin, and later.
/// An end that was cut off at the begin of its own spell is no sign of that.
bool meet_at_one_instant(const SpellBounds& ended, const SpellBounds& begun) {
  if (!ended.ended_by || ended.ended_by != begun.begun_by) return false;
  if (ended.end.latest > begun.begin.latest) return false;
  return ended.end.earliest <= begun.begin.earliest || ended.end.earliest == ended.begin.earliest;
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

/// All doubts ask about one instant: it lies between the latest of the begins, each as early as can
/// be, and the earliest of the ends, each as late as can be.
bool is_possible_at_once(const Doubt& doubts, const ScopeTimes& scope) {
  if (scope.all_time) return true;
  Micros low = scope.window.from;
  Micros high = scope.window.to;
  bool excluded = false;
  for_each_doubt(doubts, [&](const Doubt& doubt) {
    if (doubt.has_begin) low = std::max(low, doubt.bounds.begin.earliest);
    if (!doubt.has_end) return;
    high = std::min(high, before_end(doubt.bounds.end.latest));
    for_each_doubt(doubts, [&](const Doubt& other) {
      excluded = excluded || (other.has_begin && meet_at_one_instant(doubt.bounds, other.bounds));
    });
  });
  return !excluded && low <= high;
}

/// The same for several instants, which the events may bind together.
bool is_possible_in_scopes(const Doubt& doubts, const RunScopes& scopes) {
  OrderSystem system;
  for (const ScopeTimes& scope : scopes) system.add(scope.window.from, scope.window.to);
  const auto unknown_of = [](const Doubt& doubt) { return doubt.scope.raw - 1; };
  bool excluded = false;
  for_each_doubt(doubts, [&](const Doubt& doubt) {
    if (scopes[unknown_of(doubt)].all_time) return;
    // An event that only begins, or only ends, what the row uses does it best as early, or as late,
    // as it can.
    if (doubt.has_begin) {
      system.tighten(unknown_of(doubt), doubt.bounds.begin.earliest, kEndOfTime);
    }
    if (!doubt.has_end) return;
    system.tighten(unknown_of(doubt), kBeginningOfTime, before_end(doubt.bounds.end.latest));
    for_each_doubt(doubts, [&](const Doubt& other) {
      if (!other.has_begin || scopes[unknown_of(other)].all_time ||
          !meet_at_one_instant(doubt.bounds, other.bounds)) {
        return;
      }
      excluded = excluded || doubt.scope == other.scope;
      // One that does both stands between: after the one instant, not after the other.
      const Instant begin = other.bounds.begin;
      const std::size_t event = system.add(std::max(doubt.bounds.end.earliest, begin.earliest),
                                           std::max(doubt.bounds.end.latest, begin.latest));
      system.order(unknown_of(doubt), event, 1);
      system.order(event, unknown_of(other), 0);
    });
  });
  return !excluded && system.has_solution();
}

bool is_within(const SpellBounds& spell, const storage::Window& window) {
  return spell.begin.latest <= window.from && window.to < spell.end.earliest;
}

RowUse doubtful(const DoubtPtr& row, Doubt doubt, const RunScopes& scopes) {
  const ScopeTimes& scope = scopes[doubt.scope.raw - 1];
  if (scope.certainly) return {};
  doubt.previous = row;
  auto link = std::make_shared<const Doubt>(std::move(doubt));
  // Alone it was found possible by whoever made it.
  if (row != nullptr && !is_possible(*link, scopes)) return {};
  return {true, std::move(link)};
}

}  // namespace

Certainty certainty_in(const SpellBounds& spell, const ScopeTimes& scope) {
  if (spell.begin.earliest >= spell.end.latest) return Certainty::kImpossible;
  if (scope.all_time) {
    return spell.begin.latest == kEndOfTime ? Certainty::kPossible : Certainty::kCertain;
  }
  if (!scope.window.may_hold(spell.begin, spell.end)) return Certainty::kImpossible;
  const bool certain = !scope.uncertain && is_within(spell, scope.window);
  return certain ? Certainty::kCertain : Certainty::kPossible;
}

bool is_possible(const Doubt& doubts, const RunScopes& scopes) {
  bool one_scope = true;
  for (const Doubt* doubt = &doubts; doubt != nullptr; doubt = doubt->previous.get()) {
    one_scope = one_scope && doubt->scope == doubts.scope;
  }
  return one_scope ? is_possible_at_once(doubts, scopes[doubts.scope.raw - 1])
                   : is_possible_in_scopes(doubts, scopes);
}

RowUse use_spell(const DoubtPtr& row, const SpellBounds& spell, ScopeId scope,
                 const RunScopes& scopes) {
  switch (certainty_in(spell, scopes[scope.raw - 1])) {
    case Certainty::kImpossible: return {};
    case Certainty::kCertain: return {true, row};
    case Certainty::kPossible: break;
  }
  return doubtful(row, {nullptr, scope, true, true, spell}, scopes);
}

RowUse use_absence(const DoubtPtr& row, std::span<const SpellBounds> spells, ScopeId scope,
                   const RunScopes& scopes) {
  const ScopeTimes& times = scopes[scope.raw - 1];
  // Values that follow each other without a gap are one spell.
  std::vector<SpellBounds> unbroken;
  bool any_holds = false;
  for (const SpellBounds& spell : spells) {
    if (certainty_in(spell, times) == Certainty::kImpossible) continue;
    any_holds = any_holds || times.certainly || use_spell(row, spell, scope, scopes).holds;
    if (!unbroken.empty() && unbroken.back().ended_by &&
        unbroken.back().ended_by == spell.begun_by) {
      unbroken.back().end = spell.end;
      unbroken.back().ended_by = spell.ended_by;
    } else {
      unbroken.push_back(spell);
    }
  }
  if (!any_holds) return {true, row};
  if (times.all_time || times.certainly) return {};
  // In a world without any value the instant lies before or after each spell.
  std::vector<Doubt> sides;
  for (const SpellBounds& spell : unbroken) {
    if (is_within(spell, times.window)) return {};
    const Doubt before{
        nullptr,
        scope,
        false,
        true,
        {Instant{kBeginningOfTime, kBeginningOfTime}, spell.begin, Seq(), spell.begun_by}};
    const Doubt after{
        nullptr, scope, true, false, {spell.end, Instant::never(), spell.ended_by, Seq()}};
    if (times.window.from < spell.begin.latest) sides.push_back(before);
    if (spell.end.earliest <= times.window.to) sides.push_back(after);
  }
  std::vector<RowUse> uses;
  for (const Doubt& side : sides) {
    RowUse use = doubtful(row, side, scopes);
    if (use.holds) uses.push_back(std::move(use));
  }
  if (uses.empty()) return {};
  if (uses.size() == 1 && unbroken.size() == 1) return std::move(uses.front());
  return doubtful(row, {nullptr, scope, false, false, {}}, scopes);
}

RowUse use_both(const DoubtPtr& row, const DoubtPtr& other, const RunScopes& scopes) {
  if (row == nullptr) return {true, other};
  RowUse both{true, row};
  for (const Doubt* doubt = other.get(); doubt != nullptr && both.holds;
       doubt = doubt->previous.get()) {
    both =
        doubtful(both.doubt,
                 {nullptr, doubt->scope, doubt->has_begin, doubt->has_end, doubt->bounds}, scopes);
  }
  return both;
}

DoubtPtr plain_doubt() {
  static const DoubtPtr doubt =
      std::make_shared<const Doubt>(Doubt{nullptr, ScopeId(1), false, false, {}});
  return doubt;
}

}  // namespace annals::query
