#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

/// Each row: an expression and the value that it has.
class ExpressionTest : public testing::Test {
 protected:
  using Table = std::vector<std::pair<std::string, std::string>>;

  static void SetUpTestSuite() {
    shared_world = std::make_unique<World>();
    shared_world->run(
        "DEFINE ENTITY Thing; ENTITY Thing 'it'; DEFINE EVENT Day (note TEXT?);"
        "RECORD Day {} ON '2008' ID 'coarse'; RECORD Day {} ON '2008-05-05' ID 'exact';"
        "RECORD Day {} ON '2008?' ID 'uncertain'; RECORD Day {} ON '2008-02/2008-04' "
        "ID 'long';");
  }
  static void TearDownTestSuite() { shared_world.reset(); }

  static void expect(const Table& table) {
    for (const auto& [expression, expected] : table) {
      EXPECT_EQ(shared_world->value(expression), expected) << expression;
    }
  }
  /// The error of the expression, without code and place.
  static std::string error(const std::string& expression) {
    const std::string text =
        shared_world->error(fmt::format("MATCH (x:Thing 'it') RETURN {}", expression));
    const std::size_t place = text.find(':');
    return place == std::string::npos ? text : text.substr(text.find(' ', place) + 1);
  }

  static std::unique_ptr<World> shared_world;
};

std::unique_ptr<World> ExpressionTest::shared_world;

TEST_F(ExpressionTest, Logic) {
  expect({
      {"true AND true", "true"},
      {"true AND false", "false"},
      {"true AND null", "null"},
      {"false AND null", "false"},
      {"null AND false", "false"},
      {"null AND null", "null"},
      {"true OR null", "true"},
      {"false OR null", "null"},
      {"null OR true", "true"},
      {"false OR false", "false"},
      {"true XOR true", "false"},
      {"true XOR false", "true"},
      {"true XOR null", "null"},
      {"NOT null", "null"},
      {"NOT true", "false"},
      {"null IS NULL", "true"},
      {"1 IS NOT NULL", "true"},
      {"NOT 1 = 2", "true"},
      {"true OR 1 / 0 = 1", "true"},
      {"false AND 1 / 0 = 1", "false"},
      {"false OR true AND false", "false"},
  });
  EXPECT_EQ(error("1 AND true"), "AND needs true or false, not a value of type integer");
  EXPECT_EQ(error("NOT 'a'"), "NOT needs true or false, not a value of type text");
}

TEST_F(ExpressionTest, Comparison) {
  expect({
      {"1 = 1.0", "true"},
      {"1 = '1'", "false"},
      {"1 <> '1'", "true"},
      {"1 < '1'", "null"},
      {"null = null", "null"},
      {"null <> 1", "null"},
      {"'a' < 'b'", "true"},
      {"'Z' < 'a'", "true"},
      {"'é' > 'z'", "true"},
      {"false < true", "true"},
      {"1 < 2 < 3", "true"},
      {"1 < 3 < 2", "false"},
      {"1 < null < 0", "null"},
      {"3 < 1 < null", "false"},
      {"[1, 2] = [1, 2.0]", "true"},
      {"[1, null] = [1, 2]", "null"},
      {"[1, null] = [2, 2]", "false"},
      {"[1] = [1, 2]", "false"},
      {"[1, 2] < [1, 3]", "true"},
      {"[1] < [1, 0]", "true"},
      {"9007199254740993 = 9007199254740992.0", "false"},
      {"9007199254740993 > 9007199254740992.0", "true"},
      {"0.0 / 0.0 = 0.0 / 0.0", "false"},
      {"0.0 / 0.0 <> 0.0 / 0.0", "true"},
      {"1 < 0.0 / 0.0", "false"},
  });
}

