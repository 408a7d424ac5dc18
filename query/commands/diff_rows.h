#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "query/executor/key_table.h"
#include "query/executor/run_context.h"
#include "query/result_sink.h"

namespace annals::query {

enum class Change : std::uint8_t { kAdded, kRemoved, kChanged };

/// One row of a difference.
struct DiffRow {
  std::size_t key = 0;  ///< Which row it is, in DiffRows.
  Change change = Change::kAdded;
  Certainty before = Certainty::kImpossible;  ///< kImpossible: not there.
  Certainty after = Certainty::kImpossible;
};

/// Counts how often each row comes on either side, and how surely: takes the rows of one side, then
/// those of the other. Not thread-safe. Errors: LimitExceeded.
class DiffRows final : public ResultSink {
 public:
  enum class Side : std::uint8_t { kFirst, kSecond };
  explicit DiffRows(std::size_t memory_bytes) : memory_(memory_bytes) {}

  /// From here on rows belong to this side.
  void begin(Side side) { side_ = side; }

  Status columns(std::span<const ResultColumn> columns, RowTags tags) override;
  Status row(std::span<const Datum> cells, Certainty certainty) override;
  Status message(std::string_view) override { return {}; }

  /// What the query calls its columns, and whether its rows are tagged.
  const std::vector<ResultColumn>& column_names() const { return columns_; }
  RowTags tags() const { return tags_; }

  /// What is different, in the order in which the rows first came. Of equal rows those that are as
  /// sure on both sides are the same; then one that is certain on one side and one that is possible
  /// on the other are one row that changed.
  Result<std::vector<DiffRow>> difference();
  std::span<Datum> values(std::size_t key) { return keys_->key(key); }

 private:
  /// How many equal rows are certain, and how many possible only, on one side.
  struct Count {
    std::uint64_t certain = 0;
    std::uint64_t possible = 0;
  };
  using Counts = std::array<Count, 2>;

  Status add(std::vector<DiffRow>& rows, DiffRow row, std::uint64_t times);

  MemoryBudget memory_;
  std::vector<ResultColumn> columns_;
  RowTags tags_ = RowTags::kUntagged;
  Side side_ = Side::kFirst;
  std::optional<KeyTable> keys_;
  std::vector<Counts> counts_;  // of each key
};

}  // namespace annals::query
