#include "query/parser/printer.h"
#include "query/parser/token_text.h"

namespace annals::query {

namespace {

using ast::BinaryOperator;
using ast::Expression;
using ast::UnaryOperator;

bool is_number(const Expression& expression) {
  const auto* const literal = std::get_if<ast::Literal>(&expression.node);
  return literal != nullptr && (std::holds_alternative<std::int64_t>(literal->value.data) ||
                                std::holds_alternative<double>(literal->value.data));
}

struct OperatorText {
  std::string_view text;
  Binding binding;
};

OperatorText operator_text(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr: return {"OR", kOrBinding};
    case BinaryOperator::kXor: return {"XOR", kXorBinding};
    case BinaryOperator::kAnd: return {"AND", kAndBinding};
    case BinaryOperator::kEqual: return {"=", kComparisonBinding};
    case BinaryOperator::kNotEqual: return {"<>", kComparisonBinding};
    case BinaryOperator::kLess: return {"<", kComparisonBinding};
    case BinaryOperator::kLessOrEqual: return {"<=", kComparisonBinding};
    case BinaryOperator::kGreater: return {">", kComparisonBinding};
    case BinaryOperator::kGreaterOrEqual: return {">=", kComparisonBinding};
    case BinaryOperator::kIn: return {"IN", kPredicateBinding};
    case BinaryOperator::kStartsWith: return {"STARTS WITH", kPredicateBinding};
    case BinaryOperator::kEndsWith: return {"ENDS WITH", kPredicateBinding};
    case BinaryOperator::kContains: return {"CONTAINS", kPredicateBinding};
    case BinaryOperator::kMatches: return {"=~", kPredicateBinding};
    case BinaryOperator::kOverlaps: return {"OVERLAPS", kPredicateBinding};
    case BinaryOperator::kPrecedes: return {"PRECEDES", kPredicateBinding};
    case BinaryOperator::kSucceeds: return {"SUCCEEDS", kPredicateBinding};
    case BinaryOperator::kMeets: return {"MEETS", kPredicateBinding};
    case BinaryOperator::kEquals: return {"EQUALS", kPredicateBinding};
    case BinaryOperator::kAdd: return {"+", kSumBinding};
    case BinaryOperator::kSubtract: return {"-", kSumBinding};
    case BinaryOperator::kMultiply: return {"*", kProductBinding};
    case BinaryOperator::kDivide: return {"/", kProductBinding};
    case BinaryOperator::kModulo: return {"%", kProductBinding};
    case BinaryOperator::kPower: return {"^", kPowerBinding};
  }
  return {"", kAtomBinding};
}

Binding binding_of(const Expression& expression) {
  if (const auto* const chain = std::get_if<ast::Chain>(&expression.node)) {
    return operator_text(chain->links.front().op).binding;
  }
  if (const auto* const unary = std::get_if<ast::Unary>(&expression.node)) {
    switch (unary->op) {
      case UnaryOperator::kNot: return kNotBinding;
      case UnaryOperator::kNegate: return kNegationBinding;
      case UnaryOperator::kIsNull:
      case UnaryOperator::kIsNotNull: return kPredicateBinding;
    }
  }
  return is_number(expression) ? kNumberBinding : kAtomBinding;
}

/// Whether `name IN` begins it, which in brackets would name the elements of a list.
bool begins_with_in(const Expression& expression) {
  if (const auto* const chain = std::get_if<ast::Chain>(&expression.node)) {
    const bool is_variable = std::holds_alternative<ast::Variable>(chain->first->node);
    if (is_variable) return chain->links.front().op == BinaryOperator::kIn;
    return begins_with_in(*chain->first);
  }
  const auto* const unary = std::get_if<ast::Unary>(&expression.node);
  const bool is_test =
      unary != nullptr && unary->op != UnaryOperator::kNot && unary->op != UnaryOperator::kNegate;
  return is_test && begins_with_in(*unary->operand);
}

}  // namespace

void Printer::expression(const Expression& expression) { std::visit(*this, expression.node); }

void Printer::operand(const Expression& expression, Binding at_least) {
  const bool parentheses = binding_of(expression) < at_least;
  if (parentheses) out_ += "(";
  this->expression(expression);
  if (parentheses) out_ += ")";
}

void Printer::operator()(const ast::PropertyAccess& access) {
  operand(*access.object, kAtomBinding);
  put(".", name_text(access.property));
}

