#include "query/planner/bound_expression.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "query/parser/token_text.h"

namespace annals::query {

namespace {

std::string_view operator_sign(ast::BinaryOperator op) {
  static constexpr std::array<std::string_view, 25> texts = {
      "OR",       "XOR",   "AND",         "=",         "<>",       "<",  "<=",       ">",
      ">=",       "IN",    "STARTS WITH", "ENDS WITH", "CONTAINS", "=~", "OVERLAPS", "PRECEDES",
      "SUCCEEDS", "MEETS", "EQUALS",      "+",         "-",        "*",  "/",        "%",
      "^"};
  return texts[static_cast<std::size_t>(op)];
}

/// In backticks if it is not a plain word, so that no two expressions look alike.
std::string plain_or_in_backticks(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!name.empty() && std::all_of(name.begin(), name.end(), plain)) return std::string(name);
  return in_backticks(name);
}

std::string join(const std::vector<BoundExpression>& items,
                 const std::function<std::string(SlotId)>& name_of) {
  std::string out;
  for (const BoundExpression& item : items) {
    if (!out.empty()) out += ", ";
    out += describe(item, name_of);
  }
  return out;
}

std::string describe_chain(const BoundChain& chain,
                           const std::function<std::string(SlotId)>& name_of) {
  std::string out = "(" + describe(chain.operands.front(), name_of);
  for (std::size_t i = 0; i < chain.operators.size(); ++i) {
    out += fmt::format(" {} {}", operator_sign(chain.operators[i]),
                       describe(chain.operands[i + 1], name_of));
  }
  return out + ")";
}

std::string describe_unary(const BoundUnary& unary,
                           const std::function<std::string(SlotId)>& name_of) {
  std::string operand = describe(*unary.operand, name_of);
  switch (unary.op) {
    case ast::UnaryOperator::kNot: return fmt::format("(NOT {})", operand);
    case ast::UnaryOperator::kNegate: return fmt::format("(-{})", operand);
    case ast::UnaryOperator::kIsNull: return fmt::format("({} IS NULL)", operand);
    case ast::UnaryOperator::kIsNotNull: return fmt::format("({} IS NOT NULL)", operand);
  }
  return operand;
}

std::string describe_walk(const BoundListWalk& walk,
                          const std::function<std::string(SlotId)>& name_of) {
  static constexpr std::array<std::string_view, 6> begins = {"[",     "any(",    "all(",
                                                             "none(", "single(", "reduce("};
  std::string out(begins[static_cast<std::size_t>(walk.kind)]);
  if (walk.initial != nullptr) {
    out += fmt::format("{} = {}, ", name_of(walk.accumulator), describe(*walk.initial, name_of));
  }
  out += fmt::format("{} IN {}", name_of(walk.variable), describe(*walk.list, name_of));
  if (walk.where != nullptr) out += " WHERE " + describe(*walk.where, name_of);
  if (walk.result != nullptr) out += " | " + describe(*walk.result, name_of);
  return out + (walk.kind == ast::ListWalkKind::kComprehension ? "]" : ")");
}

std::string describe_case(const BoundCase& one, const std::function<std::string(SlotId)>& name_of) {
  std::string out = "CASE";
  if (one.operand != nullptr) out += " " + describe(*one.operand, name_of);
  for (std::size_t i = 0; i < one.whens.size(); ++i) {
    out += fmt::format(" WHEN {} THEN {}", describe(one.whens[i], name_of),
                       describe(one.thens[i], name_of));
  }
  if (one.otherwise != nullptr) out += " ELSE " + describe(*one.otherwise, name_of);
  return out + " END";
}

/// What is put together out of other expressions, but for operators and calls.
std::string describe_compound(const BoundExpression& expression,
                              const std::function<std::string(SlotId)>& name_of) {
  const auto& node = expression.node;
  const auto text = [&name_of](const BoundBox& box) {
    return box == nullptr ? std::string() : describe(*box, name_of);
  };
  if (const auto* one = std::get_if<BoundCase>(&node)) return describe_case(*one, name_of);
  if (const auto* one = std::get_if<BoundSubscript>(&node)) {
    return fmt::format("{}[{}]", text(one->object), text(one->index));
  }
  if (const auto* one = std::get_if<BoundSlice>(&node)) {
    return fmt::format("{}[{}..{}]", text(one->object), text(one->from), text(one->to));
  }
  if (const auto* walk = std::get_if<BoundListWalk>(&node)) return describe_walk(*walk, name_of);
  const auto& map = std::get<BoundMap>(node);
  std::string out = "{";
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    out += fmt::format("{}{}: {}", i == 0 ? "" : ", ", plain_or_in_backticks(map.keys[i]),
                       describe(map.values[i], name_of));
  }
  return out + "}";
}

