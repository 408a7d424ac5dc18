#include "storage/graph_index/event_time.h"

namespace annals::storage {

namespace {

Micros mark_length(Precision precision) {
  switch (precision) {
    case Precision::kMicrosecond: return 1;
    case Precision::kSecond: return kMicrosPerSecond;
    case Precision::kMinute: return 60 * kMicrosPerSecond;
    default: return kMicrosPerDay;
  }
}

}  // namespace

EventTime event_time(const RecordedEvent& recorded) {
  const Event& event = recorded.event;
  EventTime time;
  time.doubtful = event.status == EventStatus::kPlanned;
  if (!event.on) {
    const Micros until = time.doubtful ? kEndOfTime
                         : event.said  ? event.said->end.latest
                                       : recorded.recorded;
    time.begin = time.end = {kBeginningOfTime, until};
    return time;
  }
  time.begin = event.on->begin;
  time.end = event.on->end;
  time.lasts = event.on->is_interval;
  time.doubtful = time.doubtful || event.on->uncertain;
  time.mark_length = mark_length(event.on->precision);
  return time;
}

std::vector<Participation> participations_of(const RecordedEvent& recorded) {
  std::vector<Participation> all;
  Participation one;
  one.event = recorded.seq;
  one.on = event_time(recorded).begin;
  const auto add = [&](NodeId node) {
    one.node = node;
    all.push_back(one);
  };
  const EventBody& body = recorded.event.body;
  if (const auto* naming = std::get_if<Naming>(&body)) add(naming->entity);
  if (const auto* assertion = std::get_if<Assertion>(&body)) {
    add(assertion->source);
    add(assertion->target);
  }
  if (const auto* occurrence = std::get_if<Occurrence>(&body)) {
    one.kind = occurrence->kind;
    for (const RoleFilling& filling : occurrence->roles) {
      one.role = filling.role;
      for (const NodeId node : filling.nodes) add(node);
    }
  }
  return all;
}

}  // namespace annals::storage
