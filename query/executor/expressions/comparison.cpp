#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "query/executor/datum_comparison.h"
#include "query/executor/expressions/forms.h"
#include "query/executor/expressions/written_dates.h"
#include "query/executor/period_comparison.h"

namespace annals::query::expressions {

namespace {

Datum datum_of(Truth truth) { return truth ? Datum(*truth) : Datum(); }

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

/// What is in a long list that is asked about again and again: texts, integers or nodes, of one
/// type.
class Members {
 public:
  /// Whether `item` is in the list, which `value` holds; nothing if that must be found out element
  /// by element. LimitExceeded: a table takes memory.
  Result<std::optional<bool>> find(const Datum& value, const DatumList& list, const Datum& item,
                                   MemoryBudget& memory) {
    constexpr std::size_t kLong = 16;
    constexpr std::optional<bool> kUnknown;
    if (list.size() < kLong) return kUnknown;
    if (&list != list_) {
      // Asked about once it is not worth it.
      const bool is_again = &list == seen_;
      seen_ = &list;
      if (!is_again) return kUnknown;
      constexpr std::size_t kEntryBytes = 64;  // of a hash table, about
      taken_.emplace(memory);
      ANNALS_CHECK_OK(taken_->take(list.size() * kEntryBytes));
      gather(value, list);
    }
    if (!is_alike_ || item.type() != type_) return kUnknown;
    const auto* const text = std::get_if<std::string>(&item.data);
    return std::optional(text != nullptr ? texts_.contains(*text)
                                         : numbers_.contains(*number_of(item)));
  }

 private:
  static std::optional<std::uint64_t> number_of(const Datum& item) {
    if (const auto* const integer = std::get_if<std::int64_t>(&item.data)) {
      return static_cast<std::uint64_t>(*integer);
    }
    if (const auto* const node = std::get_if<NodeDatum>(&item.data)) return node->id.raw;
    return std::nullopt;
  }

  void gather(const Datum& value, const DatumList& list) {
    held_ = value;
    list_ = &list;
    type_ = list.front().type();
    texts_.clear();
    numbers_.clear();
    is_alike_ = true;
    for (const Datum& one : list) {
      const auto* const text = std::get_if<std::string>(&one.data);
      const std::optional<std::uint64_t> number = number_of(one);
      is_alike_ = one.type() == type_ && (text != nullptr || number);
      if (!is_alike_) return;
      if (text != nullptr) {
        texts_.insert(*text);
      } else {
        numbers_.insert(*number);
      }
    }
  }

  const DatumList* seen_ = nullptr;  // only compared
  const DatumList* list_ = nullptr;  // of held_
  Datum held_;
  DatumType type_ = DatumType::kNull;
  bool is_alike_ = false;
  std::unordered_set<std::string_view> texts_;  // of the list
  std::unordered_set<std::uint64_t> numbers_;
  std::optional<MemoryHold> taken_;
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
      const DatumList* const list = list_in(lists[row]);
      if (list == nullptr) {
        return context_.invalid(std::string("IN needs a list, not a value of type ") +
                                    std::string(datum_type_name(lists[row].type())),
                                list_.range);
      }
      ANNALS_TRY(const std::optional<bool> known,
                 members_.find(lists[row], *list, items[row], context_.memory));
      if (known) {
        results[row] = Datum(*known);
        continue;
      }
      ANNALS_TRY(const Truth found, contains(*list, items[row]));
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
  Members members_;
};

/// Tests of texts, and of periods. CONTAINS is one of both: what it means, the values say. What
/// does not fit the test gives null, as in openCypher.
class Test final : public Expression {
 public:
  Test(Operand left, ast::BinaryOperator op, Operand right, RunContext& context)
      : left_(std::move(left)), op_(op), right_(std::move(right)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector lefts;
    DatumVector rights;
    ANNALS_CHECK_OK(left_.expression->evaluate(batch, rows, lefts));
    ANNALS_CHECK_OK(right_.expression->evaluate(batch, rows, rights));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (lefts[row].is_null() || rights[row].is_null()) continue;
      ANNALS_TRY(const Truth truth, test(lefts[row], rights[row]));
      results[row] = datum_of(truth);
    }
    return {};
  }

 private:
  Result<Truth> test(const Datum& left, const Datum& right) {
    const auto* text = std::get_if<std::string>(&left.data);
    const auto* part = std::get_if<std::string>(&right.data);
    switch (op_) {
      case ast::BinaryOperator::kStartsWith:
        return text != nullptr && part != nullptr ? Truth(text->starts_with(*part)) : Truth();
      case ast::BinaryOperator::kEndsWith:
        return text != nullptr && part != nullptr ? Truth(text->ends_with(*part)) : Truth();
      case ast::BinaryOperator::kContains:
        if (text == nullptr || part == nullptr) return test_times(left, right);
        return Truth(text->find(*part) != std::string::npos);
      default: return test_times(left, right);
    }
  }

  Result<Truth> test_times(const Datum& left, const Datum& right) {
    const Datum* a = &left;
    const Datum* b = &right;
    if (says_date(left_, left, right_, right)) {
      ANNALS_TRY(a, dates_.read(std::get<std::string>(left.data), left_.range, context_));
    }
    if (says_date(right_, right, left_, left)) {
      ANNALS_TRY(b, dates_.read(std::get<std::string>(right.data), right_.range, context_));
    }
    const std::optional<TimeSpan> left_span = time_span(*a);
    const std::optional<TimeSpan> right_span = time_span(*b);
    if (!left_span || !right_span) return Truth();
    return compare_spans(op_, *left_span, *right_span);
  }

  /// A text that was written there says a date, beside a time or another such text.
  static bool says_date(const Operand& operand, const Datum& value, const Operand& beside,
                        const Datum& other) {
    if (!operand.is_written || value.type() != DatumType::kText) return false;
    return time_span(other) || (beside.is_written && other.type() == DatumType::kText);
  }

  Operand left_;
  ast::BinaryOperator op_;
  Operand right_;
  RunContext& context_;
  WrittenDates dates_;
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
  return std::make_unique<Test>(std::move(left), op, std::move(right), context);
}

}  // namespace annals::query::expressions
