#include "query/planner/pattern_binder.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "query/planner/scope_binder.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// Whether EXISTS stands in it where it may: under AND, OR, XOR and NOT only.
bool has_exists(const ast::Expression& where) {
  if (const auto* unary = std::get_if<ast::Unary>(&where.node)) {
    return unary->op == ast::UnaryOperator::kNot && has_exists(*unary->operand);
  }
  if (const auto* chain = std::get_if<ast::Chain>(&where.node)) {
    if (chain->links.front().op > ast::BinaryOperator::kAnd) return false;
    return has_exists(*chain->first) ||
           std::any_of(chain->links.begin(), chain->links.end(),
                       [](const ast::Chain::Link& link) { return has_exists(*link.operand); });
  }
  const auto* subquery = std::get_if<ast::Subquery>(&where.node);
  return subquery != nullptr && subquery->kind == ast::SubqueryKind::kExists;
}

BoundCondition::Kind kind_of(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::kOr: return BoundCondition::Kind::kOr;
    case ast::BinaryOperator::kXor: return BoundCondition::Kind::kXor;
    default: return BoundCondition::Kind::kAnd;
  }
}

bool overlap(const std::vector<SymbolId>& a, const std::vector<SymbolId>& b) {
  return std::any_of(a.begin(), a.end(), [&b](SymbolId symbol) {
    return std::find(b.begin(), b.end(), symbol) != b.end();
  });
}

/// Whether one fact can match both hops.
bool may_meet(const BoundHop& a, const BoundHop& b) {
  if (a.any_relation()) return b.any_relation() || !b.relations.empty();
  if (b.any_relation()) return !a.relations.empty();
  return overlap(a.relations, b.relations) || overlap(a.roles, b.roles);
}

/// Whether the value is in the statement or its parameters.
bool is_given(const BoundExpression& value) {
  if (const auto* const list = std::get_if<BoundList>(&value.node)) {
    return std::all_of(list->items.begin(), list->items.end(), is_given);
  }
  return std::holds_alternative<BoundConstant>(value.node) ||
         std::holds_alternative<BoundParameter>(value.node);
}

}  // namespace

Result<SlotId> PatternBinder::new_variable(const std::optional<ast::Identifier>& name,
                                           SlotKind kind) {
  BoundQuery& query = context_.query;
  const SlotId slot =
      query.add_slot(kind, name ? name->name : fmt::format("_{}", query.slots.size() + 1));
  query.slots.back().scope = clause_.scope;
  if (name) variables_.emplace(name->name, slot);
  return slot;
}

Result<SlotId> PatternBinder::cast_to_node(SlotId value, ast::SourceRange range) {
  for (const NodeCast& cast : clause_.casts) {
    if (cast.value == value) return cast.node;
  }
  BoundQuery& query = context_.query;
  const SlotId node = query.add_slot(SlotKind::kNode, query.slot(value).name);
  query.slots.back().scope = clause_.scope;
  clause_.casts.push_back({value, node, range});
  return node;
}

Result<SlotId> PatternBinder::bind_node(const ast::NodePattern& pattern) {
  SlotId slot;
  const auto known = pattern.variable ? variables_.find(pattern.variable->name) : variables_.end();
  if (known != variables_.end()) {
    slot = known->second;
    const SlotKind kind = context_.query.slot(slot).kind;
    if (kind == SlotKind::kValue) {
      ANNALS_TRY(slot, cast_to_node(slot, pattern.variable->range));
    } else if (kind == SlotKind::kFact) {
      return context_.invalid(
          fmt::format("'{}' names a fact and cannot name a node too", pattern.variable->name),
          pattern.variable->range);
    }
  } else {
    ANNALS_TRY(slot, new_variable(pattern.variable, SlotKind::kNode));
  }
  if (std::find(clause_.nodes.begin(), clause_.nodes.end(), slot) == clause_.nodes.end()) {
    clause_.nodes.push_back(slot);
    goes_on_ = goes_on_ || known != variables_.end();
  }
  ANNALS_TRY(std::vector<SymbolId> labels, find_labels(pattern.labels, context_));
  if (!labels.empty() && !pattern.negated) {
    const auto is_kind = [this](SymbolId label) {
      return context_.vocabulary.find_kind(label) != nullptr;
    };
    SlotInfo& info = context_.query.slots[slot.raw - 1];
    // Outside of EXISTS and OPTIONAL MATCH what they demand of a node need not hold.
    const bool is_known_here = !is_inner_ || known == variables_.end();
    info.is_event =
        info.is_event || (is_known_here && std::all_of(labels.begin(), labels.end(), is_kind));
  }
  if (pattern.name) {
    const Variables none;
    ExpressionBinder constants(context_, none, clause_.scope, "the name of a node");
    ANNALS_TRY(BoundExpression name, constants.bind(*pattern.name));
    context_.query.names.push_back({std::move(name), {}, clause_.scope});
    if (!pattern.negated) context_.query.names.back().labels = labels;
    const NameId id(static_cast<std::uint32_t>(context_.query.names.size()));
    clause_.names.push_back({slot, id});
  }
  if (!labels.empty() && (pattern.negated || !pattern.name)) {
    clause_.labels.push_back({slot, std::move(labels), pattern.negated});
  }
  if (!pattern.properties.empty()) maps_.push_back({slot, &pattern.properties, 0});
  return slot;
}

