#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/functions.h"
#include "schema/base/strong_id.h"
#include "schema/ids.h"
#include "schema/value.h"

/// Expressions whose names are looked up: variables are slots, functions and properties are known,
/// and what they read from the index stands apart (BoundQuery::reads). Plain values, move-only.
namespace annals::query {

/// A column of the rows that flow through a query, from 1.
using SlotId = StrongId<struct SlotTag, std::uint32_t>;

/// One of the scopes of a query (BoundQuery::scopes), from 1. The first is the statement's.
using ScopeId = StrongId<struct ScopeTag, std::uint32_t>;

struct BoundExpression;
using BoundBox = std::unique_ptr<BoundExpression>;

struct BoundConstant {
  Value value;
};
struct BoundParameter {
  std::string name;
};
struct BoundSlot {
  SlotId slot;
};
/// `object.name`, as far as no index of properties has to be asked: what is built in, the roles of
/// an event, the own properties of a fact.
struct BoundProperty {
  BoundBox object;
  std::string name;
  SymbolId symbol;  ///< Zero if no such name was ever used.
  ScopeId scope;    ///< In which a fact is certain or not.
  /// Of an element of a list, a property that events SET too: it has to be certain.
  bool reads_index = false;
};
struct BoundList {
  std::vector<BoundExpression> items;
};
struct BoundUnary {
  ast::UnaryOperator op = ast::UnaryOperator::kNot;
  BoundBox operand;
};
/// ast::Chain. There is one operator fewer than operands.
struct BoundChain {
  std::vector<BoundExpression> operands;
  std::vector<ast::BinaryOperator> operators;
};
struct BoundCall {
  const Function* function = nullptr;  ///< Of the static table; not an aggregate.
  std::vector<BoundExpression> arguments;
  ScopeId scope;
};

/// ast::Case. Boxes may be null, as there.
struct BoundCase {
  BoundBox operand;
  std::vector<BoundExpression> whens;
  std::vector<BoundExpression> thens;
  BoundBox otherwise;
};
struct BoundSubscript {
  BoundBox object;
  BoundBox index;
};
struct BoundSlice {
  BoundBox object;
  BoundBox from;
  BoundBox to;
};
struct BoundMap {
  std::vector<std::string> keys;
  std::vector<BoundExpression> values;
};
/// ast::ListWalk. Its variables are slots that only its own parts know.
struct BoundListWalk {
  ast::ListWalkKind kind = ast::ListWalkKind::kComprehension;
  SlotId variable;
  SlotId accumulator;  ///< Of reduce; else zero.
  BoundBox initial;
  BoundBox list;
  BoundBox where;
  BoundBox result;
};

struct BoundExpression {
  std::variant<BoundConstant, BoundParameter, BoundSlot, BoundProperty, BoundList, BoundUnary,
               BoundChain, BoundCall, BoundCase, BoundSubscript, BoundSlice, BoundMap,
               BoundListWalk>
      node;
  ast::SourceRange range;  ///< Of what was written.
};

BoundExpression slot_expression(SlotId slot, ast::SourceRange range);
BoundExpression clone(const BoundExpression& expression);

/// The direct parts of an expression, to walk it.
std::vector<const BoundExpression*> parts_of(const BoundExpression& expression);
std::vector<BoundExpression*> parts_of(BoundExpression& expression);

/// A text that two expressions have in common if and only if they mean the same.
std::string expression_key(const BoundExpression& expression);

/// Calls `visit` for each slot that the expression reads, but for those of its own.
void for_each_slot(const BoundExpression& expression, const std::function<void(SlotId)>& visit);

/// For EXPLAIN: `name_of` says what a slot is called.
std::string describe(const BoundExpression& expression,
                     const std::function<std::string(SlotId)>& name_of);

}  // namespace annals::query
