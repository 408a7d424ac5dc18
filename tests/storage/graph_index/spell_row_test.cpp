#include "storage/graph_index/spell_row.h"

#include <cstdint>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

/// As effects come: nearly plain ones among plain ones.
TimelineEffect some_effect(std::mt19937_64& random, EffectType type) {
  const auto one_in = [&](std::uint64_t count) { return random() % count == 0; };
  TimelineEffect effect;
  effect.id = {Seq(1 + random() % 1'000), static_cast<std::uint16_t>(random() % 3)};
  effect.type = one_in(12) ? static_cast<EffectType>(random() % 4) : type;
  const auto day = static_cast<Micros>(random() % 40'000) * kMicrosPerDay;
  effect.at = one_in(12) ? Instant{day, day + kMicrosPerDay} : Instant::exactly(day);
  if (one_in(12)) effect.at = Instant::never();
  effect.doubtful = one_in(12);
  effect.asserted = one_in(4);
  effect.known = Seq(effect.id.begun_by.raw + (one_in(12) ? 5 : 0));
  if (one_in(12)) effect.own_end = Instant::exactly(day + kMicrosPerDay);
  if (one_in(12)) effect.properties = {{SymbolId(1), Value(true)}};
  return effect;
}

TEST(SpellRowTest, APlainRowIsReadAsThroughItsSpell) {
  std::mt19937_64 random(5);
  int plain = 0;
  for (int i = 0; i < 50'000; ++i) {
    Spell spell;
    spell.begin = some_effect(random, EffectType::kBegins);
    spell.known_from = Seq(spell.begin.id.begun_by.raw + (random() % 12 == 0 ? 3 : 0));
    for (std::uint64_t ends = random() % 5; ends > 2; --ends) {
      spell.ends.push_back(some_effect(random, EffectType::kEnds));
      spell.ends.back().asserted = random() % 12 == 0;
    }
    const SpellRow row = to_row(SymbolId(3), NodeId::entity(4), spell);
    SpellRow read;
    read.encoded = "of another one";
    const bool is_plain = read_plain_row(row.name, encode_spell(spell), read);
    const bool has_own_end = spell.begin.own_end != Instant::never();
    const bool is_meant =
        !has_own_end && (row.form == SpellForm::kPlain || row.form == SpellForm::kAsserted);
    ASSERT_EQ(is_plain, is_meant);
    if (!is_plain) continue;
    ++plain;
    ASSERT_EQ(read, row);
  }
  EXPECT_GT(plain, 5'000);
}

TEST(SpellRowTest, BytesThatAreCutAreNoPlainRow) {
  Spell spell;
  spell.begin.id = {Seq(300), 0};
  spell.begin.known = spell.known_from = Seq(300);
  spell.begin.at = Instant::exactly(5 * kMicrosPerDay);
  TimelineEffect end = spell.begin;
  end.id = {Seq(400), 1};
  end.known = Seq(400);
  end.type = EffectType::kEnds;
  end.at = Instant::exactly(9 * kMicrosPerDay);
  spell.ends.push_back(end);
  const SpellRow row = to_row(SymbolId(3), NodeId::entity(4), spell);
  const std::string bytes = encode_spell(spell);
  SpellRow read;
  ASSERT_TRUE(read_plain_row(row.name, bytes, read));
  EXPECT_EQ(read, row);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_plain_row(row.name, bytes.substr(0, size), read)) << size;
  }
  EXPECT_FALSE(read_plain_row(row.name, bytes + '\0', read));
}

}  // namespace
}  // namespace annals::storage
