#include "query/planner/projection_binder.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/parser/ast_printer.h"

namespace annals::query {

namespace {

void set_flag(std::vector<bool>& flags, SlotId slot) {
  if (flags.size() <= slot.raw) flags.resize(slot.raw + 1);
  flags[slot.raw] = true;
}

bool has_flag(const std::vector<bool>& flags, SlotId slot) {
  return slot.raw < flags.size() && flags[slot.raw];
}

const BoundSlot* as_slot(const BoundExpression& expression) {
  return std::get_if<BoundSlot>(&expression.node);
}

}  // namespace

Status ProjectionBinder::add_item(std::string name, Result<BoundExpression> value, bool has_alias,
                                  ast::SourceRange range) {
  if (!value) return std::move(value).error();
  if (!names_.insert(name).second) {
    return context_.invalid(fmt::format("two columns are called '{}'", name), range,
                            "give one of them another name with AS");
  }
  bool aggregates = false;
  for_each_slot(*value, [&](SlotId slot) {
    // What an earlier WITH has aggregated is a value like others.
    aggregates = aggregates || std::any_of(bound_.calls.begin(), bound_.calls.end(),
                                           [slot](const auto& call) { return call.out == slot; });
  });
  items_.push_back({std::move(name), std::move(*value), aggregates, has_alias});
  return {};
}

Status ProjectionBinder::bind_items(const ast::ReturnClause& clause) {
  ExpressionBinder binder(context_, variables_, ScopeId(), word());
  binder.allow_aggregates(bound_);
  if (clause.star) {
    if (variables_.empty()) {
      return context_.invalid(fmt::format("{} * needs a variable", word()), clause.range,
                              "name a node or a fact: MATCH (c:Country) RETURN *");
    }
    for (const auto& [name, slot] : variables_) {  // by name, as in openCypher
      ANNALS_CHECK_OK(add_item(name, slot_expression(slot, clause.range), true, clause.range));
    }
  }
  for (const ast::ReturnItem& item : clause.items) {
    if (is_with_ && !item.alias && !std::holds_alternative<ast::Variable>(item.value.node)) {
      return context_.invalid("what WITH computes needs a name", item.value.range,
                              "write: … AS name");
    }
    std::string name = item.alias ? item.alias->name : print_expression(item.value);
    ANNALS_CHECK_OK(add_item(std::move(name), binder.bind(item.value), item.alias.has_value(),
                             item.value.range));
  }
  return {};
}

bool ProjectionBinder::passes(const BoundExpression& value) const {
  const BoundSlot* slot = as_slot(value);
  if (!is_with_ || slot == nullptr || context_.query.read_of(slot->slot) != nullptr) return false;
  if (slot != nullptr && context_.query.count_of(slot->slot) != nullptr) return false;
  const SlotInfo& info = context_.query.slot(slot->slot);
  if (info.kind == SlotKind::kFact) return false;
  // Of rows that become one none has an instant of its own.
  return !bound_.distinct || !info.scope || !context_.query.scope(info.scope).row.date;
}

SlotId ProjectionBinder::slot_for(const Item& item) {
  BoundQuery& query = context_.query;
  const BoundSlot* const from = as_slot(item.value);
  if (!is_with_ || from == nullptr) return query.add_slot(SlotKind::kValue, item.name);
  SlotInfo info = query.slot(from->slot);
  if (const PropertyRead* read = query.read_of(from->slot)) info.scope = read->scope;
  const bool merges = bound_.distinct || bound_.aggregates;
  if (merges && info.scope && query.scope(info.scope).row.date) info.scope = ScopeId(1);
  const SlotId out =
      query.add_slot(info.kind == SlotKind::kNode ? SlotKind::kNode : SlotKind::kValue, item.name);
  SlotInfo& made = query.slots.back();
  made.scope = info.scope;
  made.is_event = info.is_event;
  made.nullable = info.nullable;
  return out;
}

void ProjectionBinder::add_plain_columns() {
  for (Item& item : items_) {
    if (passes(item.value)) {
      const SlotId slot = as_slot(item.value)->slot;
      set_flag(available_, slot);
      bound_.columns.push_back({item.name, slot});
      continue;
    }
    const SlotId out = slot_for(item);
    known_.emplace(expression_key(item.value), out);
    set_flag(available_, out);
    bound_.columns.push_back({item.name, out});
    bound_.items.push_back({out, std::move(item.value)});
  }
}

Status ProjectionBinder::add_grouped_columns() {
  for (const BoundAggregate& call : bound_.calls) set_flag(available_, call.out);
  for (Item& item : items_) {
    if (item.aggregates) continue;
    const SlotId out = slot_for(item);
    known_.emplace(expression_key(item.value), out);
    set_flag(available_, out);
    bound_.group_keys.push_back({out, std::move(item.value)});
  }
  auto key = bound_.group_keys.begin();
  for (Item& item : items_) {
    if (!item.aggregates) {
      bound_.columns.push_back({item.name, (key++)->out});
      continue;
    }
    ANNALS_TRY(BoundExpression value,
               rebase(std::move(item.value), true,
                      "is neither aggregated nor a column by itself, so that a group has no one "
                      "value of it"));
    if (const BoundSlot* slot = as_slot(value)) {
      bound_.columns.push_back({item.name, slot->slot});
      continue;
    }
    const SlotId out = context_.query.add_slot(SlotKind::kValue, item.name);
    known_.emplace(expression_key(value), out);
    set_flag(available_, out);
    bound_.columns.push_back({item.name, out});
    bound_.items.push_back({out, std::move(value)});
  }
  return {};
}

Result<BoundExpression> ProjectionBinder::rebase(BoundExpression expression, bool strict,
                                                 const std::string& problem) {
  const auto known = known_.find(expression_key(expression));
  if (known != known_.end()) return slot_expression(known->second, expression.range);
  if (const BoundSlot* slot = as_slot(expression)) {
    if (has_flag(available_, slot->slot)) return expression;
    const PropertyRead* read = context_.query.read_of(slot->slot);
    if (read != nullptr && strict) {
      // The property is read again, of the node that is there after grouping.
      const PropertyRead copy{read->out, clone(read->object), read->property, read->name,
                              read->scope};
      ANNALS_TRY(BoundExpression object, rebase(clone(copy.object), strict, problem));
      const SlotId out =
          add_read(context_.query, std::move(object), copy.property, copy.name, copy.scope);
      set_flag(available_, out);
      BoundExpression again = slot_expression(out, expression.range);
      ANNALS_CHECK_OK(check_instants(again, problem));
      return again;
    }
    if (!strict) return expression;
    return context_.invalid(fmt::format("'{}' {}", context_.query.slot(slot->slot).name, problem),
                            expression.range);
  }
  if (const auto* walk = std::get_if<BoundListWalk>(&expression.node)) {
    set_flag(available_, walk->variable);
    set_flag(available_, walk->accumulator);
  }
  for (BoundExpression* part : parts_of(expression)) {
    ANNALS_TRY(*part, rebase(std::move(*part), strict, problem));
  }
  if (strict) ANNALS_CHECK_OK(check_instants(expression, problem));
  return expression;
}

Status ProjectionBinder::check_instants(const BoundExpression& expression,
                                        const std::string& problem) const {
  if (instants_of(expression, context_.query).empty()) return {};
  return context_.invalid(fmt::format("what each row sees at an instant of its own {}", problem),
                          expression.range);
}

Status ProjectionBinder::bind_order(const ast::ReturnClause& clause) {
  Variables names = variables_;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].has_alias) names.insert_or_assign(items_[i].name, bound_.columns[i].slot);
  }
  ExpressionBinder binder(context_, names, ScopeId(),
                          is_with_ ? "ORDER BY of a WITH that does not aggregate"
                                   : "ORDER BY of a RETURN that does not aggregate");
  if (bound_.aggregates) binder.allow_aggregates(bound_);
  if (bound_.distinct) {
    // After DISTINCT only the columns are there.
    available_.clear();
    for (const BoundColumn& column : bound_.columns) set_flag(available_, column.slot);
  }
  const bool strict = bound_.aggregates || bound_.distinct;
  for (const ast::SortItem& item : clause.order_by) {
    const std::size_t calls_before = bound_.calls.size();
    ANNALS_TRY(BoundExpression value, binder.bind(item.value));
    for (std::size_t i = calls_before; i < bound_.calls.size() && !bound_.distinct; ++i) {
      set_flag(available_, bound_.calls[i].out);
    }
    ANNALS_TRY(value, rebase(std::move(value), strict,
                             "is not among the columns, and only they are there to sort by"));
    SlotId slot;
    if (const BoundSlot* plain = as_slot(value);
        plain != nullptr && has_flag(available_, plain->slot)) {
      slot = plain->slot;
    } else {
      slot = context_.query.add_slot(SlotKind::kValue, print_expression(item.value));
      bound_.sort_items.push_back({slot, std::move(value)});
    }
    bound_.sorts.push_back({slot, item.descending});
  }
  return {};
}

