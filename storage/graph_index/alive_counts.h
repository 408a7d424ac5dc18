#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "schema/time/instant.h"
#include "storage/kv/key_value_store.h"

/// kByTime: how many facts of a relation hold, told by what changes when, so that counts at dates
/// need no look at facts. All changes up to a date, added up, are the count at that date.
///
/// Changes of one relation lie in *chunks* of consecutive times, of which a *directory* row keeps
/// the sums; what came since they were written lies in tail rows, one for each commit, which the
/// writer folds into chunks when they are many (storage/projection/alive_folder.h).
/// Layout: docs/graph_index_format.md.
namespace annals::storage {

/// Facts that may hold, and those of them that surely do.
struct AliveCount {
  std::int64_t possible = 0;
  std::int64_t certain = 0;

  AliveCount& operator+=(const AliveCount& other) {
    possible += other.possible;
    certain += other.certain;
    return *this;
  }
  bool operator==(const AliveCount&) const = default;
};

/// How much the counts change at an instant.
struct AliveChange {
  Micros at = 0;
  AliveCount by;
  bool operator==(const AliveChange&) const = default;
};

/// Calls `take` with what a fact with these bounds changes: nothing if it never holds.
template <class Take>
void each_alive_change(Instant begin, Instant end, const Take& take) {
  const auto add = [&](Micros from, Micros to, AliveCount by) {
    if (from >= to) return;
    take(AliveChange{from, by});
    if (to != kEndOfTime) take(AliveChange{to, {-by.possible, -by.certain}});
  };
  // Bounds are mostly exact: then there are two changes, not four.
  if (begin.exact() && end.exact()) return add(begin.earliest, end.latest, {1, 1});
  add(begin.earliest, end.latest, {1, 0});
  add(begin.latest, end.earliest, {0, 1});
}
/// Sorts by time and adds up what happens at the same time; leaves out what comes to nothing.
void add_up(std::vector<AliveChange>& changes);

// --- Rows ----------------------------------------------------------------------------------------

std::string alive_prefix(SymbolId relation);
std::string alive_tail_prefix(SymbolId relation);
/// Of what became known with the commits up to `watermark`.
std::string alive_tail_key(SymbolId relation, Seq watermark);
std::string alive_chunk_key(SymbolId relation, Micros begin);
std::string alive_directory_key(SymbolId relation);

/// `changes` are added up. Of tail rows and chunks.
std::string encode_changes(std::span<const AliveChange> changes);
/// Appends. Corruption.
Status decode_changes(std::string_view bytes, std::vector<AliveChange>& changes);

struct AliveChunk {
  Micros begin = 0;  ///< Its first time, by which its key is known.
  AliveCount sum;
};
std::string encode_directory(std::span<const AliveChunk> chunks);
/// Corruption.
Result<std::vector<AliveChunk>> decode_directory(std::string_view bytes);

/// The directory; empty if the relation has none. Corruption, IoError.
Result<std::vector<AliveChunk>> read_directory(const KeyValueStore& store,
                                               const KvSnapshot* snapshot, SymbolId relation);
/// What the tail rows of a relation tell. A fold leaves its *end* in place of those that it erases,
/// a row without a value: whoever reads them from the last one on stops there, and does not pass
/// over what is gone (decision 48).
struct AliveTail {
  std::vector<AliveChange> changes;  ///< One row's after the other's.
  std::vector<std::string> keys;     ///< Of its rows, and of the end.
};
/// Corruption, IoError.
Result<AliveTail> read_alive_tail(const KeyValueStore& store, const KvSnapshot* snapshot,
                                  SymbolId relation);
/// Appends the chunk that begins then. Corruption, also if there is none; IoError.
Status read_chunk(const KeyValueStore& store, const KvSnapshot* snapshot, SymbolId relation,
                  Micros begin, std::vector<AliveChange>& changes);

// --- Counts --------------------------------------------------------------------------------------

/// The facts of the relation that hold at each of `dates`, which ascend. Costs the directory, and
/// the chunks in which the dates lie. Corruption, IoError.
Result<std::vector<AliveCount>> count_alive(const KeyValueStore& store, const KvSnapshot* snapshot,
                                            SymbolId relation, std::span<const Micros> dates);

/// All changes of all relations in a state of the store, added up: relation after relation, in
/// order of time. Holds the tail of one relation in memory. For comparing two stores.
class AliveWalk {
 public:
  AliveWalk(const KeyValueStore& store, const KvSnapshot& snapshot);
  struct Entry {
    SymbolId relation;
    AliveChange change;
    bool operator==(const Entry&) const = default;
  };
  /// Nothing at the end. Corruption, IoError.
  Result<std::optional<Entry>> next();

 private:
  Status read_more();

  const KeyValueStore& store_;
  const KvSnapshot& snapshot_;
  SymbolId relation_;
  std::vector<AliveChunk> chunks_;
  std::size_t next_chunk_ = 0;
  std::vector<AliveChange> tail_;  // what lies behind what was given
  std::vector<AliveChange> changes_;
  std::size_t given_ = 0;
};

}  // namespace annals::storage
