#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::HasSubstr;

LoadRequest parse_load(std::string_view text) { return parse_as<ast::Load>(text).request; }

TEST(LoadStatement, EventsOfOneKindMapRolesAndWords) {
  const LoadRequest request = parse_load(
      "LOAD EVENTS FROM 'joins.csv' AS Join\n"
      "  (member: state OF Country, `organisation`: `org unit`, on: \"the date\", Id: $3)");
  EXPECT_EQ(request.what, LoadRequest::What::kEvents);
  EXPECT_EQ(request.path, "joins.csv");
  EXPECT_EQ(request.place.line, 1u);
  EXPECT_EQ(request.place.column, 18u);
  EXPECT_EQ(request.kind, "Join");
  EXPECT_EQ(request.kind_column, "");
  ASSERT_EQ(request.roles.size(), 2u);
  EXPECT_EQ(request.roles[0].role, "member");
  EXPECT_EQ(request.roles[0].column, "state");
  EXPECT_EQ(request.roles[0].entity_type, "Country");
  EXPECT_EQ(request.roles[0].place.line, 2u);
  EXPECT_EQ(request.roles[0].place.column, 4u);
  EXPECT_EQ(request.roles[1].column, "org unit");
  ASSERT_EQ(request.words.size(), 2u);
  EXPECT_EQ(request.words[0].role, "ON");
  EXPECT_EQ(request.words[0].column, "the date");
  EXPECT_EQ(request.words[1].role, "ID");
  EXPECT_EQ(request.words[1].column, "$3");
}

TEST(LoadStatement, TheKindMayStandInAColumn) {
  const LoadRequest request = parse_load("LOAD EVENTS FROM 'x' AS COLUMN kind (a: b)");
  EXPECT_EQ(request.kind, "");
  EXPECT_EQ(request.kind_column, "kind");
  EXPECT_EQ(parse_load("LOAD EVENTS FROM 'x' AS COLUMN $2 (a: b)").kind_column, "$2");
  EXPECT_EQ(parse_load("LOAD EVENTS FROM 'x' AS Column (a: b)").kind, "Column");
}

TEST(LoadStatement, FactsHaveFromAndToAmongTheWords) {
  const LoadRequest request = parse_load(
      "LOAD FACTS FROM 'q.tsv' (subject: s OF Person, relation: r, object: o OF Club, "
      "FROM: begin, TO: end)");
  EXPECT_EQ(request.what, LoadRequest::What::kFacts);
  ASSERT_EQ(request.roles.size(), 3u);
  EXPECT_EQ(request.roles[2].entity_type, "Club");
  ASSERT_EQ(request.words.size(), 2u);
  EXPECT_EQ(request.words[0].role, "FROM");
  EXPECT_EQ(request.words[1].column, "end");
}

TEST(LoadStatement, AnEventMayHaveRolesCalledFromAndToOrAnyWordInBackticks) {
  const LoadRequest request =
      parse_load("LOAD EVENTS FROM 'x' AS Transfer (from: a, to: b, `source`: c, SOURCE: d)");
  ASSERT_EQ(request.roles.size(), 3u);
  EXPECT_EQ(request.roles[2].role, "source");
  ASSERT_EQ(request.words.size(), 1u);
  EXPECT_EQ(request.words[0].column, "d");
}

TEST(LoadStatement, AColumnMayBeAValueOrANumberThatMeansADate) {
  const LoadRequest request = parse_load(
      "LOAD FACTS FROM 'x' (subject: s OF P, relation: VALUE 'R', object: VALUE 'it''s' OF P, "
      "FROM: $3 IN MILLISECONDS, TO: value)");
  EXPECT_FALSE(request.roles[0].is_value || request.roles[0].epoch_unit);
  EXPECT_TRUE(request.roles[1].is_value);
  EXPECT_EQ(request.roles[1].column, "R");
  EXPECT_EQ(request.roles[2].column, "it's");
  EXPECT_EQ(request.roles[2].entity_type, "P");
  EXPECT_EQ(request.words[0].column, "$3");
  EXPECT_EQ(request.words[0].epoch_unit, ColumnMapping::EpochUnit::kMilliseconds);
  EXPECT_EQ(request.words[1].column, "value");
  EXPECT_FALSE(request.words[1].is_value);
}

TEST(LoadStatement, AColumnMayHoldAList) {
  const LoadRequest request = parse_load(
      "LOAD EVENTS FROM 'x' AS K (a: b SPLIT BY ';' OF C, d: split, e: $2 SPLIT BY 'tab')");
  EXPECT_EQ(request.roles[0].split_by, ';');
  EXPECT_EQ(request.roles[0].entity_type, "C");
  EXPECT_EQ(request.roles[1].column, "split");
  EXPECT_FALSE(request.roles[1].split_by);
  EXPECT_EQ(request.roles[2].split_by, '\t');
  EXPECT_THAT(error_of("LOAD EVENTS FROM 'x' AS K (a: b SPLIT BY '')"), HasSubstr("one character"));
  EXPECT_THAT(error_of("LOAD EVENTS FROM 'x' AS K (ID: b SPLIT BY ';')"), HasSubstr("at 1:28"));
}

TEST(LoadStatement, ARoleOfAnEventMayTakeSeveralColumns) {
  EXPECT_EQ(parse_load("LOAD EVENTS FROM 'x' AS K (a: b, a: c)").roles.size(), 2u);
}

TEST(LoadStatement, OptionsStandInAnyOrder) {
  const LoadRequest none = parse_load("LOAD FACTS FROM 'x' (a: b)");
  EXPECT_FALSE(none.creating_missing || none.dry_run || none.separator || none.has_header);
  EXPECT_EQ(none.rejects_path, "");
  const LoadRequest all = parse_load(
      "LOAD FACTS FROM 'x' (a: b) WITHOUT HEADER DRY RUN SEPARATOR ';' "
      "ON ERROR REJECT TO 'r.csv' CREATING MISSING");
  EXPECT_TRUE(all.creating_missing && all.dry_run);
  EXPECT_EQ(all.separator, ';');
  EXPECT_EQ(all.has_header, false);
  EXPECT_EQ(all.rejects_path, "r.csv");
  EXPECT_EQ(parse_load("LOAD FACTS FROM 'x' (a: b) WITH HEADER").has_header, true);
  EXPECT_EQ(parse_load("LOAD FACTS FROM 'x' (a: b) SEPARATOR 'TAB'").separator, '\t');
  EXPECT_EQ(parse_load(R"(LOAD FACTS FROM 'x' (a: b) SEPARATOR '\t')").separator, '\t');
}

TEST(LoadStatement, NonsenseIsRefusedWhereItStands) {
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (a: b, a: c)"), HasSubstr("at 1:28"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (on: b, ON: c)"), HasSubstr("ON is given twice"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (ON: b OF C)"), HasSubstr("no type"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' ()"), HasSubstr("expected a role"));
  EXPECT_THAT(error_of("LOAD FACTS FROM '' (a: b)"), HasSubstr("no name"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (a: $0)"), HasSubstr("numbered from $1"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (a: b) SEPARATOR ''"), HasSubstr("one character"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (a: b) SEPARATOR '\"'"), HasSubstr("one character"));
  EXPECT_THAT(error_of("LOAD FACTS FROM 'x' (a: b) DRY RUN DRY RUN"), HasSubstr("given twice"));
}

}  // namespace
}  // namespace annals::query::testing
