#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"

namespace annals::query::expressions {

namespace {

using ast::BinaryOperator;

std::string_view sign_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kAdd: return "+";
    case BinaryOperator::kSubtract: return "-";
    case BinaryOperator::kMultiply: return "*";
    case BinaryOperator::kDivide: return "/";
    case BinaryOperator::kModulo: return "%";
    default: return "^";
  }
}

double as_float(const Datum& datum) {
  if (const auto* whole = std::get_if<std::int64_t>(&datum.data)) {
    return static_cast<double>(*whole);
  }
  return std::get<double>(datum.data);
}

double compute(BinaryOperator op, double a, double b) {
  switch (op) {
    case BinaryOperator::kAdd: return a + b;
    case BinaryOperator::kSubtract: return a - b;
    case BinaryOperator::kMultiply: return a * b;
    case BinaryOperator::kDivide: return a / b;
    case BinaryOperator::kModulo: return std::fmod(a, b);
    default: return std::pow(a, b);
  }
}

/// Nothing on overflow. Requires a divisor other than zero.
std::optional<std::int64_t> compute(BinaryOperator op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case BinaryOperator::kAdd: overflow = __builtin_add_overflow(a, b, &result); break;
    case BinaryOperator::kSubtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case BinaryOperator::kMultiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    case BinaryOperator::kDivide:
      overflow = a == std::numeric_limits<std::int64_t>::min() && b == -1;
      if (!overflow) result = a / b;
      break;
    default: result = b == -1 ? 0 : a % b;
  }
  return overflow ? std::nullopt : std::optional(result);
}

/// The text that + makes of a number beside a text.
std::optional<std::string> as_part(const Datum& datum) {
  if (const auto* text = std::get_if<std::string>(&datum.data)) return *text;
  if (is_numeric(datum)) return datum_text(datum);
  return std::nullopt;
}

DatumList joined(const Datum& a, const Datum& b) {
  DatumList all;
  for (const Datum* part : {&a, &b}) {
    if (const auto* list = std::get_if<std::shared_ptr<const DatumList>>(&part->data)) {
      all.insert(all.end(), (*list)->begin(), (*list)->end());
    } else {
      all.push_back(*part);
    }
  }
  return all;
}

class Arithmetic final : public Expression {
 public:
  Arithmetic(std::vector<Operand> operands, std::vector<BinaryOperator> operators,
             ast::SourceRange range, RunContext& context)
      : operands_(std::move(operands)),
        operators_(std::move(operators)),
        values_(operands_.size()),
        range_(range),
        context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      ANNALS_CHECK_OK(operands_[i].expression->evaluate(batch, rows, values_[i]));
    }
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      Datum result = values_.front()[row];
      for (std::size_t i = 0; i < operators_.size(); ++i) {
        ANNALS_TRY(result, apply(operators_[i], result, values_[i + 1][row]));
      }
      results[row] = std::move(result);
    }
    return {};
  }

 private:
  Result<Datum> apply(BinaryOperator op, const Datum& a, const Datum& b) const {
    const bool has_list = a.type() == DatumType::kList || b.type() == DatumType::kList;
    if (a.is_null() || b.is_null()) return Datum();
    if (op == BinaryOperator::kAdd && has_list) return list_datum(joined(a, b));
    if (is_numeric(a) && is_numeric(b)) return apply_to_numbers(op, a, b);
    if (op == BinaryOperator::kAdd &&
        (a.type() == DatumType::kText || b.type() == DatumType::kText)) {
      std::optional<std::string> left = as_part(a);
      const std::optional<std::string> right = as_part(b);
      if (left && right) return Datum(std::move(*left) + *right);
    }
    return context_.invalid(
        fmt::format("{} does not work between values of types {} and {}", sign_of(op),
                    datum_type_name(a.type()), datum_type_name(b.type())),
        range_);
  }

  Result<Datum> apply_to_numbers(BinaryOperator op, const Datum& a, const Datum& b) const {
    const auto* whole_a = std::get_if<std::int64_t>(&a.data);
    const auto* whole_b = std::get_if<std::int64_t>(&b.data);
    if (whole_a == nullptr || whole_b == nullptr || op == BinaryOperator::kPower) {
      return Datum(compute(op, as_float(a), as_float(b)));
    }
    const bool divides = op == BinaryOperator::kDivide || op == BinaryOperator::kModulo;
    if (divides && *whole_b == 0) return context_.invalid("division by zero", range_);
    const std::optional<std::int64_t> result = compute(op, *whole_a, *whole_b);
    if (!result) return context_.invalid("integer overflow", range_);
    return Datum(*result);
  }

  std::vector<Operand> operands_;
  std::vector<BinaryOperator> operators_;
  std::vector<DatumVector> values_;
  ast::SourceRange range_;
  RunContext& context_;
};

}  // namespace

ExpressionPtr arithmetic(std::vector<Operand> operands, std::vector<ast::BinaryOperator> operators,
                         ast::SourceRange range, RunContext& context) {
  return std::make_unique<Arithmetic>(std::move(operands), std::move(operators), range, context);
}

}  // namespace annals::query::expressions