TEST_F(ExpressionTest, DatesCompareWithThreeValues) {
  const auto value = [](const std::string& event, const std::string& test) {
    const auto rows =
        shared_world->rows(fmt::format("MATCH (e:Day '{}') RETURN e.on {}", event, test));
    return rows.size() == 1 ? rows.front() : "?";
  };
  EXPECT_EQ(value("exact", "< '2008-05-06'"), "true");
  EXPECT_EQ(value("exact", "< '2008-05-05'"), "false");
  EXPECT_EQ(value("exact", "<= '2008-05-05'"), "true");
  EXPECT_EQ(value("exact", "= '2008-05-05'"), "true");
  EXPECT_EQ(value("exact", "<> '2008-05-06'"), "true");
  EXPECT_EQ(value("exact", "= '2008'"), "null");
  EXPECT_EQ(value("exact", "IN ['2008-05-04', '2008-05-05']"), "true");
  EXPECT_EQ(value("coarse", "< '2009'"), "true");
  EXPECT_EQ(value("coarse", "< '2008-06-01'"), "null");
  EXPECT_EQ(value("coarse", "> '2007-12-31'"), "true");
  EXPECT_EQ(value("coarse", "= '2009'"), "false");
  EXPECT_EQ(value("coarse", "= '2008'"), "null");
  EXPECT_EQ(value("coarse", "IN ['2009', '2008-05-05']"), "null");
  EXPECT_EQ(value("uncertain", "< '2020'"), "null");
  EXPECT_EQ(value("long", "< '2008-05-01'"), "true");
  EXPECT_EQ(value("long", "< '2008-03-01'"), "false");
  EXPECT_EQ(value("exact", "> '2008-02' AND e.on < '2008-06'"), "true");
  EXPECT_EQ(value("exact", "< e.note"), "null");
  EXPECT_EQ(value("exact", "= toLower('2008-05-05')"), "false");
  EXPECT_EQ(shared_world->error("MATCH (e:Day) WHERE e.on < 'soon' RETURN e").substr(0, 22),
            "invalid argument 1:28 ");
}

TEST_F(ExpressionTest, ListsAndTexts) {
  expect({
      {"1 IN [1, 2]", "true"},
      {"3 IN [1, 2]", "false"},
      {"3 IN [1, null]", "null"},
      {"1 IN [1, null]", "true"},
      {"null IN [1]", "null"},
      {"null IN []", "false"},
      {"1 IN null", "null"},
      {"[1] IN [[1], [2]]", "true"},
      {"'abc' STARTS WITH 'ab'", "true"},
      {"'abc' ENDS WITH 'bc'", "true"},
      {"'abc' CONTAINS 'x'", "false"},
      {"'abc' CONTAINS null", "null"},
      {"'abc' CONTAINS 1", "null"},
      {"[1, 2] + 3", "[1, 2, 3]"},
      {"0 + [1]", "[0, 1]"},
      {"[1] + [2, 'x']", "[1, 2, 'x']"},
      {"'a' + 'b'", "ab"},
      {"'a' + 1", "a1"},
      {"1.5 + 'a'", "1.5a"},
      {"'a' + null", "null"},
  });
  EXPECT_EQ(error("1 IN 2"), "IN needs a list, not a value of type integer");
  EXPECT_EQ(error("true + 'a'"), "+ does not work between values of types boolean and text");
}

TEST_F(ExpressionTest, Arithmetic) {
  expect({
      {"1 + 2 * 3", "7"},
      {"10 - 4 - 3", "3"},
      {"7 / 2", "3"},
      {"-7 / 2", "-3"},
      {"7 % 3", "1"},
      {"-7 % 3", "-1"},
      {"7.5 % 2", "1.5"},
      {"7 / 2.0", "3.5"},
      {"2 ^ 3", "8.0"},
      {"-(3 - 5)", "2"},
      {"1 + null", "null"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775806 + 1", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.0 / 0", "Infinity"},
  });
  EXPECT_EQ(error("9223372036854775807 + 1"), "integer overflow");
  EXPECT_EQ(error("-9223372036854775807 - 2"), "integer overflow");
  EXPECT_EQ(error("9223372036854775807 * 2"), "integer overflow");
  EXPECT_EQ(error("1 / 0"), "division by zero");
  EXPECT_EQ(error("1 % 0"), "division by zero");
  EXPECT_EQ(error("'a' * 2"), "* does not work between values of types text and integer");
  EXPECT_EQ(error("-'a'"), "a minus needs a number, not a value of type text");
}

