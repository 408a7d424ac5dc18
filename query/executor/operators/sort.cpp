#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "query/executor/operators/operators.h"
#include "query/executor/row_sorting.h"
#include "query/executor/sorted_rows.h"

namespace annals::query::operators {

namespace {

/// Rows of one batch are put in order where they are. Requires that all of them count.
class BatchOrder {
 public:
  BatchOrder(const std::vector<BoundSort>& sorts, const std::vector<SlotId>& slots,
             const RunContext& context)
      : sorts_(sorts), slots_(slots), infos_(context.slots()) {}

  void apply(Batch& batch) {
    std::vector<SortColumn> columns(sorts_.size());
    for (std::size_t i = 0; i < sorts_.size(); ++i) {
      columns[i].descending = sorts_[i].descending;
      read(batch, sorts_[i].slot, columns[i].values);
    }
    RowSorter sorter;
    const std::span<const std::uint32_t> order = sorter.sort(batch.size(), columns);
    std::vector<DoubtPtr> doubts;
    for (std::size_t i = 0; i < order.size() && batch.has_doubts(); ++i) {
      doubts.push_back(batch.doubt(order[i]));
    }
    for (const SlotId slot : slots_) {
      Column& column = batch.column(slot);
      kind_of(slot) == SlotKind::kNode ? reorder(order, column.nodes)
                                       : reorder(order, column.values);
    }
    for (std::size_t i = 0; i < doubts.size(); ++i) {
      batch.set_doubt(static_cast<std::uint32_t>(i), std::move(doubts[i]));
    }
  }

 private:
  SlotKind kind_of(SlotId slot) const { return infos_[slot.raw - 1].kind; }

  void read(const Batch& batch, SlotId slot, DatumVector& values) const {
    if (kind_of(slot) == SlotKind::kValue) {
      values.set_view(batch.column(slot).values, batch.rows());
      return;
    }
    std::vector<Datum>& nodes = values.own(batch.size());
    for (std::uint32_t row = 0; row < batch.size(); ++row) {
      nodes[row] = datum_in(batch, slot, kind_of(slot), row);
    }
  }

  template <class Value>
  static void reorder(std::span<const std::uint32_t> order, std::vector<Value>& values) {
    std::vector<Value> ordered;
    ordered.reserve(order.size());
    for (const std::uint32_t row : order) ordered.push_back(std::move(values[row]));
    values = std::move(ordered);
  }

  const std::vector<BoundSort>& sorts_;
  const std::vector<SlotId>& slots_;
  std::span<const SlotInfo> infos_;
};

/// All rows in order.
class Sort final : public Operator {
 public:
  Sort(const plan::Sort& step, const plan::Node& node, OperatorPtr input, RunContext& context)
      : Operator(context), step_(step), node_(node), input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (!gathered_) {
      ANNALS_TRY(const bool is_one_batch, gather(batch));
      gathered_ = true;
      if (is_one_batch) return true;
    }
    if (rows_ == nullptr) return false;
    return rows_->next(batch);
  }

  const std::vector<SlotId>& slots() const { return node_.inputs.front()->slots; }

  /// Whether all rows are those of the batch now, in order.
  Result<bool> gather(Batch& batch) {
    ANNALS_TRY(const bool any, input_->next(batch));
    if (!any) return false;
    Batch next(context().slots().size());
    ANNALS_TRY(bool more, input_->next(next));
    if (!more && batch.rows().size() == batch.size()) {
      BatchOrder(*step_.sorts, slots(), context()).apply(batch);
      return true;
    }
    rows_ = std::make_unique<SortedRows>(slots(), *step_.sorts, SortedRows::kAll, context());
    ANNALS_CHECK_OK(rows_->add(batch));
    while (more) {
      ANNALS_CHECK_OK(rows_->add(next));
      ANNALS_TRY(more, input_->next(next));
    }
    ANNALS_CHECK_OK(rows_->finish(0));
    return false;
  }

  const plan::Sort& step_;
  const plan::Node& node_;
  OperatorPtr input_;
  std::unique_ptr<SortedRows> rows_;  // null: there is one batch at most
  bool gathered_ = false;
};

}  // namespace

OperatorPtr sort(const plan::Sort& step, const plan::Node& node, OperatorPtr input,
                 RunContext& context) {
  return std::make_unique<Sort>(step, node, std::move(input), context);
}

}  // namespace annals::query::operators
