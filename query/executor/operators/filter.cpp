#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// The rows for which all predicates are true; null is not. A predicate is asked only about rows
/// that those before it let through.
class Filter final : public Operator {
 public:
  struct Predicate {
    ExpressionPtr expression;
    ast::SourceRange range;
  };

  Filter(std::vector<Predicate> predicates, OperatorPtr input, RunContext& context)
      : Operator(context), predicates_(std::move(predicates)), input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return false;
      for (const Predicate& predicate : predicates_) {
        ANNALS_TRY(std::vector<std::uint32_t> kept, rows_that_hold(predicate, batch));
        batch.select(std::move(kept));
        if (batch.rows().empty()) break;
      }
      if (!batch.rows().empty()) return true;
    }
  }

  Result<std::vector<std::uint32_t>> rows_that_hold(const Predicate& predicate,
                                                    const Batch& batch) {
    const auto rows = batch.rows();
    ANNALS_CHECK_OK(predicate.expression->evaluate(batch, rows, values_));
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Datum& value = values_[i];
      if (value.is_null()) continue;
      const auto* holds = std::get_if<bool>(&value.data);
      if (holds == nullptr) {
        return context().invalid(fmt::format("WHERE needs true or false, not a value of type {}",
                                             datum_type_name(value.type())),
                                 predicate.range);
      }
      if (*holds) kept.push_back(rows[i]);
    }
    return kept;
  }

  std::vector<Predicate> predicates_;
  OperatorPtr input_;
  DatumVector values_;
};

}  // namespace

Result<OperatorPtr> filter(const plan::Filter& step, OperatorPtr input, RunContext& context) {
  std::vector<Filter::Predicate> predicates;
  for (const BoundExpression* bound : step.predicates) {
    ANNALS_TRY(ExpressionPtr expression, compile(*bound, context));
    predicates.push_back({std::move(expression), bound->range});
  }
  return OperatorPtr(std::make_unique<Filter>(std::move(predicates), std::move(input), context));
}

}  // namespace annals::query::operators
