#include "query/executor/world_search.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "query/executor/order_system.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// Calls `visit` for each link of a row.
template <class Visit>
void for_each_link(const DoubtPtr& row, const Visit& visit) {
  for (const Doubt* link = row.get(); link != nullptr; link = link->previous.get()) visit(*link);
}

/// Calls `visit` for each spell that the row is about, also within what it is an alternative of.
template <class Visit>
void for_each_spell(const DoubtPtr& row, const Visit& visit) {
  for_each_link(row, [&](const Doubt& link) {
    if (link.rows == nullptr) return visit(link);
    for (const DoubtPtr& inner : *link.rows) for_each_spell(inner, visit);
  });
}

/// The unknowns of a question: the instants of scopes, of events, and of the ends that are no
/// event's instant. An event is one unknown as far as it has the same bounds: seen from another
/// time, before it was corrected, it is another.
class Unknowns {
 public:
  explicit Unknowns(OrderSystem& system) : system_(system) {}

  /// Takes all spells of the question before any other call: whether two bounds are one instant
  /// shows only when all are known.
  void take(const Doubt& link) {
    const SpellBounds& spell = link.bounds;
    if (link.asked.times.event) take_event(link.asked.times.event, event_instant(link.asked.times));
    if (!link.has_begin && !link.has_end) return;
    if (spell.is_gap) {
      // It begins where a spell ends, and ends where the next begins.
      if (spell.begun_by) take_end(spell.begun_by, spell.begin);
      if (spell.ended_by) take_event(spell.ended_by, spell.end);
    } else {
      if (spell.begun_by) take_event(spell.begun_by, spell.begin);
      if (spell.ended_by) take_end(spell.ended_by, spell.end);
    }
  }

  /// The instant that the scope asks about: of kAt.
  std::size_t asked(const AskedScope& asked) {
    const ScopeTimes& times = asked.times;
    if (times.event) return event(times.event, event_instant(times));
    return unknown({kScope, asked.id.raw, times.window.from, times.window.to},
                   {times.window.from, times.window.to});
  }
  std::size_t constant(Micros at) { return unknown({kConstant, at}, Instant::exactly(at)); }

  std::size_t begin(const SpellBounds& spell) {
    if (spell.is_gap && spell.begun_by) {
      return end_by(spell.begun_by, spell.begin, kEndOfTime, key(kSoonerEnd, spell));
    }
    if (spell.begun_by) return event(spell.begun_by, spell.begin);
    return unknown(key(kOwnBegin, spell), spell.begin);
  }

  std::size_t end(const SpellBounds& spell) {
    if (!spell.ended_by) return unknown(key(kOwnEnd, spell), spell.end);
    if (spell.is_gap) return event(spell.ended_by, spell.end);
    return end_by(spell.ended_by, spell.end, spell.begin.earliest, key(kSoonerEnd, spell));
  }

  /// False if what is known of the unknowns contradicts itself.
  bool possible() const { return possible_; }

 private:
  using Key = std::array<std::int64_t, 7>;
  enum What : std::int64_t {
    kScope,
    kConstant,
    kEvent,
    kOver,
    kOwnBegin,
    kOwnEnd,
    kSoonerEnd,
  };

  static std::int64_t raw(Seq seq) { return static_cast<std::int64_t>(seq.raw); }
  static Key key(What what, const SpellBounds& spell) {
    return {what,
            raw(spell.begun_by),
            raw(spell.ended_by),
            spell.begin.earliest,
            spell.begin.latest,
            spell.end.earliest,
            spell.end.latest};
  }

  /// A plan makes a question uncertain, and bounds facts as what perhaps never happens.
  static Instant event_instant(const ScopeTimes& times) {
    return {times.window.from, times.uncertain ? kEndOfTime : times.window.to};
  }

