#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ast::CertaintyMode;
using ast::HopDirection;
using ast::ValidScope;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ast::PathPattern parse_path(const std::string& text) {
  auto query = parse_as<ast::Query>("MATCH " + text + " RETURN *");
  if (query.clauses.size() == 1 &&
      std::get<ast::MatchClause>(query.clauses[0]).patterns.size() == 1) {
    return std::move(std::get<ast::MatchClause>(query.clauses[0]).patterns[0]);
  }
  ADD_FAILURE() << text << " is not one pattern";
  return {};
}

TEST(Pattern, EveryPartOfANodeMayBeMissing) {
  const ast::NodePattern empty = parse_path("()").first;
  EXPECT_FALSE(empty.variable);
  EXPECT_FALSE(empty.name);
  EXPECT_THAT(empty.labels, IsEmpty());
  EXPECT_THAT(empty.properties, IsEmpty());

  const ast::NodePattern full = parse_path("(c:Country|City 'Georgia' {a: 1, b: [2]})").first;
  EXPECT_EQ(full.variable->name, "c");
  EXPECT_THAT(names_of(full.labels), ElementsAre("Country", "City"));
  EXPECT_EQ(leaf(*full.name), "'Georgia'");
  ASSERT_EQ(full.properties.size(), 2u);
  EXPECT_EQ(full.properties[0].key.name, "a");
  EXPECT_EQ(leaf(full.properties[0].value), "1");
  EXPECT_EQ(as<ast::ListLiteral>(full.properties[1].value).items.size(), 1u);

  EXPECT_EQ(leaf(*parse_path("(:Country $name)").first.name), "$name");
  EXPECT_EQ(leaf(*parse_path("('Georgia')").first.name), "'Georgia'");
  EXPECT_EQ(parse_path("({x: 1})").first.properties.size(), 1u);
}

TEST(Pattern, HopsGoThreeWays) {
  const auto direction = [](const std::string& hop) {
    return parse_path("(a)" + hop + "(b)").steps.at(0).hop.direction;
  };
  EXPECT_EQ(direction("-->"), HopDirection::kOut);
  EXPECT_EQ(direction("<--"), HopDirection::kIn);
  EXPECT_EQ(direction("--"), HopDirection::kEither);
  EXPECT_EQ(direction("-[:R]->"), HopDirection::kOut);
  EXPECT_EQ(direction("<-[:R]-"), HopDirection::kIn);
  EXPECT_EQ(direction("-[:R]-"), HopDirection::kEither);
  EXPECT_EQ(direction(" - [ : R ] -> "), HopDirection::kOut);
  EXPECT_EQ(direction(" <- [] - "), HopDirection::kIn);
}

TEST(Pattern, HopsHaveVariablesAlternativesAndProperties) {
  const ast::PathPattern path = parse_path("(a)-[m:R|S|:T {p: 1}]->(b)<-[]-(c)--(d)");
  ASSERT_EQ(path.steps.size(), 3u);
  EXPECT_EQ(path.steps[0].hop.variable->name, "m");
  EXPECT_THAT(names_of(path.steps[0].hop.relations), ElementsAre("R", "S", "T"));
  EXPECT_EQ(path.steps[0].hop.properties.at(0).key.name, "p");
  EXPECT_THAT(path.steps[1].hop.relations, IsEmpty());
  EXPECT_EQ(path.steps[2].node.variable->name, "d");
}

TEST(Pattern, TwoMinusAreAHopBeforeAParenthesisAndACommentElsewhere) {
  EXPECT_EQ(parse_path("(a)--(b) -- a comment\n").steps.size(), 1u);
  EXPECT_EQ(parse_path("(a) -- (b)\n--(b)").steps.size(), 1u);
  EXPECT_EQ(parse_path("(a)--comment\n-->(b)").steps.size(), 1u);
}

TEST(Pattern, NodesAndHopsKnowWhereTheyStand) {
  const std::string text = "MATCH (a:X)-[:R]->( b ), (c) RETURN *";
  const auto query = parse_as<ast::Query>(text);
  const ast::MatchClause& match = std::get<ast::MatchClause>(query.clauses.at(0));
  EXPECT_EQ(covered(text, match.range), "MATCH (a:X)-[:R]->( b ), (c)");
  EXPECT_EQ(covered(text, match.patterns.at(0).first.range), "(a:X)");
  EXPECT_EQ(covered(text, match.patterns.at(0).first.labels.at(0).range), "X");
  EXPECT_EQ(covered(text, match.patterns.at(0).steps.at(0).hop.range), "-[:R]->");
  EXPECT_EQ(covered(text, match.patterns.at(0).steps.at(0).node.range), "( b )");
  EXPECT_EQ(covered(text, match.patterns.at(1).first.range), "(c)");
  EXPECT_EQ(covered(text, query.returning.range), "RETURN *");
}

