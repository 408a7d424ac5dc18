#include <algorithm>
#include <utility>

#include "query/executor/operators/keep_rows.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// Few nodes have one name: they are looked through.
class NameFilter final : public Operator {
 public:
  NameFilter(const plan::NameFilter& step, OperatorPtr input, RunContext& context)
      : Operator(context),
        slot_(step.check.slot),
        nodes_(context.names[step.check.name.raw - 1]),
        input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    return next_kept(*input_, batch, [&](std::uint32_t row) -> Result<bool> {
      const NodeId node = batch.column(slot_).nodes[row];
      return std::find(nodes_.begin(), nodes_.end(), node) != nodes_.end();
    });
  }

  SlotId slot_;
  const std::vector<NodeId>& nodes_;
  OperatorPtr input_;
};

}  // namespace

OperatorPtr name_filter(const plan::NameFilter& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<NameFilter>(step, std::move(input), context);
}

}  // namespace annals::query::operators
