#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(StatementEnd, IsBehindTheFirstSemicolon) {
  EXPECT_THAT(statement_end("BEGIN;"), Optional(6u));
  EXPECT_THAT(statement_end("BEGIN; COMMIT;"), Optional(6u));
  EXPECT_THAT(statement_end(";"), Optional(1u));
  EXPECT_EQ(statement_end(""), std::nullopt);
  EXPECT_EQ(statement_end("BEGIN"), std::nullopt);
}

TEST(StatementEnd, DoesNotSeeQuotesBackticksAndComments) {
  for (const std::string text :
       {"RETURN ';' ;", "RETURN \";\" ;", "RETURN `;` ;", "a /* ; */ ;", "a // ;\n;", "a -- ;\n;",
        "'a'';' ;", R"('a\';' ;)", "`a``;` ;", R"('\\' ;)", "(a)--(b) ;", "(a)--(b /* ; */) ;"}) {
    EXPECT_THAT(statement_end(text), Optional(text.size())) << text;
  }
}

TEST(StatementEnd, IsMissingWhileSomethingIsOpen) {
  for (const std::string text : {"'a;", "\"a;", "`a;", "/* a;", "'a''; b;", R"('a\'; b;)", "-- a;",
                                 "// a;", "'a' '", "\\'"}) {
    EXPECT_EQ(statement_end(text), std::nullopt) << text;
  }
}

TEST(StatementEnd, SplitsAScript) {
  EXPECT_THAT(split_script("BEGIN; -- one;\nCOMMIT ;\n\n;"),
              ElementsAre("BEGIN;", " -- one;\nCOMMIT ;", "\n\n;"));
}

TEST(StatementEnd, TakesAnyBytes) {
  std::string text;
  for (int c = 0; c < 256; ++c) text.push_back(static_cast<char>(c));
  EXPECT_EQ(statement_end(text), std::nullopt);  // A double quote opens at 0x22.
  text.erase(0x22, 1);
  text.erase(text.find('\''), 1);
  EXPECT_THAT(statement_end(text), Optional(text.find(';') + 1));
}

TEST(IsBlank, CommentsAndSemicolonsAreNothing) {
  EXPECT_TRUE(is_blank(""));
  EXPECT_TRUE(is_blank(" \n\t;; -- a\n/* b; */ // c"));
  EXPECT_TRUE(is_blank("\xEF\xBB\xBF"));
  EXPECT_FALSE(is_blank("a"));
  EXPECT_FALSE(is_blank("/* open"));
  EXPECT_FALSE(is_blank("; ''"));
}

TEST(PlaceIn, CountsLinesAndCodePointsFromOne) {
  const std::string text = "ab\nпривет c\r\n\tend";
  const auto place = [&](std::size_t offset) { return place_in(text, offset); };
  EXPECT_EQ(place(0).line, 1u);
  EXPECT_EQ(place(0).column, 1u);
  EXPECT_EQ(place(0).source_line, "ab");
  EXPECT_EQ(place(2).column, 3u);  // The line break belongs to its line.
  const Place c = place(text.find('c'));
  EXPECT_EQ(c.line, 2u);
  EXPECT_EQ(c.column, 8u);
  EXPECT_EQ(c.source_line, "привет c");
  const Place end = place(text.find("end"));
  EXPECT_EQ(end.line, 3u);
  EXPECT_EQ(end.column, 2u);
  EXPECT_EQ(end.source_line, " end");  // A tab would move the caret.
  EXPECT_EQ(place(1000).column, 5u);
  EXPECT_EQ(place_in("", 0).line, 1u);
  EXPECT_EQ(place_in("a\x1B[2J", 0).source_line, "a [2J");
}

TEST(PlaceIn, AnEndlessLineIsCutBehindTheCaretOrLeftOut) {
  const std::string text(100'000, 'x');
  const Place near = place_in(text, 10);
  EXPECT_EQ(near.column, 11u);
  EXPECT_LT(near.source_line.size(), 300u);
  const Place far = place_in(text, 50'000);
  EXPECT_EQ(far.column, 50'001u);
  EXPECT_EQ(far.source_line, "");
}

}  // namespace
}  // namespace annals::query::testing
