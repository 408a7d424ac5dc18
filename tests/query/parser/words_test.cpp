#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kReserved = {"AND",   "DISTINCT", "FALSE", "IN", "IS",
                                            "MATCH", "NOT",      "NULL",  "OR", "RETURN",
                                            "TRUE",  "WHERE",    "XOR"};

// Every other word of the language, some of them in small letters.
const std::vector<std::string> kContextual = {
    "at",      "all",        "time",     "certainly", "possibly", "as",       "order",
    "by",      "asc",        "desc",     "skip",      "limit",    "starts",   "ends",
    "with",    "contains",   "known",    "kind",      "source",   "id",       "status",
    "on",      "from",       "to",       "said",      "because",  "entity",   "relation",
    "event",   "define",     "begins",   "marks",     "sets",     "also",     "record",
    "assert",  "begin",      "commit",   "history",   "of",       "show",     "kinds",
    "like",    "load",       "events",   "facts",     "column",   "creating", "header",
    "count",   "exists",     "when",     "end",       "union",    "optional", "diff",
    "change",  "timeline",   "day",      "month",     "year",     "why",      "unmatched",
    "during",  "throughout", "seq",      "correct",   "retract",  "replay",   "set",
    "expect",  "overlaps",   "precedes", "succeeds",  "meets",    "equals",   "bound",
    "after",   "check",      "else",     "padding",   "days",     "months",   "years",
    "percent", "settings"};

TEST(Words, KeywordsAreReadInAnyCase) {
  EXPECT_EQ(parse_as<ast::Query>("mAtCh (a) rEtUrN a").clauses.size(), 1u);
  parse_as<ast::Record>("record Join {} on '2000'");
}

TEST(Words, AKeywordEndsWhereItsWordEnds) {
  EXPECT_THAT(error_of("MATCHES (a) RETURN a"), HasSubstr("expected a statement"));
  EXPECT_THAT(error_of("MATCH (a) RETURN_ a"), HasSubstr("found RETURN_"));
  EXPECT_EQ(leaf(parse_as<ast::Query>("MATCH (a) RETURN nullable").returning.items[0].value),
            "nullable");
  EXPECT_EQ(leaf(parse_as<ast::Query>("MATCH (a) RETURN trueé").returning.items[0].value), "trueé");
}

TEST(Words, ContextualWordsAreVariablesPropertiesAndLabels) {
  for (const std::string& word : kContextual) {
    const auto query =
        parse_as<ast::Query>("MATCH (" + word + ":" + word + ")-[:" + word + "]->({" + word + ": " +
                             word + "." + word + "}) WHERE " + word + " = " + word + "." + word +
                             " RETURN " + word + " AS " + word + " ORDER BY " + word + " DESC");
    ASSERT_EQ(query.clauses.size(), 1u) << word;
    EXPECT_EQ(std::get<ast::MatchClause>(query.clauses[0]).patterns.at(0).first.variable->name,
              word);
    EXPECT_EQ(query.returning.items.at(0).alias->name, word);
    EXPECT_TRUE(query.returning.order_by.at(0).descending);
  }
}

TEST(Words, EveryWordIsAKindARoleATypeARelationAndAKey) {
  std::vector<std::string> all = kContextual;
  all.insert(all.end(), kReserved.begin(), kReserved.end());
  for (const std::string& word : all) {
    const auto record = parse_as<ast::Record>("RECORD " + word + " {" + word + ": 1} ON '2000'");
    EXPECT_EQ(record.kind.name, word);
    EXPECT_EQ(record.roles.at(0).key.name, word);
    const auto kind = parse_as<ast::DefineEvent>("DEFINE EVENT " + word + " (" + word + " " + word +
                                                 ") MARKS (" + word + ")-[:" + word + " {" + word +
                                                 ": " + word + "}]->(EVENT)");
    EXPECT_EQ(kind.name.name, word);
    EXPECT_EQ(kind.effects.at(0).name.fixed->name, word);
    EXPECT_EQ(parse_as<ast::DefineEntity>("DEFINE ENTITY " + word).name.name, word);
    EXPECT_EQ(parse_as<ast::RegisterEntity>("ENTITY " + word + " 'x'").type.name, word);
    const auto query = parse_as<ast::Query>("MATCH (a:" + word + ") RETURN a." + word);
    EXPECT_EQ(as<ast::PropertyAccess>(query.returning.items.at(0).value).property, word);
  }
}