template <class Expression, class Part>
std::vector<Part*> collect_parts(Expression& expression) {
  std::vector<Part*> parts;
  const auto add_all = [&parts](auto& items) {
    for (auto& item : items) parts.push_back(&item);
  };
  auto& node = expression.node;
  if (auto* property = std::get_if<BoundProperty>(&node)) parts.push_back(property->object.get());
  if (auto* list = std::get_if<BoundList>(&node)) add_all(list->items);
  if (auto* unary = std::get_if<BoundUnary>(&node)) parts.push_back(unary->operand.get());
  if (auto* chain = std::get_if<BoundChain>(&node)) add_all(chain->operands);
  if (auto* call = std::get_if<BoundCall>(&node)) add_all(call->arguments);
  const auto add_boxes = [&parts](auto&... boxes) {
    for (auto* box : {boxes.get()...}) {
      if (box != nullptr) parts.push_back(box);
    }
  };
  if (auto* one = std::get_if<BoundCase>(&node)) {
    add_boxes(one->operand, one->otherwise);
    add_all(one->whens);
    add_all(one->thens);
  }
  if (auto* one = std::get_if<BoundSubscript>(&node)) add_boxes(one->object, one->index);
  if (auto* one = std::get_if<BoundSlice>(&node)) add_boxes(one->object, one->from, one->to);
  if (auto* one = std::get_if<BoundMap>(&node)) add_all(one->values);
  if (auto* one = std::get_if<BoundListWalk>(&node)) {
    add_boxes(one->initial, one->list, one->where, one->result);
  }
  return parts;
}

std::vector<BoundExpression> clone_all(const std::vector<BoundExpression>& items) {
  std::vector<BoundExpression> copies;
  copies.reserve(items.size());
  for (const BoundExpression& item : items) copies.push_back(clone(item));
  return copies;
}

BoundBox clone_box(const BoundBox& box) {
  return box == nullptr ? nullptr : std::make_unique<BoundExpression>(clone(*box));
}

struct Cloner {
  using Node = decltype(BoundExpression::node);
  Node operator()(const BoundConstant& node) const { return node; }
  Node operator()(const BoundParameter& node) const { return node; }
  Node operator()(const BoundSlot& node) const { return node; }
  Node operator()(const BoundProperty& node) const {
    return BoundProperty{clone_box(node.object), node.name, node.symbol, node.scope,
                         node.reads_index};
  }
  Node operator()(const BoundList& node) const { return BoundList{clone_all(node.items)}; }
  Node operator()(const BoundUnary& node) const {
    return BoundUnary{node.op, clone_box(node.operand)};
  }
  Node operator()(const BoundChain& node) const {
    return BoundChain{clone_all(node.operands), node.operators};
  }
  Node operator()(const BoundCall& node) const {
    return BoundCall{node.function, clone_all(node.arguments), node.scope};
  }
  Node operator()(const BoundCase& node) const {
    return BoundCase{clone_box(node.operand), clone_all(node.whens), clone_all(node.thens),
                     clone_box(node.otherwise)};
  }
  Node operator()(const BoundSubscript& node) const {
    return BoundSubscript{clone_box(node.object), clone_box(node.index)};
  }
  Node operator()(const BoundSlice& node) const {
    return BoundSlice{clone_box(node.object), clone_box(node.from), clone_box(node.to)};
  }
  Node operator()(const BoundMap& node) const {
    return BoundMap{node.keys, clone_all(node.values)};
  }
  Node operator()(const BoundListWalk& node) const {
    return BoundListWalk{node.kind,
                         node.variable,
                         node.accumulator,
                         clone_box(node.initial),
                         clone_box(node.list),
                         clone_box(node.where),
                         clone_box(node.result)};
  }
};

}  // namespace

