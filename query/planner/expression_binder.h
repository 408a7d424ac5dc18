#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bind_context.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"

namespace annals::query {

/// Variables (and in ORDER BY the aliases) by name.
using Variables = std::map<std::string, SlotId, std::less<>>;

/// Looks up the names in expressions of one clause. Reads of the property index and aggregates
/// that it meets are added to the query, the same one once. Borrows everything. Errors, with their
/// place: NotFound for names, InvalidArgument for what breaks a rule.
class ExpressionBinder {
 public:
  /// `variables` must outlive the binder; more may be added meanwhile. `scope` is that in which
  /// properties are read; zero: each in the scope of the clause that bound the variable.
  /// `clause` names the clause in errors ("WHERE").
  ExpressionBinder(const BindContext& context, const Variables& variables, ScopeId scope,
                   std::string_view clause)
      : context_(context), variables_(variables), scope_(scope), clause_(clause) {}

  /// From here on aggregates are allowed and gathered in `projection`.
  void allow_aggregates(BoundProjection& projection) { aggregates_ = &projection; }

  Result<BoundExpression> bind(const ast::Expression& expression);

  /// `object.name` of something bound already.
  BoundExpression property(BoundExpression object, const std::string& name, ast::SourceRange range);

 private:
  using Node = decltype(BoundExpression::node);

  Result<BoundExpression> bind_variable(const ast::Variable& variable, ast::SourceRange range);
  Result<Node> bind_list(const ast::ListLiteral& list);
  Result<BoundBox> bind_box(const ast::Box<ast::Expression>& part);
  Result<std::vector<BoundExpression>> bind_all(const std::vector<ast::Expression>& parts);
  Result<Node> bind_compound(const ast::Expression& expression);
  Result<Node> bind_case(const ast::Case& one);
  Result<Node> bind_map(const ast::MapLiteral& map);
  Result<BoundExpression> bind_subquery(const ast::Subquery& subquery, ast::SourceRange range);
  Result<Node> bind_walk(const ast::ListWalk& walk);
  bool reads_local(const BoundExpression& expression) const;
  Result<Node> bind_chain(const ast::Chain& chain);
  Result<BoundExpression> bind_call(const ast::FunctionCall& call, ast::SourceRange range);
  Result<BoundExpression> bind_aggregate(const ast::FunctionCall& call, const Function& function,
                                         ast::SourceRange range);
  Status check_argument_count(const ast::FunctionCall& call, const Function& function) const;
  bool may_need_index(const BoundExpression& object, const std::string& name) const;
  ScopeId scope_of(const BoundExpression& object) const;

  const BindContext& context_;
  const Variables& variables_;
  ScopeId scope_;
  std::string_view clause_;
  std::vector<std::pair<std::string, SlotId>> locals_;  // names of elements, the innermost last
  BoundProjection* aggregates_ = nullptr;               // where they go; null: not allowed
};

/// The slot of a read of `object.name` in `scope`: that of an equal read, or of a new one.
SlotId add_read(BoundQuery& query, BoundExpression object, SymbolId property,
                const std::string& name, ScopeId scope);

}  // namespace annals::query