TEST(Words, ReservedWordsAreVariablesOnlyInBackticks) {
  for (const std::string& word : kReserved) {
    EXPECT_FALSE(parse_statement("MATCH (" + word + ") RETURN 1")) << word;
    EXPECT_FALSE(parse_statement("MATCH (a) RETURN a AS " + word)) << word;
    // NOT (a) and DISTINCT (a) mean something else.
    EXPECT_EQ(parse_statement("MATCH (a) RETURN " + word + "(a)").has_value(),
              word == "NOT" || word == "DISTINCT")
        << word;
    const auto query =
        parse_as<ast::Query>("MATCH (`" + word + "`) RETURN `" + word + "` AS `" + word + "`");
    EXPECT_EQ(std::get<ast::MatchClause>(query.clauses.at(0)).patterns.at(0).first.variable->name,
              word);
    EXPECT_EQ(as<ast::Variable>(query.returning.items.at(0).value).name, word);
  }
}

TEST(Words, BackticksAllowEveryCharacter) {
  const auto query = parse_as<ast::Query>(
      "MATCH (`a b`:`New Type`)-[:`R-1`]->() RETURN `a b`.`x``y` AS `Ünïcode \\n '`");
  const ast::NodePattern& node =
      std::get<ast::MatchClause>(query.clauses.at(0)).patterns.at(0).first;
  EXPECT_EQ(node.variable->name, "a b");
  EXPECT_THAT(names_of(node.labels), ElementsAre("New Type"));
  EXPECT_EQ(as<ast::PropertyAccess>(query.returning.items.at(0).value).property, "x`y");
  EXPECT_EQ(query.returning.items.at(0).alias->name, "Ünïcode \\n '");
  EXPECT_THAT(error_of("MATCH (``) RETURN 1"), HasSubstr("is empty"));
  EXPECT_THAT(error_of("MATCH (`a) RETURN 1"), HasSubstr("never closed"));
}

TEST(Words, NamesHaveLettersOfEveryScript) {
  const auto query = parse_as<ast::Query>("MATCH (страна:Страна) RETURN страна.имя, 国.名, é_1");
  EXPECT_EQ(std::get<ast::MatchClause>(query.clauses.at(0)).patterns.at(0).first.labels.at(0).name,
            "Страна");
  EXPECT_EQ(query.returning.items.size(), 3u);
  EXPECT_THAT(error_of("MATCH (a) RETURN “a”"), HasSubstr("straight quotes"));
  EXPECT_THAT(error_of("MATCH (a) RETURN 1 – 2"), HasSubstr("dash"));
}

TEST(Words, PastedBlanksAreBlanks) {
  EXPECT_EQ(parse_as<ast::Query>("\xEF\xBB\xBFMATCH\xC2\xA0(a)\xE2\x80\xAF\r\n\tRETURN\va")
                .clauses.size(),
            1u);
}

TEST(Words, CommentsOfAllThreeKindsAreSkipped) {
  const auto query = parse_as<ast::Query>(
      "// first\n/* two\nlines */ MATCH (a) -- third\n--\n/**/ RETURN /* ; */ 6 / 3 // end");
  EXPECT_EQ(query.returning.items.size(), 1u);
  EXPECT_THAT(error_of("MATCH (a) /* RETURN a"), HasSubstr("comment is never closed"));
  EXPECT_THAT(error_of("MATCH (a) /* RETURN a"), HasSubstr("at 1:11"));
}

TEST(Words, BytesThatAreNotUtf8AreRefusedWhereTheyStand) {
  const auto result = parse_statement("MATCH (a) RETURN 'é\xFF'");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("0xFF"));
  EXPECT_EQ(result.error().place.column, 20u);
  EXPECT_FALSE(parse_statement("MATCH (a) RETURN '\xC0\x80'"));
  EXPECT_FALSE(parse_statement("MATCH (a) RETURN '\xED\xA0\x80'"));
  EXPECT_FALSE(parse_statement("MATCH (a) RETURN '\xF5\x80\x80\x80'"));
}

}  // namespace
}  // namespace annals::query::testing
