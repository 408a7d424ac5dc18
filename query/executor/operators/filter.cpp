#include <utility>

#include <fmt/format.h>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// The rows for which a predicate is true; null is not.
class Filter final : public Operator {
 public:
  Filter(ExpressionPtr predicate, ast::SourceRange range, OperatorPtr input, RunContext& context)
      : Operator(context),
        predicate_(std::move(predicate)),
        range_(range),
        input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return false;
      ANNALS_CHECK_OK(predicate_->evaluate(batch, batch.rows(), values_));
      std::vector<std::uint32_t> kept;
      for (std::size_t i = 0; i < batch.rows().size(); ++i) {
        const Datum& value = values_[i];
        if (value.is_null()) continue;
        const auto* holds = std::get_if<bool>(&value.data);
        if (holds == nullptr) {
          return context().invalid(fmt::format("WHERE needs true or false, not a value of type {}",
                                               datum_type_name(value.type())),
                                   range_);
        }
        if (*holds) kept.push_back(batch.rows()[i]);
      }
      if (kept.empty()) continue;
      batch.select(std::move(kept));
      return true;
    }
  }

  ExpressionPtr predicate_;
  ast::SourceRange range_;
  OperatorPtr input_;
  DatumVector values_;
};

}  // namespace

Result<OperatorPtr> filter(const plan::Filter& step, OperatorPtr input, RunContext& context) {
  ANNALS_TRY(ExpressionPtr predicate, compile(*step.predicate, context));
  return OperatorPtr(std::make_unique<Filter>(std::move(predicate), step.predicate->range,
                                              std::move(input), context));
}

}  // namespace annals::query::operators
