#include "query/planner/expression_binder.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "query/parser/ast_printer.h"
#include "query/planner/pattern_binder.h"
#include "schema/base/closest.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// These are not read from the index of properties. A property that events SET and that has one of
/// these names cannot be seen: the built-in one wins.
constexpr std::array<std::string_view, 4> kEntityProperties = {"name", "type", "aliases",
                                                               "identifiers"};

std::string argument_count_text(const Function& function) {
  if (function.arguments_max == Function::kMany) {
    return fmt::format("at least {}", function.arguments_min);
  }
  if (function.arguments_min == function.arguments_max) {
    return std::to_string(function.arguments_min);
  }
  return fmt::format("{} to {}", function.arguments_min, function.arguments_max);
}

/// For EXPLAIN. As written rather than as bound: slots that aggregate are called by this, so that
/// texts of aggregates of aggregates would double with each WITH.
std::string aggregate_text(const ast::FunctionCall& call, const Function& function) {
  std::string arguments = call.star ? "*" : "";
  for (const ast::Expression& argument : call.arguments) {
    arguments += (arguments.empty() ? "" : ", ") + print_expression(argument);
  }
  return fmt::format("{}({}{})", function.name, call.distinct ? "DISTINCT " : "", arguments);
}

}  // namespace

SlotId add_read(BoundQuery& query, BoundExpression object, SymbolId property,
                const std::string& name, ScopeId scope) {
  std::string key = fmt::format("{}@{}.{}", property.raw, scope.raw, expression_key(object));
  const auto known = query.reads_by_key.find(key);
  if (known != query.reads_by_key.end()) return known->second;
  const std::string shown =
      describe(object, [&query](SlotId slot) { return query.slot(slot).name; });
  const SlotId out = query.add_slot(SlotKind::kValue, fmt::format("{}.{}", shown, name));
  query.reads.push_back({out, std::move(object), property, name, scope});
  query.slots[out.raw - 1].read = query.reads.size();
  query.reads_by_key.emplace(std::move(key), out);
  return out;
}

Result<BoundExpression> ExpressionBinder::bind(const ast::Expression& expression) {
  BoundExpression bound;
  bound.range = expression.range;
  if (const auto* literal = std::get_if<ast::Literal>(&expression.node)) {
    bound.node = BoundConstant{literal->value};
  } else if (const auto* parameter = std::get_if<ast::Parameter>(&expression.node)) {
    bound.node = BoundParameter{parameter->name};
  } else if (const auto* variable = std::get_if<ast::Variable>(&expression.node)) {
    return bind_variable(*variable, expression.range);
  } else if (const auto* access = std::get_if<ast::PropertyAccess>(&expression.node)) {
    ANNALS_TRY(BoundExpression object, bind(*access->object));
    return property(std::move(object), access->property, expression.range);
  } else if (const auto* list = std::get_if<ast::ListLiteral>(&expression.node)) {
    ANNALS_TRY(bound.node, bind_list(*list));
  } else if (const auto* unary = std::get_if<ast::Unary>(&expression.node)) {
    ANNALS_TRY(BoundExpression operand, bind(*unary->operand));
    bound.node = BoundUnary{unary->op, std::make_unique<BoundExpression>(std::move(operand))};
  } else if (const auto* chain = std::get_if<ast::Chain>(&expression.node)) {
    ANNALS_TRY(bound.node, bind_chain(*chain));
  } else if (const auto* call = std::get_if<ast::FunctionCall>(&expression.node)) {
    return bind_call(*call, expression.range);
  } else if (const auto* subquery = std::get_if<ast::Subquery>(&expression.node)) {
    return bind_subquery(*subquery, expression.range);
  } else {
    ANNALS_TRY(bound.node, bind_compound(expression));
  }
  return bound;
}