BoundExpression slot_expression(SlotId slot, ast::SourceRange range) {
  BoundExpression expression;
  expression.node = BoundSlot{slot};
  expression.range = range;
  return expression;
}

BoundExpression clone(const BoundExpression& expression) {
  BoundExpression copy;
  copy.node = std::visit(Cloner(), expression.node);
  copy.range = expression.range;
  return copy;
}

std::vector<const BoundExpression*> parts_of(const BoundExpression& expression) {
  return collect_parts<const BoundExpression, const BoundExpression>(expression);
}

std::vector<BoundExpression*> parts_of(BoundExpression& expression) {
  return collect_parts<BoundExpression, BoundExpression>(expression);
}

std::string expression_key(const BoundExpression& expression) {
  // A property and certainty() mean something else in another scope; the rest is what it shows.
  std::string key = describe(expression, [](SlotId slot) { return fmt::format("#{}", slot.raw); });
  std::string scopes;
  const std::function<void(const BoundExpression&)> add = [&](const BoundExpression& part) {
    if (const auto* property = std::get_if<BoundProperty>(&part.node)) {
      scopes += fmt::format(" @{}", property->scope.raw);
    }
    if (const auto* call = std::get_if<BoundCall>(&part.node)) {
      scopes += fmt::format(" @{}", call->scope.raw);
    }
    for (const BoundExpression* inner : parts_of(part)) add(*inner);
  };
  add(expression);
  return key + scopes;
}

void for_each_slot(const BoundExpression& expression, const std::function<void(SlotId)>& visit) {
  if (const auto* slot = std::get_if<BoundSlot>(&expression.node)) visit(slot->slot);
  const auto* const walk = std::get_if<BoundListWalk>(&expression.node);
  if (walk == nullptr) {
    for (const BoundExpression* part : parts_of(expression)) for_each_slot(*part, visit);
    return;
  }
  for (const BoundExpression* part : parts_of(expression)) {
    for_each_slot(*part, [&](SlotId slot) {
      if (slot != walk->variable && slot != walk->accumulator) visit(slot);
    });
  }
}

std::string describe(const BoundExpression& expression,
                     const std::function<std::string(SlotId)>& name_of) {
  const auto& node = expression.node;
  if (const auto* constant = std::get_if<BoundConstant>(&node))
    return format_value(constant->value);
  if (const auto* parameter = std::get_if<BoundParameter>(&node)) {
    return "$" + plain_or_in_backticks(parameter->name);
  }
  if (const auto* slot = std::get_if<BoundSlot>(&node)) return name_of(slot->slot);
  if (const auto* property = std::get_if<BoundProperty>(&node)) {
    return describe(*property->object, name_of) + "." + plain_or_in_backticks(property->name);
  }
  if (const auto* list = std::get_if<BoundList>(&node)) {
    return "[" + join(list->items, name_of) + "]";
  }
  if (const auto* unary = std::get_if<BoundUnary>(&node)) return describe_unary(*unary, name_of);
  if (const auto* chain = std::get_if<BoundChain>(&node)) return describe_chain(*chain, name_of);
  const auto* const call_node = std::get_if<BoundCall>(&node);
  if (call_node == nullptr) return describe_compound(expression, name_of);
  const auto& call = *call_node;
  return fmt::format("{}({})", call.function->name, join(call.arguments, name_of));
}

}  // namespace annals::query
