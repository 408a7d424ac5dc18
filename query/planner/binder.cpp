#include "query/planner/binder.h"

#include <algorithm>
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

bool asks_certainty(const BoundCondition& condition) {
  return asks_row_certainty(condition.plain) ||
         std::any_of(condition.parts.begin(), condition.parts.end(),
                     [](const BoundCondition& part) { return asks_certainty(part); });
}

bool asks_certainty(const BoundClause& clause) {
  return std::any_of(clause.predicates.begin(), clause.predicates.end(), asks_row_certainty) ||
         std::any_of(clause.conditions.begin(), clause.conditions.end(),
                     [](const BoundWhere& where) { return asks_certainty(where.condition); });
}

/// Whether the query asks how surely a row holds: certainty().
bool asks_certainty(const BoundQuery& query) {
  const auto asks = [](const BoundItem& item) { return asks_row_certainty(item.value); };
  const BoundReturn& returning = query.returning;
  return std::any_of(returning.items.begin(), returning.items.end(), asks) ||
         std::any_of(returning.sort_items.begin(), returning.sort_items.end(), asks) ||
         std::any_of(query.clauses.begin(), query.clauses.end(),
                     [](const BoundClause& clause) { return asks_certainty(clause); });
}

/// `merges`: the statement's CERTAINLY is not asked of its rows but of what DISTINCT makes of them.
Result<BoundQuery> bind_once(const ast::Query& query, std::string_view text,
                             const Vocabulary& vocabulary, bool merges) {
  BoundQuery bound;
  const BindContext context{text, vocabulary, bound};
  ANNALS_CHECK_OK(check_size(query, context));
  Variables variables;
  const ScopeBinder scopes(context, variables);
  ANNALS_CHECK_OK(scopes.add_statement(query.scope));
  if (merges) bound.scopes.front().certainly = false;
  for (const ast::MatchClause& clause : query.matches) {
    ANNALS_TRY(const ScopeId scope, scopes.find(clause.scope));
    ANNALS_TRY(BoundClause one, PatternBinder(context, variables, scope).bind(clause));
    bound.clauses.push_back(std::move(one));
  }
  ANNALS_TRY(bound.returning, ReturnBinder(context, variables).bind(query.returning));
  bound.returning.certainly = merges;
  ANNALS_CHECK_OK(check_reads(context));
  return bound;
}

}  // namespace

Result<BoundQuery> bind_query(const ast::Query& query, std::string_view text,
                              const Vocabulary& vocabulary) {
  const bool may_merge =
      query.returning.distinct && query.scope.certainty == ast::CertaintyMode::kCertainly &&
      std::none_of(query.matches.begin(), query.matches.end(), [](const ast::MatchClause& clause) {
        return clause.scope.certainty.has_value();
      });
  ANNALS_TRY(BoundQuery bound, bind_once(query, text, vocabulary, may_merge));
  // An aggregate is one over what is certain, and certainty() says it of each row.
  if (!may_merge || (!bound.returning.aggregates && !asks_certainty(bound))) return bound;
  return bind_once(query, text, vocabulary, false);
}

}  // namespace annals::query
