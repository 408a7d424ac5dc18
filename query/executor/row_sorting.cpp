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

/// Whether the rows are in order already, each place lower than the next one.
bool RowSorter::take_places(std::span<const std::uint64_t> places, bool descending) {
  entries_.resize(places.size());
  positions_.resize(places.size());
  bool is_sorted = true;
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    entries_[i] = {descending ? ~places[i] : places[i], i};
    positions_[i] = i;
    is_sorted = is_sorted && (i == 0 || entries_[i - 1].place < entries_[i].place);
  }
  return is_sorted;
}

void RowSorter::take_positions() {
  for (std::size_t i = 0; i < entries_.size(); ++i) positions_[i] = entries_[i].position;
}

std::span<const std::uint32_t> RowSorter::sort(std::size_t count,
                                               std::span<const SortColumn> columns) {
  const SortColumn& first = columns.front();
  places_.resize(count);
  for (std::size_t i = 0; i < count; ++i) places_[i] = order_prefix(first.values[i]);
  if (take_places(places_, first.descending)) return positions_;
  std::sort(entries_.begin(), entries_.end(),
            [&](const Entry& a, const Entry& b) { return comes_before(a, b, columns); });
  take_positions();
  return positions_;
}

std::optional<std::span<const std::uint32_t>> RowSorter::sort_by_places(
    std::span<const std::uint64_t> places, bool descending) {
  if (take_places(places, descending)) return positions_;
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.place < b.place; });
  const auto same =
      std::adjacent_find(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.place == b.place; });
  if (same != entries_.end()) return std::nullopt;
  take_positions();
  return positions_;
}

}  // namespace annals::query
