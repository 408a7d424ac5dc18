#include "storage/projection/event_refolder.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "schema/base/limits.h"
#include "storage/graph_index/graph_snapshot.h"
#include "storage/projection/effects.h"
#include "storage/projection/relation_timeline.h"
#include "storage/projection/value_timeline.h"

namespace annals::storage {

namespace {

/// The events that bear on the facts of `node`: those in which it takes part, and itself.
Result<std::vector<Seq>> events_of_node(const GraphSnapshot& seen, NodeId node) {
  ANNALS_TRY(std::vector<Seq> events, seen.events_about(node));
  if (!node.is_event()) return events;
  const auto place = std::lower_bound(events.begin(), events.end(), node.event_seq());
  if (place == events.end() || *place != node.event_seq()) events.insert(place, node.event_seq());
  return events;
}

/// Those of one of two nodes, whichever has fewer.
Result<std::vector<Seq>> events_of_either(const GraphSnapshot& seen, NodeId a, NodeId b) {
  ANNALS_TRY(std::vector<Seq> of_a, events_of_node(seen, a));
  ANNALS_TRY(std::vector<Seq> of_b, events_of_node(seen, b));
  return of_a.size() < of_b.size() ? std::move(of_a) : std::move(of_b);
}

/// Gathers effects by timeline, in the order of events, and folds each timeline.
class Fold {
 public:
  Fold(const GraphSnapshot& seen, Window window) : seen_(seen), window_(window) {}

  /// Takes the effects of `event` on the timelines that `wanted` says, if the event counts.
  template <class Wanted>
  Status add(Seq event, const Wanted& wanted) {
    ANNALS_CHECK_OK(seen_.check_stop());
    ANNALS_TRY(const EventState state, seen_.event_state(event));
    if (!seen_.counts(state)) return {};
    ANNALS_TRY(std::vector<PlacedEffect> effects,
               effects_of(state.now, seen_.vocabulary(), seen_.perspective().known_at));
    for (PlacedEffect& placed : effects) {
      if (!wanted(placed.timeline)) continue;
      timelines_[placed.timeline].push_back(std::move(placed.effect));
    }
    return {};
  }

  /// Gives each spell that may hold in the window. Interrupted.
  template <class Give>
  Status run(const Give& give) {
    const auto give_one = [&](const TimelineKey& key, Spell spell) {
      if (window_.may_hold(spell.begin_bounds(), spell.end_bounds())) give(key, std::move(spell));
    };
    for (auto& [key, effects] : timelines_) {
      RelationTimeline timeline;
      ValueTimeline values;
      for (auto first = effects.begin(); first != effects.end();) {
        ANNALS_CHECK_OK(seen_.check_stop());
        const Seq known = first->known;
        const auto last = std::find_if(first, effects.end(), [&](const TimelineEffect& other) {
          return other.id.begun_by != first->id.begun_by;
        });
        std::vector<TimelineEffect> of_event;
        Timeline::Extent touched;
        for (; first != last; ++first) {
          if (first->type == EffectType::kMarks) {
            give_one(key, Spell{std::move(*first), {}, known});
            continue;
          }
          touched.add(*first);
          of_event.push_back(std::move(*first));
        }
        if (of_event.empty()) continue;
        if (key.family == Family::kProperty) {
          values.apply({}, std::move(of_event), known, touched);
        } else {
          timeline.apply({}, std::move(of_event), known);
        }
      }
      for (const Spell& spell : std::move(timeline).take().spells) give_one(key, spell);
      for (const Spell& spell : std::move(values).take().spells) give_one(key, spell);
    }
    return {};
  }

 private:
  const GraphSnapshot& seen_;
  Window window_;
  std::map<TimelineKey, std::vector<TimelineEffect>> timelines_;
};

}  // namespace

Status EventRefolder::facts(const GraphSnapshot& seen, const FactScan& scan,
                            std::vector<Fact>& facts) const {
  const auto wanted = [&scan](const TimelineKey& key) {
    const bool is_out = scan.direction == Direction::kOut;
    const NodeId near = is_out ? key.source : key.target;
    const NodeId far = is_out ? key.target : key.source;
    return key.family == Family::kOut && (!scan.node || near == scan.node) &&
           (!scan.relation || key.name == scan.relation) &&
           (!scan.neighbour || far == scan.neighbour);
  };
  Fold fold(seen, scan.window);
  if (scan.node) {
    // What brings a fact about bears on both of its ends.
    ANNALS_TRY(const std::vector<Seq> events,
               scan.neighbour ? events_of_either(seen, scan.node, scan.neighbour)
                              : events_of_node(seen, scan.node));
    for (const Seq event : events) ANNALS_CHECK_OK(fold.add(event, wanted));
  } else {
    for (Seq event(1); event <= seen.last_seq(); event = Seq(event.raw + 1)) {
      ANNALS_CHECK_OK(fold.add(event, wanted));
    }
  }
  ANNALS_CHECK_OK(fold.run([&facts](const TimelineKey& key, Spell&& spell) {
    facts.push_back(to_fact(key, std::move(spell)));
  }));
  // In the order of the index.
  const auto place = [is_out = scan.direction == Direction::kOut](const Fact& fact) {
    return std::tuple(is_out ? fact.source : fact.target, fact.relation,
                      is_out ? fact.target : fact.source, fact.begin.earliest, fact.id);
  };
  std::sort(facts.begin(), facts.end(),
            [&place](const Fact& a, const Fact& b) { return place(a) < place(b); });
  return {};
}

Status EventRefolder::properties(const GraphSnapshot& seen, NodeId node, SymbolId name,
                                 Window window, std::vector<PropertyFact>& properties) const {
  const auto wanted = [&](const TimelineKey& key) {
    return key.family == Family::kProperty && key.source == node && (!name || key.name == name);
  };
  Fold fold(seen, window);
  ANNALS_TRY(const std::vector<Seq> events, events_of_node(seen, node));
  for (const Seq event : events) ANNALS_CHECK_OK(fold.add(event, wanted));
  return fold.run([&properties](const TimelineKey& key, Spell&& spell) {
    properties.push_back(to_property(key, std::move(spell)));
  });
}

Status EventRefolder::existence(const GraphSnapshot& seen, NodeId node,
                                std::vector<TimelineEffect>& effects) const {
  ANNALS_TRY(const std::vector<Seq> events, events_of_node(seen, node));
  for (const Seq event : events) {
    ANNALS_TRY(const EventState state, seen.event_state(event));
    if (!seen.counts(state)) continue;
    ANNALS_TRY(std::vector<PlacedEffect> placed,
               effects_of(state.now, seen.vocabulary(), seen.perspective().known_at));
    for (PlacedEffect& one : placed) {
      const TimelineKey& timeline = one.timeline;
      if (timeline.family != Family::kExistence || timeline.source != node) continue;
      effects.push_back(std::move(one.effect));
    }
  }
  return {};
}

}  // namespace annals::storage
