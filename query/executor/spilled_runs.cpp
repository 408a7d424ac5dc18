#include "query/executor/spilled_runs.h"

#include <algorithm>
#include <utility>

#include "query/executor/datum_comparison.h"
#include "schema/base/limits.h"

namespace annals::query {

bool RowOrder::comes_before(const HeldRow& a, const HeldRow& b) const {
  for (const Key& key : keys) {
    const std::weak_ordering one = order(a.cells[key.cell], b.cells[key.cell]);
    if (one != 0) return key.descending ? one > 0 : one < 0;
  }
  return a.number < b.number;
}

namespace {

/// How many buffers may be held at once.
std::size_t runs_for(const RunContext& context) {
  constexpr std::size_t kShare = 8;
  constexpr std::size_t kLeast = 4;
  const std::size_t buffers = context.memory.bytes_max() / kShare / spill_buffer_bytes(context);
  return std::clamp(buffers, kLeast, limits::kSpilledRunsMax);
}

}  // namespace

SpilledRuns::SpilledRuns(const RowOrder& order, std::size_t keep, RunContext& context)
    : order_(order), keep_(keep), context_(context), runs_max_(runs_for(context)) {}

Status SpilledRuns::begin_run() {
  if (runs_.size() == runs_max_) ANNALS_CHECK_OK(merge_all());
  ANNALS_TRY(std::unique_ptr<RowFile> run, RowFile::create(spill_buffer_bytes(context_), context_));
  runs_.push_back(std::move(run));
  return {};
}

Status SpilledRuns::add(const HeldRow& row) {
  cells_.clear();
  for (const Datum& cell : row.cells) cells_.push_back(&cell);
  return runs_.back()->add(cells_, row.doubt, row.number);
}

Status SpilledRuns::end_run() { return runs_.back()->finish(); }

Status SpilledRuns::merge_all() {
  ANNALS_CHECK_OK(start_reading());
  ANNALS_CHECK_OK(begin_run());
  HeldRow row;
  for (std::size_t kept = 0; kept < keep_; ++kept) {
    ANNALS_TRY(const bool more, next(row));
    if (!more) break;
    ANNALS_CHECK_OK(add(row));
  }
  readers_.clear();
  return end_run();
}

Status SpilledRuns::start_reading() {
  for (std::unique_ptr<RowFile>& run : std::exchange(runs_, {})) {
    Reader reader{std::move(run), {}};
    ANNALS_TRY(const bool any, reader.file->next(reader.first));
    if (any) readers_.push_back(std::move(reader));
  }
  std::make_heap(readers_.begin(), readers_.end(),
                 [this](const Reader& a, const Reader& b) { return is_later(a, b); });
  return {};
}

Result<bool> SpilledRuns::next(HeldRow& row) {
  if (readers_.empty()) return false;
  const auto later = [this](const Reader& a, const Reader& b) { return is_later(a, b); };
  std::pop_heap(readers_.begin(), readers_.end(), later);
  Reader& reader = readers_.back();
  std::swap(row, reader.first);
  ANNALS_TRY(const bool more, reader.file->next(reader.first));
  if (more) {
    std::push_heap(readers_.begin(), readers_.end(), later);
  } else {
    readers_.pop_back();
  }
  return true;
}

}  // namespace annals::query
