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

/// Events come in the order of the log, and mostly in that of their times: what lies between two of
/// them takes fewer bits than either.
Numbers differences_of(const Numbers& numbers) {
  Numbers differences(numbers.size() - 1);
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] = numbers[i + 1] - numbers[i];
  return differences;
}

/// The same of times, as times from the epoch on: they may be before.
Numbers differences_of_times(const Numbers& times) {
  Numbers differences = differences_of(times);
  for (std::uint64_t& one : differences) one = number_of(static_cast<Micros>(one));
  return differences;
}

void write_first(const Numbers& numbers, RowWriter& out) {
  write_packed(std::span(numbers).first(1), std::nullopt, out);
}

/// Reads sequences and times row by row.
class Moments {
 public:
  /// `in_time`: times are told by their distances.
  explicit Moments(bool in_time) : in_time_(in_time) {}

  void read_seqs(RowReader& in, std::size_t count) {
    seq_ = read_packed(in, 1)[0];
    if (in.ok()) between_seqs_ = read_packed(in, count - 1);
  }
  void read_times(RowReader& in, std::size_t count) {
    if (!in_time_) {
      times_ = read_packed(in, count);
      return;
    }
    time_ = read_packed(in, 1)[0];
    if (in.ok()) between_times_ = read_packed_along(in, count - 1);
  }

  /// Of the rows in turn, from the first on.
  void next() {
    const std::size_t row = row_++;
    if (!in_time_) time_ = times_[row];
    if (row == 0) return;
    const std::uint64_t more = between_seqs_[row - 1];
    seq_ += more;
    if (!in_time_) return;
    time_ += static_cast<std::uint64_t>(time_of(between_times_.at(row - 1, more)));
  }
  Seq seq() const { return Seq(seq_); }
  Micros time() const { return time_of(time_); }

 private:
  const bool in_time_;
  PackedNumbers between_seqs_;
  PackedNumbers times_;        // unless in_time_
  PackedAlong between_times_;  // if so
  std::size_t row_ = 0;        // the next one
  std::uint64_t seq_ = 0;
  std::uint64_t time_ = 0;
};

std::uint64_t range_of(const Numbers& numbers) {
  if (numbers.empty()) return 0;
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  return *most - *least;
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
  Numbers column(entries.size());
  const auto fill = [&](const auto& number_in) {
    std::transform(entries.begin(), entries.end(), column.begin(), number_in);
  };
  std::string bytes;
  RowWriter out(bytes);
  const auto write = [&](const auto& number_in) {
    fill(number_in);
    write_packed(column, std::nullopt, out);
  };
  fill([](const Participation& entry) { return number_of(entry.on.earliest); });
  const Numbers times = column;
  const Numbers between_times = differences_of_times(times);
  const bool in_time = range_of(between_times) < range_of(times);
  out.number(entries.size() << 1 | (in_time ? 1 : 0));
  fill([](const Participation& entry) { return entry.event.raw; });
  write_first(column, out);
  const Numbers between_seqs = differences_of(column);
  write_packed(between_seqs, std::nullopt, out);
  write([](const Participation& entry) { return std::uint64_t{entry.kind.raw}; });
  write([](const Participation& entry) { return std::uint64_t{entry.role.raw}; });
  if (in_time) {
    write_first(times, out);
    write_packed_along(between_times, std::nullopt, between_seqs, out);
  } else {
    write_packed(times, std::nullopt, out);
  }
  write([](const Participation& entry) {
    return static_cast<std::uint64_t>(entry.on.latest) -
           static_cast<std::uint64_t>(entry.on.earliest);
  });
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
  Moments moments(in_time);
  moments.read_seqs(in, count);
  const PackedNumbers kinds = read_packed(in, count);
  const PackedNumbers roles = read_packed(in, count);
  moments.read_times(in, count);
  const PackedNumbers inexactness = read_packed(in, count);
  if (!in.ok()) return unreadable("an event list", Family::kParticipation);
  // Appended to again and again, it grows as push_back() would let it.
  const std::size_t needed = entries.size() + count;
  if (needed > entries.capacity()) entries.reserve(std::max(needed, 2 * entries.capacity()));
  for (std::size_t i = 0; i < count; ++i) {
    moments.next();
    Participation entry;
    entry.event = moments.seq();
    entry.kind = SymbolId(static_cast<std::uint32_t>(kinds[i]));
    entry.role = SymbolId(static_cast<std::uint32_t>(roles[i]));
    entry.on.earliest = moments.time();
    entry.on.latest =
        static_cast<Micros>(static_cast<std::uint64_t>(entry.on.earliest) + inexactness[i]);
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
