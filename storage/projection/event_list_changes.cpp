#include "storage/projection/event_list_changes.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "schema/base/limits.h"
#include "schema/base/radix_sort.h"

namespace annals::storage {

static_assert(limits::kSymbolsMax < std::uint32_t{1} << 31, "a role must fit beside a flag");

void EventListChanges::add(EventListId list, const Participation& entry, bool clears) {
  const bool is_of_kind = !list.node();
  const bool is_like_last = !events_.empty() && entry.event == events_.back().event &&
                            entry.kind == events_.back().kind &&
                            (is_of_kind || entry.on == events_.back().on);
  if (!is_like_last) {
    is_by_event_ = is_by_event_ && (events_.empty() || entry.event >= events_.back().event);
    events_.push_back({entry.event, entry.kind, entry.on});
  }
  (is_of_kind ? of_kinds_ : of_nodes_)
      .push_back({list, static_cast<std::uint32_t>(events_.size() - 1),
                  entry.role.raw & 0x7fffffffU, clears ? 1U : 0U});
}

void EventListChanges::reserve_like(const EventListChanges& others) {
  const auto a_little_more = [](std::size_t size) { return size / 8 * 9; };
  events_.reserve(a_little_more(others.events_.size()));
  of_nodes_.reserve(a_little_more(others.of_nodes_.size()));
  of_kinds_.reserve(a_little_more(others.of_kinds_.size()));
}

/// By list, and by event if the events are given: else they are in their order.
void EventListChanges::sort(std::vector<One>& ones, const std::vector<OfEvent>* unless_by_event) {
  if (unless_by_event == nullptr) {
    return radix_sort(ones, [](const One& one) { return one.list.raw; });
  }
  const auto place_of = [&](const One& one) {
    return std::tuple(one.list, (*unless_by_event)[one.of_event].event);
  };
  std::stable_sort(ones.begin(), ones.end(),
                   [&](const One& a, const One& b) { return place_of(a) < place_of(b); });
}

EventListChanges::ByList::ByList(EventListChanges&& changes)
    : changes_(std::move(changes)), ones_(&changes_.of_nodes_) {
  const auto* const unless_by_event = changes_.is_by_event_ ? nullptr : &changes_.events_;
  sort(changes_.of_nodes_, unless_by_event);
  sort(changes_.of_kinds_, unless_by_event);
}

bool EventListChanges::ByList::next_list() {
  at_ = begin_ = end_;
  if (begin_ == ones_->size() && ones_ == &changes_.of_nodes_) {
    ones_ = &changes_.of_kinds_;
    at_ = begin_ = end_ = 0;
  }
  if (begin_ == ones_->size()) return false;
  list_ = (*ones_)[begin_].list;
  while (end_ < ones_->size() && (*ones_)[end_].list == list_) ++end_;
  return true;
}

void EventListChanges::ByList::next() {
  // Events of one list lie far apart: waiting for each of them would be most of the work.
  constexpr std::size_t kAhead = 16;
  const std::size_t soon = std::min(at_ + kAhead, ones_->size() - 1);
  __builtin_prefetch(&changes_.events_[(*ones_)[soon].of_event]);
  ++at_;
}

/// Field by field: what is written in small pieces and read back in larger ones at once makes the
/// processor wait.
void EventListChanges::ByList::append_to(std::vector<Participation>& entries) const {
  const OfEvent& of_event = this->of_event();
  Participation& entry = entries.emplace_back();
  entry.event = of_event.event;
  entry.kind = of_event.kind;
  entry.role = role();
  entry.node = list_.node();
  if (entry.node) entry.on = of_event.on;
}

}  // namespace annals::storage
