#include <algorithm>
#include <utility>

#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

class LabelFilter final : public Operator {
 public:
  LabelFilter(const plan::LabelFilter& step, OperatorPtr input, RunContext& context)
      : Operator(context),
        check_(step.check),
        nodes_(*context.view(context.query.slot(step.check.slot).scope).nodes),
        input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return false;
      const std::vector<NodeId>& column = batch.column(check_.slot).nodes;
      std::vector<std::uint32_t> kept;
      for (const std::uint32_t row : batch.rows()) {
        if (!column[row]) continue;
        ANNALS_TRY(const SymbolId label, nodes_.label(column[row]));
        const auto& labels = check_.labels;
        if (std::find(labels.begin(), labels.end(), label) != labels.end()) kept.push_back(row);
      }
      if (kept.empty()) continue;
      batch.select(std::move(kept));
      return true;
    }
  }

  const LabelCheck& check_;
  NodeCache& nodes_;  // as the clause sees them that binds the node
  OperatorPtr input_;
};

}  // namespace

OperatorPtr label_filter(const plan::LabelFilter& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<LabelFilter>(step, std::move(input), context);
}

}  // namespace annals::query::operators