Result<BoundExpression> ExpressionBinder::bind_subquery(const ast::Subquery& subquery,
                                                        ast::SourceRange range) {
  if (subquery.kind == ast::SubqueryKind::kExists) {
    return context_.invalid("EXISTS {…} cannot stand here", range,
                            "it stands in WHERE, alone or with AND, OR, XOR and NOT");
  }
  if (!locals_.empty()) {
    return context_.invalid("COUNT {…} cannot look at the elements of a list", range,
                            "UNWIND the list, and count for each row");
  }
  const ScopeId around = scope_ ? scope_ : ScopeId(1);
  ANNALS_TRY(BoundExists pattern,
             PatternBinder::bind_inner(subquery, context_, variables_, around));
  BoundQuery& query = context_.query;
  const SlotId out = query.add_slot(SlotKind::kValue, "COUNT {…}");
  query.counts.push_back({out, std::move(pattern)});
  query.slots[out.raw - 1].count = query.counts.size();
  return slot_expression(out, range);
}

Result<BoundExpression> ExpressionBinder::bind_variable(const ast::Variable& variable,
                                                        ast::SourceRange range) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
    if (local->first == variable.name) return slot_expression(local->second, range);
  }
  const auto found = variables_.find(variable.name);
  if (found != variables_.end()) return slot_expression(found->second, range);
  ClosestWord closest(variable.name);
  for (const auto& [name, slot] : variables_) closest.consider(name);
  for (const auto& [name, slot] : locals_) closest.consider(name);
  return context_.error(
      ErrorCode::kNotFound, fmt::format("there is no variable '{}'", variable.name), range,
      closest.found() ? fmt::format("did you mean '{}'?", *closest.found())
                      : std::string("a text stands in single quotes: 'like this'"));
}

Result<ExpressionBinder::Node> ExpressionBinder::bind_list(const ast::ListLiteral& list) {
  BoundList bound;
  bound.items.reserve(list.items.size());
  for (const ast::Expression& item : list.items) {
    ANNALS_TRY(BoundExpression one, bind(item));
    bound.items.push_back(std::move(one));
  }
  return Node(std::move(bound));
}

Result<BoundBox> ExpressionBinder::bind_box(const ast::Box<ast::Expression>& part) {
  if (part == nullptr) return BoundBox();
  ANNALS_TRY(BoundExpression bound, bind(*part));
  return std::make_unique<BoundExpression>(std::move(bound));
}

Result<std::vector<BoundExpression>> ExpressionBinder::bind_all(
    const std::vector<ast::Expression>& parts) {
  std::vector<BoundExpression> all;
  all.reserve(parts.size());
  for (const ast::Expression& part : parts) {
    ANNALS_TRY(BoundExpression one, bind(part));
    all.push_back(std::move(one));
  }
  return all;
}

Result<ExpressionBinder::Node> ExpressionBinder::bind_compound(const ast::Expression& expression) {
  if (const auto* one = std::get_if<ast::Case>(&expression.node)) return bind_case(*one);
  if (const auto* map = std::get_if<ast::MapLiteral>(&expression.node)) return bind_map(*map);
  if (const auto* one = std::get_if<ast::Subscript>(&expression.node)) {
    BoundSubscript bound;
    ANNALS_TRY(bound.object, bind_box(one->object));
    ANNALS_TRY(bound.index, bind_box(one->index));
    return Node(std::move(bound));
  }
  if (const auto* one = std::get_if<ast::Slice>(&expression.node)) {
    BoundSlice bound;
    ANNALS_TRY(bound.object, bind_box(one->object));
    ANNALS_TRY(bound.from, bind_box(one->from));
    ANNALS_TRY(bound.to, bind_box(one->to));
    return Node(std::move(bound));
  }
  return bind_walk(std::get<ast::ListWalk>(expression.node));
}

Result<ExpressionBinder::Node> ExpressionBinder::bind_case(const ast::Case& one) {
  BoundCase bound;
  ANNALS_TRY(bound.operand, bind_box(one.operand));
  ANNALS_TRY(bound.whens, bind_all(one.whens));
  ANNALS_TRY(bound.thens, bind_all(one.thens));
  ANNALS_TRY(bound.otherwise, bind_box(one.otherwise));
  return Node(std::move(bound));
}

