#include "schema/vocabulary.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "query/parser/parser.h"

namespace annals {
namespace {

/// A vocabulary with the definitions of docs/language.md that the tests need.
class VocabularyTest : public testing::Test {
 protected:
  SymbolId symbol(const char* name) { return vocabulary_.add_symbol(name); }

  Role role(const char* name, RoleType type, bool optional = false, bool many = false) {
    return {symbol(name), type, SymbolId(), optional, many};
  }
  Role node_role(const char* name, const char* type, bool optional = false, bool many = false) {
    return {symbol(name), RoleType::kNode, symbol(type), optional, many};
  }

  Effect effect(EffectType type, std::uint16_t source, const char* name, std::uint16_t target) {
    Effect effect;
    effect.type = type;
    effect.source.role = source;
    effect.target.role = target;
    if (name != nullptr) effect.name = symbol(name);
    return effect;
  }

  /// The definition as a statement; fails the test if the language cannot read it.
  template <class Definition>
  std::string formatted(const Definition& definition) {
    const std::string text = format_definition(definition, vocabulary_);
    const auto parsed = query::parse_statement(text);
    EXPECT_TRUE(parsed) << text << "\n" << (parsed ? "" : format_error(parsed.error()));
    return text;
  }

  Vocabulary vocabulary_;
};

TEST_F(VocabularyTest, SymbolsAreNumberedInOrderOfFirstUse) {
  EXPECT_EQ(vocabulary_.find_symbol("Country"), SymbolId());
  EXPECT_EQ(symbol("Country"), SymbolId(1));
  EXPECT_EQ(symbol("country"), SymbolId(2));
  EXPECT_EQ(symbol("Country"), SymbolId(1));
  EXPECT_EQ(vocabulary_.find_symbol("country"), SymbolId(2));
  EXPECT_EQ(vocabulary_.symbol_name(SymbolId(2)), "country");
  EXPECT_EQ(vocabulary_.symbol_count(), 2u);
}

TEST_F(VocabularyTest, AnUnknownNumberIsABug) {
  EXPECT_DEATH(vocabulary_.symbol_name(SymbolId(1)), "broken invariant");
  EXPECT_DEATH(vocabulary_.symbol_name(SymbolId()), "broken invariant");
}

TEST_F(VocabularyTest, ADefinitionReplacesTheOneOfItsName) {
  const SymbolId name = symbol("Join");
  EXPECT_EQ(vocabulary_.find_kind(name), nullptr);
  vocabulary_.define(Kind{name, Seq(3), {}, {}});
  const std::uint64_t version = vocabulary_.version();
  vocabulary_.define(Kind{name, Seq(7), {role("how", RoleType::kText)}, {}});
  ASSERT_NE(vocabulary_.find_kind(name), nullptr);
  EXPECT_EQ(vocabulary_.find_kind(name)->defined, Seq(7));
  EXPECT_GT(vocabulary_.version(), version);
  EXPECT_EQ(vocabulary_.kinds().size(), 1u);
  EXPECT_EQ(vocabulary_.find_relation(name), nullptr);
  EXPECT_EQ(vocabulary_.find_entity_type(name), nullptr);
}

TEST_F(VocabularyTest, ACopyIsIndependent) {
  vocabulary_.define(EntityType{symbol("Country"), Seq(1)});
  Vocabulary copy = vocabulary_;
  copy.define(EntityType{copy.add_symbol("City"), Seq(2)});
  EXPECT_EQ(vocabulary_.entity_types().size(), 1u);
  EXPECT_EQ(vocabulary_.find_symbol("City"), SymbolId());
}

TEST_F(VocabularyTest, RolesAreFoundByName) {
  const Kind kind{
      symbol("Join"), Seq(), {node_role("member", "Country"), role("how", RoleType::kText)}, {}};
  EXPECT_EQ(kind.role_index(symbol("how")), std::optional<std::size_t>(1));
  EXPECT_EQ(kind.role_index(symbol("other")), std::nullopt);
}

TEST_F(VocabularyTest, EntityTypesAndRelationsAreWrittenAsTheirDefinition) {
  EXPECT_EQ(formatted(EntityType{symbol("Country"), Seq()}), "DEFINE ENTITY Country");
  EXPECT_EQ(formatted(Relation{symbol("BORDERS"), Seq(), symbol("Country"), SymbolId()}),
            "DEFINE RELATION BORDERS (Country)->(Entity)");
}

TEST_F(VocabularyTest, NamesThatAreNotPlainStandInBackticks) {
  EXPECT_EQ(formatted(EntityType{symbol("free trade zone"), Seq()}),
            "DEFINE ENTITY `free trade zone`");
  EXPECT_EQ(formatted(EntityType{symbol("odd`name"), Seq()}), "DEFINE ENTITY `odd``name`");
  EXPECT_EQ(formatted(EntityType{symbol("საქართველო"), Seq()}), "DEFINE ENTITY `საქართველო`");
  EXPECT_EQ(formatted(EntityType{symbol("2nd"), Seq()}), "DEFINE ENTITY `2nd`");
}

TEST_F(VocabularyTest, AKindIsWrittenWithItsRolesAndEffects) {
  Kind kind{
      symbol("Join"),
      Seq(),
      {node_role("member", "Country"), node_role("organisation", "Organisation"),
       role("capacity", RoleType::kText, true), role("day", RoleType::kDate, false, true),
       role("any", RoleType::kEntity, true, true), role("rel", RoleType::kRelation)},
      {effect(EffectType::kBegins, 0, "MEMBER_OF", 1), effect(EffectType::kEnds, 0, "CANDIDATE", 1),
       effect(EffectType::kMarks, 4, "WITNESSED", EffectEnd::kEvent),
       effect(EffectType::kBegins, 0, nullptr, 1), effect(EffectType::kSets, 0, "capacity", 2),
       effect(EffectType::kSets, EffectEnd::kEvent, nullptr, 3)}};
  kind.effects[0].properties = {{symbol("as"), 2}, {symbol("since day"), 3}};
  kind.effects[3].name_role = 5;
  kind.effects[5].name_role = 2;
  EXPECT_EQ(formatted(kind),
            "DEFINE EVENT Join (member Country, organisation Organisation, capacity TEXT?, "
            "day DATE[], any Entity[]?, rel RELATION)\n"
            "  BEGINS (member)-[:MEMBER_OF {as: capacity, `since day`: day}]->(organisation)\n"
            "  ENDS (member)-[:CANDIDATE]->(organisation)\n"
            "  MARKS (any)-[:WITNESSED]->(EVENT)\n"
            "  BEGINS (member)-[:$(rel)]->(organisation)\n"
            "  SETS member.capacity = capacity\n"
            "  SETS EVENT.$(capacity) = day");
}

TEST_F(VocabularyTest, AKindWithoutRolesOrEffectsIsWritten) {
  EXPECT_EQ(formatted(Kind{symbol("Nothing"), Seq(), {}, {}}), "DEFINE EVENT Nothing ()");
}

TEST_F(VocabularyTest, KeywordsMayBeNames) {
  for (const char* name : {"EVENT", "MATCH", "at", "BEGINS", "Entity"}) {
    formatted(EntityType{symbol(name), Seq()});
    formatted(Kind{symbol(name), Seq(), {role(name, RoleType::kText)}, {}});
  }
}

}  // namespace
}  // namespace annals
