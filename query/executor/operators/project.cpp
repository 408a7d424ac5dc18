#include <utility>
#include <vector>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// Adds columns to the batches of the input.
class Project final : public Operator {
 public:
  struct Item {
    SlotId out;
    ExpressionPtr value;
  };

  Project(std::vector<Item> items, const plan::Node& node, OperatorPtr input, RunContext& context)
      : Operator(context),
        items_(std::move(items)),
        input_slots_(node.inputs.front()->slots),
        input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    ANNALS_TRY(const bool more, input_->next(batch));
    if (!more) return false;
    if (batch.rows().size() != batch.size()) {
      // New columns have no gaps, so the others may not have any either.
      Batch dense(context().slots().size());
      dense.append(batch, batch.rows(), context().slots(), input_slots_);
      batch = std::move(dense);
    }
    for (const Item& item : items_) {
      ANNALS_CHECK_OK(item.value->evaluate(batch, batch.rows(), values_));
      const SlotKind kind = context().query.slot(item.out).kind;
      if (kind == SlotKind::kValue) {
        batch.column(item.out).values = values_.take(batch.size());
        continue;
      }
      batch.column(item.out).nodes.clear();
      for (std::size_t i = 0; i < batch.size(); ++i) {
        append_datum(batch, item.out, kind, values_[i]);
      }
    }
    return true;
  }

  std::vector<Item> items_;
  const std::vector<SlotId>& input_slots_;
  OperatorPtr input_;
  DatumVector values_;
};

}  // namespace

Result<OperatorPtr> project(const plan::Project& step, const plan::Node& node, OperatorPtr input,
                            RunContext& context) {
  std::vector<Project::Item> items;
  for (const BoundItem* item : step.items) {
    ANNALS_TRY(ExpressionPtr value, compile(item->value, context));
    items.push_back({item->out, std::move(value)});
  }
  return OperatorPtr(std::make_unique<Project>(std::move(items), node, std::move(input), context));
}

}  // namespace annals::query::operators
