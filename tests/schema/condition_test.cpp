// CHECK and BOUND as data: what they say of an event, and how they are written.

#include "schema/condition.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "schema/condition_rules.h"
#include "schema/condition_text.h"
#include "schema/event_rules.h"

namespace annals {
namespace {

using enum ConditionOperator;

Condition literal(Value value) {
  Condition condition;
  condition.literal = std::move(value);
  return condition;
}
Condition number(std::int64_t value) { return literal(Value(value)); }
Condition text(const char* value) { return literal(Value(std::string(value))); }
Condition date(const char* value) { return literal(Value(*parse_date(value))); }
Condition null() { return literal(Value()); }

Condition of(ConditionOperator op, std::vector<Condition> operands) {
  Condition condition;
  condition.op = op;
  condition.operands = std::move(operands);
  return condition;
}

constexpr Truth kTrue = true;
constexpr Truth kFalse = false;
constexpr Truth kNull = std::nullopt;

/// An event of a kind with a role of each sort.
class ConditionTest : public testing::Test {
 protected:
  enum Place : std::uint16_t { kCountry, kOther, kParty, kNumber, kText, kDate, kFlag, kNumbers };

  ConditionTest() {
    const auto add = [this](const char* name, RoleType type, bool many = false) {
      kind_.roles.push_back({vocabulary_.add_symbol(name), type, SymbolId(), true, many});
    };
    kind_.name = vocabulary_.add_symbol("Vote");
    add("country", RoleType::kEntity);
    add("other", RoleType::kEntity);
    add("party", RoleType::kEntity, true);
    add("number", RoleType::kInteger);
    add("text", RoleType::kText);
    add("date", RoleType::kDate);
    add("flag", RoleType::kBoolean);
    add("numbers", RoleType::kInteger, true);
    event_.body = Occurrence{kind_.name, {}, {}};
  }

  static Condition role(Place place) {
    Condition condition;
    condition.op = kRole;
    condition.role = place;
    return condition;
  }

  void fill(Place place, Value value) {
    std::get<Occurrence>(event_.body).attributes.push_back({kind_.roles[place].name, value});
  }
  void fill(Place place, std::vector<NodeId> nodes) {
    std::get<Occurrence>(event_.body).roles.push_back({kind_.roles[place].name, std::move(nodes)});
  }

  Truth truth(const Condition& condition) {
    const Result<Truth> truth = evaluate(condition, event_, kind_);
    EXPECT_TRUE(truth) << (truth ? "" : format_error(truth.error()));
    return truth ? *truth : kNull;
  }
  std::string error(const Condition& condition) {
    const Result<Truth> truth = evaluate(condition, event_, kind_);
    return truth ? "none" : truth.error().message;
  }
  std::string written(const Condition& condition) {
    return format_condition(condition, kind_, vocabulary_);
  }

