#include "query/commands/diff_rows.h"

#include <algorithm>

namespace annals::query {

namespace {

/// What memory_of() does not count, since no running query holds it: names that are shown.
std::size_t shown_bytes(const Datum& datum) {
  if (const auto* node = std::get_if<NodeDatum>(&datum.data)) {
    return node->label.capacity() + node->name.capacity();
  }
  if (const auto* fact = std::get_if<FactDatum>(&datum.data)) {
    return fact->relation.capacity() + fact->properties.size() * sizeof(fact->properties[0]);
  }
  return 0;
}

}  // namespace

Status DiffRows::columns(std::span<const ResultColumn> columns, RowTags tags) {
  columns_.assign(columns.begin(), columns.end());
  tags_ = tags;
  if (!keys_) keys_.emplace(columns.size(), memory_);
  return {};
}

Status DiffRows::row(std::span<const Datum> cells, Certainty certainty) {
  std::vector<const Datum*> key;
  key.reserve(cells.size());
  for (const Datum& cell : cells) key.push_back(&cell);
  ANNALS_TRY(const auto known, keys_->add(key));
  const auto [number, is_new] = known;
  if (is_new) {
    std::size_t bytes = sizeof(Counts);
    for (const Datum& cell : cells) bytes += shown_bytes(cell);
    ANNALS_CHECK_OK(memory_.take(bytes));
    counts_.emplace_back();
  }
  Count& count = counts_[number][static_cast<std::size_t>(side_)];
  ++(certainty == Certainty::kCertain ? count.certain : count.possible);
  return {};
}

Status DiffRows::add(std::vector<DiffRow>& rows, DiffRow row, std::uint64_t times) {
  for (std::uint64_t i = 0; i < times; ++i) {
    ANNALS_CHECK_OK(memory_.take(sizeof(DiffRow)));
    rows.push_back(row);
  }
  return {};
}

Result<std::vector<DiffRow>> DiffRows::difference() {
  constexpr auto kCertain = Certainty::kCertain;
  constexpr auto kPossible = Certainty::kPossible;
  constexpr auto kNone = Certainty::kImpossible;
  std::vector<DiffRow> rows;
  for (std::size_t key = 0; key < counts_.size(); ++key) {
    auto [first, second] = counts_[key];
    const auto cancel = [](std::uint64_t& a, std::uint64_t& b) {
      const std::uint64_t both = std::min(a, b);
      a -= both;
      b -= both;
      return both;
    };
    cancel(first.certain, second.certain);
    cancel(first.possible, second.possible);
    const std::uint64_t less = cancel(first.certain, second.possible);
    const std::uint64_t more = cancel(first.possible, second.certain);
    ANNALS_CHECK_OK(add(rows, {key, Change::kChanged, kCertain, kPossible}, less));
    ANNALS_CHECK_OK(add(rows, {key, Change::kChanged, kPossible, kCertain}, more));
    ANNALS_CHECK_OK(add(rows, {key, Change::kRemoved, kCertain, kNone}, first.certain));
    ANNALS_CHECK_OK(add(rows, {key, Change::kRemoved, kPossible, kNone}, first.possible));
    ANNALS_CHECK_OK(add(rows, {key, Change::kAdded, kNone, kCertain}, second.certain));
    ANNALS_CHECK_OK(add(rows, {key, Change::kAdded, kNone, kPossible}, second.possible));
  }
  return rows;
}

}  // namespace annals::query
