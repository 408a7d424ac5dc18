#pragma once

#include <utility>
#include <variant>

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

/// Calls `take` with the part of each node in an event, with its role; without one in other events
/// than occurrences.
template <class Take>
void each_participation(const RecordedEvent& recorded, const Take& take) {
  Participation one;
  one.event = recorded.seq;
  one.on = event_time(recorded).begin;
  const auto take_node = [&](NodeId node) {
    one.node = node;
    take(std::as_const(one));
  };
  const EventBody& body = recorded.event.body;
  if (const auto* occurrence = std::get_if<Occurrence>(&body)) {
    one.kind = occurrence->kind;
    for (const RoleFilling& filling : occurrence->roles) {
      one.role = filling.role;
      for (const NodeId node : filling.nodes) take_node(node);
    }
  } else if (const auto* assertion = std::get_if<Assertion>(&body)) {
    take_node(assertion->source);
    take_node(assertion->target);
  } else if (const auto* naming = std::get_if<Naming>(&body)) {
    take_node(naming->entity);
  }
}

}  // namespace annals::storage
