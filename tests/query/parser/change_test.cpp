#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseDiff, TakesTheFirstSideAndAQueryAtTheSecond) {
  const auto diff = parse_as<ast::Diff>(
      "DIFF AT '1992' AND AT $then CERTAINLY MATCH (c)-[:R]->() RETURN change, c.name");
  EXPECT_EQ(diff.first.valid, ast::ValidScope::kAt);
  EXPECT_EQ(leaf(*diff.first.at), "'1992'");
  EXPECT_FALSE(diff.first.certainty);
  EXPECT_EQ(leaf(*diff.query.scope.at), "$then");
  EXPECT_EQ(diff.query.scope.certainty, ast::CertaintyMode::kCertainly);
  ASSERT_EQ(diff.query.returning.items.size(), 2U);
  EXPECT_EQ(leaf(diff.query.returning.items[0].value), "change");
}

TEST(ParseDiff, KnowsWhereTheFirstSideStands) {
  const std::string_view text = "DIFF AT '1992' AND AT '2010' MATCH (c) RETURN change, c";
  EXPECT_EQ(covered(text, parse_as<ast::Diff>(text).first.range), "AT '1992'");
}

TEST(ParseDiff, ASideIsATextOrAParameter) {
  EXPECT_THAT(error_of("DIFF AT a.on AND AT '2010' MATCH (c) RETURN change, c"),
              HasSubstr("a text in quotes"));
  EXPECT_THAT(error_of("DIFF MATCH (c) RETURN change, c"), HasSubstr("expected a time such as AT"));
  EXPECT_THAT(error_of("DIFF AT '1' AT '2' AND AT '3' MATCH (c) RETURN change, c"),
              HasSubstr("one side of a DIFF has one AT"));
}

TEST(ParseTimeline, TakesBothSidesTheStepAndAQuery) {
  const auto timeline = parse_as<ast::Timeline>(
      "TIMELINE FROM '1991' TO $end BY MONTH POSSIBLY MATCH (c) RETURN count(c)");
  EXPECT_EQ(leaf(timeline.from), "'1991'");
  EXPECT_EQ(leaf(timeline.to), "$end");
  EXPECT_EQ(timeline.by, ast::TimelineStep::kMonth);
  EXPECT_EQ(timeline.query.scope.certainty, ast::CertaintyMode::kPossibly);
  const auto by = [](std::string_view word) {
    return parse_as<ast::Timeline>("TIMELINE FROM '1' TO '2' BY " + std::string(word) +
                                   " MATCH (c) RETURN c")
        .by;
  };
  EXPECT_EQ(by("DAY"), ast::TimelineStep::kDay);
  EXPECT_EQ(by("year"), ast::TimelineStep::kYear);
  EXPECT_THAT(error_of("TIMELINE FROM '1' TO '2' BY WEEK MATCH (c) RETURN c"),
              HasSubstr("expected DAY, MONTH or YEAR, found WEEK"));
}

TEST(ParseWhy, TakesOneRelationAndAScope) {
  const std::string_view text = "WHY (:A 'a')-[:R]->(b) AT '2010'";
  const auto why = parse_as<ast::Why>(text);
  EXPECT_FALSE(why.negated);
  EXPECT_EQ(covered(text, why.range), "(:A 'a')-[:R]->(b)");
  ASSERT_EQ(why.path.steps.size(), 1U);
  EXPECT_THAT(names_of(why.path.steps[0].hop.relations), ElementsAre("R"));
  EXPECT_EQ(leaf(*why.scope.at), "'2010'");
  EXPECT_TRUE(parse_as<ast::Why>("why not ('a')-->($b)").negated);
}

TEST(ParseWhy, RefusesWhatIsNoRelationBetweenTwoNodes) {
  EXPECT_THAT(error_of("WHY (a)"), HasSubstr("one relation between two nodes"));
  EXPECT_THAT(error_of("WHY (a)-->(b)-->(c)"), HasSubstr("one relation between two nodes"));
  EXPECT_THAT(error_of("WHY NOT (:A 'a')-->(b)"), HasSubstr("two nodes by their names"));
  EXPECT_THAT(error_of("WHY NOT (:A 'a')-->('b' {x: 1})"), HasSubstr("two nodes by their names"));
}

TEST(ParseHistory, TakesANodeOrARelation) {
  EXPECT_TRUE(parse_as<ast::HistoryOf>("HISTORY OF ('a')").path.steps.empty());
  EXPECT_EQ(parse_as<ast::HistoryOf>("HISTORY OF (a)-[:R]->(:B 'b')").path.steps.size(), 1U);
  EXPECT_THAT(error_of("HISTORY OF ('a')-->()-->()"), HasSubstr("one relation between two nodes"));
}

TEST(ParseShow, UnmatchedMayBeLikeSomething) {
  const auto show = parse_as<ast::Show>("SHOW UNMATCHED LIKE 'Jo%'");
  EXPECT_EQ(show.what, ast::ShowWhat::kUnmatched);
  EXPECT_EQ(leaf(*show.like), "'Jo%'");
}

}  // namespace
}  // namespace annals::query::testing