  Vocabulary vocabulary_;
  Kind kind_;
  Event event_;
};

TEST_F(ConditionTest, LogicHasThreeValues) {
  const Condition yes = literal(Value(true));
  const Condition no = literal(Value(false));
  EXPECT_EQ(truth(of(kAnd, {yes, yes, yes})), kTrue);
  EXPECT_EQ(truth(of(kAnd, {yes, null(), yes})), kNull);
  EXPECT_EQ(truth(of(kAnd, {null(), no})), kFalse);
  EXPECT_EQ(truth(of(kOr, {no, no})), kFalse);
  EXPECT_EQ(truth(of(kOr, {no, null()})), kNull);
  EXPECT_EQ(truth(of(kOr, {null(), yes})), kTrue);
  EXPECT_EQ(truth(of(kNot, {null()})), kNull);
  EXPECT_EQ(truth(of(kNot, {no})), kTrue);
  EXPECT_EQ(truth(null()), kNull);
}

TEST_F(ConditionTest, NumbersCompareByValue) {
  fill(kNumber, Value(std::int64_t{3}));
  EXPECT_EQ(truth(of(kEqual, {role(kNumber), literal(Value(3.0))})), kTrue);
  EXPECT_EQ(truth(of(kLess, {role(kNumber), literal(Value(3.5))})), kTrue);
  EXPECT_EQ(truth(of(kGreaterOrEqual, {role(kNumber), number(4)})), kFalse);
  EXPECT_EQ(truth(of(kLessOrEqual, {role(kNumber), null()})), kNull);
  EXPECT_EQ(truth(of(kNotEqual, {role(kNumber), number(3)})), kFalse);
}

TEST_F(ConditionTest, ArithmeticIsThatOfTheLanguage) {
  const auto is = [&](Condition sum, Condition result) {
    return truth(of(kEqual, {std::move(sum), std::move(result)}));
  };
  EXPECT_EQ(is(of(kDivide, {number(7), number(2)}), number(3)), kTrue);
  EXPECT_EQ(is(of(kModulo, {number(-7), number(2)}), number(-1)), kTrue);
  EXPECT_EQ(is(of(kAdd, {number(1), literal(Value(0.5))}), literal(Value(1.5))), kTrue);
  EXPECT_EQ(is(of(kMultiply, {number(3), null()}), number(3)), kNull);
  EXPECT_EQ(is(of(kNegate, {number(3)}), number(-3)), kTrue);
  EXPECT_EQ(is(of(kDivide, {number(1), literal(Value(0.0))}), number(1)), kFalse);
  const Condition most = number(std::numeric_limits<std::int64_t>::max());
  const Condition least = number(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(error(of(kEqual, {of(kAdd, {most, number(1)}), number(0)})), "integer overflow");
  EXPECT_EQ(error(of(kEqual, {of(kNegate, {least}), number(0)})), "integer overflow");
  EXPECT_EQ(error(of(kEqual, {of(kModulo, {most, number(0)}), number(0)})), "division by zero");
}

TEST_F(ConditionTest, WhatIsDecidedIsNotWorkedOutFurther) {
  const Condition bad = of(kEqual, {of(kDivide, {number(1), number(0)}), number(0)});
  EXPECT_EQ(truth(of(kOr, {literal(Value(true)), bad})), kTrue);
  EXPECT_EQ(truth(of(kAnd, {literal(Value(false)), bad})), kFalse);
  EXPECT_EQ(error(of(kAnd, {null(), bad})), "division by zero");
}

TEST_F(ConditionTest, TextsAreTestedToTheLetter) {
  fill(kText, Value(std::string("Añb")));
  EXPECT_EQ(truth(of(kStartsWith, {role(kText), text("A")})), kTrue);
  EXPECT_EQ(truth(of(kStartsWith, {role(kText), text("a")})), kFalse);
  EXPECT_EQ(truth(of(kEndsWith, {role(kText), text("b")})), kTrue);
  EXPECT_EQ(truth(of(kContains, {role(kText), text("x")})), kFalse);
  EXPECT_EQ(truth(of(kContains, {role(kText), null()})), kNull);
  EXPECT_EQ(truth(of(kLess, {role(kText), text("B")})), kTrue);
  EXPECT_EQ(truth(of(kEqual, {of(kSize, {role(kText)}), number(3)})), kTrue);
}

TEST_F(ConditionTest, NodesAreTheSameOrNot) {
  EXPECT_EQ(truth(of(kNotEqual, {role(kCountry), role(kOther)})), kNull);
  fill(kCountry, {NodeId::entity(1)});
  fill(kOther, {NodeId::entity(1)});
  EXPECT_EQ(truth(of(kNotEqual, {role(kCountry), role(kOther)})), kFalse);
  EXPECT_EQ(truth(of(kIn, {role(kCountry), role(kParty)})), kNull);
  EXPECT_EQ(truth(of(kEqual, {of(kSize, {role(kParty)}), number(0)})), kTrue);
  fill(kParty, {NodeId::entity(2), NodeId::event(Seq(1))});
  EXPECT_EQ(truth(of(kIn, {role(kCountry), role(kParty)})), kFalse);
  EXPECT_EQ(truth(of(kEqual, {of(kSize, {role(kParty)}), number(2)})), kTrue);
}

TEST_F(ConditionTest, AnEmptyRoleIsNull) {
  EXPECT_EQ(truth(of(kIsNull, {role(kParty)})), kTrue);
  EXPECT_EQ(truth(of(kIsNotNull, {role(kText)})), kFalse);
  EXPECT_EQ(truth(of(kEqual, {of(kSize, {role(kText)}), number(0)})), kNull);
  EXPECT_EQ(truth(role(kFlag)), kNull);
  fill(kFlag, Value(false));
  EXPECT_EQ(truth(role(kFlag)), kFalse);
}

TEST_F(ConditionTest, AListHoldsOrMayHold) {
  const Condition list = literal(Value(ValueList{Value(std::int64_t{1}), Value()}));
  EXPECT_EQ(truth(of(kIn, {number(1), list})), kTrue);
  EXPECT_EQ(truth(of(kIn, {number(2), list})), kNull);
  EXPECT_EQ(truth(of(kIn, {number(2), literal(Value(ValueList{}))})), kFalse);
  fill(kNumbers, Value(ValueList{Value(std::int64_t{4})}));
  EXPECT_EQ(truth(of(kIn, {number(2), role(kNumbers)})), kFalse);
}

TEST_F(ConditionTest, DatesCompareAsFarAsTheirBoundsDecide) {
  Condition on;
  on.op = kOn;
  EXPECT_EQ(truth(of(kLess, {on, date("2001")})), kNull);
  event_.on = *parse_date("2000");
  EXPECT_EQ(truth(of(kLess, {on, date("2001")})), kTrue);
  EXPECT_EQ(truth(of(kLess, {on, date("2000-06")})), kNull);
  EXPECT_EQ(truth(of(kGreater, {on, date("2001")})), kFalse);
  EXPECT_EQ(truth(of(kGreaterOrEqual, {on, date("2000-01-01")})), kTrue);
  EXPECT_EQ(truth(of(kEqual, {on, date("2000")})), kNull);
  EXPECT_EQ(truth(of(kLess, {on, date("2001?")})), kNull);
  Condition said;
  said.op = kSaid;
  EXPECT_EQ(truth(of(kIsNull, {said})), kTrue);
  event_.said = *parse_date("1999-01-01");
  EXPECT_EQ(truth(of(kLess, {said, on})), kTrue);
}

TEST_F(ConditionTest, StatusIsAText) {
  Condition status;
  status.op = kStatus;
  EXPECT_EQ(truth(of(kEqual, {status, text("happened")})), kTrue);
  event_.status = EventStatus::kCancelled;
  EXPECT_EQ(truth(of(kEqual, {status, text("cancelled")})), kTrue);
}

// --- How they are written ------------------------------------------------------------------------

TEST_F(ConditionTest, ParenthesesStandWhereTheTreeNeedsThem) {
  const Condition a = role(kNumber);
  const Condition one = number(1);
  const Condition less = of(kLess, {a, one});
  EXPECT_EQ(written(of(kSubtract, {of(kAdd, {a, one}), one})), "number + 1 - 1");
  EXPECT_EQ(written(of(kSubtract, {a, of(kAdd, {one, one})})), "number - (1 + 1)");
  EXPECT_EQ(written(of(kMultiply, {of(kAdd, {a, one}), of(kNegate, {a})})),
            "(number + 1) * -(number)");
  EXPECT_EQ(written(of(kEqual, {of(kEqual, {less, less}), role(kFlag)})),
            "((number < 1) = (number < 1)) = flag");
  EXPECT_EQ(written(of(kAnd, {of(kOr, {less, less}), of(kNot, {less}),
                              of(kNot, {of(kOr, {less, less})})})),
            "(number < 1 OR number < 1) AND NOT number < 1 AND NOT (number < 1 OR number < 1)");
  EXPECT_EQ(written(of(kIsNull, {of(kIn, {a, role(kNumbers)})})), "(number IN numbers) IS NULL");
  EXPECT_EQ(written(of(kGreater, {of(kSize, {role(kParty)}), number(-2)})), "size(party) > -2");
}

TEST_F(ConditionTest, ReservedWordsAndOtherNamesStandInBackticks) {
  kind_.roles[kFlag].name = vocabulary_.add_symbol("Null");
  kind_.roles[kDate].name = vocabulary_.add_symbol("the day");
  EXPECT_EQ(written(of(kAnd, {role(kFlag), of(kIsNull, {role(kDate)})})),
            "`Null` AND `the day` IS NULL");
  const Bound bound{{InstantSource::kRole, kDate, true}, {InstantSource::kRecorded, 0, false}};
  EXPECT_EQ(format_bound(bound, kind_, vocabulary_), "BOUND END OF `the day` AFTER recorded");
}

// --- Bounds --------------------------------------------------------------------------------------

class BoundTest : public ConditionTest {
 protected:
  bool can_be(const char* later, const char* earlier, bool end_of_later = false,
              bool end_of_earlier = false) {
    event_.on = *parse_date(later);
    event_.said = *parse_date(earlier);
    const Bound bound{{InstantSource::kOn, 0, end_of_later},
                      {InstantSource::kSaid, 0, end_of_earlier}};
    return is_possible(bound, event_, 0, kind_);
  }
};

TEST_F(BoundTest, WhatSurelyIsNotAfterIsRefused) {
  EXPECT_TRUE(can_be("2001-01-02", "2001-01-01"));
  EXPECT_FALSE(can_be("2001-01-01", "2001-01-01"));
  EXPECT_FALSE(can_be("2001-01-01", "2001-01-02"));
  EXPECT_TRUE(can_be("2001", "2001-12-30"));
  EXPECT_FALSE(can_be("2001", "2001-12-31"));
  EXPECT_TRUE(can_be("2001", "2001"));
  EXPECT_TRUE(can_be("2001-01-02", "2001"));
  EXPECT_FALSE(can_be("2001-01-01", "2001"));
  EXPECT_TRUE(can_be("[2001..]", "2500"));
  EXPECT_FALSE(can_be("[..2001]", "[2002..]"));
}

TEST_F(BoundTest, WhatIsUncertainOrMissingPasses) {
  EXPECT_TRUE(can_be("1990?", "2001"));
  EXPECT_TRUE(can_be("1990", "2001%"));
  event_.on = *parse_date("1990");
  event_.said.reset();
  EXPECT_TRUE(is_possible({{InstantSource::kOn, 0, false}, {InstantSource::kSaid, 0, false}},
                          event_, 0, kind_));
  EXPECT_TRUE(is_possible({{InstantSource::kRole, kDate, false}, {InstantSource::kOn, 0, false}},
                          event_, 0, kind_));
}

TEST_F(BoundTest, WhatLastsCountsFromItsBeginOrUntilItsEnd) {
  EXPECT_TRUE(can_be("2001-01-02", "2001-01-01/2001-01-03"));
  EXPECT_FALSE(can_be("2001-01-03", "2001-01-01/2001-01-03", false, true));
  EXPECT_TRUE(can_be("2001-01-04", "2001-01-01/2001-01-03", false, true));
  EXPECT_FALSE(can_be("2001-01-01/2001-01-03", "2001-01-02"));
  EXPECT_TRUE(can_be("2001-01-01/2001-01-03", "2001-01-03", true));
  EXPECT_FALSE(can_be("2001-01-01/2001-01-03", "2001-01-04", true));
  EXPECT_FALSE(can_be("2001-01-01/2001-01-03", "2000/2001-01-03", true, true));
  EXPECT_FALSE(can_be("2001-01-01", "2001-01-01", true, true));
  EXPECT_FALSE(can_be("2001-01-01", "2000/..", false, true));
}

TEST_F(BoundTest, RecordedIsTheMomentGiven) {
  event_.on = *parse_date("1970-01-02");
  const Bound bound{{InstantSource::kRecorded, 0, false}, {InstantSource::kOn, 0, false}};
  EXPECT_FALSE(is_possible(bound, event_, kMicrosPerDay, kind_));
  EXPECT_TRUE(is_possible(bound, event_, kMicrosPerDay + 1, kind_));
}

}  // namespace
}  // namespace annals
