#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ast::BinaryOperator;
using ast::UnaryOperator;
using ::testing::HasSubstr;

/// The expression with all parentheses that its tree has, so that a test can show a tree in a line.
std::string tree(const ast::Expression& expression);

struct Tree {
  std::string operator()(const ast::Literal& literal) const {
    return print_expression({literal, {}});
  }
  std::string operator()(const ast::Parameter& parameter) const { return "$" + parameter.name; }
  std::string operator()(const ast::Variable& variable) const { return variable.name; }
  std::string operator()(const ast::PropertyAccess& access) const {
    return tree(*access.object) + "." + access.property;
  }
  std::string operator()(const ast::ListLiteral& list) const {
    std::string text = "[";
    for (const ast::Expression& item : list.items) text += tree(item) + ";";
    return text + "]";
  }
  std::string operator()(const ast::Unary& unary) const {
    const std::string operand = tree(*unary.operand);
    switch (unary.op) {
      case UnaryOperator::kNot: return "(NOT " + operand + ")";
      case UnaryOperator::kNegate: return "(- " + operand + ")";
      case UnaryOperator::kIsNull: return "(" + operand + " IS NULL)";
      case UnaryOperator::kIsNotNull: return "(" + operand + " IS NOT NULL)";
    }
    return "?";
  }
  std::string operator()(const ast::Chain& chain) const {
    static const std::vector<std::string> kNames = {
        "OR",       "XOR",   "AND",         "=",         "<>",       "<",  "<=",       ">",
        ">=",       "IN",    "STARTS WITH", "ENDS WITH", "CONTAINS", "=~", "OVERLAPS", "PRECEDES",
        "SUCCEEDS", "MEETS", "EQUALS",      "+",         "-",        "*",  "/",        "%",
        "^"};
    std::string text = "(" + tree(*chain.first);
    for (const ast::Chain::Link& link : chain.links) {
      text += " " + kNames.at(static_cast<std::size_t>(link.op)) + " " + tree(*link.operand);
    }
    return text + ")";
  }
  std::string operator()(const ast::FunctionCall& call) const {
    std::string text = call.name.name + "(";
    if (call.distinct) text += "DISTINCT ";
    if (call.star) text += "*";
    for (const ast::Expression& argument : call.arguments) text += tree(argument) + ";";
    return text + ")";
  }
  /// The forms that need no precedence: see query_test.cpp and the corpus.
  template <class Form>
  std::string operator()(const Form&) const {
    return "form";
  }
  std::string operator()(const ast::Subquery& subquery) const {
    const bool counts = subquery.kind == ast::SubqueryKind::kCount;
    std::string text =
        fmt::format("{}{{{}", counts ? "COUNT" : "EXISTS", subquery.match->patterns.size());
    if (subquery.match->where) text += " " + tree(*subquery.match->where);
    return text + "}";
  }
};

std::string tree(const ast::Expression& expression) { return std::visit(Tree{}, expression.node); }

std::string tree_of(std::string_view text) { return tree(parse_expression(text)); }

const Value& literal(const ast::Expression& expression) {
  return as<ast::Literal>(expression).value;
}

TEST(Expression, LiteralsHoldTheirOwnAlternative) {
  EXPECT_TRUE(literal(parse_expression("null")).is_null());
  EXPECT_EQ(literal(parse_expression("TRUE")), Value(true));
  EXPECT_EQ(literal(parse_expression("False")), Value(false));
  EXPECT_EQ(literal(parse_expression("42")), Value(std::int64_t{42}));
  EXPECT_EQ(literal(parse_expression("1.5")), Value(1.5));
  EXPECT_EQ(literal(parse_expression("'text'")), Value(std::string("text")));
  EXPECT_EQ(as<ast::Parameter>(parse_expression("$name")).name, "name");
  EXPECT_EQ(as<ast::Variable>(parse_expression("x")).name, "x");
}

TEST(Expression, NumbersAreIntegersUnlessTheyShowAPointOrAnExponent) {
  EXPECT_EQ(literal(parse_expression("007")), Value(std::int64_t{7}));
  EXPECT_EQ(literal(parse_expression(".5")), Value(0.5));
  EXPECT_EQ(literal(parse_expression("2e3")), Value(2000.0));
  EXPECT_EQ(literal(parse_expression("2.5E-1")), Value(0.25));
  EXPECT_EQ(literal(parse_expression("1e+2")), Value(100.0));
  EXPECT_EQ(literal(parse_expression("9223372036854775807")), Value(INT64_MAX));
  EXPECT_EQ(literal(parse_expression("-9223372036854775808")), Value(INT64_MIN));
  EXPECT_EQ(literal(parse_expression("- 5")), Value(std::int64_t{-5}));
  EXPECT_EQ(literal(parse_expression("-.5")), Value(-0.5));
}

