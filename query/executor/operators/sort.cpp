#include <utility>

#include "query/executor/operators/operators.h"
#include "query/executor/sorted_rows.h"

namespace annals::query::operators {

namespace {

/// All rows in order.
class Sort final : public Operator {
 public:
  Sort(const plan::Sort& step, const plan::Node& node, OperatorPtr input, RunContext& context)
      : Operator(context),
        input_(std::move(input)),
        rows_(node.inputs.front()->slots, *step.sorts, SortedRows::kAll, context) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    while (!gathered_) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (more) {
        ANNALS_CHECK_OK(rows_.add(batch));
      } else {
        ANNALS_CHECK_OK(rows_.finish(0));
        gathered_ = true;
      }
    }
    return rows_.next(batch);
  }

  OperatorPtr input_;
  SortedRows rows_;
  bool gathered_ = false;
};

}  // namespace

OperatorPtr sort(const plan::Sort& step, const plan::Node& node, OperatorPtr input,
                 RunContext& context) {
  return std::make_unique<Sort>(step, node, std::move(input), context);
}

}  // namespace annals::query::operators
