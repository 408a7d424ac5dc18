#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/executor/row_file.h"
#include "query/executor/run_context.h"
#include "schema/base/result.h"

namespace annals::query {

/// The order of ORDER BY. Equal rows stay in the order of their numbers.
struct RowOrder {
  struct Key {
    std::size_t cell;
    bool descending;
  };
  std::vector<Key> keys;

  bool comes_before(const HeldRow& a, const HeldRow& b) const;
};

/// Sorted rows in temporary files, one for each run, that are merged while they are read. At most
/// limits::kSpilledRunsMax files are open, fewer if their buffers were too much of the memory: with
/// more, they are merged to one first. Not thread-safe; borrows `order`. Errors: those of RowFile,
/// Interrupted.
class SpilledRuns {
 public:
  /// Of all runs together only the first `keep` rows are wanted.
  SpilledRuns(const RowOrder& order, std::size_t keep, RunContext& context);

  bool empty() const { return runs_.empty(); }

  /// The rows until end_run() are in order.
  Status begin_run();
  Status add(const HeldRow& row);
  Status end_run();

  /// No more runs come.
  Status start_reading();
  /// The next row of all; false if there are no more.
  Result<bool> next(HeldRow& row);

 private:
  struct Reader {
    std::unique_ptr<RowFile> file;
    HeldRow first;  // the next of it
  };

  bool is_later(const Reader& a, const Reader& b) const {
    return order_.comes_before(b.first, a.first);
  }
  Status merge_all();

  const RowOrder& order_;
  std::size_t keep_;
  RunContext& context_;
  std::size_t runs_max_;
  std::vector<std::unique_ptr<RowFile>> runs_;  // the last one is being written
  std::vector<const Datum*> cells_;
  std::vector<Reader> readers_;  // a heap: that with the first row is in front
};

}  // namespace annals::query
