#include "storage/projection/event_list_folder.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

using Entries = std::vector<Participation>;

/// Whether one of the last entries, which are of the event, has the role: another one is not kept.
bool has_role(const Entries& entries, Seq event, SymbolId role) {
  for (auto other = entries.rbegin(); other != entries.rend() && other->event == event; ++other) {
    if (other->role == role) return true;
  }
  return false;
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
    last_row_ = Seq();
  }

  /// Entries of consecutive events that come behind all others.
  void write(std::span<const Participation> entries) {
    if (!entries.empty()) write(entries.front().event, entries);
  }

  /// The same, if they fill rows; then they are taken away.
  void write_full(Entries& entries) {
    if (entries.size() < kRowsInMemory * sizes_.list_row_entries) return;
    write(entries);
    entries.clear();
  }

  /// As rows of which the first stands under `first`.
  void write(Seq first, std::span<const Participation> entries) {
    while (!entries.empty()) {
      std::size_t count = std::min(entries.size(), sizes_.list_row_entries);
      while (count < entries.size() && entries[count].event == entries[count - 1].event) ++count;
      batch_.put(Family::kParticipation, event_list_key(list_, first),
                 encode_event_list(entries.first(count)));
      last_row_ = first;
      entries = entries.subspan(count);
      if (!entries.empty()) first = entries.front().event;
    }
  }

  /// Under which the last row of the list stands that was written; zero: none was.
  Seq last_row() const { return last_row_; }

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
    for (const Participation& entry : entries) {
      if (!has_role(now, event, entry.role)) now.push_back(entry);
    }
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

  /// Whether there are rows of the list. Lists come in ascending order: one look tells that of all
  /// up to the next one that has some.
  Result<bool> is_stored() {
    if (next_stored_ >= list_) return next_stored_ == list_;
    next_stored_ = EventListId{std::numeric_limits<std::uint64_t>::max()};
    rows().seek(prefix_);
    ANNALS_CHECK_OK(rows().status());
    if (rows().valid()) {
      ANNALS_TRY(const EventListKey key, read_event_list_key(rows().key()));
      next_stored_ = key.list;
    }
    return next_stored_ == list_;
  }

  /// The short rows at the end of the list.
  Result<Tail> find_tail() {
    Tail tail;
    if (rows(); is_empty_) return tail;
    std::string first;
    for (rows().seek_for_prev(after_prefix(prefix_)); within() && is_short(); rows().prev()) {
      first = rows().key();
      ++tail.rows;
    }
    ANNALS_CHECK_OK(rows().status());
    if (tail.rows == 0) return tail;
    ANNALS_TRY(const EventListKey key, read_event_list_key(first));
    tail.first = key.first;
    return tail;
  }

  /// Notes them in `tails`, and those of up to so many lists behind it, as far as these have few
  /// rows and are not noted yet.
  Status note_tails(std::size_t ahead, Tails& tails) {
    if (ahead > 0) {
      ANNALS_TRY(const bool is_noted, note_short_lists(ahead, tails));
      if (is_noted) return {};
    }
    ANNALS_TRY(tails[list_], find_tail());
    return {};
  }

  /// Merges the rows from `first` on with `added`, which come behind them.
  Status merge(Seq first, Entries added) {
    Entries entries;
    std::vector<std::string> keys;
    for (rows().seek(event_list_key(list_, first)); within(); rows().next()) {
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

 private:
  /// Goes forward; false: the list has many rows.
  Result<bool> note_short_lists(std::size_t ahead, Tails& tails) {
    constexpr std::size_t kRowsOfList = 16;
    constexpr std::size_t kRowsMax = 64;  // of all
    EventListId list = list_;
    Tail tail;
    std::size_t seen = 0;
    for (rows().seek(prefix_); rows().valid(); rows().next(), ++seen) {
      ANNALS_TRY(const EventListKey key, read_event_list_key(rows().key()));
      if (key.list != list) {
        // Of events there may be many more lists than are remembered.
        if (list == list_ || !list.node().is_event()) tails[list] = tail;
        if (ahead == 0 || tails.contains(key.list)) return true;
        --ahead;
        list = key.list;
        tail = {};
      }
      if (list == list_ && seen == kRowsOfList) return false;
      if (seen == kRowsMax) return true;
      if (!is_short()) {
        tail = {};
      } else if (tail.rows++ == 0) {
        tail.first = key.first;
      }
    }
    ANNALS_CHECK_OK(rows().status());
    tails[list] = tail;
    return true;
  }

  /// A list may have millions of entries.
  static constexpr std::size_t kRowsInMemory = 16;

  void rewrite(std::vector<std::string>& keys, Entries& entries) {
    for (const std::string& key : keys) batch_.erase(Family::kParticipation, key);
    keys.clear();
    write(entries);
    entries.clear();
  }

  bool within() { return rows().valid() && rows().key().starts_with(prefix_); }
  bool is_short() { return event_list_size(rows().value()) < (sizes_.list_row_entries + 1) / 2; }

  KvIterator& rows() {
    if (rows_ == nullptr) {
      rows_ = store_.iterate(Family::kParticipation, {}, {});
      is_empty_ = !rows_->valid();
    }
    return *rows_;
  }

  const KeyValueStore& store_;
  const BlockSizes& sizes_;
  WriteBatch& batch_;
  std::unique_ptr<KvIterator> rows_;  // made when it is needed
  bool is_empty_ = false;             // there are no rows of any list
  EventListId next_stored_;           // see is_stored()
  EventListId list_;
  std::string prefix_;
  Seq last_row_;
  // The row of old events that is being changed.
  Seq old_first_;
  bool old_is_stored_ = false;
  Entries old_;
};

void EventListFolder::add(EventListId list, const Participation& entry) {
  changes_.add(list, entry, false);
}

void EventListFolder::clear(EventListId list, Seq event) {
  Participation entry;
  entry.event = event;
  changes_.add(list, entry, true);
}

Status EventListFolder::fold(const KeyValueStore& store, Seq stored, std::size_t ahead,
                             WriteBatch& batch) {
  ListWriter writer(store, sizes_, batch);
  EventListChanges::ByList changes(std::exchange(changes_, {}));
  while (changes.next_list()) {
    ANNALS_CHECK_OK(fold_list(writer, changes, stored, ahead));
  }
  return {};
}

namespace {

/// What becomes of the next event in the list: entries that come behind `entries`, or in place of
/// those that were there before (true).
bool take_event(EventListChanges::ByList& changes, Entries& entries) {
  const Seq event = changes.event();
  const std::size_t others = entries.size();
  bool clears = false;
  for (; changes.valid() && changes.event() == event; changes.next()) {
    if (changes.clears()) {
      clears = true;
      entries.resize(others);
    } else if (!has_role(entries, event, changes.role())) {
      changes.append_to(entries);
    }
  }
  return clears;
}

}  // namespace

/// Changes of one list.
Status EventListFolder::fold_list(ListWriter& writer, EventListChanges::ByList& changes, Seq stored,
                                  std::size_t ahead) {
  const EventListId list = changes.list();
  writer.start(list);
  const bool changes_old = changes.event() <= stored;
  while (changes.valid() && changes.event() <= stored) {
    const Seq event = changes.event();
    Entries entries;
    const bool clears = take_event(changes, entries);
    ANNALS_CHECK_OK(writer.change_old(event, clears, entries));
  }
  if (changes_old) {
    writer.finish_old();
    tails_.erase(list);  // counted wrongly from now on
  }
  if (!changes.valid()) return {};
  // What was just changed cannot be read back yet.
  Tail* tail = nullptr;
  if (!changes_old) {
    ANNALS_TRY(tail, tail_of(writer, list, changes.count(), ahead));
  }
  const bool merges = tail != nullptr && tail->rows >= sizes_.list_short_rows;
  Entries added;
  while (changes.valid()) {
    take_event(changes, added);
    if (!merges) writer.write_full(added);
  }
  if (merges) {
    ANNALS_CHECK_OK(writer.merge(tail->first, std::move(added)));
    // What is left may be short.
    *tail = {writer.last_row() ? 1U : 0U, writer.last_row()};
    return {};
  }
  writer.write(added);
  if (tail != nullptr && writer.last_row() && tail->rows++ == 0) tail->first = writer.last_row();
  return {};
}

/// The short rows of the list, if they are known or were looked for now; otherwise null. From then
/// on they are counted: looking costs more than writing one does, the more so where merged rows
/// were deleted.
Result<EventListFolder::Tail*> EventListFolder::tail_of(ListWriter& writer, EventListId list,
                                                        std::size_t added, std::size_t ahead) {
  const auto known = tails_.find(list);
  if (known != tails_.end()) return &known->second;
  if (!looks_.is_due(list, added, sizes_.changes_per_look)) return nullptr;
  // Those that are forgotten are looked at again.
  constexpr std::size_t kListsMax = 100'000;
  if (tails_.size() >= kListsMax) tails_.clear();
  ANNALS_CHECK_OK(writer.note_tails(ahead, tails_));
  return &tails_[list];
}

namespace {

// What is put aside is read once, and soon: number by number, small ones in a byte. The columns of
// rows that stay would take longer to make than the few entries of a list in one part do to write.

void write_plainly(std::span<const Participation> entries, RowWriter out) {
  Seq event;
  Micros on = 0;
  for (const Participation& entry : entries) {
    out.number(entry.event.raw - std::exchange(event, entry.event).raw);
    out.number(entry.kind.raw);
    out.number(entry.role.raw);
    out.instant(entry.on, std::exchange(on, entry.on.earliest));
  }
}

/// Appends.
Status read_plainly(EventListId list, std::string_view bytes, Entries& entries) {
  RowReader in(bytes);
  Seq event;
  Micros on = 0;
  while (in.bytes_left() > 0) {
    Participation& entry = entries.emplace_back();
    event.raw += in.number();
    entry.event = event;
    entry.kind = SymbolId(static_cast<std::uint32_t>(in.number()));
    entry.role = SymbolId(static_cast<std::uint32_t>(in.number()));
    entry.on = in.instant(on);
    entry.node = list.node();
    on = entry.on.earliest;
  }
  return in.ok() ? Status() : unreadable("a list that was put aside", Family::kParticipation);
}

}  // namespace

Status EventListFolder::put_aside(EventListChanges&& changes, const BlockSizes& sizes,
                                  SortedRuns& runs) {
  ANNALS_TRY(const std::unique_ptr<RunWriter> run, runs.start_run());
  Entries entries;
  std::string bytes;
  EventListChanges::ByList lists(std::move(changes));
  while (lists.next_list()) {
    while (lists.valid()) {
      take_event(lists, entries);
      if (lists.valid() && entries.size() < sizes.list_row_entries) continue;
      bytes.clear();
      write_plainly(entries, RowWriter(bytes));
      ANNALS_CHECK_OK(run->put(event_list_key(lists.list(), entries.front().event), bytes));
      entries.clear();
    }
  }
  return run->finish();
}

Result<bool> EventListFolder::fold_put_aside(const KeyValueStore& store, RunReader& rows,
                                             std::size_t bytes_max, WriteBatch& batch) const {
  ListWriter writer(store, sizes_, batch);
  while (rows.valid() && batch.bytes() < bytes_max) {
    ANNALS_TRY(const EventListKey first, read_event_list_key(rows.key()));
    writer.start(first.list);
    Tail tail;
    ANNALS_TRY(const bool is_stored, writer.is_stored());
    if (is_stored) {
      ANNALS_TRY(tail, writer.find_tail());
    }
    Entries added;
    for (; rows.valid(); rows.next()) {
      ANNALS_TRY(const EventListKey key, read_event_list_key(rows.key()));
      if (key.list != first.list) break;
      ANNALS_CHECK_OK(read_plainly(key.list, rows.value(), added));
      if (tail.rows == 0) writer.write_full(added);
    }
    if (tail.rows > 0) {
      ANNALS_CHECK_OK(writer.merge(tail.first, std::move(added)));
    } else {
      writer.write(added);
    }
  }
  ANNALS_CHECK_OK(rows.status());
  return rows.valid();
}

}  // namespace annals::storage
