#include "query/executor/world_search.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
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

/// The spells that rows are about, also within what they are alternatives of. Each link once:
/// conditions share their parts, and XOR has both of its sides twice, so that 2^n ways lead to one.
std::vector<const Doubt*> spells_of(const DoubtPtr& row, std::span<const DoubtPtr> others) {
  std::vector<const Doubt*> spells;
  std::unordered_set<const Doubt*> known;
  std::vector<const Doubt*> open = {row.get()};
  for (const DoubtPtr& other : others) open.push_back(other.get());
  while (!open.empty()) {
    const Doubt* link = open.back();
    open.pop_back();
    // What follows a link that is known is known, too.
    for (; link != nullptr && known.insert(link).second; link = link->previous.get()) {
      if (link->rows == nullptr) {
        spells.push_back(link);
      } else {
        for (const DoubtPtr& inner : *link->rows) open.push_back(inner.get());
      }
    }
  }
  return spells;
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

/// A search depth first. What is demanded of the instants is in the State, of which each branch has
/// its own; what was demanded of rows is in met_, which a branch that fails takes back.
class Search {
 public:
  explicit Search(const RunScopes& scopes) : scopes_(scopes), unknowns_(system_) {}

  WorldFound run(const DoubtPtr& row, std::span<const DoubtPtr> others) {
    const std::vector<const Doubt*> spells = spells_of(row, others);
    for (const Doubt* spell : spells) unknowns_.take(*spell);
    for (const Doubt* spell : spells) {
      if (!may_go_on()) return WorldFound::kUnknown;
      prepare(*spell);
    }
    if (!unknowns_.possible()) return WorldFound::kUnknown;
    // Expanding the goals adds unknowns to system_, so that it is copied only now.
    State state;
    state.system = system_;
    // Facts that contradict each other, each being over before the other, leave all worlds.
    const bool fits = std::all_of(not_empty_.begin(), not_empty_.end(), [&](const Order& order) {
      return may_go_on() && state.system.add(order);
    });
    if (!fits) state.system = system_;
    Option all;
    all.goals.push_back({&row, true});
    for (const DoubtPtr& other : others) all.goals.push_back({&other, false});
    const bool found = demand(all, state) && solve(std::move(state));
    if (found) return WorldFound::kSome;
    return gave_up_ ? WorldFound::kUnknown : WorldFound::kNone;
  }

 private:
  struct State {
    OrderSystem system;
    std::vector<Choice> open;
  };
  /// That a row (null: what holds in every world) holds, or that it does not.
  using Met = std::pair<const Doubt*, bool>;

  /// Whether the search is to go on: once it is not, nothing is found any more.
  bool may_go_on() {
    const bool is_stopped = scopes_.stop != nullptr && scopes_.stop->requested();
    gave_up_ = gave_up_ || steps_ > limits::kWorldSearchSteps || is_stopped;
    return !gave_up_;
  }
  /// Whether there is a step left. Whatever is done more than a few times takes one.
  bool take_step() {
    ++steps_;
    return may_go_on();
  }

  /// Makes the unknowns that the spell needs.
  void prepare(const Doubt& link) {
    const bool vague = is_vague(link, orders_of(link));
    is_exact_ = is_exact_ && !vague;
    if (!link.has_begin || !link.has_end || !counts_if_not_empty(link)) return;
    not_empty_.push_back({unknowns_.begin(link.bounds), unknowns_.end(link.bounds), 1});
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

  /// Whether it does not say where the spell does not hold. A link that does not say why, and one
  /// at an uncertain date: nothing is certain of it.
  bool is_vague(const Doubt& link, const std::vector<Order>& orders) const {
    return orders.empty() || link.asked.times.uncertain || is_of_row(link.asked);
  }

  /// What holds where the option does not, or where that is not known.
  static Choice negated(const Option& option) {
    Choice choice;
    for (const Order& order : option.orders) choice.push_back({{order.negated()}, {}});
    for (const Goal& goal : option.goals) choice.push_back({{}, {{goal.row, !goal.holds}}});
    return choice;
  }

  /// Adds what must hold to the state; false if it cannot.
  bool demand(const Option& option, State& state) {
    return demand(option.orders, state) &&
           std::all_of(option.goals.begin(), option.goals.end(),
                       [&](const Goal& goal) { return demand_goal(goal, state); });
  }

  bool demand(const std::vector<Order>& orders, State& state) {
    return std::all_of(orders.begin(), orders.end(),
                       [&](const Order& order) { return take_step() && state.system.add(order); });
  }

  bool demand_goal(const Goal& goal, State& state) {
    if (!take_step() || contradicts(goal)) return false;
    // A second time it would be the same choices, which the next ones within double again.
    const Met met(goal.row->get(), goal.holds);
    if (!met_.insert(met).second) return true;
    trail_.push_back(met);
    if (goal.holds) return demand_row(*goal.row, state);
    refuse_row(*goal.row, state);
    return true;
  }

  bool is_met(const Goal& goal) const { return met_.count({goal.row->get(), goal.holds}) > 0; }

  /// Whether the opposite was demanded. Of what is vague both may be true.
  bool contradicts(const Goal& goal) const { return is_exact_ && is_met({goal.row, !goal.holds}); }

  /// Takes back what was met since the trail had that length.
  void forget(std::size_t length) {
    for (; trail_.size() > length; trail_.pop_back()) met_.erase(trail_.back());
  }

  bool demand_row(const DoubtPtr& row, State& state) {
    bool possible = demand(orders_within(row), state);
    for_each_link(row, [&](const Doubt& link) {
      if (!possible) return;
      if (link.rows == nullptr) {
        possible = demand(orders_of(link), state);
      } else if (link.none_of_rows) {
        for (const DoubtPtr& one : *link.rows) {
          possible = possible && demand_goal({&one, false}, state);
        }
      } else {
        Choice choice;
        for (const DoubtPtr& one : *link.rows) choice.push_back({{}, {{&one, true}}});
        state.open.push_back(std::move(choice));
      }
    });
    return possible;
  }

  /// A row does not hold if one of its links does not.
  void refuse_row(const DoubtPtr& row, State& state) {
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
      open = open && !is_vague(link, orders);
      for (const Order& order : orders) choice.push_back({{order.negated()}, {}});
    });
    if (open) state.open.push_back(std::move(choice));
  }

  /// Drops options that cannot hold and choices that are made; false if a choice has none left.
  /// Sets `forced` if one has only one.
  bool reduce(State& state, bool& forced) {
    forced = false;
    for (std::size_t i = 0; i < state.open.size() && !forced;) {
      Choice& choice = state.open[i];
      bool made = false;
      const auto is_impossible = [&](const Option& option) {
        const auto contradicted = [this](const Goal& goal) { return contradicts(goal); };
        if (std::any_of(option.goals.begin(), option.goals.end(), contradicted)) return true;
        const bool implied =
            std::all_of(option.orders.begin(), option.orders.end(),
                        [&](const Order& order) { return state.system.implies(order); });
        if (implied) {
          made = made || std::all_of(option.goals.begin(), option.goals.end(),
                                     [this](const Goal& goal) { return is_met(goal); });
          return false;
        }
        if (!take_step()) return true;
        OrderSystem trial = state.system;
        return !std::all_of(option.orders.begin(), option.orders.end(),
                            [&](const Order& order) { return trial.add(order); });
      };
      choice.erase(std::remove_if(choice.begin(), choice.end(), is_impossible), choice.end());
      if (choice.empty() || gave_up_) return false;
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
      if (!take_step()) return false;
      const std::size_t met = trail_.size();
      State next = state;
      if (demand(option, next) && solve(std::move(next))) return true;
      forget(met);
      // The worlds with this option were searched: the next ones are about those without it.
      state.open.push_back(negated(option));
      return false;
    });
  }

  const RunScopes& scopes_;
  OrderSystem system_;
  Unknowns unknowns_;
  std::vector<Order> not_empty_;  // what holds in the worlds that count
  std::set<Met> met_;             // what was demanded of rows
  std::vector<Met> trail_;        // the same, in order
  std::size_t steps_ = 0;
  bool is_exact_ = true;  // nothing in the question is vague
  bool gave_up_ = false;
};

}  // namespace

WorldFound find_world(const DoubtPtr& row, std::span<const DoubtPtr> others,
                      const RunScopes& scopes) {
  return Search(scopes).run(row, others);
}

}  // namespace annals::query
