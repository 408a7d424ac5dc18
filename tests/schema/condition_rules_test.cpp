// What may not stand in a definition: conditions, bounds and paddings that no statement gives.

#include "schema/condition_rules.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "schema/event_codec.h"
#include "schema/event_rules.h"

namespace annals {
namespace {

using testing::HasSubstr;

/// A body that check_event() refuses, and part of what it says.
struct Wrong {
  const char* what;
  EventBody body;
};

/// Role 0 holds a node, role 1 a text.
Kind sound_kind() {
  Kind kind{SymbolId(1), Seq(), {}, {}};
  kind.roles = {{SymbolId(2), RoleType::kEntity, {}, false, false},
                {SymbolId(3), RoleType::kText, {}, false, false}};
  return kind;
}

Condition part(ConditionOperator op, std::vector<Condition> operands) {
  return {op, 0, {}, std::move(operands)};
}
Condition role(std::uint16_t place) { return {ConditionOperator::kRole, place, {}, {}}; }
Condition number(std::int64_t value) { return {ConditionOperator::kLiteral, 0, Value(value), {}}; }

/// NOT NOT ... true, as many levels in all.
Condition nested_condition(std::uint32_t levels) {
  Condition condition{ConditionOperator::kLiteral, 0, Value(true), {}};
  for (std::uint32_t i = 1; i < levels; ++i) {
    std::vector<Condition> operands;
    operands.push_back(std::move(condition));
    condition = part(ConditionOperator::kNot, std::move(operands));
  }
  return condition;
}

/// A wrong kind: what `make` does to a sound one.
Wrong wrong_kind(const char* what, const std::function<void(Kind&)>& make) {
  Kind kind = sound_kind();
  make(kind);
  return {what, kind};
}

Wrong wrong_check(const char* what, const Condition& condition) {
  return wrong_kind(what, [condition](Kind& k) { k.checks = {{condition, "no"}}; });
}

/// Roles of the kind: 0 holds a node, 1 a text.
std::vector<Wrong> wrong_conditions() {
  using enum ConditionOperator;
  const char* const kOperands = "operands it does not take";
  Condition with_foreign_role = part(kOn, {});
  with_foreign_role.role = 1;
  Condition with_foreign_literal = part(kSaid, {});
  with_foreign_literal.literal = Value(true);
  const Condition wide =
      part(kAnd, std::vector<Condition>(limits::kConditionPartsMax, nested_condition(1)));
  const Value mixed(ValueList{Value(true), Value(std::int64_t{1})});
  const Value deep(ValueList{Value(ValueList{})});
  return {
      wrong_check("neither true nor false", number(1)),
      wrong_check("neither true nor false", role(0)),
      wrong_check(kOperands, role(2)),
      wrong_check(kOperands, part(static_cast<ConditionOperator>(27), {number(1), number(1)})),
      wrong_check(kOperands, part(kAnd, {nested_condition(1)})),
      wrong_check(kOperands, part(kNot, {})),
      wrong_check(kOperands, part(kNot, {number(1)})),
      wrong_check(kOperands, part(kLess, {number(1), number(1), number(1)})),
      wrong_check(kOperands, part(kLess, {role(0), role(0)})),
      wrong_check(kOperands, part(kEqual, {role(0), role(1)})),
      wrong_check(kOperands, part(kEqual, {part(kAdd, {role(1), number(1)}), number(1)})),
      wrong_check(kOperands, part(kIn, {number(1), number(1)})),
      wrong_check(kOperands, part(kIsNull, {part(kSize, {role(0)})})),
      wrong_check(kOperands, part(kIsNull, {part(kSize, {number(1)})})),
      wrong_check(kOperands, part(kIsNull, {{kLiteral, 0, mixed, {}}})),
      wrong_check(kOperands, part(kIsNull, {{kLiteral, 0, deep, {}}})),
      wrong_check(kOperands, part(kIsNull, {{kLiteral, 0, Value(std::nan("")), {}}})),
      wrong_check(kOperands, part(kIsNull, {{kLiteral, 0, {}, {number(1)}}})),
      wrong_check("has no use for", part(kIsNull, {with_foreign_role})),
      wrong_check("has no use for", part(kIsNull, {with_foreign_literal})),
      wrong_check("not valid UTF-8",
                  part(kIsNull, {{kLiteral, 0, Value(std::string("\xFF")), {}}})),
      wrong_check("deeper than NestingMax", nested_condition(limits::kNestingMax + 1)),
      wrong_check("ConditionPartsMax", wide),
      wrong_kind("has no message",
                 [](Kind& k) {
                   k.checks = {{nested_condition(1), ""}};
                 }),
      wrong_kind("KindChecksMax",
                 [](Kind& k) {
                   k.checks.assign(limits::kKindChecksMax + 1, {nested_condition(1), "no"});
                 }),
  };
}

std::vector<Wrong> wrong_bounds_and_paddings() {
  const auto wrong_bound = [](BoundInstant instant) {
    return wrong_kind("names no instant", [instant](Kind& k) {
      k.bounds = {{{InstantSource::kOn, 0, false}, instant}};
    });
  };
  const auto wrong_padding = [](const char* what, const Padding& padding) {
    return Wrong{what, padding};
  };
  return {
      wrong_bound({InstantSource::kRole, 1, false}),
      wrong_bound({InstantSource::kRole, 2, false}),
      wrong_bound({InstantSource::kSaid, 1, false}),
      wrong_bound({InstantSource::kRecorded, 0, true}),
      wrong_bound({static_cast<InstantSource>(4), 0, false}),
      wrong_kind(
          "KindBoundsMax",
          [](Kind& k) {
            k.bounds.assign(limits::kKindBoundsMax + 1, {{}, {InstantSource::kSaid, 0, false}});
          }),
      wrong_padding("negative", {Seq(), {-1, 0, 0, 0}}),
      wrong_padding("PaddingMax", {Seq(), {0, 0, 0, limits::kPaddingMax + 1}}),
      wrong_padding("states its own sequence", {Seq(1), {}}),
  };
}

TEST(ConditionRulesTest, WhatNoStatementGivesIsRefused) {
  for (const auto& list : {wrong_conditions(), wrong_bounds_and_paddings()}) {
    for (const Wrong& wrong : list) {
      Event event;
      event.body = wrong.body;
      const Status status = check_event(event);
      ASSERT_FALSE(status) << wrong.what;
      EXPECT_THAT(status.error().message, HasSubstr(wrong.what));
    }
  }
}

TEST(ConditionRulesTest, ConditionsNestToTheLimit) {
  Kind kind = sound_kind();
  // The list takes the most levels that may stand below the last of the condition.
  Condition deepest{ConditionOperator::kLiteral, 0, Value(ValueList{Value(true)}), {}};
  Condition condition = part(ConditionOperator::kIsNull, {std::move(deepest)});
  for (std::uint32_t i = 2; i < limits::kNestingMax; ++i) {
    std::vector<Condition> operands;
    operands.push_back(std::move(condition));
    condition = part(ConditionOperator::kNot, std::move(operands));
  }
  kind.checks = {{std::move(condition), "no"}};
  CommitContent content;
  content.symbols = {"Vote", "country", "text"};
  content.events.emplace_back().body = kind;
  std::string bytes;
  const Status written = encode_commit(content, bytes);
  ASSERT_TRUE(written) << format_error(written.error());
  const Result<CommitContent> read = decode_commit(bytes);
  ASSERT_TRUE(read) << format_error(read.error());
  EXPECT_EQ(*read, content);
}

}  // namespace
}  // namespace annals