void Printer::expressions(const std::vector<Expression>& list) {
  join(list, ", ", [&](const Expression& element) {
    const bool parentheses = &element == list.data() && begins_with_in(element);
    if (parentheses) out_ += "(";
    expression(element);
    if (parentheses) out_ += ")";
  });
}

void Printer::operator()(const ast::ListLiteral& list) {
  out_ += "[";
  expressions(list.items);
  out_ += "]";
}

void Printer::operator()(const ast::Unary& unary) {
  switch (unary.op) {
    case UnaryOperator::kNot:
      out_ += "NOT ";
      operand(*unary.operand, kNotBinding);
      return;
    case UnaryOperator::kNegate:
      // `--` would be a comment, and `-1` a number.
      out_ += binding_of(*unary.operand) == kNegationBinding ? "- " : "-";
      operand(*unary.operand, is_number(*unary.operand) ? kAtomBinding : kNegationBinding);
      return;
    case UnaryOperator::kIsNull:
    case UnaryOperator::kIsNotNull:
      operand(*unary.operand, kPredicateBinding);
      out_ += unary.op == UnaryOperator::kIsNull ? " IS NULL" : " IS NOT NULL";
      return;
  }
}

void Printer::operator()(const ast::Chain& chain) {
  const int binding = operator_text(chain.links.front().op).binding;
  const auto tighter = static_cast<Binding>(binding + 1);
  // A test may begin a chain without parentheses: `a IS NULL IN b`.
  const bool first_is_test = std::holds_alternative<ast::Unary>(chain.first->node) &&
                             binding == kPredicateBinding &&
                             binding_of(*chain.first) == kPredicateBinding;
  operand(*chain.first, first_is_test ? kPredicateBinding : tighter);
  for (const ast::Chain::Link& link : chain.links) {
    put(" ", operator_text(link.op).text, " ");
    operand(*link.operand, tighter);
  }
}

void Printer::operator()(const ast::FunctionCall& call) {
  put(variable_text(call.name.name), call.distinct ? "(DISTINCT " : "(", call.star ? "*" : "");
  expressions(call.arguments);
  out_ += ")";
}

void Printer::operator()(const ast::Case& one) {
  out_ += "CASE";
  if (one.operand != nullptr) {
    out_ += " ";
    expression(*one.operand);
  }
  for (std::size_t i = 0; i < one.whens.size(); ++i) {
    out_ += " WHEN ";
    expression(one.whens[i]);
    out_ += " THEN ";
    expression(one.thens[i]);
  }
  if (one.otherwise != nullptr) {
    out_ += " ELSE ";
    expression(*one.otherwise);
  }
  out_ += " END";
}

void Printer::operator()(const ast::Subscript& subscript) {
  operand(*subscript.object, kAtomBinding);
  out_ += "[";
  expression(*subscript.index);
  out_ += "]";
}

void Printer::operator()(const ast::Slice& slice) {
  operand(*slice.object, kAtomBinding);
  out_ += "[";
  if (slice.from != nullptr) expression(*slice.from);
  out_ += "..";
  if (slice.to != nullptr) expression(*slice.to);
  out_ += "]";
}

void Printer::operator()(const ast::MapLiteral& map) {
  out_ += "{";
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    put(i == 0 ? "" : ", ", name_text(map.keys[i].name), ": ");
    expression(map.values[i]);
  }
  out_ += "}";
}

void Printer::operator()(const ast::ListWalk& walk) {
  static constexpr std::string_view kBegins[] = {"[",     "any(",    "all(",
                                                 "none(", "single(", "reduce("};
  out_ += kBegins[static_cast<std::size_t>(walk.kind)];
  if (walk.initial != nullptr) {
    put(variable_text(walk.accumulator.name), " = ");
    expression(*walk.initial);
    out_ += ", ";
  }
  put(variable_text(walk.variable.name), " IN ");
  expression(*walk.list);
  if (walk.where != nullptr) {
    out_ += " WHERE ";
    expression(*walk.where);
  }
  if (walk.result != nullptr) {
    out_ += " | ";
    expression(*walk.result);
  }
  out_ += walk.kind == ast::ListWalkKind::kComprehension ? "]" : ")";
}

void Printer::operator()(const ast::Subquery& subquery) {
  out_ += subquery.kind == ast::SubqueryKind::kExists ? "EXISTS {" : "COUNT {";
  matched(*subquery.match);
  out_ += "}";
}

}  // namespace annals::query
