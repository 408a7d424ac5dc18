#include "storage/graph_index/spell.h"

#include <algorithm>

#include "storage/graph_index/key_encoding.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk.
enum Flag : std::uint8_t {
  kDoubtful = 1,
  kAsserted = 2,
  kHasOwnEnd = 4,
  kHasProperties = 8,
  kHasEnds = 16,
  kInexact = 32,
};
constexpr int kTypeShift = 6;  // the two top bits hold the EffectType

std::uint8_t flags_of(const TimelineEffect& effect, bool has_ends) {
  unsigned flags = static_cast<unsigned>(effect.type) << kTypeShift;
  if (effect.doubtful) flags |= kDoubtful;
  if (effect.asserted) flags |= kAsserted;
  if (effect.own_end != Instant::never()) flags |= kHasOwnEnd;
  if (!effect.properties.empty()) flags |= kHasProperties;
  if (has_ends) flags |= kHasEnds;
  if (!effect.at.exact()) flags |= kInexact;
  return static_cast<std::uint8_t>(flags);
}

/// Everything but the id and at.earliest, which stand in the key or before it.
void write_effect(RowWriter& out, const TimelineEffect& effect, bool has_ends) {
  out.byte(flags_of(effect, has_ends));
  if (!effect.at.exact()) {
    out.signed_number(static_cast<std::int64_t>(static_cast<std::uint64_t>(effect.at.latest) -
                                                static_cast<std::uint64_t>(effect.at.earliest)));
  }
  if (effect.own_end != Instant::never()) out.instant(effect.own_end, effect.at.earliest);
  if (!effect.properties.empty()) out.properties(effect.properties);
  out.number(effect.known.raw - effect.id.begun_by.raw);
}

/// Likewise; gives the flags.
std::uint8_t read_rest(RowReader& in, TimelineEffect& effect) {
  const std::uint8_t flags = in.byte();
  effect.type = static_cast<EffectType>(flags >> kTypeShift);
  effect.doubtful = (flags & kDoubtful) != 0;
  effect.asserted = (flags & kAsserted) != 0;
  effect.at.latest = effect.at.earliest;
  if ((flags & kInexact) != 0) {
    effect.at.latest = static_cast<Micros>(static_cast<std::uint64_t>(effect.at.earliest) +
                                           static_cast<std::uint64_t>(in.signed_number()));
  }
  effect.own_end = Instant::never();
  if ((flags & kHasOwnEnd) != 0) effect.own_end = in.instant(effect.at.earliest);
  effect.properties.clear();
  if ((flags & kHasProperties) != 0) effect.properties = in.properties();
  effect.known = Seq(effect.id.begun_by.raw + in.number());
  return flags;
}

}  // namespace

void write_effect(RowWriter& out, const TimelineEffect& effect) {
  out.number(effect.id.begun_by.raw);
  out.number(effect.id.ordinal);
  out.signed_number(effect.at.earliest);
  write_effect(out, effect, false);
}

void read_effect(RowReader& in, TimelineEffect& effect) {
  effect.id.begun_by = Seq(in.number());
  effect.id.ordinal = static_cast<std::uint16_t>(in.number());
  effect.at.earliest = in.signed_number();
  read_rest(in, effect);
}

Instant Spell::end_bounds() const {
  Instant end = begin.own_end;
  for (const TimelineEffect& effect : ends) {
    // What is recorded to have begun was not over at once: then the plan did not come true.
    if (effect.doubtful && !begin.doubtful && effect.at.latest <= begin.at.earliest) continue;
    const Instant bounds = effect.bounds();
    end.earliest = std::min(end.earliest, bounds.earliest);
    end.latest = std::min(end.latest, bounds.latest);
  }
  // A spell does not end before it begins, whatever coarse dates would allow.
  end.earliest = std::max(end.earliest, begin.at.earliest);
  end.latest = std::max(end.latest, end.earliest);
  return end;
}

