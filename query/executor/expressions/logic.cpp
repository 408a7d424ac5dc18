#include <utility>

#include <fmt/format.h>

#include "query/executor/datum_comparison.h"
#include "query/executor/expressions/forms.h"

namespace annals::query::expressions {

namespace {

std::string_view word_of(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::kOr: return "OR";
    case ast::BinaryOperator::kXor: return "XOR";
    default: return "AND";
  }
}

Result<Truth> truth_of(const Datum& datum, std::string_view word, ast::SourceRange range,
                       const RunContext& context) {
  if (datum.is_null()) return Truth();
  if (const auto* value = std::get_if<bool>(&datum.data)) return Truth(*value);
  return context.invalid(fmt::format("{} needs true or false, not a value of type {}", word,
                                     datum_type_name(datum.type())),
                         range);
}

class Logic final : public Expression {
 public:
  Logic(ast::BinaryOperator op, std::vector<Operand> operands, RunContext& context)
      : op_(op), operands_(std::move(operands)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    results_.assign(rows.size(), op_ == ast::BinaryOperator::kAnd);
    open_.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) open_[i] = i;
    for (const Operand& operand : operands_) {
      if (open_.empty()) break;
      ANNALS_CHECK_OK(add(operand, batch, rows));
    }
    std::vector<Datum>& values = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (results_[i]) values[i] = Datum(*results_[i]);
    }
    return {};
  }

 private:
  Status add(const Operand& operand, const Batch& batch, std::span<const std::uint32_t> rows) {
    open_rows_.clear();
    for (const std::size_t index : open_) open_rows_.push_back(rows[index]);
    DatumVector values;
    ANNALS_CHECK_OK(operand.expression->evaluate(batch, open_rows_, values));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const std::size_t index = open_[i];
      ANNALS_TRY(const Truth value, truth_of(values[i], word_of(op_), operand.range, context_));
      results_[index] = combine(results_[index], value);
      if (!is_decided(results_[index])) open_[kept++] = index;
    }
    open_.resize(kept);
    return {};
  }

  Truth combine(Truth a, Truth b) const {
    switch (op_) {
      case ast::BinaryOperator::kAnd: return truth_and(a, b);
      case ast::BinaryOperator::kOr: return truth_not(truth_and(truth_not(a), truth_not(b)));
      default: return a && b ? Truth(*a != *b) : std::nullopt;
    }
  }
  bool is_decided(Truth result) const {
    switch (op_) {
      case ast::BinaryOperator::kAnd: return result == Truth(false);
      case ast::BinaryOperator::kOr: return result == Truth(true);
      default: return false;
    }
  }

  ast::BinaryOperator op_;
  std::vector<Operand> operands_;
  RunContext& context_;
  std::vector<Truth> results_;
  std::vector<std::size_t> open_;  // indexes of rows that are not decided
  std::vector<std::uint32_t> open_rows_;
};

class Unary final : public Expression {
 public:
  Unary(ast::UnaryOperator op, Operand operand, RunContext& context)
      : op_(op), operand_(std::move(operand)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector values;
    ANNALS_CHECK_OK(operand_.expression->evaluate(batch, rows, values));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ANNALS_TRY(results[i], apply(values[i]));
    }
    return {};
  }

 private:
  Result<Datum> apply(const Datum& value) const {
    switch (op_) {
      case ast::UnaryOperator::kIsNull: return Datum(value.is_null());
      case ast::UnaryOperator::kIsNotNull: return Datum(!value.is_null());
      case ast::UnaryOperator::kNot: {
        ANNALS_TRY(const Truth truth, truth_of(value, "NOT", operand_.range, context_));
        return truth ? Datum(!*truth) : Datum();
      }
      case ast::UnaryOperator::kNegate: break;
    }
    if (value.is_null()) return Datum();
    if (const auto* real = std::get_if<double>(&value.data)) return Datum(-*real);
    const auto* whole = std::get_if<std::int64_t>(&value.data);
    if (whole == nullptr) {
      return context_.invalid(fmt::format("a minus needs a number, not a value of type {}",
                                          datum_type_name(value.type())),
                              operand_.range);
    }
    std::int64_t negated = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, *whole, &negated)) {
      return context_.invalid("integer overflow", operand_.range);
    }
    return Datum(negated);
  }

  ast::UnaryOperator op_;
  Operand operand_;
  RunContext& context_;
};

}  // namespace

ExpressionPtr logic(ast::BinaryOperator op, std::vector<Operand> operands, RunContext& context) {
  return std::make_unique<Logic>(op, std::move(operands), context);
}

ExpressionPtr unary(ast::UnaryOperator op, Operand operand, RunContext& context) {
  return std::make_unique<Unary>(op, std::move(operand), context);
}

}  // namespace annals::query::expressions
