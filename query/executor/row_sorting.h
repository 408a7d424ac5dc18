#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "query/executor/expression.h"

namespace annals::query {

/// What the rows of a batch are sorted by, the first thing first: a value for each of them.
struct SortColumn {
  DatumVector values;
  bool descending = false;
};

/// Finds the order of ORDER BY for the rows of batch after batch. Not thread-safe.
class RowSorter {
 public:
  /// The positions of `count` rows in order, where `columns` have the values of the row at each
  /// position; valid until the next call. Equal rows stay as they stand. Takes a few microseconds
  /// for the rows of a batch, and less if they are in order already.
  std::span<const std::uint32_t> sort(std::size_t count, std::span<const SortColumn> columns);

  /// The same by the order_prefix() of each row, which is enough unless two are the same; then
  /// nothing.
  std::optional<std::span<const std::uint32_t>> sort_by_places(
      std::span<const std::uint64_t> places, bool descending);

 private:
  /// A row, and a number that tells its place among nearly all others.
  struct Entry {
    std::uint64_t place;
    std::uint32_t position;
  };
  static bool comes_before(const Entry& a, const Entry& b, std::span<const SortColumn> columns);
  bool take_places(std::span<const std::uint64_t> places, bool descending);
  void take_positions();

  std::vector<std::uint64_t> places_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> positions_;
};

}  // namespace annals::query