  void take_event(Seq seq, Instant instant) {
    std::vector<Instant>& known = events_[seq];
    if (std::find(known.begin(), known.end(), instant) == known.end()) known.push_back(instant);
  }
  void take_end(Seq seq, Instant instant) {
    const auto [known, is_new] = ends_.emplace(seq, instant);
    if (is_new) return;
    known->second.earliest = std::min(known->second.earliest, instant.earliest);
    known->second.latest = std::max(known->second.latest, instant.latest);
  }

  std::size_t event(Seq seq, Instant instant) {
    return unknown({kEvent, raw(seq), instant.earliest, instant.latest}, instant);
  }

  /// What holds in all worlds.
  void demand(const Order& order) {
    const auto [known, is_new] = demanded_.emplace(order.before, order.after);
    if (is_new) possible_ = system_.add(order) && possible_;
  }

  /// The instant within `end` at which the event ends a spell that begins at `begin` at the
  /// soonest.
  std::size_t end_by(Seq seq, Instant end, Micros begin, const Key& own) {
    const auto known = events_.find(seq);
    if (known == events_.end()) return over(seq, end, begin, own);
    for (const Instant instant : known->second) {
      if (is_instant(end, begin, instant)) return event(seq, instant);
    }
    if (known->second.size() > 1) return unknown(own, end);
    // An event that lasts ends facts when it is over. Otherwise the event ended the spell unless
    // something doubtful ended it before.
    const std::size_t began = event(seq, known->second.front());
    const bool lasts = end.latest > known->second.front().latest;
    const std::size_t ended = lasts ? over(seq, end, begin, own) : unknown(own, end);
    demand(lasts ? Order{began, ended, 0} : Order{ended, began, 0});
    return ended;
  }

  /// The instant at which the event is over that ends the spell.
  std::size_t over(Seq seq, Instant end, Micros begin, const Key& own) {
    const Instant bounds = ends_.at(seq);
    if (!is_instant(end, begin, bounds)) return unknown(own, end);
    return unknown({kOver, raw(seq), bounds.earliest, bounds.latest}, bounds);
  }

  /// Whether the end is the instant with these bounds. A spell does not end before it begins, so
  /// its end may have been cut off at the begin.
  static bool is_instant(Instant end, Micros begin, Instant instant) {
    if (end.latest != instant.latest) return false;
    return end.earliest == instant.earliest ||
           (end.earliest > instant.earliest && end.earliest == begin);
  }

  std::size_t unknown(const Key& key, Instant bounds) {
    const auto [known, is_new] = numbers_.try_emplace(key);
    if (is_new) known->second = system_.add_unknown(bounds.earliest, bounds.latest);
    return known->second;
  }

  OrderSystem& system_;
  std::map<Seq, std::vector<Instant>> events_;  // the bounds that each has
  std::map<Seq, Instant> ends_;
  std::map<Key, std::size_t> numbers_;
  std::set<std::pair<std::size_t, std::size_t>> demanded_;
  bool possible_ = true;
};

/// That a row holds, or that it does not.
struct Goal {
  const DoubtPtr* row;
  bool holds;
};

/// What must hold together.
struct Option {
  std::vector<Order> orders;
  std::vector<Goal> goals;
};
/// One of the options must hold.
using Choice = std::vector<Option>;

class Search {
 public:
  explicit Search(const RunScopes& scopes) : scopes_(scopes), unknowns_(system_) {}

  WorldFound run(const DoubtPtr& row, std::span<const DoubtPtr> others) {
    const auto take = [this](const Doubt& link) { unknowns_.take(link); };
    for_each_spell(row, take);
    for (const DoubtPtr& other : others) for_each_spell(other, take);
    State state;
    Option all;
    all.goals.push_back({&row, true});
    for (const DoubtPtr& other : others) all.goals.push_back({&other, false});
    // Expanding the goals adds unknowns to system_, so that it is copied only now.
    prepare(row);
    for (const DoubtPtr& other : others) prepare(other);
    if (!unknowns_.possible()) return WorldFound::kUnknown;
    state.system = system_;
    // Facts that contradict each other, each being over before the other, leave all worlds.
    const bool fits = std::all_of(not_empty_.begin(), not_empty_.end(),
                                  [&](const Order& order) { return state.system.add(order); });
    if (!fits) state.system = system_;
    const bool found = demand(all, state) && solve(std::move(state));
    if (found) return WorldFound::kSome;
    return steps_ > limits::kWorldSearchSteps ? WorldFound::kUnknown : WorldFound::kNone;
  }

