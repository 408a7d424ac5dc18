#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

class Skip final : public Operator {
 public:
  Skip(std::size_t count, OperatorPtr input, RunContext& context)
      : Operator(context), left_(count), input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return false;
      if (left_ == 0) return true;
      const auto rows = batch.rows();
      const std::size_t skipped = std::min(left_, rows.size());
      left_ -= skipped;
      if (skipped == rows.size()) continue;
      batch.select({rows.begin() + static_cast<std::ptrdiff_t>(skipped), rows.end()});
      return true;
    }
  }

  std::size_t left_;
  OperatorPtr input_;
};

class Limit final : public Operator {
 public:
  Limit(std::size_t count, OperatorPtr input, RunContext& context)
      : Operator(context), left_(count), input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (left_ == 0) return false;
    ANNALS_TRY(const bool more, input_->next(batch));
    if (!more) return false;
    const auto rows = batch.rows();
    if (rows.size() > left_) {
      batch.select({rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(left_)});
    }
    left_ -= batch.rows().size();
    return true;
  }

  std::size_t left_;
  OperatorPtr input_;
};

}  // namespace

Result<std::size_t> row_count(const BoundExpression& expression, RunContext& context) {
  ANNALS_TRY(const Datum value, evaluate_constant(expression, context));
  const auto* count = std::get_if<std::int64_t>(&value.data);
  if (count != nullptr && *count >= 0) return static_cast<std::size_t>(*count);
  const std::string shown = value.is_null() ? std::string("null") : datum_text(value);
  return context.invalid(fmt::format("a number of rows must be an integer from 0, not {}", shown),
                         expression.range);
}

Result<OperatorPtr> skip(const plan::Skip& step, OperatorPtr input, RunContext& context) {
  ANNALS_TRY(const std::size_t count, row_count(*step.count, context));
  return OperatorPtr(std::make_unique<Skip>(count, std::move(input), context));
}

Result<OperatorPtr> limit(const plan::Limit& step, OperatorPtr input, RunContext& context) {
  ANNALS_TRY(const std::size_t count, row_count(*step.count, context));
  return OperatorPtr(std::make_unique<Limit>(count, std::move(input), context));
}

}  // namespace annals::query::operators
