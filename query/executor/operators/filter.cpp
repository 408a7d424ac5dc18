#include <utility>
#include <vector>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"
#include "query/executor/where_truth.h"

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
      ANNALS_TRY(const Truth holds, where_truth(values_[i], predicate.range, context()));
      if (holds == Truth(true)) kept.push_back(rows[i]);
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
