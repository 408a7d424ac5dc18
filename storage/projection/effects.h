#pragma once

#include <vector>

#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/vocabulary.h"
#include "storage/graph_index/event_time.h"
#include "storage/graph_index/spell.h"

namespace annals::storage {

/// An effect with the timeline that it belongs to.
struct PlacedEffect {
  TimelineKey timeline;
  TimelineEffect effect;

  bool operator==(const PlacedEffect&) const = default;
};

/// Whether no other effect bears on what this one brings about: facts of MARKS, and what begins and
/// ends existence, which readers combine.
bool stands_alone(const PlacedEffect& placed);

/// What an event does to which timelines, numbered in a fixed order; nothing if it is cancelled or
/// a definition. Of the definitions of its kind the one that holds for it by what was recorded up
/// to `known_at` (zero: at all). BEGINS takes the event's begin, ENDS its end, MARKS and SETS hold
/// between (SETS on, if the event does not last). Corruption if the event does not fit its kind.
Result<std::vector<PlacedEffect>> effects_of(const RecordedEvent& recorded,
                                             const Vocabulary& vocabulary, Seq known_at = {});

}  // namespace annals::storage
