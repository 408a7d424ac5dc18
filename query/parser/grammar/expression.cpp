#include "query/parser/grammar/expression.h"

#include <array>

#include "query/parser/grammar/expression_builder.h"
#include "query/parser/grammar/pattern.h"
#include "query/parser/grammar/query.h"
#include "query/parser/grammar/tokens.h"
#include "schema/base/ascii.h"

namespace annals::query::grammar {
namespace {

using ast::BinaryOperator;
using ast::UnaryOperator;

// --- Operators -----------------------------------------------------------------------------------

/// What may come after an operand: an operator with another operand, or a test without one.
struct Continuation {
  std::string_view text;  // Words if it begins with a letter.
  bool is_test = false;
  BinaryOperator op = BinaryOperator::kOr;
  UnaryOperator test = UnaryOperator::kIsNull;
};
constexpr Continuation binary(std::string_view text, BinaryOperator op) {
  return {text, false, op, UnaryOperator::kIsNull};
}
constexpr Continuation test(std::string_view text, UnaryOperator op) {
  return {text, true, BinaryOperator::kOr, op};
}

/// One of the continuations of a precedence level, tried in their order.
struct Operators : ValueToken<Operators, Continuation> {
  const Continuation* begin;
  const Continuation* end;

  template <std::size_t N>
  constexpr explicit Operators(const std::array<Continuation, N>& all)
      : begin(all.data()), end(all.data() + N) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             Attribute& attribute) const {
    Iterator at = first;
    x3::skip_over(at, last, context);
    for (const Continuation* next = begin; next != end; ++next) {
      const Iterator after = match(at, last, next->text, state_of(context).diagnostics);
      if (after == nullptr) continue;
      first = after;
      deliver(*next, attribute);
      return true;
    }
    return false;
  }

  static Iterator match(Iterator at, Iterator last, std::string_view text,
                        Diagnostics& diagnostics) {
    const bool is_word = text.front() >= 'A' && text.front() <= 'Z';
    if (is_word) return match_words(at, last, text, Expectation::kOperator, diagnostics);
    return match_symbol(at, last, text, Expectation::kOperator, diagnostics);
  }
};

// --- Directives ----------------------------------------------------------------------------------

/// operand (operator operand | test)*
template <class Operand, class Continuations>
struct Chained : x3::binary_parser<Operand, Continuations, Chained<Operand, Continuations>> {
  using Base = x3::binary_parser<Operand, Continuations, Chained<Operand, Continuations>>;
  using attribute_type = ast::Expression;
  static constexpr bool has_attribute = true;
  static constexpr bool handles_container = false;

  constexpr Chained(Operand const& term, Continuations const& continuations)
      : Base(term, continuations) {}

  template <class AnyContext, class RuleContext>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             ast::Expression& attribute) const {
    // Most expressions are one operand: it goes straight to where it belongs.
    if (!this->left.parse(first, last, context, x3::unused, attribute)) return false;
    Iterator at = first;
    Continuation next;
    if (!parse_continuation(first, at, last, context, next)) return true;
    const State& state = state_of(context);
    ChainBuilder chain(std::move(attribute), state);
    do {
      if (next.is_test) {
        chain.add_test(next.test, state.offset(first));
        continue;
      }
      const ast::SourceRange op_range{state.offset(at), state.offset(first)};
      ast::Expression operand;
      if (!this->left.parse(first, last, context, x3::unused, operand)) {
        throw x3::expectation_failure<Iterator>(first, "an operand");
      }
      chain.add_link(next.op, op_range, std::move(operand));
    } while (parse_continuation(first, at, last, context, next));
    attribute = chain.take();
    return true;
  }

 private:
  /// On success `at` is where the operator begins and `first` behind it.
  template <class AnyContext>
  bool parse_continuation(Iterator& first, Iterator& at, Iterator const& last,
                          AnyContext const& context, Continuation& next) const {
    at = first;
    x3::skip_over(at, last, context);
    return this->right.parse(first, last, context, x3::unused, next);
  }
};
template <class Operand, class Continuations>
constexpr auto chained(Operand const& operand, Continuations const& continuations) {
  return Chained<Operand, Continuations>{operand, continuations};
}

/// op* operand
template <class Operator, class Operand>
struct Prefixed : x3::binary_parser<Operator, Operand, Prefixed<Operator, Operand>> {
  using Base = x3::binary_parser<Operator, Operand, Prefixed<Operator, Operand>>;
  using attribute_type = ast::Expression;
  static constexpr bool has_attribute = true;
  static constexpr bool handles_container = false;

