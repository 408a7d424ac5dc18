#pragma once

#include <cstdint>

#include <boost/container/flat_map.hpp>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Counts that the projection keeps up to date with each commit: exact, not estimates. A value,
/// which each commit copies for those who read.
struct GraphStatistics {
  /// By symbol; none is zero.
  using Counts = boost::container::flat_map<SymbolId, std::uint64_t>;

  std::uint64_t events = 0;
  std::uint64_t facts = 0;       ///< Relations between nodes, over all time.
  std::uint64_t properties = 0;  ///< Values of properties, over all time.
  std::uint64_t unmatched = 0;   ///< Effects that changed nothing.
  std::uint64_t changes = 0;     ///< Corrections and retractions.
  Counts entities_by_type;
  Counts events_by_kind;  ///< Of kinds that users defined.
  Counts facts_by_relation;

  std::uint64_t entities() const;
  /// Zero for a symbol that is not there.
  static std::uint64_t count(const Counts& counts, SymbolId symbol);
  /// There are so many more; less than zero is fewer.
  static void add(Counts& counts, SymbolId symbol, std::int64_t more);
  bool operator==(const GraphStatistics&) const = default;
};

/// How far the index is: in kMeta. A value.
struct IndexProgress {
  Seq watermark;  ///< The last event that is in it; zero: there is no index.
  std::uint64_t commits = 0;
  GraphStatistics statistics;
  bool operator==(const IndexProgress&) const = default;
};

/// What is stored; of an empty store a default. Corruption, IoError.
Result<IndexProgress> read_progress(const KeyValueStore& store);
/// Puts into `batch` what differs: the cost on disk does not grow with the number of relations,
/// types and kinds. Requires that `stored` is what the store has.
void write_progress(const IndexProgress& stored, const IndexProgress& now, WriteBatch& batch);

}  // namespace annals::storage
