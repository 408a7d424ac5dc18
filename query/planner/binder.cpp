#include "query/planner/binder.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/planner/bind_context.h"
#include "query/planner/pattern_binder.h"
#include "query/planner/return_binder.h"
#include "query/planner/scope_binder.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

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
  Variables variables;
  const ScopeBinder scopes(context, variables);
  ANNALS_CHECK_OK(scopes.add_statement(query.scope));
  for (const ast::MatchClause& clause : query.matches) {
    ANNALS_TRY(const ScopeId scope, scopes.find(clause.scope));
    ANNALS_TRY(BoundClause one, PatternBinder(context, variables, scope).bind(clause));
    bound.clauses.push_back(std::move(one));
  }
  ANNALS_TRY(bound.returning, ReturnBinder(context, variables).bind(query.returning));
  ANNALS_CHECK_OK(check_reads(context));
  return bound;
}

}  // namespace annals::query
