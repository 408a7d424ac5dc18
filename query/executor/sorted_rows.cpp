#include "query/executor/sorted_rows.h"

#include <algorithm>
#include <utility>

#include "query/executor/datum_comparison.h"
#include "schema/base/limits.h"

namespace annals::query {

SortedRows::SortedRows(std::vector<SlotId> slots, const std::vector<BoundSort>& sorts,
                       std::size_t keep, RunContext& context)
    : slots_(std::move(slots)), infos_(context.slots()), keep_(keep), memory_(context.memory) {
  for (const BoundSort& sort : sorts) {
    const auto place = std::lower_bound(slots_.begin(), slots_.end(), sort.slot);
    keys_.push_back({static_cast<std::size_t>(place - slots_.begin()), sort.descending});
  }
}

bool SortedRows::comes_before(const Row& a, const Row& b) const {
  for (const Key& key : keys_) {
    const std::weak_ordering one = order(a.cells[key.cell], b.cells[key.cell]);
    if (one != 0) return key.descending ? one > 0 : one < 0;
  }
  return a.number < b.number;
}

Status SortedRows::add(const Batch& batch) {
  // Below this many rows, dropping some costs more than it saves.
  constexpr std::size_t slack = limits::kBatchRows;
  for (const std::uint32_t index : batch.rows()) {
    Row row;
    row.cells.reserve(slots_.size());
    row.bytes = sizeof(Row);
    for (const SlotId slot : slots_) {
      row.cells.push_back(datum_in(batch, slot, infos_[slot.raw - 1].kind, index));
      row.bytes += memory_of(row.cells.back());
    }
    row.doubt = batch.doubt(index);
    row.number = seen_++;
    ANNALS_CHECK_OK(memory_.take(row.bytes));
    rows_.push_back(std::move(row));
  }
  if (keep_ < rows_.size() && rows_.size() - keep_ > std::max(keep_, slack)) drop_last_rows();
  return {};
}

void SortedRows::drop_last_rows() {
  const auto before = [this](const Row& a, const Row& b) { return comes_before(a, b); };
  const auto end_of_kept = rows_.begin() + static_cast<std::ptrdiff_t>(keep_);
  std::nth_element(rows_.begin(), end_of_kept, rows_.end(), before);
  for (auto row = end_of_kept; row != rows_.end(); ++row) memory_.give_back(row->bytes);
  rows_.erase(end_of_kept, rows_.end());
}

void SortedRows::finish(std::size_t skip) {
  if (keep_ < rows_.size()) drop_last_rows();
  std::sort(rows_.begin(), rows_.end(),
            [this](const Row& a, const Row& b) { return comes_before(a, b); });
  given_ = std::min(skip, rows_.size());
}

bool SortedRows::next(Batch& batch) {
  batch.clear();
  const std::size_t count = std::min(rows_.size() - given_, limits::kBatchRows);
  for (std::size_t i = 0; i < count; ++i, ++given_) {
    Row& row = rows_[given_];
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      append_datum(batch, slots_[s], infos_[slots_[s].raw - 1].kind, std::move(row.cells[s]));
    }
    batch.set_doubt(static_cast<std::uint32_t>(i), std::move(row.doubt));
  }
  batch.set_size(count);
  return count > 0;
}

}  // namespace annals::query
