#pragma once

#include <optional>
#include <string_view>

#include "query/parser/ast.h"
#include "query/planner/bind_context.h"
#include "query/planner/bound_query.h"
#include "query/planner/expression_binder.h"
#include "schema/base/result.h"

namespace annals::query {

/// Scopes as they are written become those of the query. Borrows everything. Errors: those of
/// expressions, and InvalidArgument where a scope cannot stand.
class ScopeBinder {
 public:
  /// `variables` are those of earlier clauses, which AT may use.
  ScopeBinder(const BindContext& context, const Variables& variables)
      : context_(context), variables_(variables) {}

  /// The first scope, that of the statement.
  Status add_statement(const ast::Scope& scope) const;

  /// The scope of a clause: that of the statement, of a clause before it, or a new one.
  Result<ScopeId> find(const ast::Scope& scope) const;

  /// The scope of EXISTS or COUNT within a clause of the scope `outer`. EXISTS looks at whatever
  /// may hold, unless it says CERTAINLY itself: what CERTAINLY demands of the clause is asked of
  /// the whole condition. COUNT counts what is certain then.
  Result<ScopeId> find_inner(const ast::Subquery& subquery, ScopeId outer) const;

  /// The scope of OPTIONAL MATCH, which looks at whatever may hold; whether the clause demands
  /// certainty goes to `certainly`.
  Result<ScopeId> find_optional(const ast::MatchClause& match, bool& certainly) const;

 private:
  Result<BoundScope> merge(const ast::Scope& scope, const BoundScope& outer) const;
  ScopeId find_equal(BoundScope scope) const;
  Result<std::optional<BoundExpression>> bind_constant(const ast::Expression& expression,
                                                       std::string_view word) const;
  Result<std::optional<BoundExpression>> constant_or(
      const std::optional<ast::Expression>& expression, const std::optional<BoundExpression>& outer,
      std::string_view word) const;
  Result<std::optional<BoundExpression>> bind_time(const ast::Scope& scope) const;
  SlotId node_of_on(const BoundExpression& at) const;

  const BindContext& context_;
  const Variables& variables_;
};

}  // namespace annals::query
