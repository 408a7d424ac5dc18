#include "query/executor/row_sorting.h"

#include <algorithm>
#include <compare>

#include "query/executor/datum_comparison.h"

namespace annals::query {

namespace {

/// A row, and a number that tells its place among nearly all others.
struct Entry {
  std::uint64_t place;
  std::uint32_t position;
};

bool comes_before(const Entry& a, const Entry& b, std::span<const SortColumn> columns) {
  if (a.place != b.place) return a.place < b.place;
  for (const SortColumn& column : columns) {
    const std::weak_ordering one = order(column.values[a.position], column.values[b.position]);
    if (one != 0) return column.descending ? one > 0 : one < 0;
  }
  return a.position < b.position;
}

}  // namespace

std::vector<std::uint32_t> sorted_positions(std::size_t count,
                                            std::span<const SortColumn> columns) {
  std::vector<Entry> entries;
  entries.reserve(count);
  const SortColumn& first = columns.front();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t place = order_prefix(first.values[i]);
    entries.push_back({first.descending ? ~place : place, i});
  }
  std::sort(entries.begin(), entries.end(),
            [&](const Entry& a, const Entry& b) { return comes_before(a, b, columns); });
  std::vector<std::uint32_t> positions;
  positions.reserve(count);
  for (const Entry& entry : entries) positions.push_back(entry.position);
  return positions;
}

}  // namespace annals::query