TEST(Pattern, AHopMayHaveALength) {
  const auto length_of = [](const std::string& length) {
    return parse_path("(a)-[:R" + length + "]->(b)").steps.at(0).hop.length.value();
  };
  const auto expect = [&](const std::string& text, std::optional<std::uint64_t> min,
                          std::optional<std::uint64_t> max) {
    EXPECT_EQ(length_of(text).min, min) << text;
    EXPECT_EQ(length_of(text).max, max) << text;
  };
  expect("*", {}, {});
  expect("*2", 2, 2);
  expect("* 1 .. 3", 1, 3);
  expect("*..3", {}, 3);
  expect("*2..", 2, {});
  expect("*..", {}, {});
  EXPECT_EQ(length_of("*1..3").range.begin, 13u);
  EXPECT_EQ(length_of("*1..3").range.end, 18u);
}

TEST(Pattern, APathMayHaveANameAndBeSought) {
  EXPECT_EQ(parse_path("p = (a)").variable->name, "p");
  EXPECT_EQ(parse_path("earliest = (a)--(b)").variable->name, "earliest");
  EXPECT_EQ(parse_path("(a)--(b)").search, ast::PathSearch::kAll);
  EXPECT_EQ(parse_path("shortestPath((a)-[*]-(b))").search, ast::PathSearch::kShortest);
  EXPECT_EQ(parse_path("p = AllShortestPaths((a)-[*]-(b))").search, ast::PathSearch::kAllShortest);
  EXPECT_EQ(parse_path("p = EARLIEST ((a)-[*]-(b))").search, ast::PathSearch::kEarliest);
  EXPECT_EQ(parse_path("p = EARLIEST ((a)-[*]-(b))").variable->name, "p");
  EXPECT_EQ(parse_path("p = EARLIEST ((a)-[*]-(b))").steps.size(), 1u);
}

TEST(Pattern, AKeyStandsOnceInAMap) {
  EXPECT_THAT(error_of("MATCH ({a: 1, a: 2}) RETURN 1"), HasSubstr("a is given twice"));
  EXPECT_THAT(error_of("MATCH ()-[{a: 1, `a`: 2}]-() RETURN 1"), HasSubstr("at 1:18"));
}

TEST(Query, ClausesHaveTheirOwnWhereAndScope) {
  const auto query = parse_as<ast::Query>(
      "AT '2008' MATCH (a)-->(b), (c) AT a.on POSSIBLY WHERE a.x = 1 "
      "MATCH (d) ALL TIME MATCH (e) WHERE e.y RETURN a");
  EXPECT_EQ(query.scope.valid, ValidScope::kAt);
  EXPECT_EQ(leaf(*query.scope.at), "'2008'");
  EXPECT_FALSE(query.scope.certainty);
  ASSERT_EQ(query.clauses.size(), 3u);
  EXPECT_EQ(std::get<ast::MatchClause>(query.clauses[0]).patterns.size(), 2u);
  EXPECT_EQ(std::get<ast::MatchClause>(query.clauses[0]).scope.valid, ValidScope::kAt);
  EXPECT_EQ(
      as<ast::PropertyAccess>(*std::get<ast::MatchClause>(query.clauses[0]).scope.at).property,
      "on");
  EXPECT_EQ(std::get<ast::MatchClause>(query.clauses[0]).scope.certainty, CertaintyMode::kPossibly);
  EXPECT_TRUE(std::get<ast::MatchClause>(query.clauses[0]).where);
  EXPECT_EQ(std::get<ast::MatchClause>(query.clauses[1]).scope.valid, ValidScope::kAllTime);
  EXPECT_FALSE(std::get<ast::MatchClause>(query.clauses[1]).scope.at);
  EXPECT_FALSE(std::get<ast::MatchClause>(query.clauses[1]).where);
  EXPECT_FALSE(std::get<ast::MatchClause>(query.clauses[2]).scope.valid);
  EXPECT_TRUE(std::get<ast::MatchClause>(query.clauses[2]).where);
}

TEST(Query, ScopesStandInAnyOrderAndOnce) {
  const auto first = parse_as<ast::Query>("CERTAINLY AT '2024-12-01' MATCH (a) RETURN a");
  EXPECT_EQ(first.scope.certainty, CertaintyMode::kCertainly);
  EXPECT_EQ(first.scope.valid, ValidScope::kAt);
  const auto second = parse_as<ast::Query>("at $day certainly match (a) return a");
  EXPECT_EQ(second.scope.certainty, CertaintyMode::kCertainly);
  EXPECT_EQ(leaf(*second.scope.at), "$day");
  const std::string text = "ALL  TIME MATCH (a) RETURN a";
  EXPECT_EQ(covered(text, parse_as<ast::Query>(text).scope.range), "ALL  TIME");
  EXPECT_THAT(error_of("AT 1 ALL TIME MATCH (a) RETURN a"), HasSubstr("at 1:6"));
  EXPECT_THAT(error_of("POSSIBLY CERTAINLY MATCH (a) RETURN a"), HasSubstr("at 1:10"));
}