Result<std::optional<BoundExpression>> ProjectionBinder::bind_count(
    const std::optional<ast::Expression>& count, std::string_view word) {
  if (!count) return std::optional<BoundExpression>();
  const Variables none;
  ExpressionBinder binder(context_, none, ScopeId(1), word);
  ANNALS_TRY(BoundExpression bound, binder.bind(*count));
  bool reads_rows = false;
  for_each_slot(bound, [&reads_rows](SlotId) { reads_rows = true; });
  if (reads_rows) {
    return context_.invalid(fmt::format("{} needs a number", word), count->range);
  }
  return std::optional<BoundExpression>(std::move(bound));
}

Result<BoundProjection> ProjectionBinder::bind(const ast::ReturnClause& clause) {
  bound_.distinct = clause.distinct;
  ANNALS_CHECK_OK(bind_items(clause));
  bound_.aggregates = !bound_.calls.empty();
  if (bound_.aggregates) {
    ANNALS_CHECK_OK(add_grouped_columns());
  } else {
    add_plain_columns();
  }
  ANNALS_CHECK_OK(bind_order(clause));
  ANNALS_TRY(bound_.skip, bind_count(clause.skip, "SKIP"));
  ANNALS_TRY(bound_.limit, bind_count(clause.limit, "LIMIT"));
  return std::move(bound_);
}

}  // namespace annals::query