Result<PathLength> PatternBinder::bind_length(const ast::HopLength& length,
                                              ast::PathSearch search) const {
  const std::uint64_t min = length.min.value_or(1);
  const std::uint64_t most = std::max(min, length.max.value_or(0));
  if (most > limits::kPathHopsMax) {
    return context_.error(
        ErrorCode::kLimitExceeded,
        fmt::format("a path of {} hops is over PathHopsMax ({})", most, limits::kPathHopsMax),
        length.range);
  }
  if (length.max && *length.max < min) {
    return context_.invalid(
        fmt::format("a path of at least {} and at most {} hops cannot be", min, *length.max),
        length.range, "write the smaller number first: *1..3");
  }
  if (search != ast::PathSearch::kAll && min > 1) {
    return context_.invalid("a path that is sought begins with one hop, or none", length.range,
                            "*, *..5 or *0..5; longer ones than the shortest are no answer");
  }
  return PathLength{min, length.max.value_or(limits::kPathHopsMax), !length.max};
}

Status PatternBinder::check_search(const ast::HopPattern& pattern, ast::PathSearch search) const {
  const ValidTime valid = context_.query.scope(clause_.scope).valid;
  if (search == ast::PathSearch::kAll) return {};
  const bool is_period = valid == ValidTime::kDuring || valid == ValidTime::kAllTime;
  if (search == ast::PathSearch::kEarliest) {
    if (is_period) return {};
    return context_.invalid("earliest() asks about a time to go along a path in", pattern.range,
                            "say DURING '2000/2010', or ALL TIME");
  }
  if (valid != ValidTime::kDuring) return {};
  return context_.invalid("under DURING each instant may have a shortest path of its own",
                          pattern.range, "ask AT an instant, THROUGHOUT the period, or ALL TIME");
}

Status PatternBinder::bind_hop(const ast::HopPattern& pattern, ast::PathSearch search, SlotId left,
                               SlotId right) {
  if (pattern.variable && variables_.contains(pattern.variable->name)) {
    return context_.invalid(fmt::format("the variable '{}' is taken, and a hop needs a new one",
                                        pattern.variable->name),
                            pattern.variable->range,
                            "compare with id(a) = id(b) to ask for the same fact");
  }
  ANNALS_CHECK_OK(check_search(pattern, search));
  BoundHop hop;
  hop.left = left;
  hop.right = right;
  hop.direction = pattern.direction;
  hop.scope = clause_.scope;
  hop.search = search;
  hop.range = pattern.range;
  if (pattern.length) {
    ANNALS_TRY(hop.length, bind_length(*pattern.length, search));
  }
  for (const ast::Identifier& name : pattern.relations) {
    ANNALS_CHECK_OK(find_hop_name(name, context_, hop.relations, hop.roles));
  }
  ANNALS_TRY(hop.fact,
             new_variable(pattern.variable, hop.length ? SlotKind::kValue : SlotKind::kFact));
  for (const BoundHop& other : clause_.hops) {
    if (may_meet(hop, other)) hop.differs_from.push_back(other.fact);
  }
  clause_.hops.push_back(std::move(hop));
  if (!pattern.properties.empty()) {
    maps_.push_back(
        {clause_.hops.back().fact, &pattern.properties, pattern.length ? clause_.hops.size() : 0});
  }
  return {};
}