 private:
  struct State {
    OrderSystem system;
    std::vector<Choice> open;
  };

  /// Makes the unknowns that the row needs.
  void prepare(const DoubtPtr& row) {
    for_each_spell(row, [this](const Doubt& link) {
      orders_of(link);
      if (!link.has_begin || !link.has_end || !counts_if_not_empty(link)) return;
      not_empty_.push_back({unknowns_.begin(link.bounds), unknowns_.end(link.bounds), 1});
    });
  }

  /// Whether only worlds count in which the spell is not empty: what is recorded to have begun was
  /// not over before.
  static bool counts_if_not_empty(const Doubt& link) {
    const ScopeTimes& times = link.asked.times;
    if (link.bounds.may_be_empty() || link.bounds.begin.latest == kEndOfTime) return false;
    return times.kind == ScopeKind::kDuring || (times.event && times.event == link.bounds.begun_by);
  }

  /// What a spell's holding means for the instants, by itself.
  std::vector<Order> orders_of(const Doubt& link) {
    if (!link.has_begin || !link.has_end) return {};
    const storage::Window& window = link.asked.times.window;
    const std::size_t begin = unknowns_.begin(link.bounds);
    switch (link.asked.times.kind) {
      case ScopeKind::kAllTime: return {{begin, unknowns_.constant(kEndOfTime), 1}};
      case ScopeKind::kAt: {
        const std::size_t asked = unknowns_.asked(link.asked);
        return {{begin, asked, 0}, {asked, unknowns_.end(link.bounds), 1}};
      }
      case ScopeKind::kThroughout: {
        // A period without an end is held throughout by what never ends.
        const Micros gap = window.to == kEndOfTime ? 0 : 1;
        return {{begin, unknowns_.constant(window.from), 0},
                {unknowns_.constant(window.to), unknowns_.end(link.bounds), gap}};
      }
      case ScopeKind::kDuring: break;
    }
    const std::size_t end = unknowns_.end(link.bounds);
    return {{begin, unknowns_.constant(window.to), 0},
            {unknowns_.constant(window.from), end, 1},
            {begin, end, 1}};
  }

  /// What the spells of a row mean for each other: under DURING each begins before the others end.
  std::vector<Order> orders_within(const DoubtPtr& row) {
    std::vector<Order> orders;
    for_each_link(row, [&](const Doubt& one) {
      if (one.rows != nullptr || one.asked.times.kind != ScopeKind::kDuring) return;
      for_each_link(row, [&](const Doubt& other) {
        if (&one == &other || other.rows != nullptr || other.asked.id != one.asked.id) return;
        if (!one.has_begin || !other.has_end) return;
        orders.push_back({unknowns_.begin(one.bounds), unknowns_.end(other.bounds), 1});
      });
    });
    return orders;
  }

  /// Whether rows may ask about different instants in this scope, of which only the bounds are
  /// alike.
  bool is_of_row(const AskedScope& asked) const {
    const storage::Window& window = asked.times.window;
    const storage::Window& all = scopes_[asked.id.raw - 1].window;
    const bool differs = window.from != all.from || window.to != all.to;
    return differs && !asked.times.event && window.from != window.to;
  }

  /// Adds what must hold to the state; false if it cannot.
  bool demand(const Option& option, State& state) {
    for (const Order& order : option.orders) {
      ++steps_;
      if (!state.system.add(order)) return false;
    }
    return std::all_of(option.goals.begin(), option.goals.end(), [&](const Goal& goal) {
      return goal.holds ? demand_row(*goal.row, state) : refuse_row(*goal.row, state);
    });
  }

