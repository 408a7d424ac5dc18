#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "query/datum.h"
#include "query/executor/row_certainty.h"
#include "query/executor/run_context.h"
#include "query/executor/temp_file.h"
#include "schema/base/result.h"

namespace annals::query {

/// A row of values that is held by itself.
struct HeldRow {
  std::vector<Datum> cells;
  DoubtPtr doubt;
  std::uint64_t number = 0;  ///< Whoever holds it may say which row it is.
};

/// Rows that wait in a temporary file, and are read once in the order in which they were added.
/// Their doubts stay in memory: rows share them, and whoever adds rows counts them (HeldDoubts).
/// Bytes count against the statement's SpillBudget until this dies, buffers against its memory. Not
/// thread-safe. Errors: IoError, LimitExceeded; Corruption if a row is not what was written.
class RowFile {
 public:
  /// `buffer_bytes` are gathered before they are written, or read at once.
  static Result<std::unique_ptr<RowFile>> create(std::size_t buffer_bytes, RunContext& context);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  Status add(std::span<const Datum* const> cells, const DoubtPtr& doubt, std::uint64_t number);
  /// No more rows come. Only then is anything read.
  Status finish();
  /// False if there are no more.
  Result<bool> next(HeldRow& row);

  std::uint64_t rows() const { return rows_; }

 private:
  RowFile(std::unique_ptr<TempFile> file, std::size_t buffer_bytes, RunContext& context);
  Status write_out();
  /// Has at least so many bytes in the buffer from position_ on.
  Status fill(std::size_t bytes);

  std::unique_ptr<TempFile> file_;
  std::size_t buffer_bytes_;
  RunContext& context_;
  MemoryHold held_;
  std::uint64_t spilled_ = 0;  // what was taken of the budget
  std::uint64_t rows_ = 0;
  std::uint64_t given_ = 0;
  std::vector<DoubtPtr> doubts_;  // of the rows that have one
  std::string buffer_;
  std::size_t position_ = 0;  // in the buffer; what is before was read
  std::uint64_t loaded_ = 0;  // bytes of the file that were brought into the buffer
};

/// A sensible buffer for one of many files at once.
std::size_t spill_buffer_bytes(const RunContext& context);

}  // namespace annals::query
