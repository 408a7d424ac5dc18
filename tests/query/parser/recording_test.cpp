#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DefineStatement, EntitiesAndRelationsHaveNames) {
  EXPECT_EQ(parse_as<ast::DefineEntity>("DEFINE ENTITY Country").name.name, "Country");
  const auto relation =
      parse_as<ast::DefineRelation>("define relation MEMBER_OF (Country) -> (Organisation);");
  EXPECT_EQ(relation.name.name, "MEMBER_OF");
  EXPECT_EQ(relation.source_type.name, "Country");
  EXPECT_EQ(relation.target_type.name, "Organisation");
}

TEST(DefineStatement, RolesAreOptionalOrMany) {
  const auto kind = parse_as<ast::DefineEvent>(
      "DEFINE EVENT Summit (organisation Organisation, host Country?, attendee Country[], "
      "absent Country[]?, both Country?[])");
  ASSERT_EQ(kind.roles.size(), 5u);
  EXPECT_EQ(kind.roles[0].name.name, "organisation");
  EXPECT_EQ(kind.roles[0].type.name, "Organisation");
  EXPECT_FALSE(kind.roles[0].optional || kind.roles[0].many);
  EXPECT_TRUE(kind.roles[1].optional && !kind.roles[1].many);
  EXPECT_TRUE(!kind.roles[2].optional && kind.roles[2].many);
  EXPECT_TRUE(kind.roles[3].optional && kind.roles[3].many);
  EXPECT_TRUE(kind.roles[4].optional && kind.roles[4].many);
  EXPECT_THAT(parse_as<ast::DefineEvent>("DEFINE EVENT Void ()").roles, IsEmpty());
}

TEST(DefineStatement, TheFourEffectsAreToldApart) {
  const std::string text =
      "DEFINE EVENT E (a A, b B, c TEXT, d FLOAT, r RELATION)"
      " BEGINS (a)-[:R {p: c, q: d}]->(b) ENDS (a)-[:$(r)]->(b) MARKS (a)-[:S]->(EVENT)"
      " SETS a.$(c) = d SETS b.size = d";
  const auto kind = parse_as<ast::DefineEvent>(text);
  ASSERT_EQ(kind.effects.size(), 5u);
  EXPECT_EQ(kind.effects[0].type, EffectType::kBegins);
  EXPECT_EQ(kind.effects[0].source.name, "a");
  EXPECT_EQ(kind.effects[0].name.fixed->name, "R");
  EXPECT_FALSE(kind.effects[0].name.role);
  EXPECT_EQ(kind.effects[0].target.name, "b");
  ASSERT_EQ(kind.effects[0].properties.size(), 2u);
  EXPECT_EQ(kind.effects[0].properties[1].name.name, "q");
  EXPECT_EQ(kind.effects[0].properties[1].role.name, "d");
  EXPECT_EQ(covered(text, kind.effects[0].range), "BEGINS (a)-[:R {p: c, q: d}]->(b)");
  EXPECT_EQ(kind.effects[1].type, EffectType::kEnds);
  EXPECT_EQ(kind.effects[1].name.role->name, "r");
  EXPECT_FALSE(kind.effects[1].name.fixed);
  EXPECT_EQ(kind.effects[2].type, EffectType::kMarks);
  EXPECT_EQ(kind.effects[2].target.name, "EVENT");
  EXPECT_EQ(kind.effects[3].type, EffectType::kSets);
  EXPECT_EQ(kind.effects[3].source.name, "a");
  EXPECT_EQ(kind.effects[3].name.role->name, "c");
  EXPECT_EQ(kind.effects[3].target.name, "d");
  EXPECT_EQ(kind.effects[4].name.fixed->name, "size");
}

TEST(DefineStatement, EffectsGoOneWayOnly) {
  EXPECT_THAT(error_of("DEFINE EVENT E (a A) BEGINS (a)<-[:R]-(EVENT)"), HasSubstr("'-'"));
  EXPECT_THAT(error_of("DEFINE EVENT E (a A) BEGINS (a)-[:R|S]->(EVENT)"), HasSubstr("found '|'"));
  EXPECT_THAT(error_of("DEFINE EVENT E (a A) BEGINS (a)-[x:R]->(EVENT)"), HasSubstr("':'"));
  EXPECT_THAT(error_of("DEFINE EVENT E (a A) SETS a.b = 1"), HasSubstr("expected a role"));
}

TEST(EntityStatement, AliasesIdentifiersAndSourceStandInAnyOrder) {
  const auto entity = parse_as<ast::RegisterEntity>(
      "ENTITY Country 'Georgia' BECAUSE 'named' ID 'iso3:GEO' ALSO 'Грузия', $other SOURCE 's'");
  EXPECT_EQ(entity.type.name, "Country");
  EXPECT_EQ(leaf(entity.name), "'Georgia'");
  ASSERT_EQ(entity.aliases.size(), 2u);
  EXPECT_EQ(leaf(entity.aliases[1]), "$other");
  ASSERT_EQ(entity.identifiers.size(), 1u);
  EXPECT_EQ(leaf(*entity.details.source), "'s'");
  EXPECT_EQ(leaf(*entity.details.because), "'named'");
  EXPECT_THAT(error_of("ENTITY C 'x' ALSO 'a' ALSO 'b'"), HasSubstr("ALSO is given twice"));
  EXPECT_THAT(error_of("ENTITY C 'x' ON '2000'"), HasSubstr("found ON"));
}

