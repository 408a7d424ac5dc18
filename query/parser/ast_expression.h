#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "schema/value.h"

/// The part of the syntax tree that patterns, queries and statements share: names and expressions.
namespace annals::query::ast {

/// Byte offsets [begin, end) into the statement's text.
struct SourceRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// An owned node on the heap, for recursive types. Never null once parsed.
template <class T>
using Box = std::unique_ptr<T>;

struct Identifier {
  std::string name;
  SourceRange range;
};

// --- Expressions -----------------------------------------------------------------------------

struct Expression;

struct Literal {
  Value value;  ///< null, boolean, integer, float or text; lists are ListLiteral.
};
struct Parameter {
  std::string name;  ///< `$name`
};
struct Variable {
  std::string name;
};
struct PropertyAccess {
  Box<Expression> object;
  std::string property;
  SourceRange property_range;
};
struct ListLiteral {
  std::vector<Expression> items;
};

enum class UnaryOperator : std::uint8_t { kNot, kNegate, kIsNull, kIsNotNull };
struct Unary {
  UnaryOperator op = UnaryOperator::kNot;
  Box<Expression> operand;
};

enum class BinaryOperator : std::uint8_t {
  kOr,
  kXor,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kStartsWith,
  kEndsWith,
  kContains,
  kMatches,  ///< `=~`
  kOverlaps,
  kPrecedes,
  kSucceeds,
  kMeets,
  kEquals,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
};
/// `first op operand op operand ...`: a left-associative chain of one precedence level, kept flat
/// so that a long one makes no deep tree. A comparison chain (`1 < x <= 3`) means the conjunction
/// of its neighbours, as in openCypher.
struct Chain {
  struct Link {
    BinaryOperator op = BinaryOperator::kOr;
    SourceRange op_range;
    Box<Expression> operand;
  };
  Box<Expression> first;
  std::vector<Link> links;  ///< At least one.
};

struct FunctionCall {
  Identifier name;
  bool distinct = false;  ///< `count(DISTINCT x)`
  bool star = false;      ///< `count(*)`
  std::vector<Expression> arguments;
};

/// `CASE [operand] WHEN when THEN then ... [ELSE otherwise] END`
struct Case {
  Box<Expression> operand;  ///< Null: each `when` is a condition; else what it must equal.
  std::vector<Expression> whens;
  std::vector<Expression> thens;  ///< As many.
  Box<Expression> otherwise;      ///< Null: null.
};

/// `object[index]`
struct Subscript {
  Box<Expression> object;
  Box<Expression> index;
};
/// `object[from..to]`, of which each may be missing.
struct Slice {
  Box<Expression> object;
  Box<Expression> from;
  Box<Expression> to;
};

/// `{key: value, ...}`
struct MapLiteral {
  std::vector<Identifier> keys;
  std::vector<Expression> values;  ///< As many.
};

/// What looks at each element of a list under a name of its own.
enum class ListWalkKind : std::uint8_t { kComprehension, kAny, kAll, kNone, kSingle, kReduce };
/// `[x IN list WHERE p | e]`, `any(x IN list WHERE p)`, `reduce(a = initial, x IN list | e)`
struct ListWalk {
  ListWalkKind kind = ListWalkKind::kComprehension;
  Identifier variable;
  Identifier accumulator;   ///< Of reduce.
  Box<Expression> initial;  ///< Of reduce; else null.
  Box<Expression> list;
  Box<Expression> where;   ///< Null: none.
  Box<Expression> result;  ///< Null: the element itself.
};

struct MatchClause;
enum class SubqueryKind : std::uint8_t {
  kExists,  ///< Whether there is a row.
  kCount,   ///< How many there are.
};
/// `EXISTS {MATCH pattern, ... WHERE ...}`, `COUNT {...}`, of which the first word within may be
/// missing.
struct Subquery {
  SubqueryKind kind = SubqueryKind::kExists;
  Box<MatchClause> match;
};

struct Expression {
  std::variant<Literal, Parameter, Variable, PropertyAccess, ListLiteral, Unary, Chain,
               FunctionCall, Case, Subscript, Slice, MapLiteral, ListWalk, Subquery>
      node;
  SourceRange range;
  /// Levels of the tree from here down. At most limits::kNestingMax, so that recursion over a tree
  /// (walkers, destructors) is bounded; parentheses alone make no level.
  std::uint32_t height = 1;
};

}  // namespace annals::query::ast
