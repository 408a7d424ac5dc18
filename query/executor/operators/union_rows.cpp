#include <utility>
#include <vector>

#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// The rows of several queries, one query after the other, in columns of their own.
class UnionRows final : public Operator {
 public:
  UnionRows(const plan::Union& step, std::vector<OperatorPtr> inputs, RunContext& context)
      : Operator(context),
        step_(step),
        inputs_(std::move(inputs)),
        input_rows_(context.slots().size()) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    for (; at_ < inputs_.size(); ++at_) {
      ANNALS_TRY(const bool more, inputs_[at_]->next(input_rows_));
      if (!more) continue;
      give(step_.columns[at_], batch);
      return true;
    }
    return false;
  }

  void give(const std::vector<SlotId>& columns, Batch& batch) const {
    batch.clear();
    const auto rows = input_rows_.rows();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::vector<Datum>& values = batch.column(step_.out[c]).values;
      for (const std::uint32_t row : rows) {
        values.push_back(input_rows_.column(columns[c]).values[row]);
      }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      batch.set_doubt(static_cast<std::uint32_t>(i), input_rows_.doubt(rows[i]));
    }
    batch.set_size(rows.size());
  }

  const plan::Union& step_;
  std::vector<OperatorPtr> inputs_;
  Batch input_rows_;
  std::size_t at_ = 0;  // the input being read
};

}  // namespace

OperatorPtr union_rows(const plan::Union& step, std::vector<OperatorPtr> inputs,
                       RunContext& context) {
  return std::make_unique<UnionRows>(step, std::move(inputs), context);
}

}  // namespace annals::query::operators
