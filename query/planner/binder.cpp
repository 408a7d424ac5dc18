#include "query/planner/binder.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/planner/bind_context.h"
#include "query/planner/pattern_binder.h"
#include "query/planner/projection_binder.h"
#include "query/planner/scope_binder.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// The depth of a plan grows with its hops, and with the properties that it reads from the index,
/// which are hops too.
class SizeCheck {
 public:
  explicit SizeCheck(const BindContext& context) : context_(context) {}

  Status add(const ast::MatchClause& clause) {
    for (const ast::PathPattern& path : clause.patterns) parts_ += 1 + path.steps.size();
    if (parts_ <= limits::kPatternHopsMax) return {};
    return context_.error(
        ErrorCode::kLimitExceeded,
        fmt::format("a query of more than {} nodes and hops is over PatternHopsMax",
                    limits::kPatternHopsMax),
        clause.range);
  }

 private:
  const BindContext& context_;
  std::size_t parts_ = 0;
};

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

bool step_asks_certainty(const BoundStep& step) {
  const auto* const clause = std::get_if<BoundClause>(&step);
  return clause != nullptr && asks_certainty(*clause);
}

/// Whether the query asks how surely a row holds: certainty().
bool asks_certainty(const BoundSingle& query) {
  const auto asks = [](const BoundItem& item) { return asks_row_certainty(item.value); };
  const BoundProjection& returning = query.returning;
  return std::any_of(returning.items.begin(), returning.items.end(), asks) ||
         std::any_of(returning.sort_items.begin(), returning.sort_items.end(), asks) ||
         std::any_of(query.steps.begin(), query.steps.end(), step_asks_certainty);
}

/// Binds one query of a UNION, clause by clause.
class SingleBinder {
 public:
  SingleBinder(const BindContext& context, SizeCheck& size)
      : context_(context), size_(size), scopes_(context, variables_) {}

  Result<BoundSingle> bind(const ast::SingleQuery& query) {
    for (const ast::Clause& clause : query.clauses) {
      ANNALS_CHECK_OK(std::visit([this](const auto& one) { return add(one); }, clause));
    }
    ProjectionBinder returning(context_, variables_, ProjectionBinder::Of::kReturn);
    ANNALS_TRY(bound_.returning, returning.bind(query.returning));
    return std::move(bound_);
  }

 private:
  Status add(const ast::MatchClause& clause) {
    ANNALS_CHECK_OK(size_.add(clause));
    if (clause.optional) {
      bool certainly = false;
      ANNALS_TRY(const ScopeId scope, scopes_.find_optional(clause, certainly));
      ANNALS_TRY(BoundOptional optional,
                 PatternBinder(context_, variables_, scope).bind_optional(clause, certainly));
      bound_.steps.emplace_back(std::move(optional));
      return {};
    }
    ANNALS_TRY(const ScopeId scope, scopes_.find(clause.scope));
    ANNALS_TRY(BoundClause one, PatternBinder(context_, variables_, scope).bind(clause));
    bound_.steps.emplace_back(std::move(one));
    return {};
  }

  Status add(const ast::UnwindClause& clause) {
    if (variables_.contains(clause.variable.name)) {
      return context_.invalid(fmt::format("the variable '{}' is taken", clause.variable.name),
                              clause.variable.range, "give the elements another name");
    }
    BoundUnwind unwind;
    ANNALS_TRY(unwind.list,
               ExpressionBinder(context_, variables_, ScopeId(), "UNWIND").bind(clause.list));
    unwind.out = context_.query.add_slot(SlotKind::kValue, clause.variable.name);
    context_.query.slots.back().scope = scope_read_by(unwind.list);
    variables_.emplace(clause.variable.name, unwind.out);
    bound_.steps.emplace_back(std::move(unwind));
    return {};
  }

  Status add(const ast::WithClause& clause) {
    BoundWith with;
    ProjectionBinder projection(context_, variables_, ProjectionBinder::Of::kWith);
    ANNALS_TRY(with.projection, projection.bind(clause.projection));
    variables_.clear();
    for (const BoundColumn& column : with.projection.columns) {
      variables_.emplace(column.name, column.slot);
    }
    if (clause.where) {
      ANNALS_TRY(with.where, PatternBinder::bind_filter(*clause.where, context_, variables_));
    }
    bound_.steps.emplace_back(std::move(with));
    return {};
  }

