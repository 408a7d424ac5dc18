#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bound_expression.h"
#include "query/planner/bound_pattern.h"
#include "schema/ids.h"

/// A query whose names are looked up: what the planner makes a plan of. Values, move-only.
namespace annals::query {

enum class SlotKind : std::uint8_t { kNode, kFact, kValue };

struct SlotInfo {
  SlotKind kind = SlotKind::kValue;
  std::string name;       ///< The variable, or something for EXPLAIN.
  ScopeId scope;          ///< Of a node or fact: that of the clause which binds it.
  bool is_event = false;  ///< Of a node: surely an event, by its labels.
  bool nullable = false;  ///< Of a node or fact: may be null, since its MATCH is optional.
  std::size_t read = 0;   ///< Of what a read gives: which one, from 1.
  std::size_t count = 0;  ///< Of what a COUNT {…} gives: which one, from 1.
  std::size_t path = 0;   ///< Of a named path: which one, from 1.
};

enum class ValidTime : std::uint8_t {
  kNow,         ///< The present, as given to run().
  kAt,          ///< One instant, perhaps unknown within bounds.
  kDuring,      ///< Some instant of a period.
  kThroughout,  ///< Every instant of a period.
  kAllTime,     ///< No restriction.
};

/// Where a row keeps the instant that a scope asks about, if each row has its own (AT s.on).
struct RowInstant {
  SlotId date;   ///< Zero: all rows ask about the same.
  SlotId event;  ///< A node: if it is an event, the instant is that event's own. Or zero.
};

/// The times that a clause looks at. Clauses with the same scope share its one unknown instant.
struct BoundScope {
  ValidTime valid = ValidTime::kNow;
  std::optional<BoundExpression> at;  ///< A constant, a parameter; of kAt also what rows hold.
  RowInstant row;                     ///< If `at` reads rows.
  std::optional<BoundExpression> known_at;  ///< A constant or a parameter; without it: the present.
  bool known_is_seq = false;
  std::optional<BoundExpression> said_by;  ///< Likewise.
  bool certainly = false;                  ///< Only what surely holds.
};

struct BoundClause;
/// The pattern of `EXISTS {...}` and its like: the clause binds on from the variables around it.
struct BoundExists {
  std::unique_ptr<BoundClause> clause;
  SlotId origin;  ///< In its rows: for which row of the outer clause they are.
};

/// `COUNT {...}`: how many rows the pattern has for a row. If some of them are only possible where
/// the row holds, so is the row.
struct BoundCount {
  SlotId out;
  BoundExists pattern;
};

/// A condition with EXISTS in it, which holds in some worlds and not in others.
struct BoundCondition {
  enum class Kind : std::uint8_t { kPlain, kExists, kNot, kAnd, kOr, kXor };
  Kind kind = Kind::kPlain;
  std::vector<BoundCondition> parts;  ///< Of kNot one, of the last three some.
  BoundExpression plain;              ///< Of kPlain.
  std::size_t exists = 0;             ///< Of kExists: index into BoundWhere::patterns.
};
struct BoundWhere {
  BoundCondition condition;
  std::vector<BoundExists> patterns;
};

/// A MATCH; or a WHERE behind WITH, which has no patterns.
struct BoundClause {
  ScopeId scope;
  std::vector<NodeCast> casts;
  std::vector<SlotId> nodes;  ///< All that the patterns mention, each once.
  std::vector<BoundHop> hops;
  std::vector<SlotId> paths;  ///< Those that it names.
  std::vector<LabelCheck> labels;
  std::vector<NameCheck> names;
  std::vector<NameCheck> names_by_condition;  ///< That follow from predicates: where to look first.
  std::vector<BoundExpression> predicates;    ///< All must be true.
  std::vector<BoundWhere> conditions;         ///< Likewise.
};

/// A property that events SET, read from the index. Each value that may hold in the scope gives a
/// row, as a join would, and the row holds only as surely as the value; no value gives null.
struct PropertyRead {
  SlotId out;
  BoundExpression object;
  SymbolId property;
  std::string name;
  ScopeId scope;
};

struct BoundAggregate {
  SlotId out;
  const Function* function = nullptr;
  bool distinct = false;
  std::optional<BoundExpression> argument;  ///< Without: count(*).
  std::optional<BoundExpression> share;     ///< Of percentiles: a constant from 0 to 1.
};

/// A value given a slot.
struct BoundItem {
  SlotId out;
  BoundExpression value;
};

struct BoundSort {
  SlotId slot;
  bool descending = false;
};

struct BoundColumn {
  std::string name;
  SlotId slot;
};

/// RETURN or WITH, in the order in which it is executed.
struct BoundProjection {
  bool aggregates = false;
  std::vector<BoundItem> group_keys;  ///< If it aggregates: over the rows of the clauses before.
  std::vector<BoundAggregate> calls;
  std::map<std::string, SlotId> calls_by_key;
  std::vector<BoundItem> items;  ///< Over those rows, or over the groups.
  bool distinct = false;
  bool certainly = false;  ///< Of the rows that DISTINCT makes only those that surely hold.
  std::vector<BoundItem> sort_items;  ///< What ORDER BY needs beyond the items.
  std::vector<BoundSort> sorts;
  std::optional<BoundExpression> skip;
  std::optional<BoundExpression> limit;
  std::vector<BoundColumn> columns;  ///< What is shown, or goes on.
};

/// OPTIONAL MATCH: rows of the clause where there are any, else one in which what it adds is null.
struct BoundOptional {
  BoundExists pattern;
  std::vector<SlotId> adds;  ///< Its new variables.
  bool certainly = false;    ///< Only what surely holds: what is there, and that nothing is.
};
/// `UNWIND list AS out`
struct BoundUnwind {
  BoundExpression list;
  SlotId out;
};
struct BoundWith {
  BoundProjection projection;
  std::optional<BoundClause> where;
};
using BoundStep = std::variant<BoundClause, BoundOptional, BoundUnwind, BoundWith>;

struct BoundSingle {
  std::vector<BoundStep> steps;
  BoundProjection returning;
};

struct BoundQuery {
  std::vector<SlotInfo> slots;  ///< slots[i] is slot i + 1
  std::vector<BoundScope> scopes;
  std::vector<BoundName> names;
  std::vector<PropertyRead> reads;  ///< Each after those that its object needs.
  std::map<std::string, SlotId> reads_by_key;
  std::vector<BoundCount> counts;
  std::vector<BoundPath> paths;
  std::vector<BoundSingle> singles;  ///< Of UNION several, else one.
  bool union_all = false;
  std::vector<BoundColumn> columns;  ///< What is shown: of UNION slots of its own.
  std::size_t inner_parts = 0;       ///< Nodes and hops within EXISTS and COUNT.

