#include "storage/graph_index/alive_counts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "schema/base/limits.h"
#include "schema/base/radix_sort.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/packed_columns.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk.
constexpr char kTailRowTag = 0;
constexpr char kChunkTag = 1;
constexpr char kDirectoryTag = 2;

/// No time at which anything changes is the end of time, and no count is so large.
constexpr std::uint64_t kNoNumber = ~0ULL;

Error corrupt() { return unreadable("a row", Family::kByTime); }

bool by_time(const AliveChange& a, const AliveChange& b) { return a.at < b.at; }

}  // namespace

void add_up(std::vector<AliveChange>& changes) {
  radix_sort(changes, [](const AliveChange& change) { return number_of(change.at); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < changes.size();) {
    AliveChange sum = changes[i];
    for (++i; i < changes.size() && changes[i].at == sum.at; ++i) sum.by += changes[i].by;
    if (sum.by != AliveCount()) changes[kept++] = sum;
  }
  changes.resize(kept);
}

std::string alive_prefix(SymbolId relation) { return KeyWriter().symbol(relation).take(); }
std::string alive_tail_prefix(SymbolId relation) {
  return KeyWriter().symbol(relation).tag(kTailRowTag).take();
}
std::string alive_tail_key(SymbolId relation, Seq watermark) {
  return KeyWriter().symbol(relation).tag(kTailRowTag).seq(watermark).take();
}
std::string alive_chunk_key(SymbolId relation, Micros begin) {
  return KeyWriter().symbol(relation).tag(kChunkTag).time(begin).take();
}
std::string alive_directory_key(SymbolId relation) {
  return KeyWriter().symbol(relation).tag(kDirectoryTag).take();
}

std::string encode_changes(std::span<const AliveChange> changes) {
  std::string bytes;
  RowWriter out(bytes);
  out.number(changes.size());
  std::vector<std::uint64_t> column(changes.size());
  const auto write = [&](const auto& number_in) {
    std::transform(changes.begin(), changes.end(), column.begin(), number_in);
    write_packed(column, kNoNumber, out);
  };
  write([](const AliveChange& change) { return number_of(change.at); });
  write([](const AliveChange& change) { return zigzag(change.by.possible); });
  // Nearly always the same.
  write([](const AliveChange& change) { return zigzag(change.by.possible - change.by.certain); });
  out.bytes(std::string(kPackedSlackBytes, '\0'));
  return bytes;
}

Status decode_changes(std::string_view bytes, std::vector<AliveChange>& changes) {
  RowReader in(bytes);
  const std::uint64_t count = in.number();
  // Every change takes bits, unless all are at one time, which is one change.
  if (!in.ok() || count > bytes.size() * 8) return corrupt();
  const PackedNumbers times = read_packed(in, count, kNoNumber);
  const PackedNumbers possible = read_packed(in, count, kNoNumber);
  const PackedNumbers uncertain = read_packed(in, count, kNoNumber);
  if (!in.ok()) return corrupt();
  changes.reserve(changes.size() + count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t by = unzigzag(possible[i]);
    const auto certain = static_cast<std::int64_t>(
        static_cast<std::uint64_t>(by) - static_cast<std::uint64_t>(unzigzag(uncertain[i])));
    changes.push_back({time_of(times[i]), {by, certain}});
  }
  return {};
}

std::string encode_directory(std::span<const AliveChunk> chunks) {
  std::string bytes;
  RowWriter out(bytes);
  out.number(chunks.size());
  for (const AliveChunk& chunk : chunks) {
    out.signed_number(chunk.begin);
    out.signed_number(chunk.sum.possible);
    out.signed_number(chunk.sum.certain);
  }
  return bytes;
}

Result<std::vector<AliveChunk>> decode_directory(std::string_view bytes) {
  std::vector<AliveChunk> chunks;
  RowReader in(bytes);
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    AliveChunk chunk;
    chunk.begin = in.signed_number();
    chunk.sum.possible = in.signed_number();
    chunk.sum.certain = in.signed_number();
    chunks.push_back(chunk);
  }
  if (!in.finished()) return corrupt();
  return chunks;
}

Result<std::vector<AliveChunk>> read_directory(const KeyValueStore& store,
                                               const KvSnapshot* snapshot, SymbolId relation) {
  std::string bytes;
  ANNALS_TRY(const bool found,
             store.get(Family::kByTime, alive_directory_key(relation), bytes, snapshot));
  if (!found) return std::vector<AliveChunk>();
  return decode_directory(bytes);
}

