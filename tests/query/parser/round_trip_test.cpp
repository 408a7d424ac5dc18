#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::HasSubstr;

void expect_round_trip(const std::string& text) {
  const auto first = parse_statement(text);
  ASSERT_TRUE(first) << text << "\n" << format_error(first.error());
  const std::string printed = print_statement(*first);
  const auto second = parse_statement(printed);
  ASSERT_TRUE(second) << printed << "\n" << format_error(second.error());
  EXPECT_EQ(print_statement(*second), printed) << text;
  EXPECT_EQ(first->body.index(), second->body.index()) << text;
}

TEST(RoundTrip, TheExamplesOfTheLanguagePageParse) {
  const std::vector<std::string> statements = split_script(read_data("language.txt"));
  EXPECT_GT(statements.size(), 25u);
  for (const std::string& statement : statements) expect_round_trip(statement);
}

TEST(RoundTrip, PrintedStatementsPrintTheSame) {
  const std::vector<std::string> statements = split_script(read_data("corpus.txt"));
  EXPECT_GT(statements.size(), 40u);
  for (const std::string& statement : statements) expect_round_trip(statement);
}

TEST(RoundTrip, CanonicalSpellingIsKept) {
  for (
      const char* const text :
      {"MATCH (c:Country|City 'Georgia' {a: 1})-[m:R|S {b: 'x'}]->() RETURN DISTINCT c.name AS n, "
       "count(*) ORDER BY n DESC, c.x SKIP 1 LIMIT $n",
       "CERTAINLY AT '2008' MATCH (a)<-[:R]-(b)-[]-(c) POSSIBLY ALL TIME WHERE a.x = 1 RETURN *",
       "CERTAINLY DURING '2005/2010' KNOWN AT SEQ 21 SAID BY $d MATCH (a) THROUGHOUT '2008' KNOWN AT "
       "'2024-01-05T10:00:00Z' MATCH (b) AT a.on RETURN *",
       "DEFINE EVENT E (a A?, b B[], c TEXT) BEGINS (a)-[:R {p: c}]->(b) SETS a.$(c) = c",
       "DEFINE EVENT E (d DATE) BOUND d AFTER END OF on CHECK d > '2000' AND size(d) = 1 ELSE "
       "'it''s'",
       "MATCH p = (a:!A)-[r:R*1..3 {b: 1}]->(:!(A|B))<-[*2]-()-[*..4]-(), "
       "q = shortestPath((a)-[*]-(b)), earliest((a)-[:R*]->(b)) RETURN COUNT {(a)-[*0..]->() WHERE a.x = 1}",
       "DEFINE PADDING 1 DAYS, 50 PERCENT, 2 MONTHS, 3 YEARS",
       "SHOW SETTINGS",
       "RECORD E {a: ['x', null], b: -1.5} ON '2000' SAID '2001' ID 'i' SOURCE 's' BECAUSE 'b' "
       "STATUS planned CREATING MISSING",
       "ASSERT (:A 'a')-[:R {p: 1}]->(:B 'b') FROM '1991' TO '..'",
       "ENTITY A 'a' ALSO 'b', 'c' ID 'd' SOURCE 'e' BECAUSE 'f'",
       "LOAD FACTS FROM 'f' (`subject`: s OF A, ON: $2) CREATING MISSING ON ERROR REJECT TO 'r' "
       "DRY RUN SEPARATOR '\\t' WITHOUT HEADER",
       "LOAD EVENTS FROM 'f' AS K (`a`: VALUE 'x''y' OF A, `a`: $2, ON: t IN MILLISECONDS)",
       "LOAD EVENTS FROM 'f' AS K (`a`: b SPLIT BY ';' OF A, `split`: split)",
       "HISTORY OF (:A 'a')",
       "SHOW ENTITIES LIKE '%'",
       "VERIFY LOG",
       "REPLAY COMPARE",
       "EXPLAIN AT '2008' MATCH (a) RETURN a",
       "PROFILE JSON MATCH (a) WHERE a.x =~ 'b' RETURN a"}) {
    const auto statement = parse_statement(text);
    ASSERT_TRUE(statement) << text << "\n" << format_error(statement.error());
    EXPECT_EQ(print_statement(*statement), text);
  }
}

TEST(RoundTrip, ParenthesesStandWhereTheTreeNeedsThem) {
  const auto printed = [](std::string_view text) {
    return print_expression(parse_expression(text));
  };
  EXPECT_EQ(printed("((a))"), "a");
  EXPECT_EQ(printed("(a + b) + c"), "(a + b) + c");
  EXPECT_EQ(printed("a + (b + c)"), "a + (b + c)");
  EXPECT_EQ(printed("(a * b) + c"), "a * b + c");
  EXPECT_EQ(printed("(a = b) = c"), "(a = b) = c");
  EXPECT_EQ(printed("NOT (a AND b)"), "NOT (a AND b)");
  EXPECT_EQ(printed("(NOT a) AND b"), "NOT a AND b");
  EXPECT_EQ(printed("(NOT a) = b"), "(NOT a) = b");
  EXPECT_EQ(printed("-(-a)"), "- -a");
  EXPECT_EQ(printed("- - a"), "- -a");
  EXPECT_EQ(printed("-(1)"), "-(1)");
  EXPECT_EQ(printed("a - -1"), "a - -1");
  EXPECT_EQ(printed("a - (-b)"), "a - -b");
  EXPECT_EQ(printed("(1).x"), "(1).x");
  EXPECT_EQ(printed("(a + b).c"), "(a + b).c");
  EXPECT_EQ(printed("(a IS NULL) IS NULL"), "a IS NULL IS NULL");
  EXPECT_EQ(printed("a IN (b IS NULL)"), "a IN (b IS NULL)");
  EXPECT_EQ(printed("(a IS NULL) IN b"), "a IS NULL IN b");
  EXPECT_EQ(printed("(2 ^ 3) ^ 2"), "(2 ^ 3) ^ 2");
}

TEST(RoundTrip, ValuesKeepTheirBits) {
  for (const char* const text : {"0.1", "1e300", "5e-324", "-0.0", "1.0", "123456789012345680000.0",
                                 "2.5", "'\\\\'", "'it''s'", "'a\\nb\\tc'", "'Грузия 😀'"}) {
    const ast::Expression first = parse_expression(text);
    const ast::Expression second = parse_expression(print_expression(first));
    EXPECT_EQ(as<ast::Literal>(first).value, as<ast::Literal>(second).value) << text;
    EXPECT_EQ(print_expression(first), print_expression(second));
  }
}

}  // namespace
}  // namespace annals::query::testing
