#include "storage/projection/event_list_folder.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "storage/graph_index/key_encoding.h"

namespace annals::storage {

namespace {

using Entries = std::vector<Participation>;

/// Behind the others of its event, unless one has its role.
void add_entry(Entries& entries, const Participation& entry) {
  for (auto other = entries.rbegin(); other != entries.rend(); ++other) {
    if (other->event != entry.event) break;
    if (other->role == entry.role) return;
  }
  entries.push_back(entry);
}

bool is_before(const Participation& entry, Seq event) { return entry.event < event; }

}  // namespace

/// Reads and writes the rows of lists, one list after the other.
class EventListFolder::ListWriter {
 public:
  ListWriter(const KeyValueStore& store, const BlockSizes& sizes, WriteBatch& batch)
      : store_(store), sizes_(sizes), batch_(batch) {}

  void start(EventListId list) {
    list_ = list;
    prefix_ = event_list_prefix(list);
  }

  /// Entries of consecutive events, as rows of which the first stands under `first`.
  void write(Seq first, std::span<const Participation> entries) {
    while (!entries.empty()) {
      std::size_t count = std::min(entries.size(), sizes_.list_row_entries);
      while (count < entries.size() && entries[count].event == entries[count - 1].event) ++count;
      batch_.put(Family::kParticipation, event_list_key(list_, first),
                 encode_event_list(entries.first(count)));
      entries = entries.subspan(count);
      if (!entries.empty()) first = entries.front().event;
    }
  }

  /// Changes of one event that may be stored: it gets `entries`, all of them if `clears`. Events
  /// come in ascending order, and finish_old() behind the last.
  Status change_old(Seq event, bool clears, const Entries& entries) {
    rows().seek_for_prev(event_list_key(list_, event));
    Seq first = event;
    const bool is_stored = within();
    if (is_stored) {
      ANNALS_TRY(const EventListKey key, read_event_list_key(rows().key()));
      first = key.first;
    }
    if (old_first_ != first) {
      finish_old();
      old_first_ = first;
      old_is_stored_ = is_stored;
      if (is_stored) ANNALS_CHECK_OK(decode_event_list(list_, rows().value(), old_));
    }
    const auto begin = std::lower_bound(old_.begin(), old_.end(), event, is_before);
    auto end = begin;
    while (end != old_.end() && end->event == event) ++end;
    Entries now;
    if (!clears) now.assign(begin, end);
    for (const Participation& entry : entries) add_entry(now, entry);
    old_.insert(old_.erase(begin, end), now.begin(), now.end());
    return {};
  }

  void finish_old() {
    if (old_.empty() && old_is_stored_) {
      batch_.erase(Family::kParticipation, event_list_key(list_, old_first_));
    }
    write(old_first_, old_);
    old_.clear();
    old_first_ = Seq();
    old_is_stored_ = false;
  }

  /// The short rows at the end of the list; leaves the iterator at the first of them.
  Result<std::size_t> count_short_rows() {
    std::string first;
    std::size_t count = 0;
    for (rows().seek_for_prev(after_prefix(prefix_)); within() && is_short(); rows().prev()) {
      first = rows().key();
      ++count;
    }
    ANNALS_CHECK_OK(rows().status());
    if (count > 0) rows().seek(first);
    return count;
  }

  /// Merges the rows from the iterator on with `added`, which come behind them.
  Status merge(Entries added) {
    Entries entries;
    std::vector<std::string> keys;
    for (; rows().valid() && within(); rows().next()) {
      if (entries.empty() && !is_short()) continue;
      keys.emplace_back(rows().key());
      ANNALS_CHECK_OK(decode_event_list(list_, rows().value(), entries));
      if (entries.size() < kRowsInMemory * sizes_.list_row_entries) continue;
      rewrite(keys, entries);
    }
    ANNALS_CHECK_OK(rows().status());
    const bool is_as_it_was = added.empty() && keys.size() < 2;
    if (is_as_it_was) return {};
    entries.insert(entries.end(), added.begin(), added.end());
    rewrite(keys, entries);
    return {};
  }

  Status merge_all() {
    rows().seek(prefix_);
    return merge({});
  }