TEST(Expression, NumbersThatDoNotFitAreRefusedWithTheirPlace) {
  EXPECT_THAT(error_of("MATCH (n) RETURN 9223372036854775808"), HasSubstr("at 1:18"));
  EXPECT_THAT(error_of("MATCH (n) RETURN -9223372036854775809"), HasSubstr("64-bit integer"));
  EXPECT_THAT(error_of("MATCH (n) RETURN 1e999"), HasSubstr("64-bit float"));
  EXPECT_THAT(error_of("MATCH (n) RETURN 12ab"), HasSubstr("run together"));
}

TEST(Expression, TextsTakeBothQuotesDoubledQuotesAndEscapes) {
  const auto text = [](std::string_view source) {
    return std::get<std::string>(literal(parse_expression(source)).data);
  };
  EXPECT_EQ(text("'it''s'"), "it's");
  EXPECT_EQ(text(R"("a ""b"" 'c'")"), "a \"b\" 'c'");
  EXPECT_EQ(text(R"('\n\t\r\b\f\'\"\\')"), "\n\t\r\b\f'\"\\");
  EXPECT_EQ(text(R"('\u0413\u0440')"), "Гр");
  EXPECT_EQ(text(R"('\U0001F600 \uD83D\uDE00')"), "😀 😀");
  EXPECT_EQ(text("''"), "");
  EXPECT_EQ(text("''''"), "'");
  EXPECT_EQ(text("'a -- b // c /* d */ ; e'"), "a -- b // c /* d */ ; e");
  EXPECT_EQ(text("'two\nlines'"), "two\nlines");
}

TEST(Expression, BadEscapesAreRefusedWhereTheyStand) {
  EXPECT_THAT(error_of(R"(MATCH (n) RETURN 'ab\q')"), HasSubstr("at 1:21"));
  EXPECT_THAT(error_of(R"(MATCH (n) RETURN '\u12')"), HasSubstr("4 hexadecimal digits"));
  EXPECT_THAT(error_of(R"(MATCH (n) RETURN '\uD800')"), HasSubstr("no character"));
  EXPECT_THAT(error_of(R"(MATCH (n) RETURN '\uDC00\uD800')"), HasSubstr("no character"));
  EXPECT_THAT(error_of(R"(MATCH (n) RETURN '\U00110000')"), HasSubstr("no character"));
}

TEST(Expression, PrecedenceIsThatOfOpenCypher) {
  EXPECT_EQ(tree_of("a OR b XOR c AND NOT d = e"), "(a OR (b XOR (c AND (NOT (d = e)))))");
  EXPECT_EQ(tree_of("a = b IN c"), "(a = (b IN c))");
  EXPECT_EQ(tree_of("a + b IN c + d"), "((a + b) IN (c + d))");
  EXPECT_EQ(tree_of("a + b * c ^ -d.e"), "(a + (b * (c ^ (- d.e))))");
  EXPECT_EQ(tree_of("NOT a IS NULL"), "(NOT (a IS NULL))");
  EXPECT_EQ(tree_of("a < b IS NOT NULL"), "(a < (b IS NOT NULL))");
  EXPECT_EQ(tree_of("(a OR b) AND c"), "((a OR b) AND c)");
  EXPECT_EQ(tree_of("-3 ^ 2"), "(-3 ^ 2)");
  EXPECT_EQ(tree_of("-x ^ 2"), "((- x) ^ 2)");
}

TEST(Expression, ALevelIsOneFlatChain) {
  EXPECT_EQ(tree_of("a - b + c - d"), "(a - b + c - d)");
  EXPECT_EQ(tree_of("1 < x <= 3"), "(1 < x <= 3)");
  EXPECT_EQ(tree_of("2 ^ 3 ^ 2"), "(2 ^ 3 ^ 2)");
  EXPECT_EQ(tree_of("(a - b) + c"), "((a - b) + c)");
  EXPECT_EQ(tree_of("a IN b IS NULL IN c"), "(((a IN b) IS NULL) IN c)");
  const ast::Expression chain = parse_expression("a + b + c");
  EXPECT_EQ(as<ast::Chain>(chain).links.size(), 2u);
  EXPECT_EQ(chain.height, 2u);
}