Result<ExpressionBinder::Node> ExpressionBinder::bind_map(const ast::MapLiteral& map) {
  BoundMap bound;
  for (const ast::Identifier& key : map.keys) bound.keys.push_back(key.name);
  ANNALS_TRY(bound.values, bind_all(map.values));
  return Node(std::move(bound));
}

Result<ExpressionBinder::Node> ExpressionBinder::bind_walk(const ast::ListWalk& walk) {
  BoundListWalk bound;
  bound.kind = walk.kind;
  ANNALS_TRY(bound.initial, bind_box(walk.initial));
  ANNALS_TRY(bound.list, bind_box(walk.list));
  const std::size_t before = locals_.size();
  const auto add_local = [this](const ast::Identifier& name, ScopeId scope) {
    const SlotId slot = context_.query.add_slot(SlotKind::kValue, name.name);
    context_.query.slots.back().scope = scope;
    locals_.emplace_back(name.name, slot);
    return slot;
  };
  if (bound.initial != nullptr) bound.accumulator = add_local(walk.accumulator, ScopeId(1));
  bound.variable = add_local(walk.variable, scope_of(*bound.list));
  // What each element gives stands for itself: no aggregate can look at it.
  BoundProjection* const outer = std::exchange(aggregates_, nullptr);
  Result<BoundBox> where = bind_box(walk.where);
  Result<BoundBox> result = bind_box(walk.result);
  aggregates_ = outer;
  locals_.resize(before);
  ANNALS_TRY(bound.where, std::move(where));
  ANNALS_TRY(bound.result, std::move(result));
  return Node(std::move(bound));
}

/// Whether it depends on the element of a list, which no step of the plan knows.
bool ExpressionBinder::reads_local(const BoundExpression& expression) const {
  bool reads = false;
  for_each_slot(expression, [&](SlotId slot) {
    for (const auto& [name, local] : locals_) reads = reads || local == slot;
  });
  return reads;
}

Result<ExpressionBinder::Node> ExpressionBinder::bind_chain(const ast::Chain& chain) {
  BoundChain bound;
  bound.operands.reserve(chain.links.size() + 1);
  bound.operators.reserve(chain.links.size());
  ANNALS_TRY(BoundExpression first, bind(*chain.first));
  bound.operands.push_back(std::move(first));
  for (const ast::Chain::Link& link : chain.links) {
    ANNALS_TRY(BoundExpression operand, bind(*link.operand));
    bound.operands.push_back(std::move(operand));
    bound.operators.push_back(link.op);
  }
  return Node(std::move(bound));
}

Status ExpressionBinder::check_argument_count(const ast::FunctionCall& call,
                                              const Function& function) const {
  const std::size_t count = call.arguments.size();
  const bool too_many = function.arguments_max != Function::kMany && count > function.arguments_max;
  if (count >= function.arguments_min && !too_many && !call.star) return {};
  if (call.star && function.id == FunctionId::kCount) return {};
  return context_.invalid(
      fmt::format("{}() takes {} argument{}, not {}", function.name, argument_count_text(function),
                  function.arguments_max == 1 ? "" : "s",
                  call.star ? std::string("*") : std::to_string(count)),
      call.name.range);
}

Result<BoundExpression> ExpressionBinder::bind_call(const ast::FunctionCall& call,
                                                    ast::SourceRange range) {
  const Function* function = find_function(call.name.name);
  if (function == nullptr) {
    const auto closest_name = closest(call.name.name, function_names());
    return context_.error(
        ErrorCode::kNotFound, fmt::format("there is no function '{}'", call.name.name),
        call.name.range,
        closest_name ? fmt::format("did you mean '{}'?", *closest_name) : std::string());
  }
  ANNALS_CHECK_OK(check_argument_count(call, *function));
  if (function->is_aggregate()) return bind_aggregate(call, *function, range);
  if (call.distinct) {
    return context_.invalid(
        fmt::format("only aggregates take DISTINCT; {}() is none", function->name),
        call.name.range);
  }
  BoundCall bound;
  bound.function = function;
  for (const ast::Expression& argument : call.arguments) {
    ANNALS_TRY(BoundExpression one, bind(argument));
    bound.arguments.push_back(std::move(one));
  }
  if (!bound.arguments.empty()) bound.scope = scope_of(bound.arguments.front());
  BoundExpression expression;
  expression.node = std::move(bound);
  expression.range = range;
  return expression;
}

