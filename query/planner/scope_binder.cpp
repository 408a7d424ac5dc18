#include "query/planner/scope_binder.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

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

bool reads_rows(const BoundExpression& expression) {
  bool reads = false;
  for_each_slot(expression, [&reads](SlotId) { reads = true; });
  return reads;
}

}  // namespace

Status ScopeBinder::add_statement(const ast::Scope& scope) const {
  ANNALS_TRY(BoundScope statement, merge(scope, BoundScope()));
  context_.query.scopes.push_back(std::move(statement));
  return {};
}

Result<ScopeId> ScopeBinder::find(const ast::Scope& scope) const {
  ANNALS_TRY(BoundScope merged, merge(scope, context_.query.scopes.front()));
  return find_equal(std::move(merged));
}

Result<ScopeId> ScopeBinder::find_inner(const ast::Subquery& subquery, ScopeId outer) const {
  const bool counts = subquery.kind == ast::SubqueryKind::kCount;
  const std::string_view word = counts ? "COUNT" : "EXISTS";
  const ast::Scope& scope = subquery.match->scope;
  std::vector<BoundScope>& scopes = context_.query.scopes;
  const BoundScope& around = context_.query.scope(outer);
  if (!scope.valid && around.valid == ValidTime::kDuring) {
    return context_.invalid(
        fmt::format("{} under DURING leaves open whether all must hold at one instant", word),
        subquery.match->range,
        fmt::format("say within the braces when: {} {{(a)-->(b) DURING '2008'}}", word));
  }
  ANNALS_TRY(BoundScope merged, merge(scope, around));
  if (!counts) merged.certainly = scope.certainty == ast::CertaintyMode::kCertainly;
  if (!scope.valid) {
    merged.row = around.row;
  } else if (merged.at && reads_rows(*merged.at)) {
    return context_.invalid(
        fmt::format("AT within {} takes a text or a parameter", word), scope.at->range,
        fmt::format("MATCH … AT a.on WHERE {} {{…}} asks at the instant of each row", word));
  }
  if (merged.valid != ValidTime::kDuring) return find_equal(std::move(merged));
  // A period is asked about by itself, whatever else asks about it.
  scopes.push_back(std::move(merged));
  return ScopeId(static_cast<std::uint32_t>(scopes.size()));
}

Result<ScopeId> ScopeBinder::find_optional(const ast::MatchClause& match, bool& certainly) const {
  const BoundScope& statement = context_.query.scopes.front();
  if (!match.scope.valid && statement.valid == ValidTime::kDuring) {
    return context_.invalid(
        "OPTIONAL MATCH under DURING leaves open whether all must hold at one instant", match.range,
        "say behind its patterns when: OPTIONAL MATCH (a)-->(b) DURING '2008'");
  }
  ANNALS_TRY(BoundScope merged, merge(match.scope, statement));
  certainly = std::exchange(merged.certainly, false);
  if (merged.valid != ValidTime::kDuring) return find_equal(std::move(merged));
  context_.query.scopes.push_back(std::move(merged));
  return ScopeId(static_cast<std::uint32_t>(context_.query.scopes.size()));
}

ScopeId ScopeBinder::find_equal(BoundScope scope) const {
  std::vector<BoundScope>& scopes = context_.query.scopes;
  const std::string key = scope_key(scope);
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (scope_key(scopes[i]) == key) return ScopeId(static_cast<std::uint32_t>(i + 1));
  }
  if (!scope.row.date && scope.at && reads_rows(*scope.at)) {
    scope.row = {context_.query.add_slot(SlotKind::kValue, "AT"), node_of_on(*scope.at)};
  }
  scopes.push_back(std::move(scope));
  return ScopeId(static_cast<std::uint32_t>(scopes.size()));
}

/// `outer` with what `scope` says instead.
Result<BoundScope> ScopeBinder::merge(const ast::Scope& scope, const BoundScope& outer) const {
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

Result<std::optional<BoundExpression>> ScopeBinder::bind_constant(const ast::Expression& expression,
                                                                  std::string_view word) const {
  const Variables none;
  ExpressionBinder binder(context_, none, ScopeId(1), word);
  ANNALS_TRY(BoundExpression bound, binder.bind(expression));
  if (!reads_rows(bound)) return std::optional(std::move(bound));
  return context_.invalid(fmt::format("{} takes a text or a parameter here", word),
                          expression.range);
}

Result<std::optional<BoundExpression>> ScopeBinder::constant_or(
    const std::optional<ast::Expression>& expression, const std::optional<BoundExpression>& outer,
    std::string_view word) const {
  if (!expression) return clone_part(outer);
  return bind_constant(*expression, word);
}

Result<std::optional<BoundExpression>> ScopeBinder::bind_time(const ast::Scope& scope) const {
  if (*scope.valid == ast::ValidScope::kDuring) return bind_constant(*scope.at, "DURING");
  if (*scope.valid == ast::ValidScope::kThroughout) return bind_constant(*scope.at, "THROUGHOUT");
  if (variables_.empty()) return bind_constant(*scope.at, "AT");
  ExpressionBinder binder(context_, variables_, ScopeId(), "AT");
  ANNALS_TRY(BoundExpression bound, binder.bind(*scope.at));
  return std::optional(std::move(bound));
}

/// The node whose own instant the expression is: e of `e.on` and of `begins(e.on)`. Else zero.
SlotId ScopeBinder::node_of_on(const BoundExpression& at) const {
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

}  // namespace annals::query
