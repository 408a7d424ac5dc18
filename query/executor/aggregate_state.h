#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "query/datum.h"
#include "query/executor/key_table.h"
#include "query/executor/run_context.h"
#include "query/planner/functions.h"
#include "schema/base/result.h"

namespace annals::query {

/// What one aggregate has seen of one group. Nulls are left out, as in openCypher. Errors, without
/// a place: InvalidArgument (a type that cannot be summed, integer overflow), LimitExceeded.
class AggregateState {
 public:
  /// With DISTINCT a value counts once. `share` is that of a percentile, from 0 to 1.
  AggregateState(FunctionId function, bool distinct, double share, MemoryBudget& memory);

  /// count(*): counts whatever the row holds.
  void add_row() { ++count_; }
  Status add(const Datum& value);

  /// Whether add_integers() does for it what add() does with each of them.
  static bool can_add_integers(FunctionId function, bool distinct);
  void add_rows(std::size_t count) { count_ += static_cast<std::int64_t>(count); }
  Status add_integers(std::span<const std::int64_t> values);

  /// Whether two of them that saw different rows can become what one that saw all would be.
  static bool can_merge(FunctionId function, bool distinct);
  /// Adds what `other`, of the same aggregate, saw of later rows. False if only the rows themselves
  /// tell: floats add up otherwise in another order, and sums that overflow are an error there.
  Result<bool> merge(AggregateState&& other);

  /// Of nothing: 0 for count and sum, an empty list for collect, else null.
  Datum result();

 private:
  Status add_number(const Datum& value);
  Datum percentile();
  Datum deviation() const;

  FunctionId function_;
  double share_;
  MemoryBudget& memory_;
  std::int64_t count_ = 0;
  std::int64_t whole_ = 0;  // the sum of the integers
  double real_ = 0;         // the sum of the floats; of avg: of all
  bool has_real_ = false;
  Datum extreme_;    // of min and max
  DatumList items_;  // of collect and of percentiles
  double mean_ = 0;  // of stDev: by Welford's method, which loses no digits
  double squares_ = 0;
  std::unique_ptr<KeyTable> seen_;  // of DISTINCT
};

}  // namespace annals::query
