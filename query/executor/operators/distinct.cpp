#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "query/executor/alternatives.h"
#include "query/executor/held_doubts.h"
#include "query/executor/key_table.h"
#include "query/executor/node_groups.h"
#include "query/executor/operators/operators.h"
#include "query/executor/row_file.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// Different rows in the order in which they came first. Certain if in every world one of the equal
/// ones holds, which only the last of them tells: nothing is given before all are seen.
///
/// When the budget is nearly taken, rows that are not in the table wait in a temporary file, and
/// are gathered once those of the table were given: so the order stays what it is.
class Distinct final : public Operator {
 public:
  Distinct(std::vector<SlotId> slots, bool certainly, OperatorPtr input, RunContext& context)
      : Operator(context),
        slots_(std::move(slots)),
        certainly_(certainly),
        input_(std::move(input)),
        has_only_node_(slots_.size() == 1 && kind_of(0) == SlotKind::kNode),
        doubts_(context.memory),
        cells_(slots_.size()),
        row_(slots_.size()) {}

 private:
  /// The different rows of one round.
  struct Table {
    Table(std::size_t width, RunContext& context)
        : memory(&context.memory), rows(width, memory), nodes(memory) {}

    MemoryBudget memory;
    KeyTable rows;
    NodeGroups nodes;                  // instead of these
    std::vector<Alternatives> merged;  // of each of rows; of none while all are certain
    std::size_t given = 0;
    bool is_full = false;
    bool has_doubts = false;
  };

  Result<bool> do_next(Batch& batch) override {
    if (table_ == nullptr) ANNALS_CHECK_OK(gather());
    batch.clear();
    std::uint32_t count = 0;
    while (count < limits::kBatchRows) {
      if (table_->given == different_rows()) {
        if (waiting_ == nullptr) break;
        ANNALS_CHECK_OK(gather_waiting());
        continue;
      }
      if (!table_->has_doubts) {
        count += give_certain_rows(batch, limits::kBatchRows - count);
        continue;
      }
      ANNALS_TRY(const bool is_shown, give_row(batch, count));
      if (is_shown) ++count;
    }
    batch.set_size(count);
    return count > 0;
  }

  /// Whether the next row of the table became that of the batch.
  Result<bool> give_row(Batch& batch, std::uint32_t at) {
    // Each may be a search for worlds.
    ANNALS_CHECK_OK(context().check_stop());
    const std::size_t number = table_->given++;
    const DoubtPtr doubt = std::exchange(table_->merged[number], {}).merged(context().scopes);
    if (certainly_ && !is_certain(doubt)) return false;
    append(batch, number);
    batch.set_doubt(at, doubt);
    return true;
  }

  /// Gives up to `count_max` rows, and says how many.
  std::uint32_t give_certain_rows(Batch& batch, std::size_t count_max) {
    const std::size_t count = std::min(count_max, different_rows() - table_->given);
    for (std::size_t i = 0; i < count; ++i) append(batch, table_->given++);
    return static_cast<std::uint32_t>(count);
  }

