#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/base/result.h"
#include "schema/truth.h"
#include "schema/value.h"

/// What a kind demands of its events, as data: it is in the log.
namespace annals::inline schema {

struct Event;
struct Kind;

/// What a part of a condition is, in the order of precedence groups. DO NOT CHANGE the numbers:
/// they are in the log.
enum class ConditionOperator : std::uint8_t {
  kLiteral = 0,
  kRole = 1,  ///< What fills a role: a value, a node, or a list; null if nothing does.
  kOn = 2,
  kSaid = 3,
  kStatus = 4,  ///< A text: 'happened', 'planned' or 'cancelled'.
  kSize = 5,    ///< Of a role: how many fill it, or the characters of its text.
  kNegate = 6,
  kAdd = 7,
  kSubtract = 8,
  kMultiply = 9,
  kDivide = 10,
  kModulo = 11,
  kEqual = 12,
  kNotEqual = 13,
  kLess = 14,
  kLessOrEqual = 15,
  kGreater = 16,
  kGreaterOrEqual = 17,
  kIn = 18,
  kStartsWith = 19,
  kEndsWith = 20,
  kContains = 21,
  kIsNull = 22,
  kIsNotNull = 23,
  kNot = 24,
  kAnd = 25,  ///< Of two and more.
  kOr = 26,
};

/// A condition on one event, or a part of it: a tree. At most limits::kNestingMax levels and
/// limits::kConditionPartsMax parts.
struct Condition {
  ConditionOperator op = ConditionOperator::kLiteral;
  std::uint16_t role = 0;  ///< Of kRole: index into the kind's roles.
  Value literal = {};      ///< Of kLiteral; a list holds no lists.
  std::vector<Condition> operands = {};

  bool operator==(const Condition&) const = default;
};

/// `CHECK condition ELSE 'message'`: an event of which the condition is false is refused.
struct Check {
  Condition condition;
  std::string message;
  bool operator==(const Check&) const = default;
};

/// What is an instant of an event. DO NOT CHANGE the numbers: they are in the log.
enum class InstantSource : std::uint8_t {
  kOn = 0,
  kSaid = 1,
  kRecorded = 2,
  kRole = 3,  ///< What fills a role of type DATE.
};

/// An instant as a bound names it. A date that lasts counts from its begin, or with `of_end` until
/// its end.
struct BoundInstant {
  InstantSource source = InstantSource::kOn;
  std::uint16_t role = 0;  ///< Of kRole: index into the kind's roles.
  bool of_end = false;     ///< `END OF`; not of kRecorded.
  bool operator==(const BoundInstant&) const = default;
};

/// `BOUND later AFTER earlier`: an event in which it surely is not so is refused.
struct Bound {
  BoundInstant later;
  BoundInstant earlier;
  bool operator==(const Bound&) const = default;
};

/// What `condition` is of an event of the kind, which is an occurrence. Operands are evaluated from
/// the left, AND and OR only until they are decided. A role that is empty is null, but has the size
/// 0. Dates compare as date_comparison.h says, values of different types as in the language.
/// Requires check_event() to have accepted the kind. InvalidArgument: an integer does not fit or is
/// divided by zero. Thread-safe.
Result<Truth> evaluate(const Condition& condition, const Event& event, const Kind& kind);

/// Whether the bound can hold of an event that was recorded then: false if `later` surely does not
/// lie after `earlier`, that is if the latest instant that the one may be is not after the earliest
/// that the other may be. So it does for two exact instants that are equal. An end is excluded from
/// what ends there, and so may be equal. What is missing or uncertain ('2008?') can be anywhere.
/// Thread-safe.
bool is_possible(const Bound& bound, const Event& event, Micros recorded, const Kind& kind);

}  // namespace annals::inline schema