Seq Spell::last_known() const {
  const auto latest = std::max_element(
      ends.begin(), ends.end(),
      [](const TimelineEffect& a, const TimelineEffect& b) { return a.known < b.known; });
  return latest->known;
}

void Spell::as_known_at(Seq seq) {
  const auto unknown = std::find_if(ends.begin(), ends.end(),
                                    [seq](const TimelineEffect& end) { return end.known > seq; });
  ends.erase(unknown, ends.end());
}

namespace {

bool has_target(Family family) { return family == Family::kOut || family == Family::kIn; }

}  // namespace

std::string timeline_prefix(const TimelineKey& timeline) {
  KeyWriter key;
  key.node(timeline.source).symbol(timeline.name);
  if (has_target(timeline.family)) key.node(timeline.target);
  return key.take();
}

void write_spell_key(const TimelineKey& timeline, const Spell& spell, KeyWriter& key) {
  key.node(timeline.source).symbol(timeline.name);
  if (has_target(timeline.family)) key.node(timeline.target);
  key.time(spell.begin.at.earliest).seq(spell.begin.id.begun_by).u16(spell.begin.id.ordinal);
}

std::string spell_key(const TimelineKey& timeline, const Spell& spell) {
  KeyWriter key;
  write_spell_key(timeline, spell, key);
  return key.take();
}

std::string reverse_spell_key(const TimelineKey& timeline, const Spell& spell) {
  TimelineKey reversed = timeline;
  std::swap(reversed.source, reversed.target);
  return spell_key(reversed, spell);
}

std::string encode_spell(const Spell& spell) {
  std::string bytes;
  RowWriter out(bytes);
  write_spell(out, spell);
  return bytes;
}

void write_spell(RowWriter& out, const Spell& spell) {
  write_effect(out, spell.begin, !spell.ends.empty());
  out.number(spell.known_from.raw - spell.begin.id.begun_by.raw);
  if (spell.ends.empty()) return;
  out.number(spell.ends.size());
  for (const TimelineEffect& end : spell.ends) {
    out.number(end.id.begun_by.raw);
    out.number(end.id.ordinal);
    out.signed_number(
        static_cast<std::int64_t>(static_cast<std::uint64_t>(end.at.earliest) -
                                  static_cast<std::uint64_t>(spell.begin.at.earliest)));
    write_effect(out, end, false);
  }
}

namespace {

Status read_ends(RowReader& in, Family family, Spell& spell) {
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    TimelineEffect end;
    end.id.begun_by = Seq(in.number());
    end.id.ordinal = static_cast<std::uint16_t>(in.number());
    end.at.earliest = static_cast<Micros>(static_cast<std::uint64_t>(spell.begin.at.earliest) +
                                          static_cast<std::uint64_t>(in.signed_number()));
    read_rest(in, end);
    if (end.at.latest < end.at.earliest) return unreadable("a row", family);
    spell.ends.push_back(std::move(end));
  }
  return {};
}

}  // namespace

Status decode_spell(Family family, std::string_view key, std::string_view value,
                    TimelineKey& timeline, Spell& spell) {
  KeyReader in_key(key);
  timeline.family = family == Family::kIn ? Family::kOut : family;
  timeline.source = in_key.node();
  timeline.name = in_key.symbol();
  timeline.target = has_target(family) ? in_key.node() : NodeId();
  if (family == Family::kIn) std::swap(timeline.source, timeline.target);
  spell.begin.at.earliest = in_key.time();
  spell.begin.id.begun_by = in_key.seq();
  spell.begin.id.ordinal = in_key.u16();
  if (!in_key.finished()) return unreadable("a row", family);
  return decode_spell_value(family, value, spell);
}

