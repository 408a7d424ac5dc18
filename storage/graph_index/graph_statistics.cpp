#include "storage/graph_index/graph_statistics.h"

#include <array>
#include <string>

#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

/// The counts by symbol, each with the letter that stands in its keys.
struct CountsOf {
  char letter;
  GraphStatistics::Counts GraphStatistics::*counts;
};
constexpr std::array<CountsOf, 3> kCounts = {{{'t', &GraphStatistics::entities_by_type},
                                              {'k', &GraphStatistics::events_by_kind},
                                              {'r', &GraphStatistics::facts_by_relation}}};

/// The numbers of the row for all of it, in their order.
template <class Progress, class Take>
void each_total(Progress& progress, const Take& take) {
  take(progress.watermark.raw);
  take(progress.commits);
  auto& statistics = progress.statistics;
  take(statistics.events);
  take(statistics.facts);
  take(statistics.properties);
  take(statistics.unmatched);
  take(statistics.changes);
}

void write_count(char letter, SymbolId symbol, std::uint64_t count, WriteBatch& batch) {
  std::string value;
  RowWriter(value).number(count);
  batch.put(Family::kMeta, count_key(letter, symbol), value);
}

void write_counts(char letter, const GraphStatistics::Counts& stored,
                  const GraphStatistics::Counts& now, WriteBatch& batch) {
  auto old = stored.begin();
  const auto erase_before = [&](auto is_behind) {
    for (; old != stored.end() && !is_behind(old->first); ++old) {
      batch.erase(Family::kMeta, count_key(letter, old->first));
    }
  };
  for (const auto& [symbol, count] : now) {
    erase_before([symbol = symbol](SymbolId other) { return other >= symbol; });
    const bool is_stored = old != stored.end() && old->first == symbol;
    if (!is_stored || old->second != count) write_count(letter, symbol, count, batch);
    if (is_stored) ++old;
  }
  erase_before([](SymbolId) { return false; });
}

Error unreadable_progress() {
  return Error(ErrorCode::kCorruption, "the statistics of the index cannot be read",
               "the log is not affected; a rebuild of the projection mends it");
}

}  // namespace

std::uint64_t GraphStatistics::entities() const {
  std::uint64_t sum = 0;
  for (const auto& [type, count] : entities_by_type) sum += count;
  return sum;
}

std::uint64_t GraphStatistics::count(const Counts& counts, SymbolId symbol) {
  const auto found = counts.find(symbol);
  return found == counts.end() ? 0 : found->second;
}

void GraphStatistics::add(Counts& counts, SymbolId symbol, std::int64_t more) {
  const auto found = counts.try_emplace(symbol, 0).first;
  found->second += static_cast<std::uint64_t>(more);  // less wraps around to it
  if (found->second == 0) counts.erase(found);
}

Result<IndexProgress> read_progress(const KeyValueStore& store) {
  IndexProgress progress;
  std::string value;
  ANNALS_TRY(const bool found, store.get(Family::kMeta, kProgressKey, value));
  if (!found) return progress;
  RowReader totals(value);
  each_total(progress, [&totals](std::uint64_t& number) { number = totals.number(); });
  if (!totals.finished()) return unreadable_progress();
  for (const CountsOf& of : kCounts) {
    GraphStatistics::Counts& counts = progress.statistics.*of.counts;
    const std::string prefix = count_prefix(of.letter);
    const auto rows = store.iterate(Family::kMeta, prefix, after_prefix(prefix));
    for (; rows->valid(); rows->next()) {
      KeyReader key(rows->key().substr(prefix.size()));
      const SymbolId symbol = key.symbol();
      RowReader count(rows->value());
      counts.emplace_hint(counts.end(), symbol, count.number());
      if (!key.finished() || !count.finished()) return unreadable_progress();
    }
    ANNALS_CHECK_OK(rows->status());
  }
  return progress;
}

void write_progress(const IndexProgress& stored, const IndexProgress& now, WriteBatch& batch) {
  if (!stored.watermark) {
    batch.put(Family::kMeta, kFormatKey, KeyWriter().u64(kIndexFormat).take());
  }
  std::string value;
  RowWriter totals(value);
  each_total(now, [&totals](std::uint64_t number) { totals.number(number); });
  batch.put(Family::kMeta, kProgressKey, value);
  for (const CountsOf& of : kCounts) {
    write_counts(of.letter, stored.statistics.*of.counts, now.statistics.*of.counts, batch);
  }
}

}  // namespace annals::storage
