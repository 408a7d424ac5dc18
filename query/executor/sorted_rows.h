#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "query/executor/batch.h"
#include "query/executor/bounded_rows.h"
#include "query/executor/held_doubts.h"
#include "query/executor/run_context.h"
#include "query/executor/spilled_runs.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"

namespace annals::query {

/// Gathers rows of values and nodes, sorts them and gives them back in batches: all of them, or
/// only the first `keep`. Equal rows stay in the order in which they came. Holds at most about
/// twice the rows that it keeps; they count against the budget. When that is nearly taken, the rows
/// are sorted, go to a temporary file and are merged with the others in the end. Not thread-safe.
/// Errors: LimitExceeded, Interrupted, and those of RowFile.
///
/// Rows are sorted in runs that take a few milliseconds each, and merged while they are given: a
/// sort of everything could not be stopped.
class SortedRows {
 public:
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  /// `slots`, ascending, has those of `sorts`.
  SortedRows(std::vector<SlotId> slots, const std::vector<BoundSort>& sorts, std::size_t keep,
             RunContext& context);

  Status add(const Batch& batch);
  /// What rows that may still be among the first have in the column by which they are sorted first,
  /// if that is known and an integer.
  std::optional<RowBound> bound() const;
  /// No more rows come; those kept are put in order, and the first `skip` of them left out.
  Status finish(std::size_t skip);
  /// Replaces `batch` by the next rows; false if there are none. Requires finish().
  Result<bool> next(Batch& batch);

 private:
  struct Row : HeldRow {
    std::size_t bytes = 0;
  };
  /// Sorted rows of which those before `next` were given.
  struct Run {
    std::size_t next;
    std::size_t end;
  };

  Status drop_last_rows();
  bool is_behind_kept(const Batch& batch, std::uint32_t row) const;
  /// Makes sorted runs of the rows that are held.
  Status sort_held();
  /// The first of the rows that are held; requires that there is one.
  Row& take_first();
  Status spill();
  /// The next row of all; false if there is none.
  Result<bool> next_row(HeldRow& row);

  std::vector<SlotId> slots_;
  std::span<const SlotInfo> infos_;
  RowOrder order_;
  std::size_t keep_;
  RunContext& context_;
  std::vector<Row> rows_;
  HeldRow last_kept_;           // of those that drop_last_rows() left, if it has cells
  std::size_t held_bytes_ = 0;  // of rows_, without doubts
  HeldDoubts doubts_;           // of all rows, those in files among them
  std::size_t seen_ = 0;
  std::vector<Run> runs_;  // a heap once it is sorted: that with the first row is in front
  SpilledRuns spilled_;
  std::size_t given_ = 0;
  HeldRow row_;
};

}  // namespace annals::query