Result<BoundExpression> ExpressionBinder::bind_aggregate(const ast::FunctionCall& call,
                                                         const Function& function,
                                                         ast::SourceRange range) {
  if (aggregates_ == nullptr) {
    return context_.invalid(fmt::format("{}() cannot stand in {}", function.name, clause_),
                            call.name.range,
                            "aggregates stand in RETURN and WITH, and not within another");
  }
  BoundAggregate bound;
  bound.function = &function;
  bound.distinct = call.distinct;
  if (!call.star) {
    BoundProjection* const outer = std::exchange(aggregates_, nullptr);
    const std::string_view outer_clause = std::exchange(clause_, "an aggregate");
    Result<BoundExpression> argument = bind(call.arguments.front());
    aggregates_ = outer;
    clause_ = outer_clause;
    if (!argument) return argument;
    bound.argument = std::move(*argument);
  }
  if (call.arguments.size() > 1) {
    ANNALS_TRY(bound.share, bind(call.arguments[1]));
    bool reads_rows = false;
    for_each_slot(*bound.share, [&reads_rows](SlotId) { reads_rows = true; });
    if (reads_rows) {
      return context_.invalid(
          fmt::format("the second argument of {}() is the same for all rows", function.name),
          call.arguments[1].range, "a number from 0 to 1, or a parameter");
    }
  }
  std::string key = fmt::format("{} {} {} {}", function.name, call.distinct,
                                bound.argument ? expression_key(*bound.argument) : "*",
                                bound.share ? expression_key(*bound.share) : "");
  const auto [known, is_new] = aggregates_->calls_by_key.try_emplace(std::move(key));
  if (is_new) {
    bound.out = context_.query.add_slot(SlotKind::kValue, aggregate_text(call, function));
    known->second = bound.out;
    aggregates_->calls.push_back(std::move(bound));
  }
  return slot_expression(known->second, range);
}

bool ExpressionBinder::may_need_index(const BoundExpression& object,
                                      const std::string& name) const {
  const auto& built_in = kEntityProperties;
  if (std::find(built_in.begin(), built_in.end(), name) != built_in.end()) return false;
  if (!context_.vocabulary.find_symbol(name)) return false;
  if (std::holds_alternative<BoundConstant>(object.node)) return false;
  if (std::holds_alternative<BoundMap>(object.node)) return false;
  const auto* slot = std::get_if<BoundSlot>(&object.node);
  if (slot == nullptr) return true;
  const SlotInfo& info = context_.query.slot(slot->slot);
  return info.kind == SlotKind::kValue || (info.kind == SlotKind::kNode && !info.is_event);
}

ScopeId ExpressionBinder::scope_of(const BoundExpression& object) const {
  if (scope_) return scope_;
  // Outside of a MATCH a variable is seen as its own clause sees it: MATCH ... AT '2008' RETURN
  // c.population means that of 2008.
  ScopeId scope;
  for_each_slot(object, [&](SlotId slot) {
    const PropertyRead* read = context_.query.read_of(slot);
    if (!scope) scope = read != nullptr ? read->scope : context_.query.slot(slot).scope;
  });
  return scope ? scope : ScopeId(1);
}

BoundExpression ExpressionBinder::property(BoundExpression object, const std::string& name,
                                           ast::SourceRange range) {
  const SymbolId symbol = context_.vocabulary.find_symbol(name);
  const ScopeId scope = scope_of(object);
  const bool needs_index = may_need_index(object, name);
  const bool is_local = needs_index && reads_local(object);
  if (needs_index && !is_local) {
    return slot_expression(add_read(context_.query, std::move(object), symbol, name, scope), range);
  }
  BoundExpression expression;
  expression.range = range;
  expression.node = BoundProperty{std::make_unique<BoundExpression>(std::move(object)), name,
                                  symbol, scope, is_local};
  return expression;
}

}  // namespace annals::query
