#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "schema/base/result.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/effects.h"
#include "storage/projection/timeline_store.h"

namespace annals::storage {

/// Gathers what comes to be known of timelines, some 30 bytes for each effect, and folds that into
/// what is stored of them. Not thread-safe: the writer owns it. Errors: Corruption, IoError.
class TimelineFolder {
 public:
  /// The effect comes to be known with the event `known`, or (`removes`) turns out to be none.
  /// Calls come in the order of `known`.
  void add(const PlacedEffect& placed, Seq known, bool removes);

  /// About how much memory that takes which was gathered.
  std::size_t bytes() const { return gathered_.size() + offsets_.size() * sizeof(std::size_t); }

  /// Told what became of a timeline, when it has been written.
  using Report = std::function<Status(const TimelineKey&, const TimelineStore::Difference&)>;

  /// Folds all that was gathered, in the order of timelines. `has_blocks` is that of TimelineStore.
  Status fold(const KeyValueStore& store, bool has_blocks, const TimelineStore::Changes& changes,
              const Report& report);

 private:
  struct Place {
    TimelineKey timeline;
    std::size_t offset;  ///< Into gathered_; grows with the order of the calls.
    auto operator<=>(const Place&) const = default;
  };

  std::vector<Place> places() const;

  std::string gathered_;
  std::vector<std::size_t> offsets_;
};

}  // namespace annals::storage