Result<AliveTail> read_alive_tail(const KeyValueStore& store, const KvSnapshot* snapshot,
                                  SymbolId relation) {
  AliveTail tail;
  const std::string lower = alive_tail_prefix(relation);
  const std::string upper = after_prefix(lower);
  const auto rows = store.iterate(Family::kByTime, lower, upper, snapshot);
  for (rows->seek_for_prev(upper); rows->valid(); rows->prev()) {
    tail.keys.emplace_back(rows->key());
    if (rows->value().empty()) break;
    ANNALS_CHECK_OK(decode_changes(rows->value(), tail.changes));
  }
  ANNALS_CHECK_OK(rows->status());
  return tail;
}

Status read_chunk(const KeyValueStore& store, const KvSnapshot* snapshot, SymbolId relation,
                  Micros begin, std::vector<AliveChange>& changes) {
  std::string bytes;
  ANNALS_TRY(const bool found,
             store.get(Family::kByTime, alive_chunk_key(relation, begin), bytes, snapshot));
  return found ? decode_changes(bytes, changes) : Status(corrupt());
}

Result<std::vector<AliveCount>> count_alive(const KeyValueStore& store, const KvSnapshot* snapshot,
                                            SymbolId relation, std::span<const Micros> dates) {
  ANNALS_TRY(const std::vector<AliveChunk> chunks, read_directory(store, snapshot, relation));
  ANNALS_TRY(AliveTail rows, read_alive_tail(store, snapshot, relation));
  std::vector<AliveChange>& tail = rows.changes;
  std::sort(tail.begin(), tail.end(), by_time);
  std::vector<AliveCount> counts;
  AliveCount before;  // of the chunks before chunks[in_chunk]
  AliveCount within;  // of what was looked at in it
  AliveCount in_tail;
  std::size_t in_chunk = 0;
  std::vector<AliveChange> chunk;
  bool is_read = false;
  std::size_t looked_at = 0;
  auto next_tail = tail.begin();
  for (const Micros date : dates) {
    while (in_chunk + 1 < chunks.size() && chunks[in_chunk + 1].begin <= date) {
      before += chunks[in_chunk++].sum;
      within = {};
      is_read = false;
    }
    if (!is_read && in_chunk < chunks.size() && chunks[in_chunk].begin <= date) {
      chunk.clear();
      ANNALS_CHECK_OK(read_chunk(store, snapshot, relation, chunks[in_chunk].begin, chunk));
      is_read = true;
      looked_at = 0;
    }
    if (is_read) {
      for (; looked_at < chunk.size() && chunk[looked_at].at <= date; ++looked_at) {
        within += chunk[looked_at].by;
      }
    }
    for (; next_tail != tail.end() && next_tail->at <= date; ++next_tail) in_tail += next_tail->by;
    AliveCount count = before;
    count += within;
    count += in_tail;
    counts.push_back(count);
  }
  return counts;
}

AliveWalk::AliveWalk(const KeyValueStore& store, const KvSnapshot& snapshot)
    : store_(store), snapshot_(snapshot) {}

Result<std::optional<AliveWalk::Entry>> AliveWalk::next() {
  while (given_ == changes_.size()) {
    given_ = 0;
    changes_.clear();
    if (next_chunk_ < chunks_.size() || !tail_.empty()) {
      ANNALS_CHECK_OK(read_more());
      continue;
    }
    const std::string lower = relation_ ? after_prefix(alive_prefix(relation_)) : std::string();
    const auto rows = store_.iterate(Family::kByTime, lower, {}, &snapshot_);
    ANNALS_CHECK_OK(rows->status());
    if (!rows->valid()) return std::optional<Entry>();
    relation_ = KeyReader(rows->key()).symbol();
    ANNALS_TRY(chunks_, read_directory(store_, &snapshot_, relation_));
    ANNALS_TRY(AliveTail tail, read_alive_tail(store_, &snapshot_, relation_));
    tail_ = std::move(tail.changes);
    add_up(tail_);
    next_chunk_ = 0;
  }
  return std::optional<Entry>(Entry{relation_, changes_[given_++]});
}

/// The next chunk, with what of the tail lies before the one behind it.
Status AliveWalk::read_more() {
  auto last = tail_.end();
  if (next_chunk_ < chunks_.size()) {
    const Micros begin = chunks_[next_chunk_++].begin;
    ANNALS_CHECK_OK(read_chunk(store_, &snapshot_, relation_, begin, changes_));
    if (next_chunk_ < chunks_.size()) {
      last = std::lower_bound(tail_.begin(), tail_.end(), chunks_[next_chunk_].begin,
                              [](const AliveChange& a, Micros at) { return a.at < at; });
    }
  }
  changes_.insert(changes_.end(), tail_.begin(), last);
  tail_.erase(tail_.begin(), last);
  add_up(changes_);
  return {};
}

}  // namespace annals::storage
