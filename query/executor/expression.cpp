#include "query/executor/expression.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"
#include "query/planner/constant.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

using expressions::Operand;

class Constant final : public Expression {
 public:
  explicit Constant(Datum value) : value_(std::move(value)) {}
  Status evaluate(const Batch&, std::span<const std::uint32_t>, DatumVector& out) override {
    out.set_constant(value_);
    return {};
  }

 private:
  Datum value_;
};

class Slot final : public Expression {
 public:
  Slot(SlotId slot, SlotKind kind) : slot_(slot), kind_(kind) {}
  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    if (kind_ == SlotKind::kValue) {
      out.set_view(batch.column(slot_).values, rows);
      return {};
    }
    std::vector<Datum>& values = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      values[i] = datum_in(batch, slot_, kind_, rows[i]);
    return {};
  }
  bool is_lasting() const override { return true; }

 private:
  SlotId slot_;
  SlotKind kind_;
};

class List final : public Expression {
 public:
  List(std::vector<Operand> items, ast::SourceRange range, RunContext& context)
      : items_(std::move(items)), range_(range), context_(context) {}
  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    MemoryHold hold(context_.memory);
    const Status held = hold.take(items_.size() * rows.size() * sizeof(Datum));
    if (!held) return context_.placed(held.error(), range_);
    std::vector<DatumList> lists(rows.size());
    DatumVector values;
    for (const Operand& item : items_) {
      ANNALS_CHECK_OK(item.expression->evaluate(batch, rows, values));
      for (std::size_t row = 0; row < rows.size(); ++row) lists[row].push_back(values[row]);
    }
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      results[row] = list_datum(std::move(lists[row]));
      ANNALS_CHECK_OK(context_.check_extent(results[row], range_));
    }
    return {};
  }

 private:
  std::vector<Operand> items_;
  ast::SourceRange range_;
  RunContext& context_;
};

/// Whether the expression is a literal or a parameter.
bool is_one_value(const BoundExpression& expression) {
  return std::holds_alternative<BoundConstant>(expression.node) ||
         std::holds_alternative<BoundParameter>(expression.node);
}

/// The value of a literal or a parameter.
Result<Datum> value_of(const BoundExpression& expression, const RunContext& context) {
  if (const auto* constant = std::get_if<BoundConstant>(&expression.node)) {
    return to_datum(constant->value);
  }
  const std::string& name = std::get<BoundParameter>(expression.node).name;
  Result<Datum> value = parameter_value(name, context.parameters);
  if (!value) return context.placed(std::move(value).error(), expression.range);
  return value;
}

/// Whether the expression is a literal, a parameter, or a list of them.
bool is_written(const BoundExpression& expression) {
  if (const auto* list = std::get_if<BoundList>(&expression.node)) {
    for (const BoundExpression& item : list->items) {
      if (!is_written(item)) return false;
    }
    return true;
  }
  return is_one_value(expression);
}

Result<Operand> compile_operand(const BoundExpression& expression, RunContext& context) {
  ANNALS_TRY(ExpressionPtr compiled, compile(expression, context));
  return Operand{std::move(compiled), is_written(expression), expression.range};
}

Result<std::vector<Operand>> compile_all(const std::vector<BoundExpression>& bound,
                                         RunContext& context) {
  std::vector<Operand> operands;
  operands.reserve(bound.size());
  for (const BoundExpression& one : bound) {
    ANNALS_TRY(Operand operand, compile_operand(one, context));
    operands.push_back(std::move(operand));
  }
  return operands;
}

Result<std::optional<Operand>> compile_box(const BoundBox& part, RunContext& context) {
  if (part == nullptr) return std::optional<Operand>();
  ANNALS_TRY(Operand operand, compile_operand(*part, context));
  return std::optional<Operand>(std::move(operand));
}

Result<ExpressionPtr> compile_part(const BoundBox& part, RunContext& context) {
  if (part == nullptr) return ExpressionPtr();
  return compile(*part, context);
}

Result<ExpressionPtr> compile_case(const BoundCase& one, RunContext& context) {
  ANNALS_TRY(auto operand, compile_box(one.operand, context));
  ANNALS_TRY(std::vector<Operand> whens, compile_all(one.whens, context));
  std::vector<ExpressionPtr> thens;
  for (const BoundExpression& then : one.thens) {
    ANNALS_TRY(ExpressionPtr compiled, compile(then, context));
    thens.push_back(std::move(compiled));
  }
  ANNALS_TRY(ExpressionPtr otherwise, compile_part(one.otherwise, context));
  return expressions::case_of(std::move(operand), std::move(whens), std::move(thens),
                              std::move(otherwise), context);
}

Result<ExpressionPtr> compile_walk(const BoundListWalk& walk, RunContext& context) {
  expressions::WalkParts parts;
  ANNALS_TRY(parts.initial, compile_part(walk.initial, context));
  ANNALS_TRY(parts.list, compile_part(walk.list, context));
  ANNALS_TRY(parts.where, compile_part(walk.where, context));
  ANNALS_TRY(parts.result, compile_part(walk.result, context));
  return expressions::list_walk(walk, std::move(parts), context);
}