 private:
  /// A list may have millions of entries.
  static constexpr std::size_t kRowsInMemory = 16;

  void rewrite(std::vector<std::string>& keys, Entries& entries) {
    for (const std::string& key : keys) batch_.erase(Family::kParticipation, key);
    keys.clear();
    if (!entries.empty()) write(entries.front().event, entries);
    entries.clear();
  }

  bool within() { return rows().valid() && rows().key().starts_with(prefix_); }
  bool is_short() { return event_list_size(rows().value()) < (sizes_.list_row_entries + 1) / 2; }

  KvIterator& rows() {
    if (rows_ == nullptr) rows_ = store_.iterate(Family::kParticipation, {}, {});
    return *rows_;
  }

  const KeyValueStore& store_;
  const BlockSizes& sizes_;
  WriteBatch& batch_;
  std::unique_ptr<KvIterator> rows_;  // made when it is needed
  EventListId list_;
  std::string prefix_;
  // The row of old events that is being changed.
  Seq old_first_;
  bool old_is_stored_ = false;
  Entries old_;
};

void EventListFolder::add(EventListId list, const Participation& entry) {
  changes_.push_back({list, entry.event, entry.kind, entry.role, entry.on});
}

void EventListFolder::clear(EventListId list, Seq event) {
  changes_.push_back({list, event, {}, {}, {}, true});
}

Status EventListFolder::fold(const KeyValueStore& store, Seq stored, Folding folding,
                             WriteBatch& batch) {
  std::vector<Place> order;
  order.reserve(changes_.size());
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    order.push_back({changes_[i].list, changes_[i].event, i});
  }
  std::sort(order.begin(), order.end());
  ListWriter writer(store, sizes_, batch);
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(), [list = first->list](const Place& place) {
      return place.list != list;
    });
    ANNALS_CHECK_OK(fold_list(writer, {first, last}, stored, folding));
    first = last;
  }
  changes_.clear();
  return {};
}

/// Changes of one list.
Status EventListFolder::fold_list(ListWriter& writer, std::span<const Place> places, Seq stored,
                                  Folding folding) {
  const EventListId list = places.front().list;
  writer.start(list);
  const bool changes_old = places.front().event <= stored;
  Entries added;
  for (auto next = places.begin(); next != places.end();) {
    const Seq event = next->event;
    Entries of_event;
    bool clears = false;
    for (; next != places.end() && next->event == event; ++next) {
      const Change& change = changes_[next->index];
      if (change.clears) {
        clears = true;
        of_event.clear();
      } else {
        add_entry(of_event, {event, change.kind, change.role, list.node(), change.on});
      }
    }
    if (event <= stored) {
      ANNALS_CHECK_OK(writer.change_old(event, clears, of_event));
    } else {
      added.insert(added.end(), of_event.begin(), of_event.end());
    }
  }
  if (changes_old) writer.finish_old();
  if (added.empty()) return {};
  if (folding == Folding::kLater) touched_.insert(list);
  // What was just changed cannot be read back yet.
  const bool may_merge = folding == Folding::kWhenMany && !changes_old &&
                         looks_.is_due(list, added.size(), sizes_.changes_per_look);
  if (may_merge) {
    ANNALS_TRY(const std::size_t short_rows, writer.count_short_rows());
    if (short_rows >= sizes_.list_short_rows) return writer.merge(std::move(added));
    looks_.wait(list, sizes_.list_short_rows - short_rows);
  }
  writer.write(added.front().event, added);
  return {};
}

Result<bool> EventListFolder::fold_touched(const KeyValueStore& store, std::size_t bytes_max,
                                           WriteBatch& batch) {
  if (due_.empty()) {
    due_.assign(touched_.begin(), touched_.end());
    touched_.clear();
    // Descending, so that what is done can be taken off the end.
    std::sort(due_.begin(), due_.end(), std::greater());
  }
  ListWriter writer(store, sizes_, batch);
  for (; !due_.empty(); due_.pop_back()) {
    if (batch.bytes() >= bytes_max) return true;
    writer.start(due_.back());
    ANNALS_CHECK_OK(writer.merge_all());
  }
  return false;
}

}  // namespace annals::storage
