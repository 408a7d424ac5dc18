#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "query/datum.h"
#include "query/executor/run_context.h"
#include "schema/base/result.h"

namespace annals::query {

/// Different keys in the order in which they came, each a row of `width` values (perhaps none).
/// Keys are the same if order() finds all their values equivalent. Not thread-safe. What it holds
/// counts against the budget, which must outlive it. Errors: LimitExceeded.
class KeyTable {
 public:
  KeyTable(std::size_t width, MemoryBudget& memory) : width_(width), memory_(memory) {}

  /// The number of the key, and whether it is new.
  Result<std::pair<std::size_t, bool>> add(std::span<const Datum* const> key);
  /// The number of the key, if it is there.
  std::optional<std::size_t> find(std::span<const Datum* const> key) const;

  std::size_t size() const { return numbers_.size(); }
  std::span<Datum> key(std::size_t number) {
    return std::span(values_).subspan(number * width_, width_);
  }

 private:
  std::optional<std::size_t> find(std::span<const Datum* const> key, std::uint64_t hash) const;
  bool is_equal(std::size_t number, std::span<const Datum* const> key) const;

  std::size_t width_;
  MemoryBudget& memory_;
  std::vector<Datum> values_;
  std::unordered_multimap<std::uint64_t, std::size_t> numbers_;  // by hash
};

}  // namespace annals::query
