#include "tests/support/oracle/fold.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace annals::oracle {

namespace {

/// An effect of one event on one timeline.
struct Step {
  EffectType type = EffectType::kBegins;
  Moment at;
  std::optional<Moment> own_end;
  bool asserted = false;
  std::size_t place = 0;    ///< Of the event in the history,
  std::size_t ordinal = 0;  ///< and of the effect in the event.
};

/// Relation, source, target.
using Timeline = std::tuple<char, int, int>;
using Timelines = std::map<Timeline, std::vector<Step>>;

/// Without SAID an event counts as said when it happened, or began to; a plan and a change when
/// they were recorded: after all days.
bool is_said(const Event& event, const View& view) {
  if (!view.said_by) return true;
  if (event.said) return event.said->last <= *view.said_by;
  if (event.planned || event.change != Event::Change::kNone) return false;
  return event.on.last <= *view.said_by;
}

/// The event, or change, as it is believed to be after all changes of it that count themselves, in
/// the order of recording; nothing if it does not count or is retracted.
std::optional<Event> believed(const History& history, std::size_t place, const View& view) {
  if (view.known && place >= *view.known) return std::nullopt;
  Event event = history.events[place];
  for (std::size_t i = place + 1; i < history.events.size(); ++i) {
    const Event& later = history.events[i];
    if (later.change == Event::Change::kNone || later.changes != place) continue;
    const std::optional<Event> change = believed(history, i, view);
    if (!change) continue;
    switch (change->change) {
      case Event::Change::kRetract: return std::nullopt;
      case Event::Change::kCorrectDate:
        event.on = change->on;
        event.lasts_until = change->lasts_until;
        event.uncertain = change->uncertain;
        break;
      case Event::Change::kCorrectStatus: event.planned = change->planned; break;
      case Event::Change::kNone: break;
    }
  }
  if (!is_said(event, view)) return std::nullopt;
  return event;
}

std::vector<Effect> effects_of(const Event& event) {
  switch (event.form) {
    case Form::kOfKind: return kinds()[event.kind].effects;
    case Form::kAssertedFrom: return {{EffectType::kBegins, event.relation}};
    case Form::kAssertedOn: return {{EffectType::kMarks, event.relation}};
  }
  return {};
}

/// An event's instants become unknowns, its effects steps.
void add(const Event& event, std::size_t place, Graph& graph, Timelines& timelines) {
  const bool doubtful = event.planned || event.uncertain;
  const auto unknown = [&](Tick earliest, Tick latest, bool perhaps_never) {
    graph.unknowns.push_back({earliest, latest, perhaps_never});
    return Moment{graph.unknowns.size() - 1, 0};
  };
  const Moment begin = unknown(event.on.first * kTicksADay, event.on.last * kTicksADay, doubtful);
  Moment end = begin;
  Moment mark_end{begin.unknown, kTicksADay};
  if (event.lasts_until) {
    // Both are exact, so that they happen or not together.
    end.later = (*event.lasts_until + 1 - event.on.first) * kTicksADay;
    mark_end = end;
  }
  std::size_t ordinal = 0;
  for (const Effect& effect : effects_of(event)) {
    Step step{effect.type, begin, {}, event.form != Form::kOfKind, place, ordinal++};
    if (effect.type == EffectType::kEnds) step.at = end;
    if (effect.type == EffectType::kMarks) step.own_end = mark_end;
    if (event.to) {
      step.own_end = unknown(event.to->first * kTicksADay, event.to->last * kTicksADay, false);
    }
    const int source = effect.backwards ? event.y : event.x;
    const int other = effect.backwards ? event.x : event.y;
    const int target = effect.relation == kExistence ? source : other;
    timelines[{effect.relation, source, target}].push_back(step);
  }
}

class Folder {
 public:
  Folder(Graph& graph, Timeline timeline) : graph_(graph), timeline_(timeline) {}

