#include "schema/condition_rules.h"

#include <algorithm>
#include <cmath>

namespace annals::inline schema {

namespace {

using Type = std::optional<ConditionType>;
using Base = ConditionType::Base;
using Operands = std::span<const ConditionType>;

constexpr Type kNone;

Type single(Base base) { return ConditionType{base, false}; }

Base base_of(const Role& role) {
  switch (role.type) {
    case RoleType::kNode:
    case RoleType::kEntity: return Base::kNode;
    case RoleType::kText:
    case RoleType::kRelation: return Base::kText;
    case RoleType::kInteger:
    case RoleType::kFloat: return Base::kNumber;
    case RoleType::kBoolean: return Base::kBoolean;
    case RoleType::kDate: return Base::kDate;
  }
  return Base::kNull;
}

/// Nothing for a list, and for a number that the language cannot write.
std::optional<Base> base_of(const Value& value) {
  if (value.is_null()) return Base::kNull;
  if (std::holds_alternative<bool>(value.data)) return Base::kBoolean;
  if (std::holds_alternative<std::int64_t>(value.data)) return Base::kNumber;
  if (std::holds_alternative<std::string>(value.data)) return Base::kText;
  if (std::holds_alternative<Date>(value.data)) return Base::kDate;
  const auto* real = std::get_if<double>(&value.data);
  if (real != nullptr && std::isfinite(*real)) return Base::kNumber;
  return std::nullopt;
}

Type type_of_literal(const Value& literal) {
  const auto* list = std::get_if<ValueList>(&literal.data);
  if (list == nullptr) {
    const std::optional<Base> base = base_of(literal);
    return base ? single(*base) : kNone;
  }
  ConditionType type{Base::kNull, true};
  for (const Value& element : *list) {
    const std::optional<Base> base = base_of(element);
    if (!base) return kNone;
    if (*base == Base::kNull) continue;
    if (type.base != Base::kNull && type.base != *base) return kNone;
    type.base = *base;
  }
  return type;
}

bool are(Base base, Operands operands) {
  return std::all_of(operands.begin(), operands.end(), [base](const ConditionType& type) {
    return !type.is_list && (type.base == base || type.base == Base::kNull);
  });
}

bool is_same_base(ConditionType a, ConditionType b) {
  return a.base == b.base || a.base == Base::kNull || b.base == Base::kNull;
}

bool has_order(ConditionType type) { return type.base != Base::kNode; }

Type type_of_two(ConditionOperator op, ConditionType a, ConditionType b) {
  const ConditionType both[] = {a, b};
  switch (op) {
    case ConditionOperator::kAdd:
    case ConditionOperator::kSubtract:
    case ConditionOperator::kMultiply:
    case ConditionOperator::kDivide:
    case ConditionOperator::kModulo:
      return are(Base::kNumber, both) ? single(Base::kNumber) : kNone;
    case ConditionOperator::kEqual:
    case ConditionOperator::kNotEqual:
      if (a.is_list || b.is_list || !is_same_base(a, b)) return kNone;
      return single(Base::kBoolean);
    case ConditionOperator::kLess:
    case ConditionOperator::kLessOrEqual:
    case ConditionOperator::kGreater:
    case ConditionOperator::kGreaterOrEqual:
      if (a.is_list || b.is_list || !is_same_base(a, b)) return kNone;
      return has_order(a) && has_order(b) ? single(Base::kBoolean) : kNone;
    case ConditionOperator::kIn:
      return !a.is_list && b.is_list && is_same_base(a, b) ? single(Base::kBoolean) : kNone;
    case ConditionOperator::kStartsWith:
    case ConditionOperator::kEndsWith:
    case ConditionOperator::kContains:
      return are(Base::kText, both) ? single(Base::kBoolean) : kNone;
    default: return kNone;
  }
}

Type type_of_one(const Condition& part, ConditionType operand, const std::vector<Role>& roles) {
  switch (part.op) {
    case ConditionOperator::kSize: {
      const Condition& of = part.operands.front();
      if (of.op != ConditionOperator::kRole) return kNone;
      const Role& role = roles[of.role];
      return role.many || role.type == RoleType::kText ? single(Base::kNumber) : kNone;
    }
    case ConditionOperator::kNegate:
      return are(Base::kNumber, {&operand, 1}) ? single(Base::kNumber) : kNone;
    case ConditionOperator::kIsNull:
    case ConditionOperator::kIsNotNull: return single(Base::kBoolean);
    case ConditionOperator::kNot:
      return are(Base::kBoolean, {&operand, 1}) ? single(Base::kBoolean) : kNone;
    default: return kNone;
  }
}

bool is_date_role(std::size_t role, const std::vector<Role>& roles) {
  return role < roles.size() && roles[role].type == RoleType::kDate && !roles[role].many;
}

bool is_of_kind(const BoundInstant& instant, const std::vector<Role>& roles) {
  if (instant.source > InstantSource::kRole) return false;
  if (instant.source == InstantSource::kRole) return is_date_role(instant.role, roles);
  const bool has_end = instant.source != InstantSource::kRecorded;
  return instant.role == 0 && (has_end || !instant.of_end);
}

}  // namespace

std::optional<ConditionType> type_of(const Condition& part, std::span<const ConditionType> operands,
                                     const std::vector<Role>& roles) {
  const bool is_leaf = operands.empty();
  switch (part.op) {
    case ConditionOperator::kLiteral: return is_leaf ? type_of_literal(part.literal) : kNone;
    case ConditionOperator::kRole: {
      if (!is_leaf || part.role >= roles.size()) return kNone;
      return ConditionType{base_of(roles[part.role]), roles[part.role].many};
    }
    case ConditionOperator::kOn:
    case ConditionOperator::kSaid: return is_leaf ? single(Base::kDate) : kNone;
    case ConditionOperator::kStatus: return is_leaf ? single(Base::kText) : kNone;
    case ConditionOperator::kAnd:
    case ConditionOperator::kOr:
      return operands.size() >= 2 && are(Base::kBoolean, operands) ? single(Base::kBoolean) : kNone;
    default: break;
  }
  if (operands.size() == 1) return type_of_one(part, operands.front(), roles);
  if (operands.size() == 2) return type_of_two(part.op, operands[0], operands[1]);
  return kNone;
}

bool is_of_kind(const Bound& bound, const std::vector<Role>& roles) {
  return is_of_kind(bound.later, roles) && is_of_kind(bound.earlier, roles);
}

}  // namespace annals::inline schema
