#include "storage/projection/event_list_changes.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "schema/base/radix_sort.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

enum Part : std::uint8_t { kCommon, kEntry, kClear };

/// The bit of kinds is the top one: as the lowest it is short.
std::uint64_t short_number(EventListId list) { return std::rotl(list.raw, 1); }
EventListId list_of(std::uint64_t number) { return EventListId{std::rotr(number, 1)}; }

}  // namespace

void EventListChanges::add(EventListId list, const Change& change) {
  const Participation& entry = change.entry;
  const Participation& last = last_.entry;
  const bool is_of_kind = !list.node();
  const bool is_common = !gathered_.empty() && entry.event == last.event &&
                         entry.kind == last.kind && (is_of_kind || entry.on == last.on);
  ++count_;
  RowWriter out(gathered_);
  if (!is_common) {
    is_by_event_ = is_by_event_ && (gathered_.empty() || entry.event >= last.event);
    common_ = gathered_.size();
    out.byte(kCommon);
    out.number(entry.event.raw);
    out.number(entry.kind.raw);
    out.instant(entry.on, 0);
    last_ = change;
  }
  out.number(change.clears ? kClear : kEntry);
  out.number(short_number(list));
  out.number(entry.role.raw);
  // Last, since only who looks for the common part from here reads it.
  out.number(gathered_.size() - common_);
}

void EventListChanges::clear() { *this = EventListChanges(); }

EventListChanges::Change EventListChanges::change_at(const Place& place) const {
  const std::string_view all(gathered_);
  RowReader in(all.substr(place.offset));
  Change change;
  change.clears = in.byte() == kClear;
  in.number();
  change.entry.role = SymbolId(static_cast<std::uint32_t>(in.number()));
  const std::size_t here = all.size() - in.bytes_left();
  RowReader common(all.substr(here - in.number() + 1));
  change.entry.event = Seq(common.number());
  change.entry.kind = SymbolId(static_cast<std::uint32_t>(common.number()));
  if (place.list.node()) change.entry.on = common.instant(0);
  return change;
}

EventListChanges::ByList::ByList(const EventListChanges& changes) : changes_(changes) {
  places_.reserve(changes.count_);
  RowReader in(changes.gathered_);
  while (in.bytes_left() > 0) {
    const std::size_t offset = changes.gathered_.size() - in.bytes_left();
    const std::uint8_t part = in.byte();
    const std::uint64_t number = in.number();
    in.number();
    if (part == kCommon) {
      in.instant(0);
    } else {
      in.number();
      places_.push_back({list_of(number), offset});
    }
  }
  if (changes.is_by_event_) {
    radix_sort(places_, [](const Place& place) { return place.list.raw; });
    return;
  }
  std::sort(places_.begin(), places_.end(), [&](const Place& a, const Place& b) {
    if (a.list != b.list) return a.list < b.list;
    const Seq event_a = changes.change_at(a).entry.event;
    const Seq event_b = changes.change_at(b).entry.event;
    return event_a != event_b ? event_a < event_b : a.offset < b.offset;
  });
}

bool EventListChanges::ByList::next_list() {
  at_ = begin_ = end_;
  if (begin_ == places_.size()) return false;
  list_ = places_[begin_].list;
  while (end_ < places_.size() && places_[end_].list == list_) ++end_;
  change_ = changes_.change_at(places_[at_]);
  return true;
}

void EventListChanges::ByList::next() {
  // Changes of one list lie far apart: waiting for each of them would be most of the work.
  constexpr std::size_t kAhead = 16;
  const std::size_t soon = std::min(at_ + kAhead, places_.size() - 1);
  __builtin_prefetch(changes_.gathered_.data() + places_[soon].offset);
  ++at_;
  if (valid()) change_ = changes_.change_at(places_[at_]);
}

}  // namespace annals::storage