  /// Begins are taken by their earliest bound and ends by their latest; then by the order of
  /// recording.
  void fold(std::vector<Step> steps) {
    std::sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
      return std::tuple(order(a), a.place, a.ordinal) < std::tuple(order(b), b.place, b.ordinal);
    });
    for (const Step& step : steps) {
      switch (step.type) {
        case EffectType::kBegins:
          if (!begin(step)) absorbed_.push_back(step);
          break;
        case EffectType::kEnds: end(step); break;
        case EffectType::kMarks: add_fact(step); break;
      }
    }
  }

 private:
  Tick earliest(const Moment& at) const { return graph_.unknowns[at.unknown].earliest + at.later; }
  Tick latest(const Moment& at) const { return graph_.unknowns[at.unknown].latest + at.later; }
  bool doubtful(const Moment& at) const { return graph_.unknowns[at.unknown].perhaps_never; }
  Tick order(const Step& step) const {
    return step.type == EffectType::kEnds ? latest(step.at) : earliest(step.at);
  }

  std::size_t add_fact(const Step& step) {
    const auto [relation, source, target] = timeline_;
    Fact fact{graph_.facts.size(), relation, source, target, {step.at}, {}, {}};
    if (step.own_end) fact.ends.push_back(*step.own_end);
    graph_.facts.push_back(fact);
    return graph_.facts.size() - 1;
  }

  /// What is surely there already, and goes on, does not begin again; a bare fact stands beside
  /// others. Whether it began.
  bool begin(const Step& step) {
    const bool absorbed = std::any_of(open_.begin(), open_.end(), [&](const Open& open) {
      const Moment begun = graph_.facts[open.fact].begins.front();
      const bool surely_begun = !doubtful(begun) && latest(begun) <= earliest(step.at);
      const bool ends_here = open.ended_by.count(step.place) > 0;
      return surely_begun && !open.by.own_end && !ends_here;
    });
    if (absorbed && !step.asserted) return false;
    open_.push_back({add_fact(step), step, {}});
    return true;
  }

  /// Ends all that is open then, is not surely over by an end of its own, and was not begun by the
  /// same event. What is ended by a plan or at an uncertain date stays open for another end.
  void end(const Step& step) {
    std::vector<Open> still_open;
    for (Open& open : open_) {
      if (open.by.own_end && latest(*open.by.own_end) <= earliest(step.at)) continue;
      if (open.by.place != step.place) {
        graph_.facts[open.fact].ends.push_back(step.at);
        open.ended_by.insert(step.place);
        if (!doubtful(step.at)) continue;
      }
      still_open.push_back(open);
    }
    open_ = still_open;
    // An event that ends and begins anew: its begin was perhaps looked at before its end was.
    std::erase_if(absorbed_,
                  [&](const Step& other) { return other.place == step.place && begin(other); });
  }

  struct Open {
    std::size_t fact = 0;
    Step by;
    std::set<std::size_t> ended_by;
  };
  Graph& graph_;
  Timeline timeline_;
  std::vector<Open> open_;
  std::vector<Step> absorbed_;
};

/// A time in which a node exists; without a begin it did so from the first.
struct Lifetime {
  std::optional<Moment> begin;
  std::vector<Moment> ends;
  bool goes_on = true;
};

/// What is said first counts, in the same order as of facts.
std::vector<Lifetime> lifetimes_of(std::vector<Step> steps, const Graph& graph) {
  // What an event ends and begins goes on.
  std::set<std::size_t> begin;
  for (const Step& step : steps) {
    if (step.type == EffectType::kBegins) begin.insert(step.place);
  }
  std::erase_if(steps, [&](const Step& step) {
    return step.type == EffectType::kEnds && begin.count(step.place) > 0;
  });
  const auto unknown = [&](const Step& step) { return graph.unknowns[step.at.unknown]; };
  const auto order = [&](const Step& step) {
    const bool ends = step.type == EffectType::kEnds;
    return (ends ? unknown(step).latest : unknown(step).earliest) + step.at.later;
  };
  std::sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
    return std::tuple(order(a), a.place, a.ordinal) < std::tuple(order(b), b.place, b.ordinal);
  });
  std::vector<Lifetime> lifetimes;
  for (const Step& step : steps) {
    if (step.type == EffectType::kBegins) {
      const Lifetime* last = lifetimes.empty() ? nullptr : &lifetimes.back();
      const bool exists = last != nullptr && last->goes_on &&
                          !(last->begin && graph.unknowns[last->begin->unknown].perhaps_never);
      if (!exists) lifetimes.push_back({step.at, {}, true});
      continue;
    }
    if (lifetimes.empty()) lifetimes.emplace_back();
    for (Lifetime& one : lifetimes) {
      if (!one.goes_on) continue;
      one.ends.push_back(step.at);
      one.goes_on = unknown(step).perhaps_never;
    }
  }
  return lifetimes;
}