BoundExpression PatternBinder::all_have(SlotId facts, const ast::MapEntry& entry,
                                        BoundExpression value) {
  const SlotId one = context_.query.add_slot(SlotKind::kValue, "fact");
  context_.query.slots.back().scope = clause_.scope;
  BoundExpression property;
  property.node = BoundProperty{
      std::make_unique<BoundExpression>(slot_expression(one, entry.key.range)), entry.key.name,
      context_.vocabulary.find_symbol(entry.key.name), clause_.scope, false};
  BoundChain equal;
  equal.operands.push_back(std::move(property));
  equal.operands.push_back(std::move(value));
  equal.operators.push_back(ast::BinaryOperator::kEqual);
  BoundExpression condition;
  condition.node = std::move(equal);
  condition.range = entry.value.range;
  BoundListWalk all;
  all.kind = ast::ListWalkKind::kAll;
  all.variable = one;
  all.list = std::make_unique<BoundExpression>(slot_expression(facts, entry.key.range));
  all.where = std::make_unique<BoundExpression>(std::move(condition));
  BoundExpression predicate;
  predicate.node = std::move(all);
  predicate.range = entry.value.range;
  return predicate;
}

/// What is the same for all rows is asked of each fact on the way, the rest of whole paths.
Status PatternBinder::bind_path_map(const Map& map) {
  BoundHop& hop = clause_.hops[map.path_hop - 1];
  auto demands = std::make_shared<std::vector<FactDemand>>();
  for (const ast::MapEntry& entry : *map.entries) {
    ANNALS_TRY(BoundExpression value, expressions_.bind(entry.value));
    bool reads_rows = false;
    for_each_slot(value, [&reads_rows](SlotId) { reads_rows = true; });
    if (!reads_rows) {
      demands->push_back(
          {entry.key.name, context_.vocabulary.find_symbol(entry.key.name), std::move(value)});
    } else if (hop.search == ast::PathSearch::kAll) {
      clause_.predicates.push_back(all_have(map.slot, entry, std::move(value)));
    } else {
      return context_.invalid("what a path that is sought demands of its facts is one value",
                              entry.value.range, "a text, a number, or a parameter");
    }
  }
  hop.demands = std::move(demands);
  return {};
}

Status PatternBinder::bind_path(const ast::PathPattern& pattern) {
  BoundPath path;
  ANNALS_TRY(SlotId left, bind_node(pattern.first));
  path.first = left;
  for (const ast::PathPattern::Step& step : pattern.steps) {
    ANNALS_TRY(const SlotId right, bind_node(step.node));
    ANNALS_CHECK_OK(bind_hop(step.hop, pattern.search, left, right));
    path.facts.push_back(clause_.hops.back().fact);
    left = right;
  }
  if (!pattern.variable) return {};
  if (variables_.contains(pattern.variable->name)) {
    return context_.invalid(fmt::format("the variable '{}' is taken, and a path needs a new one",
                                        pattern.variable->name),
                            pattern.variable->range);
  }
  BoundQuery& query = context_.query;
  ANNALS_TRY(path.out, new_variable(pattern.variable, SlotKind::kValue));
  clause_.paths.push_back(path.out);
  query.paths.push_back(std::move(path));
  query.slots.back().path = query.paths.size();
  return {};
}

Status PatternBinder::bind_map(const Map& map) {
  if (map.path_hop != 0) return bind_path_map(map);
  for (const ast::MapEntry& entry : *map.entries) {
    ANNALS_TRY(BoundExpression value, expressions_.bind(entry.value));
    BoundChain equal;
    equal.operands.push_back(expressions_.property(slot_expression(map.slot, entry.key.range),
                                                   entry.key.name, entry.key.range));
    equal.operands.push_back(std::move(value));
    equal.operators.push_back(ast::BinaryOperator::kEqual);
    BoundExpression predicate;
    predicate.node = std::move(equal);
    predicate.range = entry.value.range;
    clause_.predicates.push_back(std::move(predicate));
  }
  return {};
}

