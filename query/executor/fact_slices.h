#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

class FactImage;
class FactSlice;
class MemoryBudget;

/// What of an image a slice has.
struct FactSliceKey {
  storage::Direction direction = storage::Direction::kOut;
  SymbolId relation;  ///< Zero: all.
  storage::Window window;
  bool operator==(const FactSliceKey&) const = default;
};

/// The slices of one run of a statement, for all of its threads. One costs about what looking at
/// its part of the image does, and is made when the nodes read without it have cost as much: who
/// reads a few never pays for one. Thread-safe but for forget(). Borrows the budget.
class FactSlices {
 public:
  explicit FactSlices(MemoryBudget& memory) : memory_(memory) {}

  /// After `reads` nodes were read in an image without a slice: that, if there is one or it is
  /// worth making one; else null. It lives until forget(). Interrupted.
  Result<const FactSlice*> find(const std::shared_ptr<const FactImage>& image,
                                const FactSliceKey& key, std::size_t reads, const StopFlag& stop);

  /// Has none from here on, and nobody uses one.
  void forget() { kept_.clear(); }

 private:
  struct Kept {
    FactSliceKey key;
    std::size_t reads = 0;
    bool is_being_made = false;  ///< Or there is no room for it.
    std::shared_ptr<const FactSlice> slice;
  };
  /// So many at most: each row may ask about a window of its own.
  static constexpr std::size_t kSlicesMax = 16;

  MemoryBudget& memory_;
  std::mutex mutex_;  // guards all below
  std::vector<Kept> kept_;
};

}  // namespace annals::query