/// The fact in one lifetime of one of its nodes. What may have begun in the first did so. An event
/// that ends a node does not end what it begins itself.
Fact during(const Fact& fact, const Lifetime& lifetime, bool is_first, const Graph& graph) {
  Fact part = fact;
  const auto earliest = [&](const Moment& at) {
    return graph.unknowns[at.unknown].earliest + at.later;
  };
  const auto latest = [&](const Moment& at) {
    return graph.unknowns[at.unknown].latest + at.later;
  };
  const Moment own = fact.begins.front();
  if (lifetime.begin && latest(*lifetime.begin) > earliest(own) && !(*lifetime.begin == own)) {
    const bool may_be_in_time = earliest(*lifetime.begin) <= latest(own);
    const bool is_doubtful = graph.unknowns[own.unknown].perhaps_never;
    if (is_first && may_be_in_time && !is_doubtful) {
      part.not_before.push_back(*lifetime.begin);
    } else {
      part.begins.push_back(*lifetime.begin);
    }
  }
  for (const Moment& end : lifetime.ends) {
    if (end.unknown != own.unknown) part.ends.push_back(end);
  }
  return part;
}

/// Each fact once for each lifetime of the node.
std::vector<Fact> while_it_exists(const Graph& graph, int node,
                                  const std::vector<Lifetime>& lifetimes) {
  std::vector<Fact> parts;
  for (const Fact& fact : graph.facts) {
    if (lifetimes.empty() || (fact.source != node && fact.target != node)) {
      parts.push_back(fact);
      continue;
    }
    for (const Lifetime& one : lifetimes) {
      parts.push_back(during(fact, one, &one == &lifetimes.front(), graph));
    }
  }
  return parts;
}

}  // namespace

const std::vector<Kind>& kinds() {
  using enum EffectType;
  static const std::vector<Kind> all = {
      {"Start", {{kBegins, 'R'}}},
      {"Stop", {{kEnds, 'R'}}},
      {"Turn", {{kEnds, 'R'}, {kBegins, 'S'}}},
      {"Return", {{kEnds, 'S'}, {kBegins, 'R'}}},
      {"Renew", {{kEnds, 'R'}, {kBegins, 'R'}}},
      {"Swap", {{kEnds, 'R'}, {kBegins, 'R', true}}},
      {"Pair", {{kBegins, 'R'}, {kBegins, 'T'}}},
      {"Close", {{kEnds, 'R'}, {kEnds, 'S'}, {kEnds, 'T'}}},
      {"Meet", {{kMarks, 'T'}}},
      {"Visit", {{kMarks, 'R'}}},
      {"Birth", {{kBegins, kExistence}}},
      {"Death", {{kEnds, kExistence}}},
      {"Reform", {{kEnds, kExistence}, {kBegins, kExistence}}},
      {"Burial", {{kEnds, kExistence}, {kBegins, 'S'}}},
  };
  return all;
}

Graph fold(const History& history, const View& view) {
  Graph graph;
  Timelines timelines;
  for (std::size_t place = 0; place < history.events.size(); ++place) {
    if (history.events[place].change != Event::Change::kNone) continue;
    const std::optional<Event> event = believed(history, place, view);
    if (event) add(*event, place, graph, timelines);
  }
  std::map<int, std::vector<Lifetime>> lifetimes;
  for (auto& [timeline, steps] : timelines) {
    const auto [relation, source, target] = timeline;
    if (relation == kExistence) {
      lifetimes[source] = lifetimes_of(std::move(steps), graph);
    } else {
      Folder(graph, timeline).fold(std::move(steps));
    }
  }
  for (const auto& [node, times] : lifetimes) {
    graph.facts = while_it_exists(graph, node, times);
  }
  return graph;
}

}  // namespace annals::oracle
