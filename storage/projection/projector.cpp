#include "storage/projection/projector.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "schema/event_codec.h"
#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/projection/timeline_store.h"

namespace annals::storage {

namespace {

Result<std::uint64_t> read_number(const KeyValueStore& store, std::string_view key) {
  std::string value;
  ANNALS_TRY(const bool found, store.get(Family::kMeta, key, value));
  return found ? KeyReader(value).u64() : 0;
}

std::string number_value(std::uint64_t number) { return KeyWriter().u64(number).take(); }

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

Result<std::unique_ptr<Projector>> Projector::load(const KeyValueStore& store) {
  std::unique_ptr<Projector> projector(new Projector(store));
  ANNALS_TRY(const std::uint64_t format, read_number(store, kFormatKey));
  if (format > kIndexFormat) {
    return Error(
        ErrorCode::kUnsupported,
        fmt::format("the graph index has format {}, this program knows {}", format, kIndexFormat),
        "use the newer program; nothing was changed");
  }
  ANNALS_TRY(const std::uint64_t watermark, read_number(store, kWatermarkKey));
  projector->watermark_ = Seq(watermark);
  ANNALS_TRY(projector->commits_, read_number(store, kCommitsKey));
  std::string statistics;
  ANNALS_TRY(const bool found, store.get(Family::kMeta, kStatisticsKey, statistics));
  if (found) {
    ANNALS_TRY(projector->statistics_, decode_statistics(statistics));
  }
  ANNALS_CHECK_OK(projector->load_definitions());
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
  return rows->status();
}

Status Projector::add(const CommitInfo& info, const CommitContent& content) {
  if (info.first_seq.raw != watermark_.raw + 1) {
    return Error(ErrorCode::kCorruption,
                 fmt::format("the projection stands at #{} and was given the commit of #{}",
                             watermark_.raw, info.first_seq.raw));
  }
  add_symbols(content);
  add_entities(content);
  for (std::size_t i = 0; i < content.events.size(); ++i) {
    // The event is only read; a copy of each would cost a bulk load dearly.
    RecordedEvent recorded{Seq(info.first_seq.raw + i), info.recorded, content.events[i]};
    ANNALS_CHECK_OK(add_event(recorded));
  }
  watermark_ = info.last_seq();
  ++commits_;
  return {};
}

void Projector::add_symbols(const CommitContent& content) {
  for (const std::string& name : content.symbols) {
    const SymbolId symbol = vocabulary_.add_symbol(name);
    rows_.put(Family::kDefinition, symbol_key(symbol), name);
  }
}

void Projector::add_entities(const CommitContent& content) {
  std::uint64_t number = content.first_entity;
  for (const NewEntity& added : content.entities) {
    const NodeId id = NodeId::entity(number++);
    Entity& entity = entities_[id];
    entity.id = id;
    entity.type = added.type;
    entity.name = added.name;
    rows_.put(Family::kEntity, typed_entity_key(added.type, id), {});
    add_name(id, added.type, added.name);
    ++statistics_.entities_by_type[added.type];
  }
}

void Projector::add_name(NodeId entity, SymbolId type, std::string_view name) {
  const std::string value = encode_symbol(type);
  rows_.put(Family::kName, name_row_key(name, entity), value);
  rows_.put(Family::kName, likeness_row_key(name, entity), value);
}

Status Projector::add_event(const RecordedEvent& recorded) {
  const Event& event = recorded.event;
  ++statistics_.events;
  if (!event.id.empty()) rows_.put(Family::kEventId, event.id, encode_seq(recorded.seq));
  if (const auto* naming = std::get_if<Naming>(&event.body)) {
    ANNALS_CHECK_OK(add_naming(*naming));
  }
  ANNALS_CHECK_OK(add_definition(recorded));
  add_participations(recorded);
  return add_effects(recorded);
}

Status Projector::add_definition(const RecordedEvent& recorded) {
  EventBody body = recorded.event.body;
  if (auto* type = std::get_if<EntityType>(&body)) {
    type->defined = recorded.seq;
    vocabulary_.define(*type);
  } else if (auto* relation = std::get_if<Relation>(&body)) {
    relation->defined = recorded.seq;
    vocabulary_.define(*relation);
  } else if (auto* kind = std::get_if<Kind>(&body)) {
    kind->defined = recorded.seq;
    vocabulary_.define(std::move(*kind));
  } else {
    return {};
  }
  ANNALS_TRY(const std::string value, encode_definition(recorded));
  rows_.put(Family::kDefinition, definition_key(recorded.event.body), value);
  return {};
}

Result<Entity*> Projector::pending_entity(NodeId id) {
  const auto known = entities_.find(id);
  if (known != entities_.end()) return &known->second;
  std::string value;
  ANNALS_TRY(const bool found, store_.get(Family::kEntity, entity_key(id), value));
  if (!found) return Error(ErrorCode::kCorruption, "the log names an entity that does not exist");
  Entity entity;
  entity.id = id;
  ANNALS_CHECK_OK(decode_entity(value, entity));
  return &(entities_[id] = std::move(entity));
}

Status Projector::add_naming(const Naming& naming) {
  ANNALS_TRY(Entity* const entity, pending_entity(naming.entity));
  for (const std::string& alias : naming.aliases) {
    entity->aliases.push_back(alias);
    add_name(entity->id, entity->type, alias);
  }
  for (const std::string& identifier : naming.identifiers) {
    entity->identifiers.push_back(identifier);
    add_name(entity->id, entity->type, identifier);
  }
  return {};
}

void Projector::add_participations(const RecordedEvent& recorded) {
  const EventTime time = event_time(recorded);
  Participation row;
  row.event = recorded.seq;
  row.on = time.begin;
  const auto put = [&](NodeId node) {
    row.node = node;
    rows_.put(Family::kParticipation, participation_key(row), encode_participation(row));
  };
  const EventBody& body = recorded.event.body;
  if (const auto* naming = std::get_if<Naming>(&body)) put(naming->entity);
  if (const auto* assertion = std::get_if<Assertion>(&body)) {
    put(assertion->source);
    put(assertion->target);
  }
  const auto* occurrence = std::get_if<Occurrence>(&body);
  if (occurrence == nullptr) return;
  ++statistics_.events_by_kind[occurrence->kind];
  rows_.put(Family::kParticipation, kind_event_key(occurrence->kind, row.on.earliest, recorded.seq),
            {});
  row.kind = occurrence->kind;
  for (const RoleFilling& filling : occurrence->roles) {
    row.role = filling.role;
    for (const NodeId node : filling.nodes) put(node);
  }
}

Status Projector::add_effects(const RecordedEvent& recorded) {
  ANNALS_TRY(std::vector<PlacedEffect> placed, effects_of(recorded, vocabulary_));
  for (PlacedEffect& one : placed) {
    if (one.effect.type == EffectType::kMarks) {
      const Spell spell{std::move(one.effect), {}, recorded.seq};
      const std::string value = encode_spell(spell);
      rows_.put(Family::kOut, spell_key(one.timeline, spell), value);
      rows_.put(Family::kIn, reverse_spell_key(one.timeline, spell), value);
      count_facts(one.timeline.name, 1);
      continue;
    }
    changes_bytes_ += sizeof(Change) + one.effect.properties.size() * sizeof(Property);
    changes_.push_back({one.timeline, recorded.seq, std::move(one.effect)});
  }
  return {};
}

void Projector::count_facts(SymbolId relation, std::int64_t difference) {
  statistics_.facts += static_cast<std::uint64_t>(difference);
  statistics_.facts_by_relation[relation] += static_cast<std::uint64_t>(difference);
}

std::size_t Projector::pending_bytes() const {
  constexpr std::size_t kEntityBytes = 256;
  return rows_.bytes() + changes_bytes_ + entities_.size() * kEntityBytes;
}

Status Projector::flush(WriteBatch& batch) {
  batch.append(rows_);
  rows_.clear();
  write_entities(batch);
  entities_.clear();
  ANNALS_CHECK_OK(fold_changes(batch));
  changes_.clear();
  changes_bytes_ = 0;
  write_meta(batch);
  return {};
}

void Projector::write_entities(WriteBatch& batch) const {
  for (const auto& [id, entity] : entities_) {
    batch.put(Family::kEntity, entity_key(id), encode_entity(entity));
  }
}

void Projector::write_meta(WriteBatch& batch) const {
  batch.put(Family::kMeta, kFormatKey, number_value(kIndexFormat));
  batch.put(Family::kMeta, kWatermarkKey, encode_seq(watermark_));
  batch.put(Family::kMeta, kCommitsKey, number_value(commits_));
  batch.put(Family::kMeta, kStatisticsKey, encode_statistics(statistics_));
}

Status Projector::fold_changes(WriteBatch& batch) {
  if (changes_.empty()) return {};
  // By timeline, and within one in the order in which the changes became known.
  std::vector<std::size_t> order(changes_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    const auto by_timeline = changes_[a].timeline <=> changes_[b].timeline;
    return by_timeline != 0 ? by_timeline < 0 : a < b;
  });
  TimelineStore timelines(store_);
  TimelineStore::Before before;
  for (auto first = order.begin(); first != order.end();) {
    const TimelineKey key = changes_[*first].timeline;
    const auto last = std::find_if(
        first, order.end(), [&](std::size_t index) { return changes_[index].timeline != key; });
    Micros earliest = kEndOfTime;
    for (auto i = first; i != last; ++i) {
      earliest = std::min(earliest, changes_[*i].effect.at.earliest);
    }
    Timeline timeline;
    ANNALS_CHECK_OK(timelines.read(key, earliest, timeline, before));
    for (auto i = first; i != last; ++i) {
      timeline.apply(std::move(changes_[*i].effect), changes_[*i].known);
    }
    const auto difference = TimelineStore::write_difference(key, timeline, before, batch);
    const auto net = static_cast<std::int64_t>(difference.spells_added) -
                     static_cast<std::int64_t>(difference.spells_removed);
    if (key.family == Family::kProperty) {
      statistics_.properties += static_cast<std::uint64_t>(net);
    } else {
      count_facts(key.name, net);
    }
    statistics_.unmatched += difference.unmatched_added - difference.unmatched_removed;
    first = last;
  }
  return {};
}

}  // namespace annals::storage
