#include <algorithm>
#include <utility>

#include "query/executor/operators/keep_rows.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

class LabelFilter final : public Operator {
 public:
  LabelFilter(const plan::LabelFilter& step, OperatorPtr input, RunContext& context)
      : Operator(context),
        check_(step.check),
        scope_(context.query.slot(step.check.slot).scope),
        input_(std::move(input)) {}

  bool is_done() const override { return input_->is_done(); }
  bool rewind() override { return input_->rewind(); }

 private:
  Result<bool> do_next(Batch& batch) override {
    NodeCache& nodes = *context().view(scope_).nodes;
    return next_kept(*input_, batch, [&](std::uint32_t row) -> Result<bool> {
      const NodeId node = batch.column(check_.slot).nodes[row];
      if (!node) return false;
      ANNALS_TRY(const SymbolId label, nodes.label(node));
      const auto& labels = check_.labels;
      return (std::find(labels.begin(), labels.end(), label) == labels.end()) == check_.negated;
    });
  }

  const LabelCheck& check_;
  ScopeId scope_;  // of the clause that binds the node
  OperatorPtr input_;
};

}  // namespace

OperatorPtr label_filter(const plan::LabelFilter& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<LabelFilter>(step, std::move(input), context);
}

}  // namespace annals::query::operators