  bool demand_row(const DoubtPtr& row, State& state) {
    bool possible = demand({orders_within(row), {}}, state);
    for_each_link(row, [&](const Doubt& link) {
      if (!possible) return;
      if (link.rows == nullptr) {
        possible = demand({orders_of(link), {}}, state);
      } else if (link.none_of_rows) {
        for (const DoubtPtr& one : *link.rows) possible = possible && refuse_row(one, state);
      } else {
        Choice choice;
        for (const DoubtPtr& one : *link.rows) choice.push_back({{}, {{&one, true}}});
        state.open.push_back(std::move(choice));
      }
    });
    return possible;
  }

  /// A row does not hold if one of its links does not.
  bool refuse_row(const DoubtPtr& row, State& state) {
    Choice choice;
    bool open = true;
    for (const Order& order : orders_within(row)) choice.push_back({{order.negated()}, {}});
    for_each_link(row, [&](const Doubt& link) {
      if (link.rows != nullptr) {
        Option none;
        for (const DoubtPtr& one : *link.rows) {
          if (link.none_of_rows) {
            choice.push_back({{}, {{&one, true}}});
          } else {
            none.goals.push_back({&one, false});
          }
        }
        if (!link.none_of_rows) choice.push_back(std::move(none));
        return;
      }
      const std::vector<Order> orders = orders_of(link);
      // Of a link that does not say why, and at an uncertain date, nothing is certain.
      open = open && !orders.empty() && !link.asked.times.uncertain && !is_of_row(link.asked);
      for (const Order& order : orders) choice.push_back({{order.negated()}, {}});
    });
    if (open) state.open.push_back(std::move(choice));
    return true;
  }

  /// Drops options that cannot hold and choices that are made; false if a choice has none left.
  /// Sets `forced` if one has only one.
  bool reduce(State& state, bool& forced) {
    forced = false;
    for (std::size_t i = 0; i < state.open.size() && !forced;) {
      Choice& choice = state.open[i];
      bool made = false;
      const auto is_impossible = [&](const Option& option) {
        const bool implied =
            std::all_of(option.orders.begin(), option.orders.end(),
                        [&](const Order& order) { return state.system.implies(order); });
        if (implied) {
          made = made || option.goals.empty();
          return false;
        }
        ++steps_;
        OrderSystem trial = state.system;
        return !std::all_of(option.orders.begin(), option.orders.end(),
                            [&](const Order& order) { return trial.add(order); });
      };
      choice.erase(std::remove_if(choice.begin(), choice.end(), is_impossible), choice.end());
      if (choice.empty() || steps_ > limits::kWorldSearchSteps) return false;
      forced = !made && choice.size() == 1;
      if (!made && !forced) {
        ++i;
        continue;
      }
      const Choice only = std::exchange(choice, {});
      state.open.erase(state.open.begin() + static_cast<std::ptrdiff_t>(i));
      if (forced && !demand(only.front(), state)) return false;
    }
    return true;
  }

  bool solve(State state) {
    for (bool forced = true; forced;) {
      if (!reduce(state, forced)) return false;
    }
    if (state.open.empty()) return true;
    const auto smallest =
        std::min_element(state.open.begin(), state.open.end(),
                         [](const Choice& a, const Choice& b) { return a.size() < b.size(); });
    const Choice choice = std::move(*smallest);
    state.open.erase(smallest);
    return std::any_of(choice.begin(), choice.end(), [&](const Option& option) {
      State next = state;
      return demand(option, next) && solve(std::move(next));
    });
  }

  const RunScopes& scopes_;
  OrderSystem system_;
  Unknowns unknowns_;
  std::vector<Order> not_empty_;  // what holds in the worlds that count
  std::size_t steps_ = 0;
};

}  // namespace

WorldFound find_world(const DoubtPtr& row, std::span<const DoubtPtr> others,
                      const RunScopes& scopes) {
  return Search(scopes).run(row, others);
}

}  // namespace annals::query
