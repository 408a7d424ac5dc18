#include "schema/event.h"

namespace annals::inline schema {

const Correction* correction_of(const Event& event) {
  const auto* boxed = std::get_if<Boxed<Correction>>(&event.body);
  return boxed == nullptr ? nullptr : &**boxed;
}

Seq target_of(const Event& event) {
  if (const Correction* correction = correction_of(event)) return correction->target;
  if (const auto* retraction = std::get_if<Retraction>(&event.body)) return retraction->target;
  return {};
}

Micros counts_as_said(const RecordedEvent& recorded) {
  const Event& event = recorded.event;
  if (event.said) return event.said->begin.latest;
  const bool is_dated =
      event.on && event.status != EventStatus::kPlanned && event.on->begin.latest != kEndOfTime;
  return is_dated ? event.on->begin.latest : recorded.recorded;
}

}  // namespace annals::inline schema