TEST(RecordStatement, DetailsStandInAnyOrderAndOnce) {
  const auto record = parse_as<ast::Record>(
      "RECORD Withdrawal {member: 'Georgia', parties: ['A', 'B'], n: -1} STATUS Planned "
      "CREATING MISSING BECAUSE 'war' SOURCE 'x' ID 'ge' SAID '2008-08-18' ON '2009-08-18'");
  EXPECT_EQ(record.kind.name, "Withdrawal");
  ASSERT_EQ(record.roles.size(), 3u);
  EXPECT_EQ(record.roles[0].key.name, "member");
  EXPECT_EQ(as<ast::ListLiteral>(record.roles[1].value).items.size(), 2u);
  EXPECT_EQ(leaf(*record.details.on), "'2009-08-18'");
  EXPECT_EQ(leaf(*record.details.said), "'2008-08-18'");
  EXPECT_EQ(leaf(*record.details.id), "'ge'");
  EXPECT_EQ(leaf(*record.details.source), "'x'");
  EXPECT_EQ(leaf(*record.details.because), "'war'");
  EXPECT_EQ(record.details.status->name, "planned");
  EXPECT_TRUE(record.details.creating_missing);
  EXPECT_FALSE(record.details.from || record.details.to);
  EXPECT_THAT(error_of("RECORD K {} ON 1 SAID 2 ON 3"), HasSubstr("at 1:25"));
  EXPECT_THAT(error_of("RECORD K {} CREATING MISSING CREATING MISSING"), HasSubstr("given twice"));
  EXPECT_THAT(error_of("RECORD K {} FROM '2000'"), HasSubstr("found FROM"));
  EXPECT_THAT(error_of("RECORD K {} STATUS maybe"), HasSubstr("HAPPENED, PLANNED or CANCELLED"));
}

TEST(AssertStatement, AFactHasTwoNamedEndsAndATime) {
  const auto fact = parse_as<ast::Assert>(
      "ASSERT (:Country 'Georgia')-[:BORDERS {km: 164}]->('Armenia') FROM '1991-04-09' TO '..'");
  EXPECT_EQ(fact.source.labels.at(0).name, "Country");
  EXPECT_EQ(leaf(*fact.source.name), "'Georgia'");
  EXPECT_EQ(fact.relation.name, "BORDERS");
  EXPECT_EQ(fact.properties.at(0).key.name, "km");
  EXPECT_EQ(leaf(*fact.target.name), "'Armenia'");
  EXPECT_EQ(leaf(*fact.details.from), "'1991-04-09'");
  EXPECT_EQ(leaf(*fact.details.to), "'..'");
  EXPECT_TRUE(parse_as<ast::Assert>("ASSERT ('a')-[:R]->('b') ON '2000'").details.on);
  EXPECT_THAT(error_of("ASSERT ('a')-[:R]->('b') ON '2000' TO '2001'"), HasSubstr("not both"));
  EXPECT_THAT(error_of("ASSERT ('a')-[:R]->(:B)"), HasSubstr("need names"));
  EXPECT_THAT(error_of("ASSERT (:A|B 'a')-[:R]->('b')"), HasSubstr("one type"));
  EXPECT_THAT(error_of("ASSERT (:A 'a' {x: 1})-[:R]->('b')"), HasSubstr("no properties"));
  EXPECT_THAT(error_of("ASSERT ('a')<-[:R]-('b')"), HasSubstr("expected '-'"));
}

TEST(OtherStatement, EachIsItsOwnAlternative) {
  parse_as<ast::Begin>("BEGIN");
  parse_as<ast::Commit>("commit;");
  parse_as<ast::Rollback>("Rollback");
  parse_as<ast::VerifyLog>("VERIFY LOG");
  parse_as<ast::ReplayCompare>("REPLAY  COMPARE");
  EXPECT_EQ(leaf(*parse_as<ast::HistoryOf>("HISTORY OF (:Country 'Georgia')").path.first.name),
            "'Georgia'");
  EXPECT_THAT(error_of("HISTORY OF (:Country)"), HasSubstr("by its name"));
  EXPECT_EQ(parse_as<ast::Show>("SHOW KINDS").what, ast::ShowWhat::kKinds);
  EXPECT_EQ(parse_as<ast::Show>("SHOW RELATIONS LIKE '%'").what, ast::ShowWhat::kRelations);
  EXPECT_EQ(leaf(*parse_as<ast::Show>("SHOW ENTITIES LIKE 'Geo%'").like), "'Geo%'");
  EXPECT_EQ(parse_as<ast::Show>("SHOW STATS").what, ast::ShowWhat::kStats);
  EXPECT_EQ(parse_as<ast::Show>("SHOW SETTINGS").what, ast::ShowWhat::kSettings);
  EXPECT_THAT(error_of("SHOW STATS LIKE 'a'"), HasSubstr("found LIKE"));
}

}  // namespace
}  // namespace annals::query::testing