TEST_F(ExpressionTest, Functions) {
  expect({
      {"coalesce(null, 2, 1 / 1)", "2"},
      {"coalesce(null)", "null"},
      {"size('Грузия')", "6"},
      {"size([1, [2, 3]])", "2"},
      {"TOUPPER('грузия é')", "ГРУЗИЯ É"},
      {"toLower('ÄB')", "äb"},
      {"trim(' a b ')", "a b"},
      {"lTrim(' a ') + '|'", "a |"},
      {"'|' + rTrim(' a ')", "| a"},
      {"substring('Грузия', 1, 2)", "ру"},
      {"substring('abc', 5)", ""},
      {"left('Грузия', 2)", "Гр"},
      {"right('Грузия', 2)", "ия"},
      {"right('a', 5)", "a"},
      {"replace('aXbX', 'X', 'yy')", "ayybyy"},
      {"split('a,b,,c', ',')", "['a', 'b', '', 'c']"},
      {"split('éa', '')", "['é', 'a']"},
      {"reverse('éa')", "aé"},
      {"reverse([1, 2])", "[2, 1]"},
      {"toString(1)", "1"},
      {"toString(1.0)", "1.0"},
      {"toString(true)", "true"},
      {"toInteger('12')", "12"},
      {"toInteger(' 3.7 ')", "3"},
      {"toInteger('x')", "null"},
      {"toInteger(-2.9)", "-2"},
      {"toInteger(1e30)", "null"},
      {"toInteger(true)", "1"},
      {"toFloat('1e2')", "100.0"},
      {"toFloat('')", "null"},
      {"toBoolean('TRUE')", "true"},
      {"toBoolean('maybe')", "null"},
      {"abs(-3)", "3"},
      {"abs(-3.5)", "3.5"},
      {"sign(-0.1)", "-1"},
      {"round(2.5)", "3.0"},
      {"round(-2.5)", "-2.0"},
      {"round(0.49999999999999994)", "0.0"},
      {"round(3.14159, 2)", "3.14"},
      {"floor(-1.5)", "-2.0"},
      {"ceil(1.2)", "2.0"},
      {"sqrt(16)", "4.0"},
      {"head([1, 2])", "1"},
      {"head([])", "null"},
      {"last([1, 2])", "2"},
      {"tail([1, 2, 3])", "[2, 3]"},
      {"tail([])", "[]"},
      {"size(null)", "null"},
      {"date('2008-XX')", "2008-XX"},
      {"date()", "2024-06-01"},
      {"begins(date('2005-01/2006-02'))", "2005-01"},
      {"ends(date('2005/2006-02-03'))", "2006-02-04"},
      {"certainty()", "certain"},
  });
  EXPECT_EQ(error("size(1)"), "size() takes text or list, not a value of type integer");
  EXPECT_EQ(error("toUpper(1)"), "toUpper() takes text, not a value of type integer");
  EXPECT_EQ(error("labels(1)"), "labels() takes node, not a value of type integer");
  EXPECT_EQ(error("substring('a', -1)"), "the start of a substring cannot be negative");
  EXPECT_EQ(error("abs(-9223372036854775808)"), "integer overflow");
  EXPECT_EQ(error("(1).x"),
            "a value of type integer has no properties such as 'x' "
            "(nodes, facts and maps have properties)");
}

TEST_F(ExpressionTest, Parameters) {
  const Parameters parameters = {{"n", Datum(std::int64_t{4})},
                                 {"l", list_datum({Datum(std::int64_t{4}), Datum()})}};
  EXPECT_EQ(shared_world->value("$n * 2", parameters), "8");
  EXPECT_EQ(shared_world->value("$n IN $l", parameters), "true");
  EXPECT_EQ(shared_world->value("$l", parameters), "[4, null]");
  const Parameters maps = {{"m", map_datum({{"a", list_datum({Datum(std::string("x"))})}})}};
  EXPECT_EQ(shared_world->value("$m.a[0]", maps), "x");
  EXPECT_EQ(shared_world->value("keys($m)", maps), "['a']");
}

TEST_F(ExpressionTest, WhereNeedsTrueOrFalse) {
  EXPECT_EQ(shared_world->error("MATCH (x:Thing) WHERE 1 RETURN x"),
            "invalid argument 1:23 WHERE needs true or false, not a value of type integer");
  EXPECT_TRUE(shared_world->rows("MATCH (x:Thing) WHERE null RETURN x").empty());
}

}  // namespace
}  // namespace annals::query