/// IN and its like, from left to right.
Result<ExpressionPtr> compile_predicates(const BoundChain& chain, RunContext& context) {
  ANNALS_TRY(std::vector<Operand> operands, compile_all(chain.operands, context));
  Operand left = std::move(operands.front());
  for (std::size_t i = 0; i < chain.operators.size(); ++i) {
    const ast::SourceRange range{left.range.begin, operands[i + 1].range.end};
    ExpressionPtr one;
    if (chain.operators[i] == ast::BinaryOperator::kMatches) {
      ANNALS_TRY(one, expressions::matches(std::move(left), std::move(operands[i + 1]), context));
    } else {
      one = expressions::predicate(std::move(left), chain.operators[i], std::move(operands[i + 1]),
                                   context);
    }
    left = Operand{std::move(one), false, range};
  }
  return std::move(left.expression);
}

Result<ExpressionPtr> compile_chain(const BoundChain& chain, ast::SourceRange range,
                                    RunContext& context) {
  using enum ast::BinaryOperator;
  // One chain is of one level of precedence.
  switch (chain.operators.front()) {
    case kIn:
    case kStartsWith:
    case kEndsWith:
    case kContains:
    case kMatches:
    case kOverlaps:
    case kPrecedes:
    case kSucceeds:
    case kMeets:
    case kEquals: return compile_predicates(chain, context);
    default: break;
  }
  ANNALS_TRY(std::vector<Operand> operands, compile_all(chain.operands, context));
  switch (chain.operators.front()) {
    case kOr:
    case kXor:
    case kAnd: return expressions::logic(chain.operators.front(), std::move(operands), context);
    case kEqual:
    case kNotEqual:
    case kLess:
    case kLessOrEqual:
    case kGreater:
    case kGreaterOrEqual:
      return expressions::comparison(std::move(operands), chain.operators, context);
    default: return expressions::arithmetic(std::move(operands), chain.operators, range, context);
  }
}

}  // namespace

Status Expression::write(const Batch& batch, std::span<const std::uint32_t> rows,
                         CellColumn cells) {
  DatumVector values;
  ANNALS_CHECK_OK(evaluate(batch, rows, values));
  for (std::size_t i = 0; i < rows.size(); ++i) cells[i] = values.take_one(i);
  return {};
}

Result<ExpressionPtr> compile(const BoundExpression& expression, RunContext& context) {
  const auto& node = expression.node;
  if (is_one_value(expression)) {
    ANNALS_TRY(Datum value, value_of(expression, context));
    return ExpressionPtr(std::make_unique<Constant>(std::move(value)));
  }
  if (const auto* slot = std::get_if<BoundSlot>(&node)) {
    return ExpressionPtr(std::make_unique<Slot>(slot->slot, context.query.slot(slot->slot).kind));
  }
  if (const auto* list = std::get_if<BoundList>(&node)) {
    ANNALS_TRY(std::vector<Operand> items, compile_all(list->items, context));
    auto compiled =
        ExpressionPtr(std::make_unique<List>(std::move(items), expression.range, context));
    if (!is_written(expression)) return compiled;
    DatumVector value;
    constexpr std::uint32_t only_row = 0;
    ANNALS_CHECK_OK(compiled->evaluate(Batch(), std::span(&only_row, 1), value));
    return ExpressionPtr(std::make_unique<Constant>(value[0]));
  }
  if (const auto* property = std::get_if<BoundProperty>(&node)) {
    ANNALS_TRY(ExpressionPtr object, compile(*property->object, context));
    return expressions::property(*property, std::move(object), expression.range, context);
  }
  if (const auto* unary = std::get_if<BoundUnary>(&node)) {
    ANNALS_TRY(Operand operand, compile_operand(*unary->operand, context));
    return expressions::unary(unary->op, std::move(operand), context);
  }
  if (const auto* chain = std::get_if<BoundChain>(&node)) {
    return compile_chain(*chain, expression.range, context);
  }
  if (const auto* one = std::get_if<BoundCase>(&node)) return compile_case(*one, context);
  if (const auto* one = std::get_if<BoundSubscript>(&node)) {
    ANNALS_TRY(Operand object, compile_operand(*one->object, context));
    ANNALS_TRY(Operand index, compile_operand(*one->index, context));
    return expressions::subscript(std::move(object), std::move(index), context);
  }
  if (const auto* one = std::get_if<BoundSlice>(&node)) {
    ANNALS_TRY(Operand object, compile_operand(*one->object, context));
    ANNALS_TRY(auto from, compile_box(one->from, context));
    ANNALS_TRY(auto to, compile_box(one->to, context));
    return expressions::slice(std::move(object), std::move(from), std::move(to), context);
  }
  if (const auto* map = std::get_if<BoundMap>(&node)) {
    ANNALS_TRY(std::vector<Operand> values, compile_all(map->values, context));
    return expressions::map(map->keys, std::move(values), expression.range, context);
  }
  if (const auto* walk = std::get_if<BoundListWalk>(&node)) return compile_walk(*walk, context);
  const auto& call = std::get<BoundCall>(node);
  if (ExpressionPtr column = expressions::column_call(call, context)) return column;
  ANNALS_TRY(std::vector<Operand> arguments, compile_all(call.arguments, context));
  return expressions::call(call, std::move(arguments), expression.range, context);
}

Result<Datum> evaluate_constant(const BoundExpression& expression, RunContext& context) {
  // Nearly all names and dates are written so, and are asked for in each run.
  if (is_one_value(expression)) return value_of(expression, context);
  ANNALS_TRY(const ExpressionPtr compiled, compile(expression, context));
  DatumVector value;
  constexpr std::uint32_t only_row = 0;
  ANNALS_CHECK_OK(compiled->evaluate(Batch(), std::span(&only_row, 1), value));
  return value[0];
}

}  // namespace annals::query
