#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bound_expression.h"
#include "schema/ids.h"

/// The parts of patterns whose names are looked up: checks of nodes, hops, paths. Values.
namespace annals::query {

/// One of the names given to nodes in the query (BoundQuery::names), from 1.
using NameId = StrongId<struct NameTag, std::uint32_t>;

/// `(:Country 'Georgia')`: looked up once a run, before anything else.
struct BoundName {
  BoundExpression name;          ///< A constant or a parameter.
  std::vector<SymbolId> labels;  ///< Alternatives; empty: any.
  ScopeId scope;                 ///< In which it is looked up.
  /// Out of a condition on `a.name`: any value, or of IN a list. Whatever is no name is no error,
  /// since the condition is still asked of the nodes that are found.
  bool by_condition = false;
};

/// That the node in `slot` has one of the labels, or none of them.
struct LabelCheck {
  SlotId slot;
  std::vector<SymbolId> labels;  ///< Not empty.
  bool negated = false;
};

/// That the node in `slot` is one of those with the name.
struct NameCheck {
  SlotId slot;
  NameId name;
};

/// How many facts a hop of variable length has.
struct PathLength {
  std::size_t min = 1;
  std::size_t max = 1;   ///< At most limits::kPathHopsMax.
  bool is_open = false;  ///< As many as there are: more than `max` are an error.
};

/// What each fact of a hop of variable length must have: `{capacity: 'founder'}`.
struct FactDemand {
  std::string name;
  SymbolId symbol;        ///< Zero if no such name was ever used.
  BoundExpression value;  ///< A constant or a parameter.
};

/// A fact between two nodes, as written from left to right; or a path of them, if it has a length.
struct BoundHop {
  SlotId fact;  ///< Of a path: the list of its facts.
  SlotId left;
  SlotId right;
  ast::HopDirection direction = ast::HopDirection::kOut;  ///< kOut: `left` is the source.
  ScopeId scope;
  /// Both empty: any relation of facts. Roles are meant only when they are named, since every event
  /// has some and nobody who writes -[r]- expects them.
  std::vector<SymbolId> relations;
  std::vector<SymbolId> roles;       ///< From the event to the node that fills it.
  std::vector<SlotId> differs_from;  ///< Facts of the same MATCH, none of which is used twice.
  std::optional<PathLength> length;  ///< Missing: one fact.
  ast::PathSearch search = ast::PathSearch::kAll;
  std::shared_ptr<const std::vector<FactDemand>> demands;  ///< Of a path; null: none.
  ast::SourceRange range;

  bool any_relation() const { return relations.empty() && roles.empty(); }
};

/// A named path: it is put together out of its first node and the facts of its hops.
struct BoundPath {
  SlotId out;
  SlotId first;
  std::vector<SlotId> facts;  ///< Of hops with a length lists of facts.
};

/// A variable that holds a value, which a pattern takes for a node.
struct NodeCast {
  SlotId value;
  SlotId node;
  ast::SourceRange range;
};

}  // namespace annals::query