  SlotId add_slot(SlotKind kind, std::string name) {
    SlotInfo& info = slots.emplace_back();
    info.kind = kind;
    info.name = std::move(name);
    return SlotId(static_cast<std::uint32_t>(slots.size()));
  }
  const SlotInfo& slot(SlotId id) const { return slots[id.raw - 1]; }
  const BoundScope& scope(ScopeId id) const { return scopes[id.raw - 1]; }
  /// The read that gives this slot its values, or null.
  const PropertyRead* read_of(SlotId out) const {
    const std::size_t read = slot(out).read;
    return read == 0 ? nullptr : &reads[read - 1];
  }
  /// The path that this slot is the name of, or null.
  const BoundPath* path_of(SlotId out) const {
    const std::size_t path = slot(out).path;
    return path == 0 ? nullptr : &paths[path - 1];
  }
  /// The COUNT {…} that gives this slot its values, or null.
  const BoundCount* count_of(SlotId out) const {
    const std::size_t count = slot(out).count;
    return count == 0 ? nullptr : &counts[count - 1];
  }
};

/// The variables on which an expression depends, ascending: the slots that it reads, instead of a
/// read of the index of properties those of its object, and those that hold the instants of scopes.
std::vector<SlotId> variables_of(const BoundExpression& expression, const BoundQuery& query);

/// Whether it needs a read of the index of properties, or a COUNT {…}.
bool needs_reads(const BoundExpression& expression, const BoundQuery& query);

/// The instants of rows at which it looks at facts and properties.
std::vector<RowInstant> instants_of(const BoundExpression& expression, const BoundQuery& query);

/// Whether it asks how surely the row holds: certainty().
bool asks_row_certainty(const BoundExpression& expression);

/// Whether it asks about the row as a whole, with all its facts: certainty(), COUNT {…}.
bool asks_whole_row(const BoundExpression& expression, const BoundQuery& query);

}  // namespace annals::query
