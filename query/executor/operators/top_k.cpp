#include <algorithm>
#include <optional>
#include <utility>

#include "query/executor/bounded_rows.h"
#include "query/executor/operators/operators.h"
#include "query/executor/sorted_rows.h"

namespace annals::query::operators {

namespace {

/// The first rows in order, holding not many more than these.
class TopK final : public Operator {
 public:
  TopK(const plan::TopK& step, std::size_t skip, std::size_t limit, const plan::Node& node,
       OperatorPtr input, RunContext& context)
      : Operator(context),
        skip_(skip),
        input_(std::move(input)),
        bounded_(dynamic_cast<BoundedRows*>(input_.get())),
        rows_(node.inputs.front()->slots, *step.sorts,
              skip + std::min(limit, SortedRows::kAll - skip), context) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    while (!gathered_) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (more) {
        ANNALS_CHECK_OK(rows_.add(batch));
        const std::optional<RowBound> bound = rows_.bound();
        if (bounded_ != nullptr && bound) bounded_->leave_out(*bound);
      } else {
        ANNALS_CHECK_OK(rows_.finish(skip_));
        gathered_ = true;
      }
    }
    return rows_.next(batch);
  }

  std::size_t skip_;
  OperatorPtr input_;
  BoundedRows* bounded_;  // the input, if it can make use of a bound
  SortedRows rows_;
  bool gathered_ = false;
};

}  // namespace

Result<OperatorPtr> top_k(const plan::TopK& step, const plan::Node& node, OperatorPtr input,
                          RunContext& context) {
  std::size_t skip = 0;
  if (step.skip != nullptr) {
    ANNALS_TRY(skip, row_count(*step.skip, context));
  }
  ANNALS_TRY(std::size_t limit, row_count(*step.limit, context));
  if (step.keeps_skipped) {
    limit += std::min(skip, SortedRows::kAll - limit);
    skip = 0;
  }
  return OperatorPtr(std::make_unique<TopK>(step, skip, limit, node, std::move(input), context));
}

}  // namespace annals::query::operators
