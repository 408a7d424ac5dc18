#include "query/commands/conditions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/parser/grammar/lexical.h"
#include "schema/base/ascii.h"
#include "schema/base/closest.h"
#include "schema/base/limits.h"
#include "schema/condition_rules.h"

namespace annals::query {

namespace {

using ast::BinaryOperator;

/// A word that stands for something of the event itself, unless a role has its name.
template <class Meaning>
struct EventWord {
  std::string_view word;
  Meaning meaning;
};
constexpr std::array<EventWord<ConditionOperator>, 3> kConditionWords = {{
    {"on", ConditionOperator::kOn},
    {"said", ConditionOperator::kSaid},
    {"status", ConditionOperator::kStatus},
}};
constexpr std::array<EventWord<InstantSource>, 3> kInstantWords = {{
    {"on", InstantSource::kOn},
    {"said", InstantSource::kSaid},
    {"recorded", InstantSource::kRecorded},
}};

template <class Words>
auto find_word(std::string_view name, const Words& words)
    -> std::optional<decltype(words.front().meaning)> {
  for (const auto& one : words) {
    if (equals_ignoring_case(one.word, name)) return one.meaning;
  }
  return std::nullopt;
}

std::optional<std::uint16_t> find_role(std::string_view name, const Kind& kind,
                                       const Vocabulary& vocabulary) {
  const SymbolId symbol = vocabulary.find_symbol(name);
  const auto index = symbol ? kind.role_index(symbol) : std::nullopt;
  if (!index) return std::nullopt;
  return static_cast<std::uint16_t>(*index);
}

/// The name is that of no role and none of the words.
template <class Words>
Error unknown_name(std::string_view name, const Words& words, const Kind& kind,
                   const Vocabulary& vocabulary) {
  std::vector<std::string> known;
  for (const Role& role : kind.roles) known.push_back(vocabulary.symbol_name(role.name));
  for (const auto& one : words) known.emplace_back(one.word);
  const auto meant = closest(name, known);
  return {ErrorCode::kNotFound,
          fmt::format("{} has no role '{}'", vocabulary.symbol_name(kind.name), name),
          meant ? fmt::format("did you mean '{}'?", *meant)
                : fmt::format("here can stand: {}", fmt::join(known, ", "))};
}

// --- BOUND ---------------------------------------------------------------------------------------

Result<BoundInstant> instant_of(const ast::InstantName& written, const Kind& kind,
                                const Vocabulary& vocabulary, const StatementContext& context) {
  const std::string& name = written.name.name;
  const auto refuse = [&](std::string message, std::string hint) {
    return context.placed(Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint)),
                          written.name.range);
  };
  BoundInstant instant;
  instant.of_end = written.of_end;
  if (const auto role = find_role(name, kind, vocabulary)) {
    if (kind.roles[*role].type != RoleType::kDate || kind.roles[*role].many) {
      return refuse(fmt::format("'{}' is no instant", name),
                    "BOUND takes roles of type DATE, on, said and recorded");
    }
    instant.source = InstantSource::kRole;
    instant.role = *role;
    return instant;
  }
  const auto source = find_word(name, kInstantWords);
  if (!source) {
    return context.placed(unknown_name(name, kInstantWords, kind, vocabulary), written.name.range);
  }
  instant.source = *source;
  if (instant.source == InstantSource::kRecorded && instant.of_end) {
    return refuse("recording an event takes no time", "write recorded without END OF");
  }
  return instant;
}

// --- CHECK ---------------------------------------------------------------------------------------

struct OperatorMeaning {
  BinaryOperator written;
  ConditionOperator meant;
  std::string_view text;
};
constexpr std::array<OperatorMeaning, 17> kOperators = {{
    {BinaryOperator::kOr, ConditionOperator::kOr, "OR"},
    {BinaryOperator::kAnd, ConditionOperator::kAnd, "AND"},
    {BinaryOperator::kEqual, ConditionOperator::kEqual, "="},
    {BinaryOperator::kNotEqual, ConditionOperator::kNotEqual, "<>"},
    {BinaryOperator::kLess, ConditionOperator::kLess, "<"},
    {BinaryOperator::kLessOrEqual, ConditionOperator::kLessOrEqual, "<="},
    {BinaryOperator::kGreater, ConditionOperator::kGreater, ">"},
    {BinaryOperator::kGreaterOrEqual, ConditionOperator::kGreaterOrEqual, ">="},
    {BinaryOperator::kIn, ConditionOperator::kIn, "IN"},
    {BinaryOperator::kStartsWith, ConditionOperator::kStartsWith, "STARTS WITH"},
    {BinaryOperator::kEndsWith, ConditionOperator::kEndsWith, "ENDS WITH"},
    {BinaryOperator::kContains, ConditionOperator::kContains, "CONTAINS"},
    {BinaryOperator::kAdd, ConditionOperator::kAdd, "+"},
    {BinaryOperator::kSubtract, ConditionOperator::kSubtract, "-"},
    {BinaryOperator::kMultiply, ConditionOperator::kMultiply, "*"},
    {BinaryOperator::kDivide, ConditionOperator::kDivide, "/"},
    {BinaryOperator::kModulo, ConditionOperator::kModulo, "%"},
}};