Status decode_spell_value(Family family, std::string_view value, Spell& spell) {
  spell.ends.clear();
  RowReader in(value);
  const std::uint8_t flags = read_rest(in, spell.begin);
  spell.known_from = Seq(spell.begin.id.begun_by.raw + in.number());
  if ((flags & kHasEnds) != 0) ANNALS_CHECK_OK(read_ends(in, family, spell));
  const bool sound = in.finished() && spell.begin.at.earliest <= spell.begin.at.latest &&
                     (family != Family::kProperty || spell.begin.properties.size() == 1);
  if (!sound) return unreadable("a row", family);
  return {};
}

bool read_plain_spell(std::string_view value, Micros begin, PlainSpell& plain) {
  constexpr unsigned kEnds = static_cast<unsigned>(EffectType::kEnds) << kTypeShift;
  RowReader in(value);
  const std::uint8_t flags = in.byte();
  plain.asserted = (flags & kAsserted) != 0;
  // Of begins the type is zero.
  if ((flags & ~(kAsserted | kHasEnds)) != 0) return false;
  const bool is_as_recorded = in.byte() == 0 && in.byte() == 0;
  if (!is_as_recorded) return false;
  if ((flags & kHasEnds) != 0) {
    if (in.byte() != 1) return false;
    plain.ended_by.begun_by = Seq(in.number());
    plain.ended_by.ordinal = static_cast<std::uint16_t>(in.number());
    plain.end = static_cast<Micros>(static_cast<std::uint64_t>(begin) +
                                    static_cast<std::uint64_t>(in.signed_number()));
    const bool is_plain_end = in.byte() == kEnds && in.byte() == 0 && plain.end != kEndOfTime;
    if (!is_plain_end) return false;
  }
  return in.finished();
}

Fact to_fact(const TimelineKey& timeline, Spell&& spell) {
  Fact fact;
  fact.id = spell.begin.id;
  fact.source = timeline.source;
  fact.relation = timeline.name;
  fact.target = timeline.target;
  fact.begin = spell.begin_bounds();
  fact.end = spell.end_bounds();
  fact.begin_event = spell.begin.id.begun_by;
  fact.ended_by = fact.end_event = spell.ended_by();
  fact.known_from = spell.known_so();
  fact.properties = std::move(spell.begin.properties);
  for (std::size_t i = 0; i + 1 < spell.ends.size(); ++i) {
    fact.earlier_ends.push_back(spell.ends[i].id.begun_by);
  }
  return fact;
}

PropertyFact to_property(const TimelineKey& timeline, Spell&& spell) {
  PropertyFact fact;
  fact.id = spell.begin.id;
  fact.node = timeline.source;
  fact.name = timeline.name;
  fact.begin = spell.begin_bounds();
  fact.end = spell.end_bounds();
  fact.begin_event = spell.begin.id.begun_by;
  fact.ended_by = fact.end_event = spell.ended_by();
  fact.known_from = spell.known_so();
  fact.value = std::move(spell.begin.properties.front().value);
  return fact;
}

std::string unmatched_key(const TimelineKey& timeline, FactId id) {
  KeyWriter key;
  key.node(timeline.source).symbol(timeline.name).node(timeline.target);
  key.seq(id.begun_by).u16(id.ordinal);
  return key.take();
}

std::string encode_unmatched(const TimelineEffect& effect) {
  std::string bytes;
  RowWriter out(bytes);
  out.signed_number(effect.at.earliest);
  write_effect(out, effect, false);
  return bytes;
}

Status decode_unmatched(std::string_view key, std::string_view value, TimelineKey& timeline,
                        TimelineEffect& effect) {
  KeyReader in_key(key);
  timeline.family = Family::kOut;
  timeline.source = in_key.node();
  timeline.name = in_key.symbol();
  timeline.target = in_key.node();
  effect.id.begun_by = in_key.seq();
  effect.id.ordinal = in_key.u16();
  RowReader in(value);
  effect.at.earliest = in.signed_number();
  read_rest(in, effect);
  if (!in_key.finished() || !in.finished()) return unreadable("a row", Family::kUnmatched);
  return {};
}

}  // namespace annals::storage
