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
        name_(step.check.name.raw - 1),
        input_(std::move(input)) {}

  bool is_done() const override { return input_->is_done(); }
  bool rewind() override { return input_->rewind(); }

 private:
  Result<bool> do_next(Batch& batch) override {
    const std::vector<NodeId>& nodes = context().names[name_];
    return next_kept(*input_, batch, [&](std::uint32_t row) -> Result<bool> {
      const NodeId node = batch.column(slot_).nodes[row];
      return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
    });
  }

  SlotId slot_;
  std::size_t name_;  // of the context's names
  OperatorPtr input_;
};

}  // namespace

OperatorPtr name_filter(const plan::NameFilter& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<NameFilter>(step, std::move(input), context);
}

}  // namespace annals::query::operators