  /// The scope in which the elements of a list are seen, if it holds nodes or facts.
  ScopeId scope_read_by(const BoundExpression& list) const {
    ScopeId scope;
    for_each_slot(list, [&](SlotId slot) {
      if (!scope) scope = context_.query.slot(slot).scope;
    });
    return scope;
  }

  const BindContext& context_;
  SizeCheck& size_;
  Variables variables_;
  ScopeBinder scopes_;
  BoundSingle bound_;
};

/// Of a UNION: the columns of the first query, which the others have too.
Status bind_union(const ast::Query& query, const BindContext& context) {
  BoundQuery& bound = context.query;
  const std::vector<BoundColumn> first = bound.singles.front().returning.columns;
  for (std::size_t i = 1; i < bound.singles.size(); ++i) {
    const std::vector<BoundColumn>& other = bound.singles[i].returning.columns;
    const bool same =
        std::equal(first.begin(), first.end(), other.begin(), other.end(),
                   [](const BoundColumn& a, const BoundColumn& b) { return a.name == b.name; });
    if (same) continue;
    const auto names = [](const std::vector<BoundColumn>& columns) {
      std::string all;
      for (const BoundColumn& column : columns) all += (all.empty() ? "" : ", ") + column.name;
      return all;
    };
    return context.invalid("the queries of a UNION return the same columns in the same order",
                           query.unions[i - 1].returning.range,
                           fmt::format("the first one returns {}, this one {}; AS gives names",
                                       names(first), names(other)));
  }
  for (const BoundColumn& column : first) {
    bound.columns.push_back({column.name, bound.add_slot(SlotKind::kValue, column.name)});
  }
  return {};
}

/// `merges`: the statement's CERTAINLY is not asked of its rows but of what DISTINCT makes of them.
Result<BoundQuery> bind_once(const ast::Query& query, std::string_view text,
                             const Vocabulary& vocabulary, bool merges) {
  BoundQuery bound;
  const BindContext context{text, vocabulary, bound};
  const Variables none;
  ANNALS_CHECK_OK(ScopeBinder(context, none).add_statement(query.scope));
  if (merges) bound.scopes.front().certainly = false;
  SizeCheck size(context);
  ANNALS_TRY(BoundSingle first, SingleBinder(context, size).bind(query));
  first.returning.certainly = merges;
  bound.singles.push_back(std::move(first));
  for (const ast::SingleQuery& other : query.unions) {
    ANNALS_TRY(BoundSingle one, SingleBinder(context, size).bind(other));
    bound.singles.push_back(std::move(one));
  }
  bound.union_all = query.union_all;
  bound.columns = bound.singles.front().returning.columns;
  if (!query.unions.empty()) {
    bound.columns.clear();
    ANNALS_CHECK_OK(bind_union(query, context));
  }
  ANNALS_CHECK_OK(check_reads(context));
  return bound;
}

}  // namespace

Result<BoundQuery> bind_query(const ast::Query& query, std::string_view text,
                              const Vocabulary& vocabulary) {
  const auto is_plain_match = [](const ast::Clause& clause) {
    const auto* const match = std::get_if<ast::MatchClause>(&clause);
    return match != nullptr && !match->optional && !match->scope.certainty;
  };
  const bool may_merge = query.returning.distinct &&
                         query.scope.certainty == ast::CertaintyMode::kCertainly &&
                         query.unions.empty() &&
                         std::all_of(query.clauses.begin(), query.clauses.end(), is_plain_match);
  ANNALS_TRY(BoundQuery bound, bind_once(query, text, vocabulary, may_merge));
  // An aggregate or a COUNT is one over what is certain, and certainty() says it of each row.
  const BoundSingle& first = bound.singles.front();
  const bool keeps = !first.returning.aggregates && !asks_certainty(first) && bound.counts.empty();
  if (!may_merge || keeps) return bound;
  return bind_once(query, text, vocabulary, false);
}

}  // namespace annals::query
