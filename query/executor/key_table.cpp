#include "query/executor/key_table.h"

#include <bit>

#include "query/executor/datum_comparison.h"

namespace annals::query {

namespace {

/// A hash entry, roughly: its node, its bucket.
constexpr std::size_t kEntryBytes = 64;

std::uint64_t hash_key(std::span<const Datum* const> key) {
  std::uint64_t hash = 0;
  for (const Datum* value : key) hash = std::rotl(hash, 5) ^ hash_datum(*value);
  return hash;
}

}  // namespace

bool KeyTable::is_equal(std::size_t number, std::span<const Datum* const> key) const {
  for (std::size_t i = 0; i < width_; ++i) {
    if (order(values_[number * width_ + i], *key[i]) != 0) return false;
  }
  return true;
}

std::optional<std::size_t> KeyTable::find(std::span<const Datum* const> key) const {
  return find(key, hash_key(key));
}

std::optional<std::size_t> KeyTable::find(std::span<const Datum* const> key,
                                          std::uint64_t hash) const {
  const auto [begin, end] = numbers_.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (is_equal(known->second, key)) return known->second;
  }
  return std::nullopt;
}

Result<std::pair<std::size_t, bool>> KeyTable::add(std::span<const Datum* const> key) {
  const std::uint64_t hash = hash_key(key);
  if (const auto known = find(key, hash)) return std::pair(*known, false);
  std::size_t bytes = kEntryBytes;
  for (const Datum* value : key) bytes += memory_of(*value);
  ANNALS_CHECK_OK(memory_.take(bytes));
  const std::size_t number = size();
  for (const Datum* value : key) values_.push_back(*value);
  numbers_.emplace(hash, number);
  return std::pair(number, true);
}

}  // namespace annals::query
