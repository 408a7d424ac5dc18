#include "storage/graph_index/event_list.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "schema/base/limits.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/packed_columns.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

using Numbers = std::vector<std::uint64_t>;

/// How a column is told.
enum class Told : std::uint8_t {
  kWhole,     ///< Each row alone.
  kUpwards,   ///< Each but the first by how much it is more than the one before.
  kEitherWay  ///< The same of times, as a time from the epoch on: it may be before.
};

/// Events come in the order of the log, and mostly in that of their times: what lies between two of
/// them takes fewer bits than either.
Numbers differences_of(const Numbers& numbers, Told told) {
  Numbers differences(numbers.size() - 1);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i] = numbers[i + 1] - numbers[i];
    if (told == Told::kEitherWay) differences[i] = number_of(static_cast<Micros>(differences[i]));
  }
  return differences;
}

/// The first number, and the differences.
void write_differences(std::uint64_t first, const Numbers& differences, RowWriter& out) {
  write_packed({&first, 1}, std::nullopt, out);
  write_packed(differences, std::nullopt, out);
}

/// Reads a column row by row.
class Column {
 public:
  Column(RowReader& in, std::size_t count, Told told) : told_(told) {
    if (told != Told::kWhole) last_ = read_packed(in, 1)[0];
    if (in.ok()) numbers_ = read_packed(in, told == Told::kWhole ? count : count - 1);
  }
  /// Of the rows in turn, from the first on.
  std::uint64_t next() {
    const std::size_t row = row_++;
    if (told_ == Told::kWhole) return numbers_[row];
    if (row == 0) return last_;
    const std::uint64_t more = numbers_[row - 1];
    return last_ += told_ == Told::kUpwards ? more : static_cast<std::uint64_t>(time_of(more));
  }

 private:
  PackedNumbers numbers_;
  Told told_;
  std::size_t row_ = 0;
  std::uint64_t last_ = 0;
};

std::uint64_t range_of(const Numbers& numbers) {
  if (numbers.empty()) return 0;
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  return *most - *least;
}

template <class Field>
Numbers column_of(std::span<const Participation> entries, const Field& field) {
  Numbers numbers(entries.size());
  std::transform(entries.begin(), entries.end(), numbers.begin(), field);
  return numbers;
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
  const Numbers seqs = column_of(entries, [](const auto& entry) { return entry.event.raw; });
  const Numbers times =
      column_of(entries, [](const auto& entry) { return number_of(entry.on.earliest); });
  const Numbers between = differences_of(times, Told::kEitherWay);
  const bool in_time = range_of(between) < range_of(times);
  std::string bytes;
  RowWriter out(bytes);
  out.number(entries.size() << 1 | (in_time ? 1 : 0));
  write_differences(seqs.front(), differences_of(seqs, Told::kUpwards), out);
  write_packed(column_of(entries, [](const auto& entry) { return entry.kind.raw; }), std::nullopt,
               out);
  write_packed(column_of(entries, [](const auto& entry) { return entry.role.raw; }), std::nullopt,
               out);
  if (in_time) {
    write_differences(times.front(), between, out);
  } else {
    write_packed(times, std::nullopt, out);
  }
  const auto inexactness = [](const Participation& entry) {
    return static_cast<std::uint64_t>(entry.on.latest) -
           static_cast<std::uint64_t>(entry.on.earliest);
  };
  write_packed(column_of(entries, inexactness), std::nullopt, out);
  bytes.append(kPackedSlackBytes, '\0');
  return bytes;
}

Status decode_event_list(EventListId list, std::string_view bytes,
                         std::vector<Participation>& entries) {
  RowReader in(bytes);
  const std::uint64_t head = in.number();
  const std::uint64_t count = head >> 1;
  const bool in_time = (head & 1) != 0;
  // A claimed length allocates nothing: columns without bits are short however long they are.
  if (!in.ok() || count == 0 || count > limits::kEventListRowMax) {
    return unreadable("an event list", Family::kParticipation);
  }
  Column seqs(in, count, Told::kUpwards);
  Column kinds(in, count, Told::kWhole);
  Column roles(in, count, Told::kWhole);
  Column times(in, count, in_time ? Told::kEitherWay : Told::kWhole);
  Column inexactness(in, count, Told::kWhole);
  if (!in.ok()) return unreadable("an event list", Family::kParticipation);
  // Appended to again and again, it grows as push_back() would let it.
  const std::size_t needed = entries.size() + count;
  if (needed > entries.capacity()) entries.reserve(std::max(needed, 2 * entries.capacity()));
  for (std::size_t i = 0; i < count; ++i) {
    Participation entry;
    entry.event = Seq(seqs.next());
    entry.kind = SymbolId(static_cast<std::uint32_t>(kinds.next()));
    entry.role = SymbolId(static_cast<std::uint32_t>(roles.next()));
    entry.on.earliest = time_of(times.next());
    entry.on.latest =
        static_cast<Micros>(static_cast<std::uint64_t>(entry.on.earliest) + inexactness.next());
    entry.node = list.node();
    entries.push_back(entry);
  }
  return {};
}

std::size_t event_list_size(std::string_view bytes) { return RowReader(bytes).number() >> 1; }

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