  constexpr Prefixed(Operator const& prefix, Operand const& term) : Base(prefix, term) {}

  template <class AnyContext, class RuleContext>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             ast::Expression& attribute) const {
    UnaryOperator op = UnaryOperator::kNot;
    std::vector<Iterator> begins;
    Iterator at = first;
    x3::skip_over(at, last, context);
    // A loop, so that a thousand of them take no stack.
    while (this->left.parse(first, last, context, x3::unused, op)) {
      check_limit(begins.size() + 1, limits::kNestingMax, "NOT or - in a row", "NestingMax", at);
      begins.push_back(at);
      at = first;
      x3::skip_over(at, last, context);
    }
    if (!this->right.parse(first, last, context, x3::unused, attribute)) {
      if (begins.empty()) return false;
      throw x3::expectation_failure<Iterator>(first, "an operand");
    }
    const State& state = state_of(context);
    for (; !begins.empty(); begins.pop_back()) {
      const ast::SourceRange range{state.offset(begins.back()), attribute.range.end};
      attribute = make_unary(op, std::move(attribute), range, state);
    }
    return true;
  }
};
template <class Operator, class Operand>
constexpr auto prefixed(Operator const& op, Operand const& operand) {
  return Prefixed<Operator, Operand>{op, operand};
}

// --- Actions -------------------------------------------------------------------------------------

/// The expression becomes a node of the attribute's type.
constexpr auto as_node = [](const auto& context) {
  x3::_val(context).node = std::move(x3::_attr(context));
};
constexpr auto as_measured_node = [](const auto& context) {
  ast::Expression& expression = x3::_val(context);
  expression.node = std::move(x3::_attr(context));
  measure(expression, state_of(context).last_token);
};
constexpr auto as_text = [](const auto& context) {
  x3::_val(context).node = ast::Literal{Value(std::move(x3::_attr(context).text))};
};
constexpr auto as_variable = [](const auto& context) {
  x3::_val(context).node = ast::Variable{std::move(x3::_attr(context).name)};
};
template <auto Constant>
constexpr auto as_constant =
    [](const auto& context) { x3::_val(context).node = ast::Literal{Value(Constant)}; };
template <ast::SubqueryKind Kind>
constexpr auto as_subquery = [](const auto& context) {
  ast::Expression& expression = x3::_val(context);
  auto match = std::make_unique<ast::MatchClause>(std::move(x3::_attr(context)));
  expression.node = ast::Subquery{Kind, std::move(match)};
  measure(expression, state_of(context).last_token);
};
constexpr auto as_null = [](const auto& context) { x3::_val(context).node = ast::Literal{}; };

constexpr auto access_property = [](const auto& context) {
  ast::Expression& expression = x3::_val(context);
  expression =
      make_property(std::move(expression), std::move(x3::_attr(context)), state_of(context));
};

/// A boxed member of the rule's value becomes the attribute.
template <auto Member>
constexpr auto set_box = [](const auto& context) {
  x3::_val(context).*Member = std::make_unique<ast::Expression>(std::move(x3::_attr(context)));
};
constexpr auto as_map = [](const auto& context) {
  Map& map = x3::_attr(context);
  check_keys(map, state_of(context));
  ast::MapLiteral literal;
  for (ast::MapEntry& entry : map.entries) {
    literal.keys.push_back(std::move(entry.key));
    literal.values.push_back(std::move(entry.value));
  }
  x3::_val(context).node = std::move(literal);
  measure(x3::_val(context), state_of(context).last_token);
};

/// What stands in brackets behind an operand.
struct Brackets {
  ast::Slice slice;
  bool is_slice = false;
  ast::SourceRange range;
};
template <auto Member>
constexpr auto set_bound = [](const auto& context) {
  x3::_val(context).slice.*Member =
      std::make_unique<ast::Expression>(std::move(x3::_attr(context)));
};
constexpr auto access_element = [](const auto& context) {
  ast::Expression& expression = x3::_val(context);
  Brackets& brackets = x3::_attr(context);
  expression = make_subscript(std::move(expression), std::move(brackets.slice), brackets.is_slice,
                              brackets.range.end, state_of(context));
};