Status PatternBinder::add_predicates(const ast::Expression& where) {
  const auto* chain = std::get_if<ast::Chain>(&where.node);
  const bool conjunction = chain != nullptr && chain->links.front().op == ast::BinaryOperator::kAnd;
  if (!conjunction && has_exists(where)) {
    BoundWhere bound;
    ANNALS_TRY(bound.condition, bind_condition(where, bound));
    clause_.conditions.push_back(std::move(bound));
    return {};
  }
  if (!conjunction) {
    ANNALS_TRY(BoundExpression predicate, expressions_.bind(where));
    clause_.predicates.push_back(std::move(predicate));
    return {};
  }
  ANNALS_CHECK_OK(add_predicates(*chain->first));
  for (const ast::Chain::Link& link : chain->links) ANNALS_CHECK_OK(add_predicates(*link.operand));
  return {};
}

Result<BoundCondition> PatternBinder::bind_condition(const ast::Expression& where,
                                                     BoundWhere& bound) {
  BoundCondition condition;
  if (!has_exists(where)) {
    ANNALS_TRY(condition.plain, expressions_.bind(where));
    return condition;
  }
  if (const auto* exists = std::get_if<ast::Subquery>(&where.node)) {
    ANNALS_TRY(BoundExists pattern, bind_inner(*exists, context_, variables_, clause_.scope));
    condition.kind = BoundCondition::Kind::kExists;
    condition.exists = bound.patterns.size();
    bound.patterns.push_back(std::move(pattern));
    return condition;
  }
  if (const auto* unary = std::get_if<ast::Unary>(&where.node)) {
    condition.kind = BoundCondition::Kind::kNot;
    ANNALS_TRY(BoundCondition one, bind_condition(*unary->operand, bound));
    condition.parts.push_back(std::move(one));
    return condition;
  }
  ANNALS_CHECK_OK(bind_parts(std::get<ast::Chain>(where.node), bound, condition));
  return condition;
}

Status PatternBinder::bind_parts(const ast::Chain& chain, BoundWhere& bound,
                                 BoundCondition& condition) {
  condition.kind = kind_of(chain.links.front().op);
  // What has no EXISTS stays together: there an operand is looked at only if need be.
  BoundChain plain;
  ast::SourceRange range;
  const auto add = [&](const ast::Expression& part) -> Status {
    ANNALS_TRY(BoundCondition one, bind_condition(part, bound));
    if (one.kind != BoundCondition::Kind::kPlain) {
      condition.parts.push_back(std::move(one));
      return {};
    }
    if (plain.operands.empty()) range = one.plain.range;
    range.end = one.plain.range.end;
    plain.operands.push_back(std::move(one.plain));
    return {};
  };
  ANNALS_CHECK_OK(add(*chain.first));
  for (const ast::Chain::Link& link : chain.links) ANNALS_CHECK_OK(add(*link.operand));
  if (plain.operands.empty()) return {};
  BoundCondition rest;
  if (plain.operands.size() == 1) {
    rest.plain = std::move(plain.operands.front());
  } else {
    plain.operators.assign(plain.operands.size() - 1, chain.links.front().op);
    rest.plain.node = std::move(plain);
    rest.plain.range = range;
  }
  condition.parts.push_back(std::move(rest));
  return {};
}

Result<BoundExists> PatternBinder::bind_inner(const ast::Subquery& subquery,
                                              const BindContext& context, const Variables& known,
                                              ScopeId around) {
  const ast::MatchClause& match = *subquery.match;
  for (const ast::PathPattern& path : match.patterns) {
    context.query.inner_parts += 1 + path.steps.size();
  }
  if (context.query.inner_parts > limits::kPatternHopsMax) {
    return context.error(
        ErrorCode::kLimitExceeded,
        fmt::format("more than {} nodes and hops within EXISTS and COUNT are over PatternHopsMax",
                    limits::kPatternHopsMax),
        match.range);
  }
  ANNALS_TRY(const ScopeId scope, ScopeBinder(context, known).find_inner(subquery, around));
  // What the pattern names anew is not known outside of the braces.
  Variables variables = known;
  PatternBinder inner(context, variables, scope);
  inner.is_inner_ = true;
  ANNALS_TRY(BoundClause clause, inner.bind(match));
  BoundExists bound;
  bound.clause = std::make_unique<BoundClause>(std::move(clause));
  bound.origin = context.query.add_slot(SlotKind::kValue, "origin");
  return bound;
}

