#include "storage/projection/projector.h"

#include <utility>

#include <fmt/format.h>

#include "schema/event_codec.h"
#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/superseded.h"

namespace annals::storage {

namespace {

Result<std::uint64_t> read_number(const KeyValueStore& store, std::string_view key) {
  std::string value;
  ANNALS_TRY(const bool found, store.get(Family::kMeta, key, value));
  return found ? KeyReader(value).u64() : 0;
}

Error damaged_definition() {
  return Error(ErrorCode::kCorruption, "a definition in the index cannot be read",
               "the log is not affected; a rebuild of the projection mends it");
}

/// The row of a definition: the sequence, then the event as the log encodes it.
Result<std::string> encode_definition(const RecordedEvent& recorded) {
  std::string value = encode_seq(recorded.seq);
  CommitContent content;
  content.events.push_back(recorded.event);
  ANNALS_CHECK_OK(encode_commit(content, value));
  return value;
}

}  // namespace

Result<bool> Projector::is_outdated(const KeyValueStore& store) {
  ANNALS_TRY(const std::uint64_t format, read_number(store, kFormatKey));
  if (format != 0 && format < kIndexFormat) return true;
  std::string ignored;
  return store.get(Family::kMeta, kClearingKey, ignored);
}

Result<std::unique_ptr<Projector>> Projector::load(const KeyValueStore& store, const EventLog& log,
                                                   const BlockSizes& sizes) {
  std::unique_ptr<Projector> projector(new Projector(store, log, sizes));
  ANNALS_TRY(const std::uint64_t format, read_number(store, kFormatKey));
  if (format > kIndexFormat) {
    return Error(
        ErrorCode::kUnsupported,
        fmt::format("the graph index has format {}, this program knows {}", format, kIndexFormat),
        "use the newer program; nothing was changed");
  }
  ANNALS_TRY(const bool outdated, is_outdated(store));
  if (outdated) return incomplete_index();
  ANNALS_TRY(projector->stored_, read_progress(store));
  projector->now_ = projector->stored_;
  ANNALS_CHECK_OK(projector->load_definitions());
  projector->stored_facts_.known = &projector->known_;
  projector->stored_facts_.renewals = &projector->renewals_;
  projector->stored_facts_.facts = store.iterate(Family::kOut, {}, {})->valid();
  projector->stored_facts_.unmatched = projector->now_.statistics.unmatched > 0;
  return projector;
}

Status Projector::load_definitions() {
  const auto symbols =
      store_.iterate(Family::kDefinition, symbol_prefix(), after_prefix(symbol_prefix()));
  for (; symbols->valid(); symbols->next()) vocabulary_.add_symbol(symbols->value());
  ANNALS_CHECK_OK(symbols->status());
  const auto rows =
      store_.iterate(Family::kDefinition, definition_prefix(), after_prefix(definition_prefix()));
  for (; rows->valid(); rows->next()) {
    const std::string_view value = rows->value();
    if (value.size() < sizeof(std::uint64_t)) return damaged_definition();
    RecordedEvent recorded;
    recorded.seq = decode_seq(value);
    ANNALS_TRY(recorded.event, decode_event(value.substr(sizeof(std::uint64_t)), 0));
    ANNALS_CHECK_OK(add_definition(recorded));
  }
  rows_.clear();  // add_definition() would write the rows once more
  ANNALS_CHECK_OK(rows->status());
  const auto replays =
      store_.iterate(Family::kDefinition, replay_prefix(), after_prefix(replay_prefix()));
  for (; replays->valid(); replays->next()) {
    vocabulary_.note_replay(decode_seq(replays->key().substr(replay_prefix().size())));
  }
  return replays->status();
}

Status Projector::add(const CommitInfo& info, CommitContent content) {
  if (info.first_seq.raw != now_.watermark.raw + 1) {
    return Error(ErrorCode::kCorruption,
                 fmt::format("the projection stands at #{} and was given the commit of #{}",
                             now_.watermark.raw, info.first_seq.raw));
  }
  add_symbols(content);
  for (const NewEntity& added : content.entities) {
    GraphStatistics::add(now_.statistics.entities_by_type, added.type, 1);
  }
  entities_.add(content.first_entity, info.first_seq, std::move(content.entities));
  std::uint64_t seq = info.first_seq.raw;
  for (Event& event : content.events) {
    ANNALS_CHECK_OK(add_event({Seq(seq++), info.recorded, std::move(event)}));
  }
  now_.watermark = info.last_seq();
  ++now_.commits;
  return {};
}

void Projector::add_symbols(const CommitContent& content) {
  for (const std::string& name : content.symbols) {
    const SymbolId symbol = vocabulary_.add_symbol(name);
    rows_.put(Family::kDefinition, symbol_key(symbol), name);
  }
}

Status Projector::add_event(const RecordedEvent& recorded) {
  const Event& event = recorded.event;
  ++now_.statistics.events;
  if (!event.id.empty()) rows_.put(Family::kEventId, event.id, encode_seq(recorded.seq));
  if (const auto* naming = std::get_if<Naming>(&event.body)) {
    ++renamings_;
    ANNALS_CHECK_OK(entities_.add(*naming, recorded.seq, store_));
  }
  if (target_of(event)) return add_change(recorded);
  if (std::holds_alternative<Replay>(event.body)) return add_replay(recorded.seq);
  ANNALS_CHECK_OK(add_definition(recorded));
  add_to_lists(recorded);
  return add_effects(recorded);
}

Status Projector::add_definition(const RecordedEvent& recorded) {
  const auto define = [&](auto definition) {
    definition.defined = recorded.seq;
    vocabulary_.define(std::move(definition));
  };
  const EventBody& body = recorded.event.body;
  if (const auto* type = std::get_if<EntityType>(&body)) {
    define(*type);
  } else if (const auto* relation = std::get_if<Relation>(&body)) {
    define(*relation);
  } else if (const auto* kind = std::get_if<Boxed<Kind>>(&body)) {
    renewals_.note(**kind);
    define(**kind);
  } else if (const auto* padding = std::get_if<Padding>(&body)) {
    define(*padding);
  } else {
    return {};
  }
  ANNALS_TRY(const std::string value, encode_definition(recorded));
  rows_.put(Family::kDefinition, definition_key(recorded.event.body, recorded.seq), value);
  return {};
}

void Projector::add_to_lists(const RecordedEvent& recorded) {
  each_list_entry(recorded,
                  [&](EventListId list, const Participation& entry) { lists_.add(list, entry); });
  if (const auto* occurrence = std::get_if<Occurrence>(&recorded.event.body)) {
    GraphStatistics::add(now_.statistics.events_by_kind, occurrence->kind, 1);
  }
}

Status Projector::add_effects(const RecordedEvent& recorded) {
  ANNALS_TRY(std::vector<PlacedEffect> placed, effects_of(recorded, vocabulary_));
  for (PlacedEffect& one : placed) {
    if (stands_alone(one)) {
      put_alone(std::move(one), recorded.seq);
    } else {
      facts_.timelines.add(one, recorded.seq, false);
    }
  }
  return {};
}

void Projector::put_alone(PlacedEffect&& placed, Seq known) {
  const TimelineKey& timeline = placed.timeline;
  placed.effect.known = known;
  const Spell spell{std::move(placed.effect), {}, known};
  const std::string value = encode_spell(spell);
  if (timeline.family == Family::kExistence) {
    return rows_.put(timeline.family, spell_key(timeline, spell), value);
  }
  facts_.alive.add(timeline.name, spell, false);
  facts_.out.put(Family::kOut, spell_key(timeline, spell), value);
  facts_.in.put(Family::kIn, reverse_spell_key(timeline, spell), value);
  count_facts(timeline.name, 1);
}

void Projector::count_facts(SymbolId relation, std::int64_t difference) {
  now_.statistics.facts += static_cast<std::uint64_t>(difference);
  GraphStatistics::add(now_.statistics.facts_by_relation, relation, difference);
}

std::size_t Projector::pending_bytes() const {
  return rows_.bytes() + facts_.bytes() + lists_.bytes() + entities_.bytes() + states_bytes_;
}

Status Projector::flush(WriteBatch& batch) {
  if (batch.empty()) {
    batch = std::move(rows_);
  } else {
    batch.append(rows_);
  }
  rows_.clear();
  std::exchange(entities_, {}).write(batch);
  write_states(batch);
  states_.clear();
  states_bytes_ = 0;
  ANNALS_CHECK_OK(fold_facts_and_lists(batch));
  new_corrections_.clear();
  changed_alone_.clear();
  note_progress(batch);
  return {};
}

Status Projector::fold_facts_and_lists(WriteBatch& batch) {
  FactChanges facts = std::exchange(facts_, {});
  // Fewer, some 250 effects, are folded before another thread has begun.
  constexpr std::size_t kManyBytes = 8'000;
  WorkerThread* const helper = facts.timelines.bytes() < kManyBytes ? nullptr : &helper_;
  // Who writes many events at once will mostly come to the nodes behind a node, too: a seek takes
  // as long as reading on for what is to be known of eight of them.
  constexpr std::size_t kNodesAhead = 16;
  const bool is_kept = KnownTimelines::keeps(now_.statistics.entities(), now_.statistics.facts);
  const std::size_t ahead = helper != nullptr && is_kept ? kNodesAhead : 0;
  TimelineStore::Stored stored = stored_facts_;
  stored.ahead = ahead;
  WriteBatch lists;
  ANNALS_CHECK_OK(facts.fold_timelines_beside(
      [&] { return lists_.fold(store_, stored_.watermark, ahead, lists); }, helper, store_,
      stored));
  WriteBatch out;
  WriteBatch in;
  WriteBatch counts;
  ANNALS_CHECK_OK(run_tasks(
      helper, std::vector<Task>{[&] { return folder_.fold(store_, Family::kOut, facts.out, out); },
                                [&] { return folder_.fold(store_, Family::kIn, facts.in, in); },
                                [&] {
                                  known_.add(std::move(facts.news));
                                  return alive_.fold(store_, facts.alive, now_.watermark, false,
                                                     counts);
                                }}));
  for (WriteBatch* const rows : {&facts.rows, &out, &in, &counts, &lists}) {
    batch.append(std::exchange(*rows, {}));  // gone at once: a load may have many
  }
  facts.counts.add_to(now_.statistics);
  if (!facts.out.empty()) stored_facts_.facts = true;
  if (now_.statistics.unmatched > 0) stored_facts_.unmatched = true;
  return {};
}

void Projector::write_states(WriteBatch& batch) const {
  for (const auto& [event, state] : states_) {
    batch.put(Family::kCorrection, event_state_key(event), state);
  }
}

void Projector::note_progress(WriteBatch& batch) {
  write_progress(stored_, now_, batch);
  stored_ = now_;
}

}  // namespace annals::storage