TEST(Expression, WordOperatorsTakeTheirPlace) {
  EXPECT_EQ(tree_of("a.n starts with 'G'"), "(a.n STARTS WITH 'G')");
  EXPECT_EQ(tree_of("a.n ENDS  WITH 'a'"), "(a.n ENDS WITH 'a')");
  EXPECT_EQ(tree_of("a.n CONTAINS 'org'"), "(a.n CONTAINS 'org')");
  EXPECT_EQ(tree_of("a<>b"), "(a <> b)");
  EXPECT_EQ(tree_of("a>=b"), "(a >= b)");
  EXPECT_EQ(tree_of("a % b / c"), "(a % b / c)");
}

TEST(Expression, CallsTakeListsDistinctAndStar) {
  EXPECT_EQ(tree_of("count(*)"), "count(*)");
  EXPECT_EQ(tree_of("Count ( * )"), "Count(*)");
  EXPECT_EQ(tree_of("count(DISTINCT a.b)"), "count(DISTINCT a.b;)");
  EXPECT_EQ(tree_of("coalesce(a, 'b', null)"), "coalesce(a;'b';null;)");
  EXPECT_EQ(tree_of("now()"), "now()");
  EXPECT_EQ(tree_of("period(x).begin"), "period(x;).begin");
  EXPECT_EQ(tree_of("[1, [2, a], []]"), "[1;[2;a;];[];]");
  EXPECT_THAT(error_of("MATCH (n) RETURN sum(*)"), HasSubstr("only count takes *"));
  EXPECT_THAT(error_of("MATCH (n) RETURN count(DISTINCT)"), HasSubstr("expected an expression"));
  EXPECT_THAT(error_of("MATCH (n) RETURN [1,]"), HasSubstr("expected an expression"));
}

TEST(Expression, EveryPartKnowsWhereItStands) {
  const std::string text = "MATCH (n) RETURN NOT (a.b + 1) < - c . `d e` IS NULL  ";
  const auto query = parse_as<ast::Query>(text);
  const ast::Expression& whole = query.returning.items.at(0).value;
  EXPECT_EQ(covered(text, whole.range), "NOT (a.b + 1) < - c . `d e` IS NULL");
  const auto& comparison = *as<ast::Unary>(whole).operand;
  EXPECT_EQ(covered(text, comparison.range), "(a.b + 1) < - c . `d e` IS NULL");
  const auto& chain = as<ast::Chain>(comparison);
  EXPECT_EQ(covered(text, chain.first->range), "(a.b + 1)");
  EXPECT_EQ(covered(text, chain.links.at(0).op_range), "<");
  const auto& test = *chain.links.at(0).operand;
  EXPECT_EQ(covered(text, test.range), "- c . `d e` IS NULL");
  const auto& negation = *as<ast::Unary>(test).operand;
  EXPECT_EQ(covered(text, negation.range), "- c . `d e`");
  const auto& access = as<ast::PropertyAccess>(*as<ast::Unary>(negation).operand);
  EXPECT_EQ(covered(text, access.property_range), "`d e`");
  EXPECT_EQ(access.property, "d e");
  EXPECT_EQ(covered(text, access.object->range), "c");
  const auto& sum = as<ast::Chain>(*chain.first);
  EXPECT_EQ(covered(text, sum.first->range), "a.b");
  EXPECT_EQ(covered(text, sum.links.at(0).operand->range), "1");
}

TEST(Expression, HeightCountsLevelsOfTheTreeAndNotParentheses) {
  EXPECT_EQ(parse_expression("((((a))))").height, 1u);
  EXPECT_EQ(parse_expression("a.b.c").height, 3u);
  EXPECT_EQ(parse_expression("NOT NOT a").height, 3u);
  EXPECT_EQ(parse_expression("[a, [b, f(c)]]").height, 4u);
  EXPECT_EQ(parse_expression("a IS NULL IS NULL").height, 3u);
}

TEST(Expression, ColumnsAreCalledByTheirCanonicalText) {
  EXPECT_EQ(print_expression(parse_expression("c . name")), "c.name");
  EXPECT_EQ(print_expression(parse_expression("count( * )")), "count(*)");
  EXPECT_EQ(print_expression(parse_expression("((a+b))*c")), "(a + b) * c");
  EXPECT_EQ(print_expression(parse_expression("\"it's\"")), "'it''s'");
}

}  // namespace
}  // namespace annals::query::testing
