#pragma once

#include <cstdint>

#include "query/planner/bound_expression.h"

namespace annals::query {

/// What the rows that somebody still needs have in a column of integers: nothing behind `value`, in
/// that order.
struct RowBound {
  SlotId slot;
  std::int64_t value = 0;
  bool is_descending = false;

  bool excludes(std::int64_t other) const { return is_descending ? other < value : other > value; }
};

/// An operator that can leave out rows which nobody needs before it makes them. As the operator not
/// thread-safe.
class BoundedRows {
 public:
  virtual ~BoundedRows() = default;
  /// From here on rows that the bound excludes may be left out. A later bound is no looser.
  virtual void leave_out(const RowBound& bound) = 0;
};

}  // namespace annals::query
