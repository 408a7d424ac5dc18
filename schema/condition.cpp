#include "schema/condition.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "schema/base/contract.h"
#include "schema/date_comparison.h"
#include "schema/event.h"
#include "schema/number.h"
#include "schema/vocabulary.h"

namespace annals::inline schema {

namespace {

/// What a part of a condition gives. Borrows from the condition and the event.
using Operand = std::variant<std::monostate, bool, std::int64_t, double, std::string_view,
                             const Date*, NodeId, const ValueList*, const std::vector<NodeId>*>;

bool is_null(const Operand& operand) { return std::holds_alternative<std::monostate>(operand); }

struct OperandOf {
  Operand operator()(const std::string& text) const { return std::string_view(text); }
  Operand operator()(const Date& date) const { return &date; }
  Operand operator()(const ValueList& list) const { return &list; }
  template <class Plain>
  Operand operator()(const Plain& plain) const {
    return plain;
  }
};
Operand operand_of(const Value& value) { return std::visit(OperandOf(), value.data); }
Operand operand_of(NodeId node) { return node; }
Operand operand_of(const Date* date) { return date != nullptr ? Operand(date) : Operand(); }
Operand operand_of(Number number) {
  return std::visit([](auto value) { return Operand(value); }, number);
}
Operand operand_of(Truth truth) { return truth ? Operand(*truth) : Operand(); }

std::string_view status_word(EventStatus status) {
  switch (status) {
    case EventStatus::kHappened: return "happened";
    case EventStatus::kPlanned: return "planned";
    case EventStatus::kCancelled: break;
  }
  return "cancelled";
}

Operand role_operand(const Occurrence& occurrence, const Role& role) {
  for (const Attribute& attribute : occurrence.attributes) {
    if (attribute.role == role.name) return operand_of(attribute.value);
  }
  for (const RoleFilling& filling : occurrence.roles) {
    if (filling.role != role.name) continue;
    if (role.many) return &filling.nodes;
    return filling.nodes.front();
  }
  return {};
}

std::optional<Number> number_of(const Operand& operand) {
  if (const auto* whole = std::get_if<std::int64_t>(&operand)) return Number(*whole);
  if (const auto* real = std::get_if<double>(&operand)) return Number(*real);
  return std::nullopt;
}

std::optional<std::string_view> text_of(const Operand& operand) {
  if (const auto* text = std::get_if<std::string_view>(&operand)) return *text;
  return std::nullopt;
}

Truth truth_of(const Operand& operand) {
  if (const auto* truth = std::get_if<bool>(&operand)) return *truth;
  return std::nullopt;
}

std::int64_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;  // not within a character
  });
}

std::int64_t size_of(const Operand& operand) {
  if (const auto* list = std::get_if<const ValueList*>(&operand)) {
    return static_cast<std::int64_t>((*list)->size());
  }
  if (const auto* nodes = std::get_if<const std::vector<NodeId>*>(&operand)) {
    return static_cast<std::int64_t>((*nodes)->size());
  }
  if (const auto text = text_of(operand)) return count_characters(*text);
  return 0;
}

Truth is_equal(const Operand& a, const Operand& b) {
  if (is_null(a) || is_null(b)) return std::nullopt;
  const auto number_a = number_of(a);
  const auto number_b = number_of(b);
  if (number_a && number_b) return std::is_eq(compare_numbers(*number_a, *number_b));
  if (a.index() != b.index()) return false;
  if (const auto* date = std::get_if<const Date*>(&a)) {
    return is_same(**date, *std::get<const Date*>(b));
  }
  return a == b;
}

Truth is_less(const Operand& a, const Operand& b, bool or_equal) {
  const auto number_a = number_of(a);
  const auto number_b = number_of(b);
  if (number_a && number_b) {
    const std::partial_ordering order = compare_numbers(*number_a, *number_b);
    return or_equal ? std::is_lteq(order) : std::is_lt(order);
  }
  if (a.index() != b.index()) return std::nullopt;
  if (const auto* date = std::get_if<const Date*>(&a)) {
    const Date& other = *std::get<const Date*>(b);
    return or_equal ? is_before_or_same(**date, other) : is_before(**date, other);
  }
  if (const auto text = text_of(a)) {
    // UTF-8 keeps the order of code points.
    const int order = text->compare(*text_of(b));
    return or_equal ? order <= 0 : order < 0;
  }
  if (const auto* left = std::get_if<bool>(&a)) {
    const bool right = std::get<bool>(b);
    return or_equal ? !*left || right : !*left && right;
  }
  return std::nullopt;
}

template <class List>
Truth is_among(const Operand& item, const List& list) {
  Truth none = true;
  for (const auto& element : list) {
    none = truth_and(none, truth_not(is_equal(item, operand_of(element))));
    if (none == Truth(false)) break;
  }
  return truth_not(none);
}

Truth is_in(const Operand& item, const Operand& list) {
  if (const auto* values = std::get_if<const ValueList*>(&list)) return is_among(item, **values);
  const auto* nodes = std::get_if<const std::vector<NodeId>*>(&list);
  return nodes == nullptr ? std::nullopt : is_among(item, **nodes);
}

Truth test_text(ConditionOperator op, const Operand& a, const Operand& b) {
  const auto text = text_of(a);
  const auto part = text_of(b);
  if (!text || !part) return std::nullopt;
  if (op == ConditionOperator::kStartsWith) return text->starts_with(*part);
  if (op == ConditionOperator::kEndsWith) return text->ends_with(*part);
  return text->find(*part) != std::string_view::npos;
}