const OperatorMeaning* find_operator(BinaryOperator op) {
  for (const OperatorMeaning& one : kOperators) {
    if (one.written == op) return &one;
  }
  return nullptr;
}

bool is_comparison(ConditionOperator op) {
  return op >= ConditionOperator::kEqual && op <= ConditionOperator::kGreaterOrEqual;
}

using Types = std::vector<ConditionType>;

bool is_truth(ConditionType type) {
  return !type.is_list &&
         (type.base == ConditionType::kBoolean || type.base == ConditionType::kNull);
}

std::string type_name(ConditionType type) {
  constexpr std::string_view kOne[] = {"null",   "a boolean", "a number",
                                       "a text", "a date",    "a node"};
  constexpr std::string_view kMany[] = {
      "a list",          "a list of booleans", "a list of numbers",
      "a list of texts", "a list of dates",    "a list of nodes"};
  return std::string(type.is_list ? kMany[type.base] : kOne[type.base]);
}

/// Makes a condition of what was written. Recursion is bounded by limits::kNestingMax, which the
/// parser keeps for what is written, and made() for what becomes of it.
class ConditionMaker {
 public:
  ConditionMaker(const Kind& kind, const Vocabulary& vocabulary, const StatementContext& context)
      : kind_(kind), vocabulary_(vocabulary), context_(context) {}

  Result<Condition> make(const ast::Expression& expression) {
    ANNALS_TRY(Part part, part_of(expression));
    if (is_truth(part.type)) return std::move(part.condition);
    return refuse(fmt::format("CHECK needs a condition, not {}", type_name(part.type)), "",
                  expression.range);
  }

 private:
  struct Part {
    Condition condition;
    ConditionType type;
    std::uint32_t height = 1;
    const ast::Expression* written = nullptr;
  };

