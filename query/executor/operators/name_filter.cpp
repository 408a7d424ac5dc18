#include <algorithm>
#include <utility>

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
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return false;
      const std::vector<NodeId>& column = batch.column(slot_).nodes;
      std::vector<std::uint32_t> kept;
      for (const std::uint32_t row : batch.rows()) {
        if (std::find(nodes_.begin(), nodes_.end(), column[row]) != nodes_.end()) {
          kept.push_back(row);
        }
      }
      if (kept.empty()) continue;
      batch.select(std::move(kept));
      return true;
    }
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