TEST(Query, ScopesArePeriodsAndPointsOfViewToo) {
  const auto query = parse_as<ast::Query>(
      "KNOWN AT SEQ 21 DURING '2005/2010' SAID BY $d MATCH (a) THROUGHOUT '2008' KNOWN AT '2024' "
      "MATCH (b) SAID BY '2009' CERTAINLY RETURN a");
  EXPECT_EQ(query.scope.valid, ValidScope::kDuring);
  EXPECT_EQ(leaf(*query.scope.at), "'2005/2010'");
  EXPECT_TRUE(query.scope.known_is_seq);
  EXPECT_EQ(leaf(*query.scope.known_at), "21");
  EXPECT_EQ(leaf(*query.scope.said_by), "$d");
  const ast::Scope& first = std::get<ast::MatchClause>(query.clauses[0]).scope;
  EXPECT_EQ(first.valid, ValidScope::kThroughout);
  EXPECT_FALSE(first.known_is_seq);
  EXPECT_EQ(leaf(*first.known_at), "'2024'");
  EXPECT_FALSE(first.said_by);
  const ast::Scope& second = std::get<ast::MatchClause>(query.clauses[1]).scope;
  EXPECT_FALSE(second.valid);
  EXPECT_EQ(leaf(*second.said_by), "'2009'");
  EXPECT_EQ(second.certainty, CertaintyMode::kCertainly);
  EXPECT_THAT(error_of("AT 1 DURING 2 MATCH (a) RETURN a"), HasSubstr("at 1:6"));
  EXPECT_THAT(error_of("SAID BY 1 AT 2 SAID BY 3 MATCH (a) RETURN a"), HasSubstr("at 1:16"));
}

TEST(Query, ReturnTakesItemsOrAStar) {
  const auto star = parse_as<ast::Query>("MATCH (a) RETURN *");
  EXPECT_TRUE(star.returning.star);
  EXPECT_FALSE(star.returning.distinct);
  const auto items = parse_as<ast::Query>(
      "MATCH (a) RETURN DISTINCT a.x AS y, count(*) ORDER BY y DESC, a.z ASCENDING, a.w, "
      "a.v descending SKIP 2 LIMIT $n");
  EXPECT_FALSE(items.returning.star);
  EXPECT_TRUE(items.returning.distinct);
  ASSERT_EQ(items.returning.items.size(), 2u);
  EXPECT_EQ(items.returning.items[0].alias->name, "y");
  EXPECT_FALSE(items.returning.items[1].alias);
  ASSERT_EQ(items.returning.order_by.size(), 4u);
  EXPECT_TRUE(items.returning.order_by[0].descending);
  EXPECT_FALSE(items.returning.order_by[1].descending);
  EXPECT_FALSE(items.returning.order_by[2].descending);
  EXPECT_TRUE(items.returning.order_by[3].descending);
  EXPECT_EQ(leaf(*items.returning.skip), "2");
  EXPECT_EQ(leaf(*items.returning.limit), "$n");
  EXPECT_THAT(error_of("MATCH (a) RETURN a, *"), HasSubstr("expected an expression"));
  EXPECT_THAT(error_of("MATCH (a) RETURN a LIMIT 1 SKIP 2"), HasSubstr("found SKIP"));
}

TEST(Query, AQueryEndsWithReturn) {
  EXPECT_TRUE(parse_as<ast::Query>("RETURN 1").clauses.empty());
  EXPECT_THAT(error_of("WHERE true RETURN 1"), HasSubstr("expected a statement"));
  EXPECT_THAT(error_of("MATCH (a)"), HasSubstr("the statement ends here"));
  EXPECT_THAT(error_of("MATCH (a) RETURN a MATCH (b)"), HasSubstr("found MATCH"));
}

TEST(Statement, TheRangeLeavesOutBlanksAndTheSemicolon) {
  const std::string text = " /* c */ MATCH (a) RETURN a ; -- done\n";
  const auto statement = parse_statement(text);
  ASSERT_TRUE(statement);
  EXPECT_EQ(covered(text, statement->range), "MATCH (a) RETURN a");
}

TEST(Statement, OneTextIsOneStatement) {
  EXPECT_THAT(error_of("COMMIT; BEGIN"), HasSubstr("one statement at a time"));
  EXPECT_THAT(error_of("COMMIT BEGIN"), HasSubstr("expected the end, found BEGIN"));
  parse_as<ast::Commit>("COMMIT;;");
  EXPECT_THAT(error_of({}), HasSubstr("ends here; expected a statement"));
  EXPECT_THAT(error_of(";"), HasSubstr("ends here; expected a statement"));
}

}  // namespace
}  // namespace annals::query::testing
