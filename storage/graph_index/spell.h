#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "schema/value.h"
#include "schema/vocabulary.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// The two nodes and the relation that a fact is about, or the node and the property: within one
/// timeline, effects begin and end spells. Or the node alone, about whose existence effects say.
struct TimelineKey {
  Family family = Family::kOut;  ///< kOut: a relation; kProperty; kExistence: without a name.
  NodeId source;
  SymbolId name;
  NodeId target;

  auto operator<=>(const TimelineKey&) const = default;
};

/// One effect of one event on one timeline, as the fold sees it.
struct TimelineEffect {
  FactId id;  ///< The event and which of its effects; the id of the fact that it begins.
  EffectType type = EffectType::kBegins;
  Instant at;             ///< Within these bounds,
  bool doubtful = false;  ///< or perhaps never: a plan, or an uncertain date.
  bool asserted = false;  ///< A bare fact: it stands beside others and is absorbed by none.
  Seq known;  ///< The event with which it came to be known to be so: its own, or a correction.
  Instant own_end = Instant::never();  ///< Of what begins with its end given.
  std::vector<Property> properties;    ///< Of the spell it begins; of kEnds: what one must have.

  /// The bounds with "perhaps never" as a latest of kEndOfTime.
  Instant bounds() const { return {at.earliest, doubtful ? kEndOfTime : at.latest}; }
  bool operator==(const TimelineEffect&) const = default;
};

/// An effect as bytes, for what is gathered in memory; and back, in place of whatever it was.
void write_effect(RowWriter& out, const TimelineEffect& effect);
void read_effect(RowReader& in, TimelineEffect& effect);

/// A fact as it is stored: what began it and what ended it, from which its bounds follow.
///
/// A spell tells its own past, so that ending a fact leaves nothing behind: since the event
/// `known_from`, what was believed at any event is the spell with the ends that were known by then
/// (as_known_at()). Any other change makes a new version, and the old one goes to kSuperseded.
struct Spell {
  TimelineEffect begin;
  std::vector<TimelineEffect> ends;  ///< In order; all but the last are doubtful.
  Seq known_from;

  Instant begin_bounds() const { return begin.bounds(); }
  /// The earliest of its own end and its ends.
  Instant end_bounds() const;
  /// The last event that ends it, or zero.
  Seq ended_by() const { return ends.empty() ? Seq() : ends.back().id.begun_by; }
  /// Since which event it is known as it is, ends included.
  Seq known_so() const { return ends.empty() ? known_from : std::max(known_from, last_known()); }
  /// Takes away the ends that were not known at `seq`, which is not before known_from.
  void as_known_at(Seq seq);
  bool operator==(const Spell&) const = default;

 private:
  Seq last_known() const;
};

/// The keys that identify a spell: by source (kOut, kProperty, kExistence), by target (kIn). Rows
/// of kProperty, kExistence and kSuperseded stand under them, those of kOut and kIn as
/// spell_group.h says. Layout: docs/graph_index_format.md.
std::string spell_key(const TimelineKey& timeline, const Spell& spell);
std::string reverse_spell_key(const TimelineKey& timeline, const Spell& spell);
/// The first one, behind what `key` has.
void write_spell_key(const TimelineKey& timeline, const Spell& spell, KeyWriter& key);
/// What all keys of the timeline begin with, in its family.
std::string timeline_prefix(const TimelineKey& timeline);

/// The value is the same under both keys.
std::string encode_spell(const Spell& spell);
/// The same behind what `out` has.
void write_spell(RowWriter& out, const Spell& spell);

/// One row back. `family` is one of these. Corruption names the family.
Status decode_spell(Family family, std::string_view key, std::string_view value,
                    TimelineKey& timeline, Spell& spell);

/// The value alone; the id and the earliest bound of `spell.begin` are there already.
Status decode_spell_value(Family family, std::string_view value, Spell& spell);

/// What such a value says of a spell as nearly all are: begun by an effect, stated or not, and
/// perhaps ended by one, with exact dates, and known as it was first recorded.
struct PlainSpell {
  bool asserted = false;
  Micros end = kEndOfTime;
  FactId ended_by;  ///< Zero: by nothing.
};
/// False: it is another one, or unreadable, and of `plain` nothing counts. `begin` is when it
/// began.
bool read_plain_spell(std::string_view value, Micros begin, PlainSpell& plain);

/// The same row as what readers of the graph see.
Fact to_fact(const TimelineKey& timeline, Spell&& spell);
PropertyFact to_property(const TimelineKey& timeline, Spell&& spell);

/// An effect that changed nothing (kUnmatched): an end without a begin, a begin of what had begun.
std::string unmatched_key(const TimelineKey& timeline, FactId id);
std::string encode_unmatched(const TimelineEffect& effect);
Status decode_unmatched(std::string_view key, std::string_view value, TimelineKey& timeline,
                        TimelineEffect& effect);

}  // namespace annals::storage
