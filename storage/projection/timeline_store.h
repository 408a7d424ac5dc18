#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/base/result.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/timeline.h"

namespace annals::storage {

/// Reads timelines from the index and writes back what changed in them. Asked for timelines in
/// ascending order it walks the index once, so that folding many of them costs a merge and not a
/// seek each. Not thread-safe; must not outlive its store.
class TimelineStore {
 public:
  explicit TimelineStore(const KeyValueStore& store);

  /// What one timeline held before the fold; given back to write_difference().
  struct Before {
    using Rows = std::vector<std::pair<std::string, std::string>>;  ///< Key and value, by key.
    Rows rows;
    Rows unmatched;
  };

  /// Where effects come or go: their earliest bounds lie between these.
  struct Touched {
    Micros first = kEndOfTime;
    Micros last = kBeginningOfTime;
  };

  /// Restores the stored state of `key` into `timeline`: of a relation all of it, of a property
  /// what those effects can change, so that correcting one value does not cost the whole timeline.
  Status read(const TimelineKey& key, const Touched& touched, Timeline& timeline, Before& before);

  /// How many rows came and how many went.
  struct Difference {
    std::size_t spells_added = 0;
    std::size_t spells_removed = 0;
    std::size_t unmatched_added = 0;
    std::size_t unmatched_removed = 0;
  };

  /// Puts the rows that differ from `before` into `batch`, and what was superseded.
  static Difference write_difference(const TimelineKey& key, const Timeline& timeline,
                                     const Before& before, WriteBatch& batch);

 private:
  Status read_spells(const TimelineKey& key, const Touched& touched, Timeline& timeline,
                     Before& before);
  Status read_unmatched(const TimelineKey& key, Timeline& timeline, Before& before);

  std::unique_ptr<KvIterator> out_;
  std::unique_ptr<KvIterator> property_;
  std::unique_ptr<KvIterator> unmatched_;
};

}  // namespace annals::storage
