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

}  // namespace annals::storage
