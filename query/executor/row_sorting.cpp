#include "query/executor/row_sorting.h"

#include <algorithm>
#include <compare>

#include "query/executor/datum_comparison.h"

namespace annals::query {

bool RowSorter::comes_before(const Entry& a, const Entry& b, std::span<const SortColumn> columns) {
  if (a.place != b.place) return a.place < b.place;
  for (const SortColumn& column : columns) {
    const std::weak_ordering one = order(column.values[a.position], column.values[b.position]);
    if (one != 0) return column.descending ? one > 0 : one < 0;
  }
  return a.position < b.position;
}

std::span<const std::uint32_t> RowSorter::sort(std::size_t count,
                                               std::span<const SortColumn> columns) {
  entries_.resize(count);
  positions_.resize(count);
  const SortColumn& first = columns.front();
  bool is_sorted = true;
  std::uint64_t last = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t prefix = order_prefix(first.values[i]);
    const std::uint64_t place = first.descending ? ~prefix : prefix;
    is_sorted = is_sorted && (i == 0 || place > last);
    last = place;
    entries_[i] = {place, i};
    positions_[i] = i;
  }
  if (is_sorted) return positions_;
  std::sort(entries_.begin(), entries_.end(),
            [&](const Entry& a, const Entry& b) { return comes_before(a, b, columns); });
  for (std::size_t i = 0; i < count; ++i) positions_[i] = entries_[i].position;
  return positions_;
}

}  // namespace annals::query
