#include <map>
#include <string>
#include <utility>

#include "query/executor/datum_comparison.h"
#include "query/executor/expressions/forms.h"
#include "schema/time/date.h"

namespace annals::query::expressions {

namespace {

Datum datum_of(Truth truth) { return truth ? Datum(*truth) : Datum(); }

/// Reads texts that were written where a date is compared as dates, each once a run.
class WrittenDates {
 public:
  /// `written` as it compares with `other`: itself, or the date that it says.
  Result<const Datum*> beside(const Datum& written, const Datum& other, ast::SourceRange range,
                              const RunContext& context) {
    const auto* text = std::get_if<std::string>(&written.data);
    if (text == nullptr || other.type() != DatumType::kDate) return &written;
    const auto known = dates_.find(*text);
    if (known != dates_.end()) return &known->second;
    Result<Date> date = parse_date(*text);
    if (!date) return context.placed(std::move(date).error(), range);
    return &dates_.emplace(*text, Datum(std::move(*date))).first->second;
  }

 private:
  std::map<std::string, Datum> dates_;
};

Truth compare(ast::BinaryOperator op, const Datum& a, const Datum& b) {
  switch (op) {
    case ast::BinaryOperator::kEqual: return equals(a, b);
    case ast::BinaryOperator::kNotEqual: return truth_not(equals(a, b));
    case ast::BinaryOperator::kLess: return is_less(a, b);
    case ast::BinaryOperator::kLessOrEqual: return is_less_or_equal(a, b);
    case ast::BinaryOperator::kGreater: return is_less(b, a);
    default: return is_less_or_equal(b, a);
  }
}

class Comparison final : public Expression {
 public:
  Comparison(std::vector<Operand> operands, std::vector<ast::BinaryOperator> operators,
             RunContext& context)
      : operands_(std::move(operands)), operators_(std::move(operators)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    // Two operands at a time: a chain of thousands must not hold the values of all.
    std::vector<Truth> all(rows.size(), Truth(true));
    DatumVector left;
    DatumVector right;
    ANNALS_CHECK_OK(operands_.front().expression->evaluate(batch, rows, left));
    for (std::size_t i = 0; i < operators_.size(); ++i) {
      ANNALS_CHECK_OK(operands_[i + 1].expression->evaluate(batch, rows, right));
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (all[row] == Truth(false)) continue;
        ANNALS_TRY(const Truth one, compare_operands(i, left[row], right[row]));
        all[row] = truth_and(all[row], one);
      }
      std::swap(left, right);
    }
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) results[row] = datum_of(all[row]);
    return {};
  }

 private:
  Result<Truth> compare_operands(std::size_t left, const Datum& left_value,
                                 const Datum& right_value) {
    const Datum* a = &left_value;
    const Datum* b = &right_value;
    const Operand& operand_a = operands_[left];
    const Operand& operand_b = operands_[left + 1];
    if (operand_a.is_written) {
      ANNALS_TRY(a, dates_.beside(*a, *b, operand_a.range, context_));
    }
    if (operand_b.is_written) {
      ANNALS_TRY(b, dates_.beside(*b, *a, operand_b.range, context_));
    }
    return compare(operators_[left], *a, *b);
  }

  std::vector<Operand> operands_;
  std::vector<ast::BinaryOperator> operators_;
  RunContext& context_;
  WrittenDates dates_;
};

class In final : public Expression {
 public:
  In(Operand item, Operand list, RunContext& context)
      : item_(std::move(item)), list_(std::move(list)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector items;
    DatumVector lists;
    ANNALS_CHECK_OK(item_.expression->evaluate(batch, rows, items));
    ANNALS_CHECK_OK(list_.expression->evaluate(batch, rows, lists));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (lists[row].is_null()) continue;
      const auto* list = std::get_if<std::shared_ptr<const DatumList>>(&lists[row].data);
      if (list == nullptr) {
        return context_.invalid(std::string("IN needs a list, not a value of type ") +
                                    std::string(datum_type_name(lists[row].type())),
                                list_.range);
      }
      ANNALS_TRY(const Truth found, contains(**list, items[row]));
      results[row] = datum_of(found);
    }
    return {};
  }

 private:
  /// True if it equals one; null if it may.
  Result<Truth> contains(const DatumList& list, const Datum& item) {
    Truth none = true;
    for (const Datum& other : list) {
      const Datum* a = &item;
      const Datum* b = &other;
      if (list_.is_written) {
        ANNALS_TRY(b, dates_.beside(other, item, list_.range, context_));
      }
      if (item_.is_written) {
        ANNALS_TRY(a, dates_.beside(item, other, item_.range, context_));
      }
      none = truth_and(none, truth_not(equals(*a, *b)));
      if (none == Truth(false)) break;
    }
    return truth_not(none);
  }

  Operand item_;
  Operand list_;
  RunContext& context_;
  WrittenDates dates_;
};

/// STARTS WITH, ENDS WITH, CONTAINS. What is no text gives null, as in openCypher.
class TextTest final : public Expression {
 public:
  TextTest(Operand text, ast::BinaryOperator op, Operand part)
      : text_(std::move(text)), op_(op), part_(std::move(part)) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector texts;
    DatumVector parts;
    ANNALS_CHECK_OK(text_.expression->evaluate(batch, rows, texts));
    ANNALS_CHECK_OK(part_.expression->evaluate(batch, rows, parts));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto* text = std::get_if<std::string>(&texts[row].data);
      const auto* part = std::get_if<std::string>(&parts[row].data);
      if (text != nullptr && part != nullptr) results[row] = Datum(test(*text, *part));
    }
    return {};
  }

 private:
  bool test(std::string_view text, std::string_view part) const {
    switch (op_) {
      case ast::BinaryOperator::kStartsWith: return text.starts_with(part);
      case ast::BinaryOperator::kEndsWith: return text.ends_with(part);
      default: return text.find(part) != std::string_view::npos;
    }
  }

  Operand text_;
  ast::BinaryOperator op_;
  Operand part_;
};

}  // namespace

ExpressionPtr comparison(std::vector<Operand> operands, std::vector<ast::BinaryOperator> operators,
                         RunContext& context) {
  return std::make_unique<Comparison>(std::move(operands), std::move(operators), context);
}

ExpressionPtr predicate(Operand left, ast::BinaryOperator op, Operand right, RunContext& context) {
  if (op == ast::BinaryOperator::kIn) {
    return std::make_unique<In>(std::move(left), std::move(right), context);
  }
  return std::make_unique<TextTest>(std::move(left), op, std::move(right));
}

}  // namespace annals::query::expressions