  void append(Batch& batch, std::size_t number) {
    if (has_only_node_) {
      batch.column(slots_.front()).nodes.push_back(table_->nodes.node(number));
      return;
    }
    const std::span<Datum> row = table_->rows.key(number);
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      append_datum(batch, slots_[s], kind_of(s), std::move(row[s]));
    }
  }

  std::size_t different_rows() const {
    return has_only_node_ ? table_->nodes.size() : table_->rows.size();
  }

  SlotKind kind_of(std::size_t slot) const { return context().query.slot(slots_[slot]).kind; }

  /// Has row_ point to the cells of a row.
  void set_row(const Batch& batch, std::uint32_t index) {
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      row_[s] = &cells_[s];
      if (kind_of(s) == SlotKind::kValue) {
        row_[s] = &batch.column(slots_[s]).values[index];
      } else {
        cells_[s] = datum_in(batch, slots_[s], kind_of(s), index);
      }
    }
  }

  Status gather() {
    table_ = std::make_unique<Table>(slots_.size(), context());
    Batch batch(context().slots().size());
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) break;
      for (const std::uint32_t index : batch.rows()) {
        if (!has_only_node_) set_row(batch, index);
        const NodeId node = has_only_node_ ? batch.column(slots_.front()).nodes[index] : NodeId();
        ANNALS_CHECK_OK(add(node, batch.doubt(index)));
      }
    }
    return waiting_ == nullptr ? Status() : waiting_->finish();
  }

  /// The next round.
  Status gather_waiting() {
    const std::unique_ptr<RowFile> rows = std::exchange(waiting_, nullptr);
    table_ = std::make_unique<Table>(slots_.size(), context());
    doubts_.clear();  // each is held again as it is read
    HeldRow row;
    for (;;) {
      ANNALS_TRY(const bool more, rows->next(row));
      if (!more) break;
      const auto* const node =
          has_only_node_ ? std::get_if<NodeDatum>(&row.cells.front().data) : nullptr;
      for (std::size_t s = 0; s < slots_.size(); ++s) row_[s] = &row.cells[s];
      ANNALS_CHECK_OK(add(node == nullptr ? NodeId() : node->id, row.doubt));
    }
    return waiting_ == nullptr ? Status() : waiting_->finish();
  }

  /// Adds the node, or the row of row_.
  Status add(NodeId node, const DoubtPtr& doubt) {
    std::size_t number = 0;
    bool is_new = false;
    if (table_->is_full) {
      const auto known = has_only_node_ ? table_->nodes.find(node) : table_->rows.find(row_);
      if (!known) return wait(node, doubt);
      number = *known;
    } else {
      Result<std::pair<std::size_t, bool>> added =
          has_only_node_ ? table_->nodes.add(node) : table_->rows.add(row_);
      if (!added) return std::move(added).error();
      std::tie(number, is_new) = *added;
      if (is_new) table_->is_full = table_->memory.should_spill();
    }
    if (!table_->has_doubts && doubt == nullptr) return {};
    ANNALS_CHECK_OK(make_alternatives(is_new));
    if (!table_->merged[number].add(doubt, context().scopes)) return {};
    return doubts_.add(doubt);
  }

  /// Until the first doubt all rows were certain, and nothing was kept about that.
  Status make_alternatives(bool last_is_new) {
    std::vector<Alternatives>& merged = table_->merged;
    const std::size_t known = different_rows() - (last_is_new ? 1 : 0);
    ANNALS_CHECK_OK(table_->memory.take((different_rows() - merged.size()) * sizeof(Alternatives)));
    while (!table_->has_doubts && merged.size() < known) {
      merged.emplace_back().add(nullptr, context().scopes);
    }
    merged.resize(different_rows());
    table_->has_doubts = true;
    return {};
  }

  Status wait(NodeId node, const DoubtPtr& doubt) {
    if (waiting_ == nullptr) {
      ANNALS_TRY(waiting_, RowFile::create(spill_buffer_bytes(context()), context()));
    }
    ANNALS_CHECK_OK(doubts_.add(doubt));
    if (has_only_node_) {
      cells_.front() = node ? Datum(NodeDatum{node, {}, {}}) : Datum();
      row_.front() = &cells_.front();
    }
    return waiting_->add(row_, doubt, 0);
  }

  std::vector<SlotId> slots_;
  bool certainly_;
  OperatorPtr input_;
  bool has_only_node_;
  std::unique_ptr<Table> table_;
  std::unique_ptr<RowFile> waiting_;  // null: no row waits
  HeldDoubts doubts_;                 // of the table, and of what waits
  std::vector<Datum> cells_;
  std::vector<const Datum*> row_;
};

/// Each slot once: two columns of the result may show the same one.
std::vector<SlotId> unique_slots(std::vector<SlotId> slots) {
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

}  // namespace

OperatorPtr distinct(const plan::Distinct& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<Distinct>(unique_slots(step.slots), step.certainly, std::move(input),
                                    context);
}

}  // namespace annals::query::operators
