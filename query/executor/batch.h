#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/datum.h"
#include "query/executor/row_certainty.h"
#include "query/planner/bound_query.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"

namespace annals::query {

/// Keeps facts where they are until nobody needs them: columns of facts point into it. Pages double
/// in size, so that a small answer costs little and a large one few allocations.
class FactStore {
 public:
  /// A fact of which nothing is known yet.
  storage::Fact& add();
  /// Keeps all of them as a page; `facts` is then empty.
  void add_page(std::vector<storage::Fact>& facts);
  /// Forgets the facts, which nobody may point to any more, and keeps memory for others.
  void clear();

 private:
  std::vector<std::vector<storage::Fact>> pages_;
  std::vector<std::vector<storage::Fact>> spare_;  // empty pages
};

/// The values of one slot; which member is in use follows from the slot's kind. What an optional
/// MATCH did not find is null: a zero node, a null fact.
struct Column {
  std::vector<NodeId> nodes;
  std::vector<const storage::Fact*> facts;
  std::vector<Datum> values;
};

/// Up to limits::kBatchRows rows on their way from one operator to the next, column by column. Rows
/// that a filter refused stay where they are and are left out of rows(). A value of its operator;
/// the facts that it points to live as long as it does.
class Batch {
 public:
  explicit Batch(std::size_t slot_count = 0) : columns_(slot_count) {}

  /// Empties it and keeps the memory.
  void clear() {
    if (!is_clear_) clear_all();
  }

  Column& column(SlotId slot) {
    is_clear_ = false;
    return columns_[slot.raw - 1];
  }
  const Column& column(SlotId slot) const { return columns_[slot.raw - 1]; }

  /// All rows, with those left out.
  std::size_t size() const { return size_; }
  void set_size(std::size_t size) {
    is_clear_ = false;
    size_ = size;
  }

  /// The rows that count, ascending.
  std::span<const std::uint32_t> rows() const;
  /// Leaves out all rows but these, ascending.
  void select(std::vector<std::uint32_t> rows);

  /// Whether a row may be only possible.
  bool has_doubts() const { return !doubts_.empty(); }
  /// Why a row is only possible; null if it is certain.
  const DoubtPtr& doubt(std::uint32_t row) const;
  void set_doubt(std::uint32_t row, DoubtPtr doubt);

  /// Keeps `owner` as long as the batch keeps its rows.
  void pin(std::shared_ptr<const void> owner) {
    is_clear_ = false;
    pins_.push_back(std::move(owner));
  }
  /// Makes what it keeps one owner, so that batches made of it keep only that.
  void join_pins();

  /// Appends these rows of `input`, with the columns `slots`. Their doubts come with them.
  void append(const Batch& input, std::span<const std::uint32_t> rows,
              std::span<const SlotInfo> infos, std::span<const SlotId> slots);
  /// Appends only the values of the columns: more columns of rows that are appended anyhow.
  void append_columns(const Batch& input, std::span<const std::uint32_t> rows,
                      std::span<const SlotInfo> infos, std::span<const SlotId> slots);

 private:
  void clear_all();

  std::vector<Column> columns_;
  std::size_t size_ = 0;
  bool is_clear_ = true;  // nothing was changed since
  bool all_ = true;       // rows() is everything; else selection_
  std::vector<std::uint32_t> selection_;
  std::vector<DoubtPtr> doubts_;  // shorter than size_: the rest is certain
  std::vector<std::shared_ptr<const void>> pins_;
};

/// The value of a slot in a row, as expressions see it.
Datum datum_in(const Batch& batch, SlotId slot, SlotKind kind, std::uint32_t row);

/// Appends a value to the column of a slot that holds values or nodes; then it is a node or null.
void append_datum(Batch& batch, SlotId slot, SlotKind kind, Datum value);
/// Appends null to the column of a slot.
void append_null(Batch& batch, SlotId slot, SlotKind kind);

}  // namespace annals::query
