#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "query/executor/fact_image.h"
#include "query/executor/fact_slices.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"

namespace annals::query {

class MemoryBudget;

/// The rows of an image that may hold in one window, of one relation or of all, with their
/// neighbours: for a statement that goes on from very many nodes at one date. Those of a node are
/// found in some ten nanoseconds, and none is there in vain. Immutable, so any number of threads
/// may read; lives no longer than the budget that it was made with.
class FactSlice {
 public:
  /// Where a row stands in the slice.
  using Place = FactImage::Row;
  using Range = FactImage::Range;  ///< Of places.
  using Key = FactSliceKey;

  /// Null if the budget has no room for it. Interrupted.
  static Result<std::shared_ptr<const FactSlice>> make(std::shared_ptr<const FactImage> image,
                                                       const Key& key, MemoryBudget& memory,
                                                       const StopFlag& stop);
  ~FactSlice();
  FactSlice(const FactSlice&) = delete;
  FactSlice& operator=(const FactSlice&) = delete;

  /// Those of a node, in the order of the image.
  Range of(NodeId node) const;
  /// Of these, which must be of one node, a part that has all with the neighbour.
  Range near(Range places, NodeId neighbour) const;

  FactImage::Row row(Place place) const { return rows_[place]; }
  NodeId neighbour(Place place) const { return neighbours_[place]; }
  SymbolId relation(Place place) const {
    return relation_ ? relation_ : image_->relation(rows_[place]);
  }
  const FactImage& image() const { return *image_; }
  /// Whether FactImage::is_plain() for each of its rows.
  bool all_plain() const { return all_plain_; }

 private:
  FactSlice(std::shared_ptr<const FactImage> image, MemoryBudget& memory)
      : image_(std::move(image)), memory_(memory) {}
  Status find_rows(const Key& key, const StopFlag& stop);
  void index_nodes();
  bool is_in_order(NodeId node) const { return !node.is_event() && !first_.empty(); }

  std::shared_ptr<const FactImage> image_;
  MemoryBudget& memory_;
  std::size_t taken_ = 0;
  SymbolId relation_;  ///< Zero: all.
  bool all_plain_ = true;
  std::vector<FactImage::Row> rows_;
  std::vector<NodeId> neighbours_;
  std::vector<Place> first_;  ///< Of the entity of each number; one more. Empty: seek in rows_.
};

}  // namespace annals::query
