#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// A row for each element of a list; none for null and for an empty list.
class Unwind final : public Operator {
 public:
  Unwind(const plan::Unwind& step, ExpressionPtr list, const plan::Node& node, OperatorPtr input,
         RunContext& context)
      : Operator(context),
        step_(step),
        list_(std::move(list)),
        input_(std::move(input)),
        passed_(node.passed),
        input_rows_(context.slots().size()) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    batch.clear();
    std::vector<std::uint32_t> origins;
    std::vector<Datum>& values = batch.column(step_.out).values;
    while (origins.size() < limits::kBatchRows) {
      if (at_ == input_rows_.rows().size()) {
        // Rows of a batch all come from one batch of the input.
        if (!origins.empty()) break;
        ANNALS_TRY(const bool more, next_input());
        if (!more) return false;
      }
      const std::uint32_t row = input_rows_.rows()[at_];
      // Lists may be long to make and empty in the end.
      if (given_ == 0) ANNALS_CHECK_OK(context().check_stop());
      if (given_ == 0) ANNALS_CHECK_OK(list_->evaluate(input_rows_, {&row, 1}, lists_));
      ANNALS_TRY(const DatumList* const items, items_of(lists_[0]));
      if (items == nullptr || given_ == items->size()) {
        ++at_;
        given_ = 0;
        continue;
      }
      origins.push_back(row);
      values.push_back((*items)[given_++]);
    }
    batch.append(input_rows_, origins, context().slots(), passed_);
    return true;
  }

  Result<bool> next_input() {
    ANNALS_TRY(const bool more, input_->next(input_rows_));
    if (!more) return false;
    at_ = 0;
    given_ = 0;
    return true;
  }

  Result<const DatumList*> items_of(const Datum& datum) const {
    if (datum.is_null()) return nullptr;
    if (const DatumList* const list = list_in(datum); list != nullptr) return list;
    return context().invalid(
        fmt::format("UNWIND needs a list, not a value of type {}", datum_type_name(datum.type())),
        step_.list->range);
  }

  const plan::Unwind& step_;
  ExpressionPtr list_;
  OperatorPtr input_;
  const std::vector<SlotId>& passed_;
  Batch input_rows_;
  DatumVector lists_;      // that of one row: those of a batch may be more than memory holds
  std::size_t at_ = 0;     // index into input_rows_.rows()
  std::size_t given_ = 0;  // elements of that row's list
};

}  // namespace

Result<OperatorPtr> unwind(const plan::Unwind& step, const plan::Node& node, OperatorPtr input,
                           RunContext& context) {
  ANNALS_TRY(ExpressionPtr list, compile(*step.list, context));
  return OperatorPtr(
      std::make_unique<Unwind>(step, std::move(list), node, std::move(input), context));
}

}  // namespace annals::query::operators
