// What corrections, retractions and replays do: they take back what an event did to the graph as it
// was known so far, and do what it does as it is known now. projector.cpp has the rest.

#include <algorithm>
#include <iterator>
#include <set>

#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/spell_group.h"
#include "storage/graph_index/superseded.h"
#include "storage/projection/projector.h"

namespace annals::storage {

Result<std::vector<Seq>> Projector::changes_of(Seq target) const {
  std::vector<Seq> changes;
  const std::string prefix = correction_prefix(target);
  const std::string upper = after_prefix(prefix);
  const auto rows = store_.iterate(Family::kCorrection, prefix, upper);
  for (; rows->valid(); rows->next()) {
    const Seq change = decode_seq(rows->key().substr(prefix.size()));
    if (change) changes.push_back(change);  // zero: the present state
  }
  ANNALS_CHECK_OK(rows->status());
  const auto added = new_corrections_.find(target);
  if (added != new_corrections_.end()) {
    changes.insert(changes.end(), added->second.begin(), added->second.end());
  }
  return changes;
}

Status Projector::add_change(const RecordedEvent& recorded) {
  const Seq target = target_of(recorded.event);
  rows_.put(Family::kCorrection, correction_key(target, recorded.seq), {});
  new_corrections_[target].push_back(recorded.seq);
  ++now_.statistics.changes;
  ANNALS_TRY(const Seq root, root_of(target, *this));
  ANNALS_TRY(const EventState before, present_state(root));
  EventState after;
  if (target == root) {
    after = before;
    apply_change(recorded, after);
  } else {
    ANNALS_TRY(after, event_state(root, *this, Perspective{recorded.seq}));
  }
  note_in_history(recorded, after.now);
  ANNALS_CHECK_OK(replace(before, after, recorded.seq));
  ANNALS_TRY(std::string encoded, encode_event_state(after));
  std::string& kept = states_[root];
  states_bytes_ += encoded.size() - kept.size();
  kept = std::move(encoded);
  return {};
}

/// Of an event that changes nothing itself, up to the change that is being added.
Result<EventState> Projector::present_state(Seq event) const {
  const auto pending = states_.find(event);
  if (pending != states_.end()) return decode_event_state(pending->second, event);
  ANNALS_TRY(std::optional<EventState> stored, read_event_state(store_, event));
  if (stored) return std::move(*stored);
  EventState state;
  ANNALS_TRY(state.now, recorded_event(event));
  return state;
}

/// The history of a node tells what was changed in it, beside what was changed.
void Projector::note_in_history(const RecordedEvent& change, const RecordedEvent& changed) {
  each_participation(changed, [&](const Participation& of_changed) {
    Participation one;
    one.event = change.seq;
    one.node = of_changed.node;
    one.on = of_changed.on;
    lists_.add(EventListId::of(one.node), one);
  });
}

Status Projector::replace(const EventState& before, const EventState& after, Seq known) {
  if (before.is_retracted == after.is_retracted && before.now.event == after.now.event) return {};
  replace_in_lists(before, after);
  if (const auto* occurrence = std::get_if<Occurrence>(&after.now.event.body)) {
    const int difference = (after.is_retracted ? 0 : 1) - (before.is_retracted ? 0 : 1);
    GraphStatistics::add(now_.statistics.events_by_kind, occurrence->kind, difference);
  }
  return replace_effects(before, after, known);
}

namespace {

/// An entry of an event list.
struct Listed {
  EventListId list;
  Participation entry;
  bool operator==(const Listed&) const = default;
};

}  // namespace

/// Whatever differs: the entries of the event in each list that it is or was in.
void Projector::replace_in_lists(const EventState& before, const EventState& after) {
  const auto entries_of = [](const EventState& state) {
    std::vector<Listed> entries;
    if (state.is_retracted) return entries;
    each_list_entry(state.now, [&](EventListId list, const Participation& entry) {
      entries.push_back({list, entry});
    });
    return entries;
  };
  const std::vector<Listed> gone = entries_of(before);
  const std::vector<Listed> come = entries_of(after);
  const auto is_in = [](const std::vector<Listed>& entries, const Listed& wanted) {
    return std::find(entries.begin(), entries.end(), wanted) != entries.end();
  };
  std::set<EventListId> changed;
  for (const Listed& one : gone) {
    if (is_in(come, one)) continue;
    changed.insert(one.list);
    rows_.put(Family::kSuperseded, former_event_key(one.list, one.entry.event), {});
  }
  for (const Listed& one : come) {
    if (!is_in(gone, one)) changed.insert(one.list);
  }
  for (const EventListId list : changed) lists_.clear(list, after.now.seq);
  for (const Listed& one : come) {
    if (changed.contains(one.list)) lists_.add(one.list, one.entry);
  }
}

Status Projector::replace_effects(const EventState& before, const EventState& after, Seq known) {
  const Seq known_before(known.raw - 1);
  std::vector<PlacedEffect> gone;
  if (!before.is_retracted) {
    ANNALS_TRY(gone, effects_of(before.now, vocabulary_, known_before));
  }
  std::vector<PlacedEffect> come;
  if (!after.is_retracted) {
    ANNALS_TRY(come, effects_of(after.now, vocabulary_, known));
  }
  // Effects are numbered in order: the one with the same number stays if nothing about it differs.
  const auto stays = [](const PlacedEffect& effect, const std::vector<PlacedEffect>& others) {
    const std::size_t ordinal = effect.effect.id.ordinal;
    return ordinal < others.size() && others[ordinal] == effect;
  };
  for (const PlacedEffect& effect : gone) {
    if (stays(effect, come)) continue;
    if (stands_alone(effect)) {
      ANNALS_CHECK_OK(supersede_alone(effect, known));
    } else {
      facts_.timelines.add(effect, known, true);
    }
  }
  for (PlacedEffect& effect : come) {
    if (stays(effect, gone)) continue;
    if (stands_alone(effect)) {
      changed_alone_[spell_key(effect.timeline, Spell{effect.effect, {}, known})] = known;
      put_alone(std::move(effect), known);
    } else {
      facts_.timelines.add(effect, known, false);
    }
  }
  return {};
}

/// The spell as it is stored under `key`, if it is.
Status Projector::read_stored(const TimelineKey& timeline, const std::string& key,
                              Spell& spell) const {
  if (timeline.family != Family::kOut) {
    std::string stored;
    ANNALS_TRY(const bool found, store_.get(timeline.family, key, stored));
    return found ? decode_spell_value(timeline.family, stored, spell) : Status();
  }
  GroupFilter filter;
  filter.relation = timeline.name;
  filter.neighbour = timeline.target;
  filter.also_empty = true;
  std::vector<SpellRow> rows;
  ANNALS_CHECK_OK(read_group(*store_.iterate(Family::kOut, {}, {}), Family::kOut, timeline.source,
                             filter, rows));
  const SpellName name = read_spell_name(key);
  const auto stored =
      std::find_if(rows.begin(), rows.end(), [&](const SpellRow& row) { return row.name == name; });
  return stored == rows.end() ? Status() : to_spell(Family::kOut, *stored, spell);
}

/// Nothing else bears on such an effect, so that no timeline need be read.
Status Projector::supersede_alone(const PlacedEffect& placed, Seq known) {
  const Family family = placed.timeline.family;
  const bool is_fact = family == Family::kOut;
  Spell spell{placed.effect, {}, placed.effect.known};
  const std::string key = spell_key(placed.timeline, spell);
  const auto changed = changed_alone_.find(key);
  if (changed != changed_alone_.end()) {
    spell.known_from = spell.begin.known = changed->second;
  } else {
    ANNALS_CHECK_OK(read_stored(placed.timeline, key, spell));
  }
  const std::string reverse = reverse_spell_key(placed.timeline, spell);
  if (is_fact) {
    facts_.alive.add(placed.timeline.name, spell, true);
    facts_.out.erase(Family::kOut, key);
    facts_.in.erase(Family::kIn, reverse);
    count_facts(placed.timeline.name, -1);
  } else {
    rows_.erase(family, key);
  }
  if (spell.known_from >= known) return {};
  const std::string value = encode_spell(spell);
  rows_.put(Family::kSuperseded, superseded_key(family, key, known), value);
  if (!is_fact) return {};
  rows_.put(Family::kSuperseded, superseded_key(Family::kIn, reverse, known), value);
  return {};
}

Status Projector::add_replay(Seq replay) {
  rows_.put(Family::kDefinition, replay_key(replay), {});
  vocabulary_.note_replay(replay);
  const Seq before(replay.raw - 1);
  const auto holds_otherwise = [&](SymbolId kind, Seq event) {
    return vocabulary_.find_kind_of(kind, event, before) !=
           vocabulary_.find_kind_of(kind, event, replay);
  };
  const auto apply_anew = [&](Seq seq, const Event& recorded) -> Status {
    const auto* occurrence = std::get_if<Occurrence>(&recorded.body);
    if (occurrence == nullptr || !holds_otherwise(occurrence->kind, seq)) return {};
    ANNALS_TRY(const EventState state, present_state(seq));
    return replace_effects(state, state, replay);
  };
  const auto cursor = log_.cursor(Seq(1));
  StoredCommit commit;
  for (;;) {
    ANNALS_TRY(const bool more, cursor->next(commit));
    if (!more) return {};
    for (std::size_t i = 0; i < commit.content.events.size(); ++i) {
      const Seq seq(commit.info.first_seq.raw + i);
      if (seq >= replay) return {};
      ANNALS_CHECK_OK(apply_anew(seq, commit.content.events[i]));
    }
  }
}

}  // namespace annals::storage