  Error refuse(std::string message, std::string hint, ast::SourceRange range) const {
    return context_.placed(Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint)),
                           range);
  }
  Error unsupported(std::string_view what, ast::SourceRange range) const {
    return refuse(fmt::format("{} cannot stand in a CHECK", what),
                  "it looks at the event alone: at its roles, on, said, status and size(role)",
                  range);
  }

  Result<Part> part_of(const ast::Expression& expression) {
    const auto make = [&]() -> Result<Part> {
      if (const auto* variable = std::get_if<ast::Variable>(&expression.node)) {
        return named(variable->name, expression.range);
      }
      if (const auto* chain = std::get_if<ast::Chain>(&expression.node)) {
        return chained(*chain, expression.range);
      }
      if (const auto* call = std::get_if<ast::FunctionCall>(&expression.node)) {
        return called(*call, expression.range);
      }
      if (const auto* unary = std::get_if<ast::Unary>(&expression.node)) {
        return single(*unary, expression.range);
      }
      if (std::holds_alternative<ast::PropertyAccess>(expression.node)) {
        return unsupported("a property", expression.range);
      }
      if (const auto* subquery = std::get_if<ast::Subquery>(&expression.node)) {
        const bool counts = subquery->kind == ast::SubqueryKind::kCount;
        return unsupported(counts ? "COUNT {…}" : "EXISTS", expression.range);
      }
      return literal(expression);
    };
    ANNALS_TRY(Part part, make());
    part.written = &expression;
    return part;
  }

  Result<Part> named(const std::string& name, ast::SourceRange range) {
    Condition condition;
    if (const auto role = find_role(name, kind_, vocabulary_)) {
      condition.op = ConditionOperator::kRole;
      condition.role = *role;
    } else if (const auto word = find_word(name, kConditionWords)) {
      condition.op = *word;
    } else {
      return context_.placed(unknown_name(name, kConditionWords, kind_, vocabulary_), range);
    }
    return made(std::move(condition), {}, range,
                [&](const Types&) { return unsupported(name, range); });
  }

  Result<Part> literal(const ast::Expression& expression) {
    Condition condition;
    ANNALS_TRY(condition.literal, value_of(expression, context_));
    return made(std::move(condition), {}, expression.range, [&](const Types&) {
      return refuse("this value cannot stand in a CHECK",
                    "a list holds values of one type, and no lists", expression.range);
    });
  }

  Result<Part> called(const ast::FunctionCall& call, ast::SourceRange range) {
    const bool is_size = equals_ignoring_case(call.name.name, "size");
    if (!is_size || call.distinct || call.star || call.arguments.size() != 1) {
      return unsupported(is_size ? "this size()" : call.name.name + "()", range);
    }
    std::vector<Part> operands(1);
    ANNALS_TRY(operands[0], part_of(call.arguments.front()));
    return made(of(ConditionOperator::kSize), std::move(operands), range, [&](const Types&) {
      return refuse("size() takes a role that is a list or a text", "", call.arguments[0].range);
    });
  }

  Result<Part> single(const ast::Unary& unary, ast::SourceRange range) {
    constexpr ConditionOperator kMeanings[] = {ConditionOperator::kNot, ConditionOperator::kNegate,
                                               ConditionOperator::kIsNull,
                                               ConditionOperator::kIsNotNull};
    const ConditionOperator op = kMeanings[static_cast<std::size_t>(unary.op)];
    std::vector<Part> operands(1);
    ANNALS_TRY(operands[0], part_of(*unary.operand));
    return made(of(op), std::move(operands), range, [&](const Types& types) {
      const std::string_view needs =
          op == ConditionOperator::kNot ? "NOT needs a condition" : "a minus needs a number";
      return refuse(fmt::format("{}, not {}", needs, type_name(types.front())), "",
                    unary.operand->range);
    });
  }

  Result<Part> chained(const ast::Chain& chain, ast::SourceRange range) {
    const OperatorMeaning* first = find_operator(chain.links.front().op);
    if (first != nullptr && is_comparison(first->meant)) return compared(chain, range);
    const bool is_logic = first != nullptr && (first->meant == ConditionOperator::kAnd ||
                                               first->meant == ConditionOperator::kOr);
    if (is_logic) return combined(chain, *first, range);
    ANNALS_TRY(Part whole, part_of(*chain.first));
    for (const ast::Chain::Link& link : chain.links) {
      ANNALS_TRY(Part operand, part_of(*link.operand));
      ANNALS_TRY(whole, joined(std::move(whole), link, std::move(operand), range));
    }
    return whole;
  }

  /// `1 < x <= 3` is `1 < x AND x <= 3`.
  Result<Part> compared(const ast::Chain& chain, ast::SourceRange range) {
    std::vector<Part> all;
    const ast::Expression* left = chain.first.get();
    for (const ast::Chain::Link& link : chain.links) {
      ANNALS_TRY(Part a, part_of(*left));
      ANNALS_TRY(Part b, part_of(*link.operand));
      ANNALS_TRY(all.emplace_back(), joined(std::move(a), link, std::move(b), range));
      left = link.operand.get();
    }
    if (all.size() == 1) return std::move(all.front());
    return made(of(ConditionOperator::kAnd), std::move(all), range,
                [&](const Types&) { return unsupported("this", range); });
  }

  Result<Part> combined(const ast::Chain& chain, const OperatorMeaning& op,
                        ast::SourceRange range) {
    std::vector<Part> all(1);
    ANNALS_TRY(all[0], part_of(*chain.first));
    for (const ast::Chain::Link& link : chain.links) {
      ANNALS_TRY(all.emplace_back(), part_of(*link.operand));
    }
    return made(of(op.meant), std::move(all), range, [&](const Types& types) {
      const auto wrong = std::find_if_not(types.begin(), types.end(), is_truth);
      const auto index = static_cast<std::size_t>(wrong - types.begin());
      const ast::Expression& written = index == 0 ? *chain.first : *chain.links[index - 1].operand;
      return refuse(fmt::format("{} needs conditions, not {}", op.text, type_name(*wrong)), "",
                    written.range);
    });
  }

  /// `whole` is where the chain stands that the two are part of.
  Result<Part> joined(Part&& left, const ast::Chain::Link& link, Part&& right,
                      ast::SourceRange whole) {
    const OperatorMeaning* op = find_operator(link.op);
    if (op == nullptr) return unsupported("this operator", link.op_range);
    for (const auto& [part, beside] : {std::pair(&left, &right), std::pair(&right, &left)}) {
      ANNALS_CHECK_OK(read_dates(*part, *beside));
      ANNALS_CHECK_OK(check_status(*part, *beside));
    }
    std::vector<Part> operands;
    operands.push_back(std::move(left));
    operands.push_back(std::move(right));
    return made(of(op->meant), std::move(operands), whole,
                [&](const Types& types) { return clash(*op, types[0], types[1], link.op_range); });
  }

  Error clash(const OperatorMeaning& op, ConditionType left, ConditionType right,
              ast::SourceRange range) const {
    const bool has_node = left.base == ConditionType::kNode || right.base == ConditionType::kNode;
    const bool has_list = left.is_list || right.is_list;
    std::string hint;
    if (has_node) hint = "nodes compare with nodes, by =, <> and IN";
    if (has_list && op.meant != ConditionOperator::kIn) hint = "of a list there are size() and IN";
    if (op.meant == ConditionOperator::kIn) hint = "behind IN stands a list of the same type";
    return refuse(fmt::format("{} does not work between {} and {}", op.text, type_name(left),
                              type_name(right)),
                  hint, range);
  }

  /// Texts that were written beside dates are dates.
  Status read_dates(Part& part, const Part& beside) const {
    const bool is_text =
        part.condition.op == ConditionOperator::kLiteral && part.type.base == ConditionType::kText;
    if (!is_text || beside.type.base != ConditionType::kDate) return {};
    const auto read = [&](Value& value) -> Status {
      const auto* text = std::get_if<std::string>(&value.data);
      if (text == nullptr) return {};
      ANNALS_TRY(value.data, written_date(*text, *part.written, vocabulary_, context_));
      return {};
    };
    Value& literal = part.condition.literal;
    if (auto* list = std::get_if<ValueList>(&literal.data)) {
      for (Value& element : *list) ANNALS_CHECK_OK(read(element));
    } else {
      ANNALS_CHECK_OK(read(literal));
    }
    part.type.base = ConditionType::kDate;
    return {};
  }

  /// A misspelt status would be a condition that no event keeps.
  Status check_status(const Part& part, const Part& beside) const {
    const bool is_status = beside.condition.op == ConditionOperator::kStatus;
    if (!is_status || part.condition.op != ConditionOperator::kLiteral) return {};
    const std::vector<std::string> known = {"happened", "planned", "cancelled"};
    const auto check = [&](const Value& value) -> Status {
      const auto* text = std::get_if<std::string>(&value.data);
      if (text == nullptr || std::find(known.begin(), known.end(), *text) != known.end()) return {};
      const auto meant = closest(*text, known);
      return refuse(fmt::format("'{}' is not a status of an event", *text),
                    meant ? fmt::format("did you mean '{}'?", *meant)
                          : "an event is 'happened', 'planned' or 'cancelled'",
                    part.written->range);
    };
    const auto* list = std::get_if<ValueList>(&part.condition.literal.data);
    if (list == nullptr) return check(part.condition.literal);
    for (const Value& element : *list) ANNALS_CHECK_OK(check(element));
    return {};
  }

  static Condition of(ConditionOperator op) {
    Condition condition;
    condition.op = op;
    return condition;
  }

  /// Puts a part together; `refusal` gives the error if it does not take operands of such types.
  template <class Refusal>
  Result<Part> made(Condition condition, std::vector<Part> operands, ast::SourceRange range,
                    Refusal refusal) {
    const auto beyond = [&](std::string message) {
      return context_.placed(Error(ErrorCode::kLimitExceeded, std::move(message)), range);
    };
    if (++parts_ > limits::kConditionPartsMax) {
      return beyond(fmt::format("a condition may have ConditionPartsMax = {} parts",
                                limits::kConditionPartsMax));
    }
    Part part;
    Types types;
    for (Part& operand : operands) {
      part.height = std::max(part.height, operand.height + 1);
      types.push_back(operand.type);
      condition.operands.push_back(std::move(operand.condition));
    }
    if (part.height > limits::kNestingMax) {
      return beyond(
          fmt::format("a condition may have NestingMax = {} levels", limits::kNestingMax));
    }
    const std::optional<ConditionType> type = type_of(condition, types, kind_.roles);
    if (!type) return refusal(types);
    part.type = *type;
    part.condition = std::move(condition);
    return part;
  }

  const Kind& kind_;
  const Vocabulary& vocabulary_;
  const StatementContext& context_;
  std::size_t parts_ = 0;
};

}  // namespace

Status add_bound(const ast::BoundDefinition& definition, const Vocabulary& vocabulary,
                 const StatementContext& context, Kind& kind) {
  Bound bound;
  ANNALS_TRY(bound.later, instant_of(definition.later, kind, vocabulary, context));
  ANNALS_TRY(bound.earlier, instant_of(definition.earlier, kind, vocabulary, context));
  if (bound.later == bound.earlier) {
    return context.placed(
        Error(ErrorCode::kInvalidArgument,
              fmt::format("'{}' never lies after itself", definition.earlier.name.name)),
        definition.earlier.name.range);
  }
  kind.bounds.push_back(bound);
  return {};
}

Status add_check(const ast::CheckDefinition& definition, const Vocabulary& vocabulary,
                 const StatementContext& context, Kind& kind) {
  Check check;
  ANNALS_TRY(check.condition, ConditionMaker(kind, vocabulary, context).make(definition.condition));
  if (definition.message.empty()) {
    return context.placed(Error(ErrorCode::kInvalidArgument, "the message of a CHECK is empty",
                                "it tells whoever records an event what is wrong with it"),
                          definition.condition.range);
  }
  check.message = definition.message;
  kind.checks.push_back(std::move(check));
  return {};
}

}  // namespace annals::query
