#include <optional>
#include <utility>
#include <vector>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"
#include "query/executor/run_constants.h"

namespace annals::query::operators {

namespace {

/// Adds the instant that a scope asks each row about, and leaves out the rows that have none.
class SetInstant final : public Operator {
 public:
  SetInstant(const plan::SetInstant& step, ExpressionPtr at, const plan::Node& node,
             OperatorPtr input, RunContext& context)
      : Operator(context),
        bound_(*step.bound),
        keeps_all_(step.keeps_all),
        at_(std::move(at)),
        input_(std::move(input)),
        passed_(node.passed),
        input_rows_(context.slots().size()) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    std::vector<std::uint32_t> rows;
    std::vector<Datum> instants;
    while (rows.empty()) {
      ANNALS_TRY(const bool more, input_->next(input_rows_));
      if (!more) return false;
      ANNALS_CHECK_OK(at_->evaluate(input_rows_, input_rows_.rows(), values_));
      for (std::size_t i = 0; i < input_rows_.rows().size(); ++i) {
        const std::uint32_t row = input_rows_.rows()[i];
        if (values_[i].is_null()) {
          if (!keeps_all_) continue;
          rows.push_back(row);
          instants.emplace_back();
          continue;
        }
        ANNALS_TRY(Date date, instant_of_scope(values_[i], bound_.at->range, context()));
        ANNALS_TRY(const bool is_doubtful, is_of_doubtful_event(row));
        date.uncertain = date.uncertain || is_doubtful;
        rows.push_back(row);
        instants.emplace_back(std::move(date));
      }
    }
    batch.clear();
    batch.append(input_rows_, rows, context().slots(), passed_);
    batch.column(bound_.row.date).values = std::move(instants);
    return true;
  }

  /// Whether the instant is that of an event that perhaps never happens.
  Result<bool> is_of_doubtful_event(std::uint32_t row) const {
    const SlotId event = bound_.row.event;
    if (!event) return false;
    const NodeId node = input_rows_.column(event).nodes[row];
    if (!node || !node.is_event()) return false;
    const View& view = context().view(context().query.slot(event).scope);
    ANNALS_TRY(const RecordedEvent* recorded, view.nodes->event(node.event_seq()));
    return recorded->event.status == EventStatus::kPlanned;
  }

  const BoundScope& bound_;
  bool keeps_all_;  // rows without an instant too
  ExpressionPtr at_;
  OperatorPtr input_;
  const std::vector<SlotId>& passed_;

  Batch input_rows_;
  DatumVector values_;
};

}  // namespace

Result<OperatorPtr> set_instant(const plan::SetInstant& step, const plan::Node& node,
                                OperatorPtr input, RunContext& context) {
  ANNALS_TRY(ExpressionPtr at, compile(*step.bound->at, context));
  return OperatorPtr(
      std::make_unique<SetInstant>(step, std::move(at), node, std::move(input), context));
}

}  // namespace annals::query::operators
