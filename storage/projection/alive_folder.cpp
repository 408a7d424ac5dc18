#include "storage/projection/alive_folder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/graph_index/key_encoding.h"

namespace annals::storage {

namespace {

/// A chunk is cut in halves when it has twice as many changes.
constexpr std::size_t kChunkChanges = 1'024;
/// Readers look at all tail rows of a relation.
constexpr std::size_t kTailRowsMax = 64;

/// Writes `changes` as chunks, and what the directory says of them.
void write_chunks(SymbolId relation, std::span<const AliveChange> changes, WriteBatch& batch,
                  std::vector<AliveChunk>& directory) {
  const std::size_t parts = changes.size() < 2 * kChunkChanges ? 1 : changes.size() / kChunkChanges;
  for (std::size_t i = 0; i < parts && !changes.empty(); ++i) {
    const std::size_t first = changes.size() * i / parts;
    const auto part = changes.subspan(first, changes.size() * (i + 1) / parts - first);
    AliveChunk chunk;
    chunk.begin = part.front().at;
    for (const AliveChange& change : part) chunk.sum += change.by;
    directory.push_back(chunk);
    batch.put(Family::kByTime, alive_chunk_key(relation, chunk.begin), encode_changes(part));
  }
}

}  // namespace

void AliveChanges::add(SymbolId relation, const Spell& spell, bool removes) {
  Changes& changes = changes_[relation];
  each_alive_change(spell.begin_bounds(), spell.end_bounds(), [&](const AliveChange& change) {
    const AliveCount& by = change.by;
    add(changes, removes ? AliveChange{change.at, {-by.possible, -by.certain}} : change);
  });
}

void AliveChanges::add(const AliveChanges& others) {
  for (const auto& [relation, added] : others.changes_) {
    Changes& changes = changes_[relation];
    for (const AliveChange& change : added.all) add(changes, change);
  }
}

void AliveChanges::add(Changes& changes, const AliveChange& change) {
  constexpr std::size_t kFew = 4'096;
  if (changes.all.size() >= std::max(kFew, 2 * changes.added_up)) {
    changes_count_ -= changes.all.size();
    add_up(changes.all);
    changes.added_up = changes.all.size();
    changes_count_ += changes.added_up;
  }
  changes.all.push_back(change);
  ++changes_count_;
}

Status AliveFolder::fold(const KeyValueStore& store, const AliveChanges& gathered, Seq watermark,
                         bool at_once, WriteBatch& batch) {
  for (const auto& [relation, added] : gathered.changes_) {
    std::vector<AliveChange> changes = added.all;
    add_up(changes);
    if (changes.empty()) continue;
    ANNALS_TRY(const std::size_t tail_rows, count_tail_rows(store, relation));
    tail_rows_[relation] = tail_rows + 1;
    if (!at_once && tail_rows < kTailRowsMax) {
      batch.put(Family::kByTime, alive_tail_key(relation, watermark), encode_changes(changes));
      continue;
    }
    tail_rows_[relation] = 0;
    ANNALS_CHECK_OK(fold_relation(store, relation, std::move(changes), watermark, batch));
  }
  return {};
}

/// What was written before a start is counted once.
Result<std::size_t> AliveFolder::count_tail_rows(const KeyValueStore& store,
                                                 SymbolId relation) const {
  const auto known = tail_rows_.find(relation);
  if (known != tail_rows_.end()) return known->second;
  ANNALS_TRY(const AliveTail tail, read_alive_tail(store, nullptr, relation));
  return tail.keys.size();
}

Status AliveFolder::fold_relation(const KeyValueStore& store, SymbolId relation,
                                  std::vector<AliveChange> changes, Seq watermark,
                                  WriteBatch& batch) {
  ANNALS_TRY(const AliveTail tail, read_alive_tail(store, nullptr, relation));
  changes.insert(changes.end(), tail.changes.begin(), tail.changes.end());
  for (const std::string& key : tail.keys) batch.erase(Family::kByTime, key);
  // The end of what comes next.
  if (!tail.keys.empty()) batch.put(Family::kByTime, alive_tail_key(relation, watermark), {});
  add_up(changes);
  ANNALS_TRY(const std::vector<AliveChunk> chunks, read_directory(store, nullptr, relation));
  std::vector<AliveChunk> directory;
  auto next = changes.begin();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto last =
        i + 1 == chunks.size()
            ? changes.end()
            : std::lower_bound(next, changes.end(), chunks[i + 1].begin,
                               [](const AliveChange& change, Micros at) { return change.at < at; });
    if (next == last) {
      directory.push_back(chunks[i]);
      continue;
    }
    std::vector<AliveChange> all(next, last);
    next = last;
    ANNALS_CHECK_OK(read_chunk(store, nullptr, relation, chunks[i].begin, all));
    add_up(all);
    batch.erase(Family::kByTime, alive_chunk_key(relation, chunks[i].begin));
    write_chunks(relation, all, batch, directory);
  }
  if (chunks.empty()) write_chunks(relation, changes, batch, directory);
  if (directory.empty()) {
    batch.erase(Family::kByTime, alive_directory_key(relation));
  } else {
    batch.put(Family::kByTime, alive_directory_key(relation), encode_directory(directory));
  }
  return {};
}

}  // namespace annals::storage