Result<BoundOptional> PatternBinder::bind_optional(const ast::MatchClause& clause, bool certainly) {
  const Variables before = variables_;
  is_inner_ = true;
  ANNALS_TRY(BoundClause pattern, bind(clause));
  BoundOptional optional;
  optional.pattern.clause = std::make_unique<BoundClause>(std::move(pattern));
  optional.pattern.origin = context_.query.add_slot(SlotKind::kValue, "OPTIONAL");
  optional.certainly = certainly;
  for (const auto& [name, slot] : variables_) {
    if (before.contains(name)) continue;
    context_.query.slots[slot.raw - 1].nullable = true;
    optional.adds.push_back(slot);
  }
  return optional;
}

Result<BoundClause> PatternBinder::bind_filter(const ast::Expression& where,
                                               const BindContext& context, Variables& variables) {
  PatternBinder binder(context, variables, ScopeId(1), ScopeId());
  ANNALS_CHECK_OK(binder.add_predicates(where));
  return std::move(binder.clause_);
}

/// The labels that only entities have among those of the node; nothing if it may be an event with a
/// role called `name`.
std::optional<std::vector<SymbolId>> PatternBinder::labels_of_entity(SlotId node) const {
  const Vocabulary& vocabulary = context_.vocabulary;
  const auto is_kind = [&](SymbolId label) { return vocabulary.find_kind(label) != nullptr; };
  for (const LabelCheck& check : clause_.labels) {
    if (check.slot != node || check.negated) continue;
    if (std::none_of(check.labels.begin(), check.labels.end(), is_kind)) return check.labels;
  }
  // Roles of kinds as they are defined now, or were once, are symbols.
  if (vocabulary.find_symbol("name")) return std::nullopt;
  return std::vector<SymbolId>();
}

/// If the condition says what the name of a node is, the node is looked up by it: `a.name = 'x'`,
/// `'x' = a.name`, or with `op` of IN `a.name IN ['x', 'y']`.
void PatternBinder::find_name_in(const BoundExpression& predicate, ast::BinaryOperator op) {
  const auto* const chain = std::get_if<BoundChain>(&predicate.node);
  if (chain == nullptr || chain->operands.size() != 2 || chain->operators.front() != op) return;
  const bool is_equal = op == ast::BinaryOperator::kEqual;
  const auto named = [](const BoundExpression& operand) {
    const auto* const property = std::get_if<BoundProperty>(&operand.node);
    if (property == nullptr || property->name != "name") return SlotId();
    const auto* const node = std::get_if<BoundSlot>(&property->object->node);
    return node == nullptr ? SlotId() : node->slot;
  };
  SlotId node = named(chain->operands.front());
  const BoundExpression* value = &chain->operands.back();
  if (!node && is_equal) {
    node = named(chain->operands.back());
    value = &chain->operands.front();
  }
  if (!node || !is_given(*value)) return;
  const auto is_node = [node](const NameCheck& check) { return check.slot == node; };
  const bool is_of_pattern =
      std::find(clause_.nodes.begin(), clause_.nodes.end(), node) != clause_.nodes.end();
  if (!is_of_pattern || std::any_of(clause_.names.begin(), clause_.names.end(), is_node)) return;
  std::optional<std::vector<SymbolId>> labels = labels_of_entity(node);
  if (!labels) return;
  context_.query.names.push_back({clone(*value), std::move(*labels), clause_.scope, true});
  const NameId id(static_cast<std::uint32_t>(context_.query.names.size()));
  clause_.names_by_condition.push_back({node, id});
}

Result<BoundClause> PatternBinder::bind(const ast::MatchClause& clause) {
  for (const ast::PathPattern& path : clause.patterns) ANNALS_CHECK_OK(bind_path(path));
  for (const Map& map : maps_) ANNALS_CHECK_OK(bind_map(map));
  if (clause.where) ANNALS_CHECK_OK(add_predicates(*clause.where));
  // Elsewhere the pattern begins with what is known.
  if (goes_on_) return std::move(clause_);
  for (const BoundExpression& predicate : clause_.predicates) {
    find_name_in(predicate, ast::BinaryOperator::kEqual);
  }
  // A list may be long: it is for where nothing else is named.
  for (const BoundExpression& predicate : clause_.predicates) {
    if (!clause_.names.empty() || !clause_.names_by_condition.empty()) break;
    find_name_in(predicate, ast::BinaryOperator::kIn);
  }
  return std::move(clause_);
}

}  // namespace annals::query
