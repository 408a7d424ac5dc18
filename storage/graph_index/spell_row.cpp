#include "storage/graph_index/spell_row.h"

#include <algorithm>
#include <utility>

namespace annals::storage {

namespace {

/// Whether nothing about the effect needs more than its instant and its id.
bool is_exact(const TimelineEffect& effect) {
  return effect.at.exact() && !effect.doubtful && effect.properties.empty() &&
         effect.known == effect.id.begun_by;
}

bool is_plain_end(const TimelineEffect& end) {
  return is_exact(end) && end.type == EffectType::kEnds && !end.asserted &&
         end.own_end == Instant::never() && end.at.earliest != kEndOfTime;
}

SpellForm form_of(const Spell& spell) {
  const TimelineEffect& begin = spell.begin;
  if (!is_exact(begin) || spell.known_from != begin.id.begun_by) return SpellForm::kEncoded;
  const bool has_own_end = begin.own_end != Instant::never();
  if (has_own_end && (!begin.own_end.exact() || begin.own_end.earliest == kEndOfTime)) {
    return SpellForm::kEncoded;
  }
  if (spell.ends.size() + (has_own_end ? 1 : 0) > 1) return SpellForm::kEncoded;
  if (!spell.ends.empty() && !is_plain_end(spell.ends.front())) return SpellForm::kEncoded;
  if (begin.type == EffectType::kBegins) {
    return begin.asserted ? SpellForm::kAsserted : SpellForm::kPlain;
  }
  return begin.type == EffectType::kMarks && !begin.asserted ? SpellForm::kMarked
                                                             : SpellForm::kEncoded;
}

}  // namespace

SpellRow to_row(SymbolId relation, NodeId neighbour, const Spell& spell) {
  SpellRow row;
  row.name = {relation, neighbour, spell.begin.at.earliest, spell.begin.id};
  row.form = form_of(spell);
  if (row.form == SpellForm::kEncoded) {
    row.end = spell.end_bounds().latest;
    // Also of one that was over before by itself: whoever leaves out what is over must not miss it.
    if (!spell.ends.empty()) row.end = std::max(row.end, spell.ends.back().at.latest);
    row.encoded = encode_spell(spell);
  } else if (!spell.ends.empty()) {
    row.end = spell.ends.front().at.earliest;
    row.ended_by = spell.ends.front().id;
  } else {
    row.end = spell.begin.own_end.earliest;
  }
  return row;
}

bool read_plain_row(const SpellName& name, std::string_view value, SpellRow& row) {
  PlainSpell plain;
  if (!read_plain_spell(value, name.begin, plain)) return false;
  row.name = name;
  row.end = plain.end;
  row.ended_by = plain.ended_by;
  row.form = plain.asserted ? SpellForm::kAsserted : SpellForm::kPlain;
  row.encoded.clear();
  return true;
}

Status to_spell(Family family, const SpellRow& row, Spell& spell) {
  spell.begin.id = row.name.id;
  spell.begin.at = Instant::exactly(row.name.begin);
  if (row.form == SpellForm::kEncoded) return decode_spell_value(family, row.encoded, spell);
  spell.begin.type = row.form == SpellForm::kMarked ? EffectType::kMarks : EffectType::kBegins;
  spell.begin.doubtful = false;
  spell.begin.asserted = row.form == SpellForm::kAsserted;
  spell.begin.known = spell.known_from = row.name.id.begun_by;
  spell.begin.own_end = Instant::never();
  spell.begin.properties.clear();
  spell.ends.clear();
  if (row.ended_by.begun_by) {
    TimelineEffect end;
    end.id = row.ended_by;
    end.type = EffectType::kEnds;
    end.at = Instant::exactly(row.end);
    end.known = row.ended_by.begun_by;
    spell.ends.push_back(std::move(end));
  } else if (row.end != kEndOfTime) {
    spell.begin.own_end = Instant::exactly(row.end);
  }
  return {};
}

namespace {

/// Apart from the others, which are so many that the space for a spell would cost them much.
Status to_encoded_fact(Family family, NodeId source, NodeId target, const SpellRow& row,
                       Fact& fact) {
  Spell spell;
  ANNALS_CHECK_OK(to_spell(family, row, spell));
  fact = to_fact({Family::kOut, source, row.name.relation, target}, std::move(spell));
  return {};
}

}  // namespace

Status to_fact(Family family, NodeId node, const SpellRow& row, Fact& fact) {
  const bool is_out = family == Family::kOut;
  const NodeId source = is_out ? node : row.name.neighbour;
  const NodeId target = is_out ? row.name.neighbour : node;
  if (row.form == SpellForm::kEncoded) return to_encoded_fact(family, source, target, row, fact);
  fact.id = row.name.id;
  fact.source = source;
  fact.relation = row.name.relation;
  fact.target = target;
  fact.begin = Instant::exactly(row.name.begin);
  fact.end = Instant::exactly(std::max(row.end, row.name.begin));
  fact.begin_event = row.name.id.begun_by;
  fact.ended_by = fact.end_event = row.ended_by.begun_by;
  fact.begin_is_moved = false;
  fact.known_from = std::max(row.name.id.begun_by, row.ended_by.begun_by);
  fact.known_until = Seq();
  fact.properties.clear();
  fact.earlier_ends.clear();
  return {};
}

}  // namespace annals::storage
