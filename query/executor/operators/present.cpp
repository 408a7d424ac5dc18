#include <algorithm>
#include <utility>

#include "query/executor/operators/keep_rows.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// What an optional MATCH did not find, no later pattern matches.
class Present final : public Operator {
 public:
  Present(const plan::Present& step, OperatorPtr input, RunContext& context)
      : Operator(context), slots_(step.slots), input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    return next_kept(*input_, batch, [&](std::uint32_t row) -> Result<bool> {
      return std::all_of(slots_.begin(), slots_.end(), [&](SlotId slot) {
        const Column& column = batch.column(slot);
        const bool is_node = context().query.slot(slot).kind == SlotKind::kNode;
        return is_node ? bool(column.nodes[row]) : !column.values[row].is_null();
      });
    });
  }

  const std::vector<SlotId>& slots_;
  OperatorPtr input_;
};

}  // namespace

OperatorPtr present(const plan::Present& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<Present>(step, std::move(input), context);
}

}  // namespace annals::query::operators
