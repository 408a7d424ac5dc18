#include "query/planner/binder.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/planner/bind_context.h"
#include "query/planner/expression_binder.h"
#include "query/planner/pattern_binder.h"
#include "query/planner/return_binder.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

std::string scope_key(const BoundScope& scope) {
  return fmt::format("{} {} {}", static_cast<int>(scope.valid), scope.certainly,
                     scope.at ? expression_key(*scope.at) : "");
}

/// `outer` with what `scope` says instead.
Result<BoundScope> merge_scope(const ast::Scope& scope, const BoundScope& outer,
                               const BindContext& context) {
  BoundScope merged;
  merged.valid = outer.valid;
  merged.certainly = outer.certainly;
  if (outer.at) merged.at = clone(*outer.at);
  if (scope.valid) {
    merged.at.reset();
    merged.valid = *scope.valid == ast::ValidScope::kAllTime ? ValidTime::kAllTime : ValidTime::kAt;
  }
  if (scope.at) {
    const Variables none;
    ExpressionBinder binder(context, none, ScopeId(1), "AT");
    ANNALS_TRY(merged.at, binder.bind(*scope.at));
  }
  if (scope.certainty) merged.certainly = *scope.certainty == ast::CertaintyMode::kCertainly;
  return merged;
}

/// The scope of a clause: that of the statement, of a clause before it, or a new one.
Result<ScopeId> find_scope(const ast::Scope& scope, const BindContext& context) {
  std::vector<BoundScope>& scopes = context.query.scopes;
  ANNALS_TRY(BoundScope merged, merge_scope(scope, scopes.front(), context));
  const std::string key = scope_key(merged);
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (scope_key(scopes[i]) == key) return ScopeId(static_cast<std::uint32_t>(i + 1));
  }
  scopes.push_back(std::move(merged));
  return ScopeId(static_cast<std::uint32_t>(scopes.size()));
}

/// The depth of a plan grows with its hops, and with the properties that it reads from the index,
/// which are hops too.
Status check_size(const ast::Query& query, const BindContext& context) {
  std::size_t parts = 0;
  for (const ast::MatchClause& clause : query.matches) {
    for (const ast::PathPattern& path : clause.patterns) parts += 1 + path.steps.size();
    if (parts <= limits::kPatternHopsMax) continue;
    return context.error(
        ErrorCode::kLimitExceeded,
        fmt::format("a query of more than {} nodes and hops is over PatternHopsMax",
                    limits::kPatternHopsMax),
        clause.range);
  }
  return {};
}

Status check_reads(const BindContext& context) {
  const std::vector<PropertyRead>& reads = context.query.reads;
  if (reads.size() <= limits::kPatternHopsMax) return {};
  return context.error(
      ErrorCode::kLimitExceeded,
      fmt::format("a query that reads more than {} properties is over PatternHopsMax",
                  limits::kPatternHopsMax),
      reads[limits::kPatternHopsMax].object.range);
}

}  // namespace

Result<BoundQuery> bind_query(const ast::Query& query, std::string_view text,
                              const Vocabulary& vocabulary) {
  BoundQuery bound;
  const BindContext context{text, vocabulary, bound};
  ANNALS_CHECK_OK(check_size(query, context));
  ANNALS_TRY(BoundScope statement, merge_scope(query.scope, BoundScope(), context));
  bound.scopes.push_back(std::move(statement));
  Variables variables;
  for (const ast::MatchClause& clause : query.matches) {
    ANNALS_TRY(const ScopeId scope, find_scope(clause.scope, context));
    ANNALS_TRY(BoundClause one, PatternBinder(context, variables, scope).bind(clause));
    bound.clauses.push_back(std::move(one));
  }
  ANNALS_TRY(bound.returning, ReturnBinder(context, variables).bind(query.returning));
  ANNALS_CHECK_OK(check_reads(context));
  return bound;
}

}  // namespace annals::query
