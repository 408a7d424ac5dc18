#include "storage/graph_index/event_list.h"

#include <algorithm>
#include <array>

#include "schema/base/limits.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/packed_columns.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

/// The columns, in the order in which they stand.
constexpr std::size_t kColumns = 5;

std::array<std::uint64_t, kColumns> fields_of(const Participation& entry) {
  return {
      entry.event.raw, entry.kind.raw, entry.role.raw, number_of(entry.on.earliest),
      static_cast<std::uint64_t>(entry.on.latest) - static_cast<std::uint64_t>(entry.on.earliest)};
}

}  // namespace

std::string event_list_prefix(EventListId list) { return KeyWriter().u64(list.raw).take(); }

std::string event_list_key(EventListId list, Seq first) {
  return KeyWriter().u64(list.raw).seq(first).take();
}

Result<EventListKey> read_event_list_key(std::string_view key) {
  KeyReader in(key);
  EventListKey result;
  result.list.raw = in.u64();
  result.first = in.seq();
  if (!in.finished()) return unreadable("a key of an event list", Family::kParticipation);
  return result;
}

std::string encode_event_list(std::span<const Participation> entries) {
  std::string bytes;
  RowWriter out(bytes);
  out.number(entries.size());
  std::vector<std::uint64_t> numbers(entries.size());
  for (std::size_t column = 0; column < kColumns; ++column) {
    for (std::size_t i = 0; i < entries.size(); ++i) numbers[i] = fields_of(entries[i])[column];
    write_packed(numbers, std::nullopt, out);
  }
  bytes.append(kPackedSlackBytes, '\0');
  return bytes;
}

Status decode_event_list(EventListId list, std::string_view bytes,
                         std::vector<Participation>& entries) {
  RowReader in(bytes);
  const std::uint64_t count = in.number();
  std::array<PackedNumbers, kColumns> columns;
  // A claimed length allocates nothing: columns without bits are short however long they are.
  const bool is_plausible = count > 0 && count <= limits::kEventListRowMax;
  for (PackedNumbers& column : columns) {
    if (is_plausible && in.ok()) column = read_packed(in, count);
  }
  if (!is_plausible || !in.ok()) return unreadable("an event list", Family::kParticipation);
  // Appended to again and again, it grows as push_back() would let it.
  const std::size_t needed = entries.size() + count;
  if (needed > entries.capacity()) entries.reserve(std::max(needed, 2 * entries.capacity()));
  for (std::size_t i = 0; i < count; ++i) {
    Participation entry;
    entry.event = Seq(columns[0][i]);
    entry.kind = SymbolId(static_cast<std::uint32_t>(columns[1][i]));
    entry.role = SymbolId(static_cast<std::uint32_t>(columns[2][i]));
    entry.on.earliest = time_of(columns[3][i]);
    entry.on.latest =
        static_cast<Micros>(static_cast<std::uint64_t>(entry.on.earliest) + columns[4][i]);
    entry.node = list.node();
    entries.push_back(entry);
  }
  return {};
}

std::size_t event_list_size(std::string_view bytes) { return RowReader(bytes).number(); }

EventListReader::EventListReader(const KeyValueStore& store, const KvSnapshot& snapshot,
                                 std::optional<EventListId> list)
    : lower_(list ? event_list_prefix(*list) : std::string()),
      upper_(list ? after_prefix(lower_) : std::string()),
      rows_(store.iterate(Family::kParticipation, lower_, upper_, &snapshot)) {}

Result<bool> EventListReader::next(EventListId& list, std::vector<Participation>& entries) {
  entries.clear();
  if (!rows_->valid()) {
    ANNALS_CHECK_OK(rows_->status());
    return false;
  }
  ANNALS_TRY(const EventListKey key, read_event_list_key(rows_->key()));
  list = key.list;
  ANNALS_CHECK_OK(decode_event_list(list, rows_->value(), entries));
  rows_->next();
  return true;
}

Result<std::optional<EventListWalk::Entry>> EventListWalk::next() {
  if (given_ == row_.size()) {
    given_ = 0;
    ANNALS_TRY(const bool more, rows_.next(list_, row_));
    if (!more) return std::optional<Entry>();
  }
  return std::optional<Entry>(Entry{list_, row_[given_++]});
}

}  // namespace annals::storage
