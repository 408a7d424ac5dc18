#pragma once

#include <vector>

#include "schema/event.h"
#include "schema/time/instant.h"
#include "storage/graph_index/fact.h"

namespace annals::storage {

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

/// The nodes that take part in an event, with their roles; without a role those of other events
/// than occurrences.
std::vector<Participation> participations_of(const RecordedEvent& recorded);

}  // namespace annals::storage
