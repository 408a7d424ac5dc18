#include "query/executor/sorted_rows.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "query/executor/datum_comparison.h"
#include "schema/base/limits.h"

namespace annals::query {

SortedRows::SortedRows(std::vector<SlotId> slots, const std::vector<BoundSort>& sorts,
                       std::size_t keep, RunContext& context)
    : slots_(std::move(slots)),
      infos_(context.slots()),
      keep_(keep),
      context_(context),
      doubts_(context.memory),
      spilled_(order_, keep, context) {
  for (const BoundSort& sort : sorts) {
    const auto place = std::lower_bound(slots_.begin(), slots_.end(), sort.slot);
    order_.keys.push_back({static_cast<std::size_t>(place - slots_.begin()), sort.descending});
  }
}

Status SortedRows::add(const Batch& batch) {
  // Below this many rows, dropping some costs more than it saves.
  constexpr std::size_t slack = 64;
  for (const std::uint32_t index : batch.rows()) {
    if (is_behind_kept(batch, index)) {
      ++seen_;
      continue;
    }
    Row row;
    row.cells.reserve(slots_.size());
    row.bytes = sizeof(Row);
    for (const SlotId slot : slots_) {
      row.cells.push_back(datum_in(batch, slot, infos_[slot.raw - 1].kind, index));
      row.bytes += memory_of(row.cells.back());
    }
    row.doubt = batch.doubt(index);
    row.number = seen_++;
    if (context_.memory.should_spill(held_bytes_)) ANNALS_CHECK_OK(spill());
    ANNALS_CHECK_OK(doubts_.add(row.doubt));
    held_bytes_ += row.bytes;
    ANNALS_CHECK_OK(context_.memory.take(row.bytes));
    rows_.push_back(std::move(row));
    const bool is_much = keep_ < rows_.size() && rows_.size() - keep_ > std::max(keep_, slack);
    if (is_much) ANNALS_CHECK_OK(drop_last_rows());
  }
  return {};
}

/// Whether so many rows come before this one that it need not be looked at, which nothing is made
/// for. It has come later than all of these, so equal keys say so as well.
bool SortedRows::is_behind_kept(const Batch& batch, std::uint32_t row) const {
  if (last_kept_.cells.empty()) return false;
  for (const RowOrder::Key& key : order_.keys) {
    const SlotId slot = slots_[key.cell];
    if (infos_[slot.raw - 1].kind != SlotKind::kValue) return false;
    const std::weak_ordering one =
        order(batch.column(slot).values[row], last_kept_.cells[key.cell]);
    if (one != 0) return key.descending ? one < 0 : one > 0;
  }
  return true;
}

std::optional<RowBound> SortedRows::bound() const {
  if (last_kept_.cells.empty()) return {};
  const RowOrder::Key& key = order_.keys.front();
  const auto* const last = std::get_if<std::int64_t>(&last_kept_.cells[key.cell].data);
  if (last == nullptr) return {};
  return RowBound{slots_[key.cell], *last, key.descending};
}

Status SortedRows::drop_last_rows() {
  const auto before = [this](const Row& a, const Row& b) { return order_.comes_before(a, b); };
  const auto end_of_kept = rows_.begin() + static_cast<std::ptrdiff_t>(keep_);
  std::nth_element(rows_.begin(), end_of_kept, rows_.end(), before);
  for (auto row = end_of_kept; row != rows_.end(); ++row) {
    held_bytes_ -= row->bytes;
    context_.memory.give_back(row->bytes);
  }
  rows_.erase(end_of_kept, rows_.end());
  // Those of a file are not among them.
  if (!spilled_.empty()) return {};
  if (!rows_.empty()) {
    last_kept_.cells = std::max_element(rows_.begin(), rows_.end(), before)->cells;
  }
  doubts_.clear();
  for (const Row& row : rows_) ANNALS_CHECK_OK(doubts_.add(row.doubt));
  return {};
}

Status SortedRows::sort_held() {
  constexpr std::size_t kRunRows = std::size_t{1} << 14;
  if (keep_ < rows_.size()) ANNALS_CHECK_OK(drop_last_rows());
  const auto before = [this](const Row& a, const Row& b) { return order_.comes_before(a, b); };
  for (std::size_t begin = 0; begin < rows_.size(); begin += kRunRows) {
    ANNALS_CHECK_OK(context_.check_stop());
    const std::size_t end = std::min(begin + kRunRows, rows_.size());
    std::sort(rows_.begin() + static_cast<std::ptrdiff_t>(begin),
              rows_.begin() + static_cast<std::ptrdiff_t>(end), before);
    runs_.push_back({begin, end});
  }
  std::make_heap(runs_.begin(), runs_.end(), [this](const Run& a, const Run& b) {
    return order_.comes_before(rows_[b.next], rows_[a.next]);
  });
  return {};
}

Status SortedRows::spill() {
  ANNALS_CHECK_OK(sort_held());
  ANNALS_CHECK_OK(spilled_.begin_run());
  while (!runs_.empty()) ANNALS_CHECK_OK(spilled_.add(take_first()));
  ANNALS_CHECK_OK(spilled_.end_run());
  rows_.clear();
  context_.memory.give_back(std::exchange(held_bytes_, 0));
  return {};
}

Status SortedRows::finish(std::size_t skip) {
  if (spilled_.empty()) {
    ANNALS_CHECK_OK(sort_held());
  } else {
    // Memory is for those who take the rows.
    if (!rows_.empty()) ANNALS_CHECK_OK(spill());
    ANNALS_CHECK_OK(spilled_.start_reading());
  }
  for (std::size_t i = 0; i < skip; ++i) {
    if (i % limits::kBatchRows == 0) ANNALS_CHECK_OK(context_.check_stop());
    ANNALS_TRY(const bool more, next_row(row_));
    if (!more) break;
  }
  return {};
}

SortedRows::Row& SortedRows::take_first() {
  const auto later = [this](const Run& a, const Run& b) {
    return order_.comes_before(rows_[b.next], rows_[a.next]);
  };
  if (runs_.size() > 1) std::pop_heap(runs_.begin(), runs_.end(), later);
  Run& run = runs_.back();
  Row& row = rows_[run.next++];
  if (run.next == run.end) {
    runs_.pop_back();
  } else if (runs_.size() > 1) {
    std::push_heap(runs_.begin(), runs_.end(), later);
  }
  return row;
}

Result<bool> SortedRows::next_row(HeldRow& row) {
  if (given_ == keep_) return false;
  ++given_;
  if (!rows_.empty()) {
    if (runs_.empty()) return false;
    row = std::move(static_cast<HeldRow&>(take_first()));
    return true;
  }
  return spilled_.next(row);
}

Result<bool> SortedRows::next(Batch& batch) {
  ANNALS_CHECK_OK(context_.check_stop());
  batch.clear();
  std::uint32_t count = 0;
  for (; count < limits::kBatchRows; ++count) {
    ANNALS_TRY(const bool more, next_row(row_));
    if (!more) break;
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      append_datum(batch, slots_[s], infos_[slots_[s].raw - 1].kind, std::move(row_.cells[s]));
    }
    batch.set_doubt(count, std::move(row_.doubt));
  }
  batch.set_size(count);
  return count > 0;
}

}  // namespace annals::query