constexpr auto check_star = [](const auto& context) {
  const ast::FunctionCall& call = x3::_val(context);
  if (equals_ignoring_case(call.name.name, "count")) return;
  refuse_token(context, "only count takes *");
};

// --- Rules ---------------------------------------------------------------------------------------

constexpr x3::rule<struct ListId, ast::ListLiteral> list = "a list";
constexpr x3::rule<struct CallId, ast::FunctionCall> call = "a function call";
constexpr x3::rule<struct AtomId, ast::Expression> atom = "an expression";
constexpr x3::rule<struct PostfixId, ast::Expression> postfix = "an expression";
constexpr x3::rule<struct NumberId, ast::Expression> number = "a number";

constexpr x3::rule<struct CaseId, ast::Case> case_of = "CASE";
constexpr x3::rule<struct ComprehensionId, ast::ListWalk> comprehension = "a list";
constexpr x3::rule<struct QuantifierId, ast::ListWalk> quantifier = "a function call";
constexpr x3::rule<struct ReduceId, ast::ListWalk> reduction = "a function call";
constexpr x3::rule<struct BracketsId, Brackets> brackets = "an index";

using ast::Case;
using ast::FunctionCall;
using ast::ListLiteral;
using ast::ListWalk;
using ast::ListWalkKind;
using ast::Slice;

constexpr auto branch = word("WHEN") > expression[push<&Case::whens>] >
                        word("THEN") > expression[push<&Case::thens>];
constexpr auto case_of_def = Words("CASE", Expectation::kHidden) >
                             ((branch > *branch) |
                              (expression[set_box<&Case::operand>] > branch > *branch)) >
                             -(word("ELSE") > expression[set_box<&Case::otherwise>]) > word("END");

// Up to IN these may still be something else: a list, a call.
constexpr auto element = Variable("a name")[set<&ListWalk::variable>];
constexpr auto walked = expression[set_box<&ListWalk::list>];
constexpr auto condition = word("WHERE") > expression[set_box<&ListWalk::where>];
constexpr auto outcome = symbol("|") > expression[set_box<&ListWalk::result>];

constexpr auto comprehension_def = (symbol("[") >> element >> Words("IN", Expectation::kHidden)) >
                                   walked > -condition > -outcome > symbol("]");

template <ListWalkKind Kind>
constexpr auto walking = set_to<&ListWalk::kind, Kind>;

constexpr auto quantified = Words("ANY", Expectation::kHidden)[walking<ListWalkKind::kAny>] |
                            Words("ALL", Expectation::kHidden)[walking<ListWalkKind::kAll>] |
                            Words("NONE", Expectation::kHidden)[walking<ListWalkKind::kNone>] |
                            Words("SINGLE", Expectation::kHidden)[walking<ListWalkKind::kSingle>];
constexpr auto quantifier_def = (quantified >> Symbol("(", Expectation::kHidden) >> element >>
                                 Words("IN", Expectation::kHidden)) > walked > condition >
                                symbol(")");

constexpr auto reduction_def =
    (Words("REDUCE", Expectation::kHidden)[walking<ListWalkKind::kReduce>] >>
     Symbol("(", Expectation::kHidden) >> Variable("a name")[set<&ListWalk::accumulator>] >>
     Symbol("=", Expectation::kHidden)) > expression[set_box<&ListWalk::initial>] >
    symbol(",") > element > word("IN") > walked > outcome > symbol(")");

constexpr auto upper = symbol("..")[flag<&Brackets::is_slice>] > -expression[set_bound<&Slice::to>];
constexpr auto brackets_def = located(
    operator_symbol("[") > (upper | (expression[set_bound<&Slice::from>] > -upper)) > symbol("]"));

constexpr auto list_def = symbol("[") > -(expression[push<&ListLiteral::items>] >>
                                          *(symbol(",") > expression[push<&ListLiteral::items>])) >
                          symbol("]");

constexpr auto arguments = -word("DISTINCT")[flag<&FunctionCall::distinct>] >>
                           expression[push<&FunctionCall::arguments>] >>
                           *(symbol(",") > expression[push<&FunctionCall::arguments>]);

constexpr auto call_def = (Variable("a name")[set<&FunctionCall::name>] >> operator_symbol("(")) >
                          -(symbol("*")[check_star][flag<&FunctionCall::star>] | arguments) >
                          symbol(")");

// EXISTS and COUNT are names too, unless a brace follows.
constexpr auto exists = (Words("EXISTS", Expectation::kHidden) >> operator_symbol("{")) >
                        inner_match[as_subquery<ast::SubqueryKind::kExists>] > symbol("}");
