#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"
#include "schema/base/limits.h"
#include "schema/number.h"

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

Number number_of(const Datum& datum) {
  const auto* whole = std::get_if<std::int64_t>(&datum.data);
  return whole != nullptr ? Number(*whole) : Number(std::get<double>(datum.data));
}

Datum datum_of(Number number) {
  return std::visit([](auto value) { return Datum(value); }, number);
}

/// Requires an operator other than the power.
Arithmetic arithmetic_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kAdd: return Arithmetic::kAdd;
    case BinaryOperator::kSubtract: return Arithmetic::kSubtract;
    case BinaryOperator::kMultiply: return Arithmetic::kMultiply;
    case BinaryOperator::kDivide: return Arithmetic::kDivide;
    default: return Arithmetic::kModulo;
  }
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
    if (const DatumList* const list = list_in(*part); list != nullptr) {
      all.insert(all.end(), list->begin(), list->end());
    } else {
      all.push_back(*part);
    }
  }
  return all;
}

class ArithmeticChain final : public Expression {
 public:
  ArithmeticChain(std::vector<Operand> operands, std::vector<BinaryOperator> operators,
                  ast::SourceRange range, RunContext& context)
      : operands_(std::move(operands)),
        operators_(std::move(operators)),
        range_(range),
        context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    // One operand at a time: a chain of thousands must not hold the values of all.
    DatumVector values;
    ANNALS_CHECK_OK(operands_.front().expression->evaluate(batch, rows, values));
    std::vector<Datum> results = values.take(rows.size());
    for (std::size_t i = 0; i < operators_.size(); ++i) {
      ANNALS_CHECK_OK(context_.check_stop());  // a chain may have thousands of them
      ANNALS_CHECK_OK(operands_[i + 1].expression->evaluate(batch, rows, values));
      MemoryHold hold(context_.memory);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        ANNALS_TRY(results[row], apply(operators_[i], results[row], values[row]));
        ANNALS_CHECK_OK(hold.take_own(results[row]));
      }
    }
    out.own(0) = std::move(results);
    return {};
  }

 private:
  Result<Datum> apply(BinaryOperator op, const Datum& a, const Datum& b) const {
    const bool has_list = a.type() == DatumType::kList || b.type() == DatumType::kList;
    if (a.is_null() || b.is_null()) return Datum();
    if (op == BinaryOperator::kAdd && has_list) return join_lists(a, b);
    if (is_numeric(a) && is_numeric(b)) return apply_to_numbers(op, a, b);
    const bool has_text = a.type() == DatumType::kText || b.type() == DatumType::kText;
    if (op == BinaryOperator::kAdd && has_text) {
      std::optional<std::string> left = as_part(a);
      const std::optional<std::string> right = as_part(b);
      if (left && right) return join_texts(std::move(*left), *right);
    }
    return context_.invalid(
        fmt::format("{} does not work between values of types {} and {}", sign_of(op),
                    datum_type_name(a.type()), datum_type_name(b.type())),
        range_);
  }

  Result<Datum> join_lists(const Datum& a, const Datum& b) const {
    DatumList all = joined(a, b);
    if (all.size() <= limits::kListElementsMax) {
      Datum list = list_datum(std::move(all));
      ANNALS_CHECK_OK(context_.check_extent(list, range_));
      return list;
    }
    return context_.placed(Error(ErrorCode::kLimitExceeded,
                                 fmt::format("a list of {} elements is over ListElementsMax ({})",
                                             all.size(), limits::kListElementsMax)),
                           range_);
  }

  Result<Datum> join_texts(std::string left, const std::string& right) const {
    constexpr std::size_t kLongText = std::size_t{64} << 10;
    if (right.size() + left.size() > kLongText) ANNALS_CHECK_OK(context_.check_stop());
    left += right;
    if (left.size() <= limits::kTextBytesMax) return Datum(std::move(left));
    return context_.placed(
        Error(ErrorCode::kLimitExceeded, fmt::format("a text of {} bytes is over TextBytesMax ({})",
                                                     left.size(), limits::kTextBytesMax)),
        range_);
  }

  Result<Datum> apply_to_numbers(BinaryOperator op, const Datum& a, const Datum& b) const {
    if (op == BinaryOperator::kPower) return Datum(std::pow(as_float(a), as_float(b)));
    Result<Number> result = compute(arithmetic_of(op), number_of(a), number_of(b));
    if (!result) return context_.placed(std::move(result).error(), range_);
    return datum_of(*result);
  }

  std::vector<Operand> operands_;
  std::vector<BinaryOperator> operators_;
  ast::SourceRange range_;
  RunContext& context_;
};

}  // namespace

ExpressionPtr arithmetic(std::vector<Operand> operands, std::vector<ast::BinaryOperator> operators,
                         ast::SourceRange range, RunContext& context) {
  return std::make_unique<ArithmeticChain>(std::move(operands), std::move(operators), range,
                                           context);
}

}  // namespace annals::query::expressions
