#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bind_context.h"
#include "query/planner/bound_query.h"
#include "query/planner/expression_binder.h"
#include "schema/base/result.h"

namespace annals::query {

/// Binds one MATCH clause: its patterns become nodes, hops and checks, its WHERE and the maps in
/// its patterns predicates and conditions. New variables are added to `variables`. Borrows
/// everything.
class PatternBinder {
 public:
  PatternBinder(const BindContext& context, Variables& variables, ScopeId scope)
      : PatternBinder(context, variables, scope, scope) {}

  Result<BoundClause> bind(const ast::MatchClause& clause);
  /// OPTIONAL MATCH, whose scope is not the one to be asked for certainty: see BoundOptional.
  Result<BoundOptional> bind_optional(const ast::MatchClause& clause, bool certainly);
  /// A WHERE that belongs to no MATCH. Properties are seen as the clauses see them that bound their
  /// variables.
  static Result<BoundClause> bind_filter(const ast::Expression& where, const BindContext& context,
                                         Variables& variables);
  /// The pattern of EXISTS or COUNT, which stands in a clause of the scope `around` and knows its
  /// variables.
  static Result<BoundExists> bind_inner(const ast::Subquery& subquery, const BindContext& context,
                                        const Variables& known, ScopeId around);

 private:
  PatternBinder(const BindContext& context, Variables& variables, ScopeId scope,
                ScopeId property_scope)
      : context_(context),
        variables_(variables),
        expressions_(context, variables, property_scope, "WHERE") {
    clause_.scope = scope;
  }

  /// A property map waits until all variables of the clause are known.
  struct Map {
    SlotId slot;
    const std::vector<ast::MapEntry>* entries;
    std::size_t path_hop = 0;  ///< If it is of a hop with a length: which one, from 1.
  };

  Result<SlotId> bind_node(const ast::NodePattern& pattern);
  std::optional<std::vector<SymbolId>> labels_of_entity(SlotId node) const;
  void find_name_in(const BoundExpression& predicate, ast::BinaryOperator op);
  Status bind_hop(const ast::HopPattern& pattern, ast::PathSearch search, SlotId left,
                  SlotId right);
  Result<PathLength> bind_length(const ast::HopLength& length, ast::PathSearch search) const;
  Status check_search(const ast::HopPattern& pattern, ast::PathSearch search) const;
  Status bind_path(const ast::PathPattern& pattern);
  Result<SlotId> cast_to_node(SlotId value, ast::SourceRange range);
  Result<SlotId> new_variable(const std::optional<ast::Identifier>& name, SlotKind kind);
  Status bind_map(const Map& map);
  Status bind_path_map(const Map& map);
  BoundExpression all_have(SlotId facts, const ast::MapEntry& entry, BoundExpression value);
  Status add_predicates(const ast::Expression& where);
  Result<BoundCondition> bind_condition(const ast::Expression& where, BoundWhere& bound);
  Status bind_parts(const ast::Chain& chain, BoundWhere& bound, BoundCondition& condition);

  const BindContext& context_;
  Variables& variables_;
  ExpressionBinder expressions_;
  BoundClause clause_;
  bool is_inner_ = false;  // of EXISTS or OPTIONAL MATCH
  bool goes_on_ = false;   // one of its nodes was known before the clause
  std::vector<Map> maps_;
};

}  // namespace annals::query