constexpr auto count = (Words("COUNT", Expectation::kHidden) >> operator_symbol("{")) >
                       inner_match[as_subquery<ast::SubqueryKind::kCount>] > symbol("}");

constexpr auto atom_def =
    located(word("NULL")[as_null] | word("TRUE")[as_constant<true>] |
            word("FALSE")[as_constant<false>] | text_token[as_text] | parameter_token[as_node] |
            case_of[as_measured_node] | comprehension[as_measured_node] | list[as_measured_node] |
            map[as_map] | (symbol("(") > expression[assign] > symbol(")")) | exists | count |
            quantifier[as_measured_node] | reduction[as_measured_node] | call[as_measured_node] |
            Variable("a name")[as_variable]);

constexpr auto postfix_def = atom[assign] >>
                             *(((!Symbol("..", Expectation::kHidden) >> operator_symbol(".")) >
                                Name("a property")[access_property]) |
                               brackets[access_element]);

constexpr auto number_def = located(number_token[as_node]);

// Precedence from the tightest to the loosest. Longer symbols stand before those they begin with.
constexpr std::array kPowers = {binary("^", BinaryOperator::kPower)};
constexpr std::array kProducts = {binary("*", BinaryOperator::kMultiply),
                                  binary("/", BinaryOperator::kDivide),
                                  binary("%", BinaryOperator::kModulo)};
constexpr std::array kSums = {binary("+", BinaryOperator::kAdd),
                              binary("-", BinaryOperator::kSubtract)};
constexpr std::array kPredicates = {binary("IN", BinaryOperator::kIn),
                                    binary("STARTS WITH", BinaryOperator::kStartsWith),
                                    binary("ENDS WITH", BinaryOperator::kEndsWith),
                                    binary("CONTAINS", BinaryOperator::kContains),
                                    binary("=~", BinaryOperator::kMatches),
                                    binary("OVERLAPS", BinaryOperator::kOverlaps),
                                    binary("PRECEDES", BinaryOperator::kPrecedes),
                                    binary("SUCCEEDS", BinaryOperator::kSucceeds),
                                    binary("MEETS", BinaryOperator::kMeets),
                                    binary("EQUALS", BinaryOperator::kEquals),
                                    test("IS NULL", UnaryOperator::kIsNull),
                                    test("IS NOT NULL", UnaryOperator::kIsNotNull)};
constexpr std::array kComparisons = {
    binary("=", BinaryOperator::kEqual),           binary("<>", BinaryOperator::kNotEqual),
    binary("<=", BinaryOperator::kLessOrEqual),    binary("<", BinaryOperator::kLess),
    binary(">=", BinaryOperator::kGreaterOrEqual), binary(">", BinaryOperator::kGreater)};
constexpr std::array kConjunctions = {binary("AND", BinaryOperator::kAnd)};
constexpr std::array kExclusions = {binary("XOR", BinaryOperator::kXor)};
constexpr std::array kDisjunctions = {binary("OR", BinaryOperator::kOr)};

constexpr auto negation = prefixed(minus_token, group("an expression", number | postfix));
constexpr auto power = chained(negation, Operators(kPowers));
constexpr auto product = chained(power, Operators(kProducts));
constexpr auto sum = chained(product, Operators(kSums));
constexpr auto predicate = chained(sum, Operators(kPredicates));
constexpr auto comparison = chained(predicate, Operators(kComparisons));
constexpr auto complement =
    prefixed(yields(Words("NOT", Expectation::kHidden), UnaryOperator::kNot), comparison);
constexpr auto conjunction = chained(complement, Operators(kConjunctions));
constexpr auto exclusion = chained(conjunction, Operators(kExclusions));
constexpr auto disjunction = chained(exclusion, Operators(kDisjunctions));

constexpr auto expression_def = nested(group("an expression", disjunction));

constexpr auto name_value_def =
    located(group("a text in quotes", text_token[as_text] | parameter_token[as_node]));

BOOST_SPIRIT_DEFINE(list, call, atom, postfix, number, case_of, comprehension, quantifier,
                    reduction, brackets)

}  // namespace

BOOST_SPIRIT_DEFINE(expression, name_value)
BOOST_SPIRIT_INSTANTIATE(ExpressionRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(NameValueRule, Iterator, Context)

}  // namespace annals::query::grammar
