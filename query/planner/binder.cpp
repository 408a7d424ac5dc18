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

/// What two scopes have in common if and only if they mean the same, however they were written.
std::string scope_key(const BoundScope& scope) {
  const auto key = [](const std::optional<BoundExpression>& part) {
    return part ? expression_key(*part) : std::string();
  };
  return fmt::format("{} {} {} / {} {} / {}", static_cast<int>(scope.valid), scope.certainly,
                     key(scope.at), scope.known_is_seq, key(scope.known_at), key(scope.said_by));
}

ValidTime valid_time(ast::ValidScope scope) {
  switch (scope) {
    case ast::ValidScope::kAt: return ValidTime::kAt;
    case ast::ValidScope::kDuring: return ValidTime::kDuring;
    case ast::ValidScope::kThroughout: return ValidTime::kThroughout;
    case ast::ValidScope::kAllTime: break;
  }
  return ValidTime::kAllTime;
}

std::optional<BoundExpression> clone_part(const std::optional<BoundExpression>& part) {
  if (!part) return std::nullopt;
  return clone(*part);
}

/// Binds the parts of scopes. Borrows everything.
class ScopeBinder {
 public:
  /// `variables` are those of earlier clauses, which AT may use.
  ScopeBinder(const BindContext& context, const Variables& variables)
      : context_(context), variables_(variables) {}

  /// `outer` with what `scope` says instead.
  Result<BoundScope> merge(const ast::Scope& scope, const BoundScope& outer) const {
    BoundScope merged;
    merged.valid = scope.valid ? valid_time(*scope.valid) : outer.valid;
    if (scope.at) {
      ANNALS_TRY(merged.at, bind_time(scope));
    } else if (!scope.valid) {
      merged.at = clone_part(outer.at);
    }
    merged.known_is_seq = scope.known_at ? scope.known_is_seq : outer.known_is_seq;
    ANNALS_TRY(merged.known_at, constant_or(scope.known_at, outer.known_at, "KNOWN AT"));
    ANNALS_TRY(merged.said_by, constant_or(scope.said_by, outer.said_by, "SAID BY"));
    merged.certainly =
        scope.certainty ? *scope.certainty == ast::CertaintyMode::kCertainly : outer.certainly;
    return merged;
  }

  /// The scope of a clause: that of the statement, of a clause before it, or a new one.
  Result<ScopeId> find(const ast::Scope& scope) const {
    std::vector<BoundScope>& scopes = context_.query.scopes;
    ANNALS_TRY(BoundScope merged, merge(scope, scopes.front()));
    const std::string key = scope_key(merged);
    for (std::size_t i = 0; i < scopes.size(); ++i) {
      if (scope_key(scopes[i]) == key) return ScopeId(static_cast<std::uint32_t>(i + 1));
    }
    if (merged.at && reads_rows(*merged.at)) merged.row = row_instant(*merged.at);
    scopes.push_back(std::move(merged));
    return ScopeId(static_cast<std::uint32_t>(scopes.size()));
  }

 private:
  Result<std::optional<BoundExpression>> bind_constant(const ast::Expression& expression,
                                                       std::string_view word) const {
    const Variables none;
    ExpressionBinder binder(context_, none, ScopeId(1), word);
    ANNALS_TRY(BoundExpression bound, binder.bind(expression));
    if (!reads_rows(bound)) return std::optional(std::move(bound));
    return context_.invalid(fmt::format("{} takes a text or a parameter here", word),
                            expression.range);
  }

  Result<std::optional<BoundExpression>> constant_or(
      const std::optional<ast::Expression>& expression, const std::optional<BoundExpression>& outer,
      std::string_view word) const {
    if (!expression) return clone_part(outer);
    return bind_constant(*expression, word);
  }

  Result<std::optional<BoundExpression>> bind_time(const ast::Scope& scope) const {
    if (*scope.valid == ast::ValidScope::kDuring) return bind_constant(*scope.at, "DURING");
    if (*scope.valid == ast::ValidScope::kThroughout) return bind_constant(*scope.at, "THROUGHOUT");
    if (variables_.empty()) return bind_constant(*scope.at, "AT");
    ExpressionBinder binder(context_, variables_, ScopeId(), "AT");
    ANNALS_TRY(BoundExpression bound, binder.bind(*scope.at));
    return std::optional(std::move(bound));
  }

  static bool reads_rows(const BoundExpression& expression) {
    bool reads = false;
    for_each_slot(expression, [&reads](SlotId) { reads = true; });
    return reads;
  }

  RowInstant row_instant(const BoundExpression& at) const {
    const SlotId event = node_of_on(at);
    return {context_.query.add_slot(SlotKind::kValue, "AT"), event};
  }

  /// The node whose own instant the expression is: e of `e.on` and of `begins(e.on)`. Else zero.
  SlotId node_of_on(const BoundExpression& at) const {
    const BoundQuery& query = context_.query;
    const BoundExpression* object = nullptr;
    if (const auto* call = std::get_if<BoundCall>(&at.node)) {
      if (call->function->id == FunctionId::kBegins) return node_of_on(call->arguments.front());
    } else if (const auto* property = std::get_if<BoundProperty>(&at.node)) {
      if (property->name == "on") object = property->object.get();
    } else if (const auto* slot = std::get_if<BoundSlot>(&at.node)) {
      // Of what may be an entity too, `on` may be a property that events SET.
      const PropertyRead* read = query.read_of(slot->slot);
      if (read != nullptr && read->name == "on") object = &read->object;
    }
    const auto* node = object == nullptr ? nullptr : std::get_if<BoundSlot>(&object->node);
    const bool is_node = node != nullptr && query.slot(node->slot).kind == SlotKind::kNode;
    return is_node ? node->slot : SlotId();
  }

  const BindContext& context_;
  const Variables& variables_;
};

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
  ANNALS_TRY(BoundScope statement, scopes.merge(query.scope, BoundScope()));
  bound.scopes.push_back(std::move(statement));
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
