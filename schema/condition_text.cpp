#include "schema/condition_text.h"

#include <string_view>

#include <fmt/format.h>

#include "schema/name_text.h"
#include "schema/value.h"

namespace annals::inline schema {

namespace {

using enum ConditionOperator;

/// How tightly a part binds, from the loosest.
enum class Binding : std::uint8_t {
  kOr,
  kAnd,
  kNot,
  kComparison,
  kPredicate,
  kSum,
  kProduct,
  kAtom
};

Binding binding_of(ConditionOperator op) {
  switch (op) {
    case kOr: return Binding::kOr;
    case kAnd: return Binding::kAnd;
    case kNot: return Binding::kNot;
    case kEqual:
    case kNotEqual:
    case kLess:
    case kLessOrEqual:
    case kGreater:
    case kGreaterOrEqual: return Binding::kComparison;
    case kIn:
    case kStartsWith:
    case kEndsWith:
    case kContains:
    case kIsNull:
    case kIsNotNull: return Binding::kPredicate;
    case kAdd:
    case kSubtract: return Binding::kSum;
    case kMultiply:
    case kDivide:
    case kModulo: return Binding::kProduct;
    default: return Binding::kAtom;
  }
}

std::string_view sign_of(ConditionOperator op) {
  switch (op) {
    case kOr: return "OR";
    case kAnd: return "AND";
    case kEqual: return "=";
    case kNotEqual: return "<>";
    case kLess: return "<";
    case kLessOrEqual: return "<=";
    case kGreater: return ">";
    case kGreaterOrEqual: return ">=";
    case kIn: return "IN";
    case kStartsWith: return "STARTS WITH";
    case kEndsWith: return "ENDS WITH";
    case kContains: return "CONTAINS";
    case kAdd: return "+";
    case kSubtract: return "-";
    case kMultiply: return "*";
    case kDivide: return "/";
    default: return "%";
  }
}

std::string role_text(std::uint16_t role, const Kind& kind, const Vocabulary& vocabulary) {
  const std::string& name = vocabulary.symbol_name(kind.roles[role].name);
  return is_reserved_word(name) ? fmt::format("`{}`", name) : quoted_name(name);
}

/// Writes the conditions of one kind. Recursion is bounded by limits::kNestingMax.
class Formatter {
 public:
  Formatter(const Kind& kind, const Vocabulary& vocabulary)
      : kind_(kind), vocabulary_(vocabulary) {}

  std::string format(const Condition& part) const {
    switch (part.op) {
      case kLiteral: return format_value(part.literal);
      case kRole: return role_text(part.role, kind_, vocabulary_);
      case kOn: return "on";
      case kSaid: return "said";
      case kStatus: return "status";
      case kSize: return fmt::format("size({})", format(part.operands.front()));
      // In parentheses, lest it runs together with a number.
      case kNegate: return fmt::format("-({})", format(part.operands.front()));
      case kNot: return "NOT " + operand(part.operands.front(), Binding::kNot);
      case kIsNull: return operand(part.operands.front(), Binding::kSum) + " IS NULL";
      case kIsNotNull: return operand(part.operands.front(), Binding::kSum) + " IS NOT NULL";
      default: return chain(part);
    }
  }

 private:
  std::string chain(const Condition& part) const {
    const Binding own = binding_of(part.op);
    // Sums and products of the left go on; comparisons in a row would mean something else.
    const bool goes_on = own == Binding::kSum || own == Binding::kProduct;
    const auto tighter = static_cast<Binding>(static_cast<std::uint8_t>(own) + 1);
    std::string text = operand(part.operands.front(), goes_on ? own : tighter);
    for (std::size_t i = 1; i < part.operands.size(); ++i) {
      text += fmt::format(" {} {}", sign_of(part.op), operand(part.operands[i], tighter));
    }
    return text;
  }

  /// In parentheses if it binds more loosely than its place demands.
  std::string operand(const Condition& part, Binding at_least) const {
    const bool is_loose = binding_of(part.op) < at_least;
    return is_loose ? fmt::format("({})", format(part)) : format(part);
  }

  const Kind& kind_;
  const Vocabulary& vocabulary_;
};

}  // namespace

std::string format_condition(const Condition& condition, const Kind& kind,
                             const Vocabulary& vocabulary) {
  return Formatter(kind, vocabulary).format(condition);
}

std::string format_check(const Check& check, const Kind& kind, const Vocabulary& vocabulary) {
  return fmt::format("CHECK {} ELSE {}", format_condition(check.condition, kind, vocabulary),
                     format_value(Value(check.message)));
}

std::string format_instant(const BoundInstant& instant, const Kind& kind,
                           const Vocabulary& vocabulary) {
  const std::string end = instant.of_end ? "END OF " : "";
  switch (instant.source) {
    case InstantSource::kOn: return end + "on";
    case InstantSource::kSaid: return end + "said";
    case InstantSource::kRecorded: return end + "recorded";
    case InstantSource::kRole: break;
  }
  return end + role_text(instant.role, kind, vocabulary);
}

std::string format_bound(const Bound& bound, const Kind& kind, const Vocabulary& vocabulary) {
  return fmt::format("BOUND {} AFTER {}", format_instant(bound.later, kind, vocabulary),
                     format_instant(bound.earlier, kind, vocabulary));
}

}  // namespace annals::inline schema
