#pragma once

#include <vector>

#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/vocabulary.h"
#include "storage/graph_index/spell.h"

namespace annals::storage {

/// An effect with the timeline that it belongs to.
struct PlacedEffect {
  TimelineKey timeline;
  TimelineEffect effect;
};

/// When an event happened, as its effects need it.
struct EventTime {
  Instant begin;
  Instant end;            ///< Equals begin unless the event lasts (`ON a/b`).
  bool doubtful = false;  ///< Planned, or an uncertain date.
  bool lasts = false;
  Micros mark_length = kMicrosPerDay;  ///< How long the facts of MARKS hold after begin.
};

/// Without ON an event happened at some time until it was said or, if that is not given,
/// recorded; a plan without ON, at any time.
EventTime event_time(const RecordedEvent& recorded);

/// What an event does to which timelines, numbered in a fixed order; nothing if it is cancelled or
/// a definition. `vocabulary` is the one as of the event. BEGINS takes the event's begin, ENDS its
/// end, MARKS and SETS hold between (SETS on, if the event does not last). Corruption if the event
/// does not fit its kind.
Result<std::vector<PlacedEffect>> effects_of(const RecordedEvent& recorded,
                                             const Vocabulary& vocabulary);

}  // namespace annals::storage