Truth compare(ConditionOperator op, const Operand& a, const Operand& b) {
  switch (op) {
    case ConditionOperator::kEqual: return is_equal(a, b);
    case ConditionOperator::kNotEqual: return truth_not(is_equal(a, b));
    case ConditionOperator::kLess: return is_less(a, b, false);
    case ConditionOperator::kLessOrEqual: return is_less(a, b, true);
    case ConditionOperator::kGreater: return is_less(b, a, false);
    case ConditionOperator::kGreaterOrEqual: return is_less(b, a, true);
    case ConditionOperator::kIn: return is_in(a, b);
    default: return test_text(op, a, b);
  }
}

Result<Operand> compute(ConditionOperator op, const Operand& a, const Operand& b) {
  const auto number_a = number_of(a);
  const auto number_b = number_of(b);
  if (!number_a || !number_b) return Operand();
  const auto offset = static_cast<unsigned>(op) - static_cast<unsigned>(ConditionOperator::kAdd);
  ANNALS_TRY(const Number number, compute(static_cast<Arithmetic>(offset), *number_a, *number_b));
  return operand_of(number);
}
static_assert(static_cast<unsigned>(ConditionOperator::kModulo) -
                  static_cast<unsigned>(ConditionOperator::kAdd) ==
              static_cast<unsigned>(Arithmetic::kModulo));

/// Evaluates conditions on one event. Recursion is bounded by limits::kNestingMax.
class Evaluator {
 public:
  Evaluator(const Event& event, const Kind& kind)
      : event_(event), occurrence_(std::get<Occurrence>(event.body)), kind_(kind) {}

  Result<Operand> evaluate(const Condition& part) const {
    switch (part.op) {
      case ConditionOperator::kLiteral: return operand_of(part.literal);
      case ConditionOperator::kRole: return role_operand(occurrence_, kind_.roles[part.role]);
      case ConditionOperator::kOn: return operand_of(pointer_to(event_.on));
      case ConditionOperator::kSaid: return operand_of(event_.said.get());
      case ConditionOperator::kStatus: return Operand(status_word(event_.status));
      case ConditionOperator::kAnd: return decide(part, false);
      case ConditionOperator::kOr: return decide(part, true);
      default: break;
    }
    ANNALS_TRY(const Operand first, evaluate(part.operands.front()));
    switch (part.op) {
      case ConditionOperator::kSize: return size(part.operands.front(), first);
      case ConditionOperator::kNegate:
        return compute(ConditionOperator::kSubtract, Operand(std::int64_t{0}), first);
      case ConditionOperator::kIsNull: return Operand(is_null(first));
      case ConditionOperator::kIsNotNull: return Operand(!is_null(first));
      case ConditionOperator::kNot: return operand_of(truth_not(truth_of(first)));
      default: break;
    }
    ANNALS_TRY(const Operand second, evaluate(part.operands.back()));
    if (part.op <= ConditionOperator::kModulo) return compute(part.op, first, second);
    return operand_of(compare(part.op, first, second));
  }

 private:
  /// AND and OR: the first operand that is `decisive` decides.
  Result<Operand> decide(const Condition& part, bool decisive) const {
    Truth all = !decisive;
    for (const Condition& operand : part.operands) {
      ANNALS_TRY(const Operand value, evaluate(operand));
      const Truth truth = truth_of(value);
      if (truth == Truth(decisive)) return Operand(decisive);
      if (!truth) all = std::nullopt;
    }
    return operand_of(all);
  }

  /// Of a text that is not there nobody knows the length; what takes many has none of them.
  Result<Operand> size(const Condition& role, const Operand& filling) const {
    if (is_null(filling) && !kind_.roles[role.role].many) return Operand();
    return Operand(size_of(filling));
  }

  const Event& event_;
  const Occurrence& occurrence_;
  const Kind& kind_;
};

struct KnownInstant {
  Instant at;
  bool is_excluded_end = false;
};

KnownInstant instant_of(const Date& date, bool of_end) {
  if (of_end) return {date.end, date.is_interval};
  return {date.begin, false};
}

/// Nothing if it is missing or uncertain.
std::optional<KnownInstant> instant_of(const BoundInstant& named, const Event& event,
                                       Micros recorded, const Kind& kind) {
  const Date* date = nullptr;
  switch (named.source) {
    case InstantSource::kRecorded: return KnownInstant{Instant::exactly(recorded), false};
    case InstantSource::kOn: date = pointer_to(event.on); break;
    case InstantSource::kSaid: date = event.said.get(); break;
    case InstantSource::kRole: {
      const Operand filling =
          role_operand(std::get<Occurrence>(event.body), kind.roles[named.role]);
      if (const auto* found = std::get_if<const Date*>(&filling)) date = *found;
    }
  }
  if (date == nullptr || date->uncertain) return std::nullopt;
  return instant_of(*date, named.of_end);
}

}  // namespace

Result<Truth> evaluate(const Condition& condition, const Event& event, const Kind& kind) {
  ANNALS_ASSERT(std::holds_alternative<Occurrence>(event.body));
  ANNALS_TRY(const Operand value, Evaluator(event, kind).evaluate(condition));
  return truth_of(value);
}

bool is_possible(const Bound& bound, const Event& event, Micros recorded, const Kind& kind) {
  ANNALS_ASSERT(std::holds_alternative<Occurrence>(event.body));
  const auto later = instant_of(bound.later, event, recorded, kind);
  const auto earlier = instant_of(bound.earlier, event, recorded, kind);
  if (!later || !earlier) return true;
  // Nothing of what ends lies at its end: the next instant may begin right there.
  if (earlier->is_excluded_end && !later->is_excluded_end) {
    return later->at.latest >= earlier->at.earliest;
  }
  return before(earlier->at, later->at) != Certainty::kImpossible;
}

}  // namespace annals::inline schema
