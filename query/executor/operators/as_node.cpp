#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// A value becomes a node that patterns may go on from; rows in which it is null have no match.
class AsNode final : public Operator {
 public:
  AsNode(const plan::AsNode& step, const plan::Node& node, OperatorPtr input, RunContext& context)
      : Operator(context),
        cast_(step.cast),
        input_(std::move(input)),
        passed_(node.passed),
        input_rows_(context.slots().size()) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    std::vector<std::uint32_t> rows;
    std::vector<NodeId> nodes;
    while (rows.empty()) {
      ANNALS_TRY(const bool more, input_->next(input_rows_));
      if (!more) return false;
      for (const std::uint32_t row : input_rows_.rows()) {
        const Datum& value = input_rows_.column(cast_.value).values[row];
        if (value.is_null()) continue;
        const auto* const node = std::get_if<NodeDatum>(&value.data);
        if (node == nullptr) return refuse(value);
        rows.push_back(row);
        nodes.push_back(node->id);
      }
    }
    batch.clear();
    batch.append(input_rows_, rows, context().slots(), passed_);
    batch.column(cast_.node).nodes = std::move(nodes);
    return true;
  }

  Error refuse(const Datum& value) const {
    return context().invalid(
        fmt::format("'{}' stands for a node here, and is a value of type {}",
                    context().query.slot(cast_.value).name, datum_type_name(value.type())),
        cast_.range);
  }

  const NodeCast& cast_;
  OperatorPtr input_;
  const std::vector<SlotId>& passed_;
  Batch input_rows_;
};

}  // namespace

OperatorPtr as_node(const plan::AsNode& step, const plan::Node& node, OperatorPtr input,
                    RunContext& context) {
  return std::make_unique<AsNode>(step, node, std::move(input), context);
}

}  // namespace annals::query::operators
