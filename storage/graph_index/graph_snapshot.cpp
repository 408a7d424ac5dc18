#include "storage/graph_index/graph_snapshot.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "schema/base/closest.h"
#include "schema/base/limits.h"
#include "schema/name_key.h"
#include "storage/graph_index/cursors.h"
#include "storage/graph_index/entity_cache.h"
#include "storage/graph_index/event_time.h"
#include "storage/graph_index/existence.h"
#include "storage/graph_index/fact_cursor.h"
#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/spell.h"
#include "storage/graph_index/spell_reader.h"
#include "storage/graph_index/superseded.h"

namespace annals::storage {

namespace {

Error no_such(std::string_view what, std::uint64_t number) {
  return Error(ErrorCode::kNotFound, fmt::format("there is no {} {}", what, number));
}

Status decode_former_event(std::string_view key, std::string_view, Seq& seq) {
  seq = former_event(key);
  return {};
}

/// Names are known in the order in which they stand.
void forget_names(std::vector<std::string>& names, std::vector<Seq>& known, Seq known_at) {
  while (!known.empty() && known.back() > known_at) {
    known.pop_back();
    names.pop_back();
  }
}

}  // namespace

GraphSnapshot::GraphSnapshot(const KeyValueStore& store, const EventLog& log,
                             const Refolder& refolder, std::shared_ptr<const KvSnapshot> kv,
                             std::shared_ptr<const Vocabulary> vocabulary,
                             std::shared_ptr<const GraphStatistics> statistics,
                             std::shared_ptr<EntityCache> entities, Seq last_seq)
    : store_(store),
      log_(log),
      refolder_(refolder),
      kv_(std::move(kv)),
      vocabulary_(std::move(vocabulary)),
      statistics_(std::move(statistics)),
      entities_(std::move(entities)),
      last_seq_(last_seq) {}

GraphSnapshot::GraphSnapshot(const GraphSnapshot& same, const Perspective& perspective)
    : store_(same.store_),
      log_(same.log_),
      refolder_(same.refolder_),
      kv_(same.kv_),
      perspective_(perspective),
      vocabulary_(same.vocabulary_),
      statistics_(same.statistics_),
      entities_(same.entities_),
      last_seq_(perspective.known_at ? perspective.known_at : same.last_seq_) {}

Status GraphSnapshot::check_stop() const {
  if (stop_ == nullptr || !stop_->requested()) return {};
  return Error(ErrorCode::kInterrupted, "the statement was stopped");
}

Result<std::unique_ptr<GraphSnapshot>> GraphSnapshot::seen_from(
    const Perspective& perspective) const {
  if (perspective.known_at > last_seq_) return no_such("event number", perspective.known_at.raw);
  return std::unique_ptr<GraphSnapshot>(new GraphSnapshot(*this, perspective));
}

Result<Seq> GraphSnapshot::last_seq_at(Micros recorded) const {
  // Recorded times increase along the log.
  std::uint64_t low = 0;
  std::uint64_t high = last_seq_.raw;
  while (low < high) {
    const std::uint64_t middle = high - (high - low) / 2;
    ANNALS_TRY(const RecordedEvent event, log_.read(Seq(middle)));
    if (event.recorded <= recorded) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return Seq(low);
}

// --- Facts ---------------------------------------------------------------------------------------

std::uint64_t GraphSnapshot::blocks_read() const { return store_.blocks_read_by_thread(); }

bool GraphSnapshot::everything_always_exists() const {
  // Versions are told as they were believed, each by itself.
  return !vocabulary_->has_existence() || perspective_.every_version;
}

std::unique_ptr<Cursor<Fact>> GraphSnapshot::facts(const FactScan& scan) const {
  if (everything_always_exists()) return recorded_facts(scan);
  return while_nodes_exist(recorded_facts(scan), *this, scan.window);
}

Result<std::vector<AliveCount>> GraphSnapshot::count_facts(SymbolId relation,
                                                           std::span<const Micros> dates) const {
  if (perspective_.is_present() && everything_always_exists()) {
    return count_alive(store_, kv_.get(), relation, dates);
  }
  std::vector<AliveCount> counts;
  if (dates.empty()) return counts;
  FactScan scan;
  scan.relation = relation;
  scan.window = {dates.front(), dates.back()};
  const auto cursor = facts(scan);
  std::vector<AliveChange> changes;
  std::vector<Fact> batch;
  do {
    ANNALS_CHECK_OK(cursor->next(batch, limits::kBatchRows));
    for (const Fact& fact : batch) {
      each_alive_change(fact.begin, fact.end,
                        [&](const AliveChange& change) { changes.push_back(change); });
    }
  } while (!batch.empty());
  add_up(changes);
  AliveCount count;
  auto next = changes.begin();
  for (const Micros date : dates) {
    for (; next != changes.end() && next->at <= date; ++next) count += next->by;
    counts.push_back(count);
  }
  return counts;
}

Result<std::shared_ptr<const std::vector<Lifespan>>> GraphSnapshot::existence(NodeId node) const {
  if (ExistenceCache::Lifespans known = existence_.find(node)) return known;
  ANNALS_TRY(std::vector<TimelineEffect> effects, existence_effects(node));
  auto spans = std::make_shared<const std::vector<Lifespan>>(existence_of(std::move(effects)));
  existence_.add(node, spans);
  return spans;
}

Result<std::vector<TimelineEffect>> GraphSnapshot::existence_effects(NodeId node) const {
  std::vector<TimelineEffect> effects;
  if (node.is_event() || !vocabulary_->has_existence()) return effects;
  if (perspective_.said_by != kEndOfTime) {
    ANNALS_CHECK_OK(refolder_.existence(*this, node, effects));
    return effects;
  }
  SpellReader rows = rows_of(Family::kExistence, KeyWriter().node(node).take());
  for (;;) {
    TimelineKey key;
    Spell row;
    ANNALS_TRY(const bool more, rows.next(key, row));
    if (!more) return effects;
    effects.push_back(std::move(row.begin));
  }
}

/// Of kProperty and kExistence.
SpellReader GraphSnapshot::rows_of(Family family, std::string prefix) const {
  auto today = std::make_unique<SpellRows>(store_, *kv_, family, prefix);
  return SpellReader(std::move(today), store_, *kv_, family, std::move(prefix), perspective_);
}

std::unique_ptr<Cursor<Fact>> GraphSnapshot::recorded_facts(const FactScan& scan) const {
  if (perspective_.said_by == kEndOfTime) {
    return fact_cursor(store_, *kv_, scan, perspective_);
  }
  std::vector<Fact> found;
  Status folded = refolder_.facts(*this, scan, found);
  return list_cursor(std::move(found), std::move(folded));
}

Result<std::vector<PropertyFact>> GraphSnapshot::properties(NodeId node, SymbolId name,
                                                            Window window) const {
  if (everything_always_exists()) return recorded_properties(node, name, window);
  ANNALS_TRY(std::vector<PropertyFact> whole, recorded_properties(node, name, window));
  ANNALS_TRY(const ExistenceCache::Lifespans spans, existence(node));
  if (spans->empty()) return whole;
  std::vector<PropertyFact> parts;
  for (const PropertyFact& fact : whole) clip(fact, *spans, parts);
  const auto cannot_hold = [window](const PropertyFact& part) {
    return !window.may_hold(part.begin, part.end);
  };
  parts.erase(std::remove_if(parts.begin(), parts.end(), cannot_hold), parts.end());
  return parts;
}

/// The last value that surely was set by the begin of the window ended all values before it.
Result<std::vector<PropertyFact>> GraphSnapshot::present_values(NodeId node, SymbolId name,
                                                                Window window) const {
  const std::string lower = KeyWriter().node(node).symbol(name).take();
  const std::string upper = after_prefix(lower);
  const auto rows = store_.iterate(Family::kProperty, lower, upper, kv_.get());
  std::vector<PropertyFact> found;
  TimelineKey key;
  const auto read = [&](Spell& spell) {
    return decode_spell(Family::kProperty, rows->key(), rows->value(), key, spell);
  };
  const Micros behind = shift(window.from, 1);
  rows->seek_for_prev(KeyWriter().node(node).symbol(name).time(behind).view());
  Seq fence;
  for (; rows->valid(); rows->prev()) {
    Spell spell;
    ANNALS_CHECK_OK(read(spell));
    // What one event sets does not end what it sets besides.
    if (fence && spell.begin.id.begun_by != fence) break;
    const bool surely_set = !spell.begin.doubtful && spell.begin.at.latest <= window.from;
    if (surely_set) fence = spell.begin.id.begun_by;
  }
  ANNALS_CHECK_OK(rows->status());
  if (!rows->valid()) rows->seek(lower);
  for (; rows->valid(); rows->next()) {
    Spell spell;
    ANNALS_CHECK_OK(read(spell));
    if (spell.begin.at.earliest > window.to) break;
    if (!window.may_hold(spell.begin_bounds(), spell.end_bounds())) continue;
    found.push_back(to_property(key, std::move(spell)));
  }
  ANNALS_CHECK_OK(rows->status());
  return found;
}

Result<std::vector<PropertyFact>> GraphSnapshot::recorded_properties(NodeId node, SymbolId name,
                                                                     Window window) const {
  if (name && perspective_.is_present()) return present_values(node, name, window);
  std::vector<PropertyFact> found;
  if (perspective_.said_by != kEndOfTime) {
    ANNALS_CHECK_OK(refolder_.properties(*this, node, name, window, found));
    return found;
  }
  KeyWriter prefix;
  prefix.node(node);
  if (name) prefix.symbol(name);
  SpellReader spells = rows_of(Family::kProperty, prefix.take());
  for (;;) {
    TimelineKey key;
    Spell spell;
    ANNALS_TRY(const bool more, spells.next(key, spell));
    if (!more) break;
    if (!window.may_hold(spell.begin_bounds(), spell.end_bounds())) continue;
    found.push_back(to_property(key, std::move(spell)));
  }
  // What was superseded since comes behind what is believed today.
  std::stable_sort(found.begin(), found.end(), [](const PropertyFact& a, const PropertyFact& b) {
    return std::tuple(a.name, a.begin.earliest, a.id) < std::tuple(b.name, b.begin.earliest, b.id);
  });
  return found;
}

std::unique_ptr<Cursor<UnmatchedEffect>> GraphSnapshot::unmatched() const {
  const auto decode = [](std::string_view key, std::string_view value,
                         UnmatchedEffect& row) -> Status {
    TimelineKey timeline;
    TimelineEffect effect;
    ANNALS_CHECK_OK(decode_unmatched(key, value, timeline, effect));
    row = {effect.id,     effect.type,     timeline.source,
           timeline.name, timeline.target, effect.bounds()};
    return {};
  };
  return row_cursor<UnmatchedEffect>(store_, *kv_, Family::kUnmatched, "", decode);
}

// --- Nodes ---------------------------------------------------------------------------------------

Result<std::shared_ptr<const Entity>> GraphSnapshot::known_entity(NodeId id) const {
  std::shared_ptr<const Entity> known = entities_->find(id);
  if (known == nullptr) {
    std::string value;
    ANNALS_TRY(const bool found, store_.get(Family::kEntity, entity_key(id), value, kv_.get()));
    if (!found) return no_such("entity number", id.entity_number());
    Entity entity;
    entity.id = id;
    ANNALS_CHECK_OK(decode_entity(value, entity));
    known = std::make_shared<const Entity>(std::move(entity));
    entities_->add(known);
  }
  const Seq last = perspective_.known_at ? perspective_.known_at : last_seq_;
  if (known->known_from > last) return no_such("entity number", id.entity_number());
  return known;
}

Result<Entity> GraphSnapshot::entity(NodeId id) const {
  ANNALS_TRY(const std::shared_ptr<const Entity> known, known_entity(id));
  Entity entity = *known;
  if (!perspective_.known_at) return entity;
  forget_names(entity.aliases, entity.aliases_known, perspective_.known_at);
  forget_names(entity.identifiers, entity.identifiers_known, perspective_.known_at);
  return entity;
}

Result<bool> GraphSnapshot::has_name(NodeId id, std::string_view name) const {
  const Result<Entity> found = entity(id);
  if (!found && found.error().code == ErrorCode::kNotFound) return false;
  if (!found) return found.error();
  const std::string wanted = name_key(name);
  const auto is_wanted = [&wanted](const std::string& one) { return name_key(one) == wanted; };
  return is_wanted(found->name) ||
         std::any_of(found->aliases.begin(), found->aliases.end(), is_wanted) ||
         std::any_of(found->identifiers.begin(), found->identifiers.end(), is_wanted);
}

Result<SymbolId> GraphSnapshot::label(NodeId id) const {
  if (!id.is_event()) {
    ANNALS_TRY(const std::shared_ptr<const Entity> known, known_entity(id));
    return known->type;
  }
  ANNALS_TRY(const RecordedEvent recorded, event(id.event_seq()));
  const auto* occurrence = std::get_if<Occurrence>(&recorded.event.body);
  return occurrence == nullptr ? SymbolId() : occurrence->kind;
}

Result<std::vector<NodeId>> GraphSnapshot::find_entities(std::string_view name,
                                                         SymbolId type) const {
  std::vector<NodeId> found;
  if (name.find('\0') != std::string_view::npos) return found;
  const std::uint64_t entity_count = statistics_->entities();
  if (entity_count == 0) return found;  // as a load that fills a new database asks for each name
  const bool is_cached = !perspective_.known_at;
  if (is_cached && entities_->find_named(name, type, entity_count, found)) return found;
  const std::string prefix = name_prefix(name);
  const std::string upper = after_prefix(prefix);
  const auto rows = store_.iterate(Family::kName, prefix, upper, kv_.get());
  for (; rows->valid(); rows->next()) {
    if (type && decode_symbol(rows->value()) != type) continue;
    const NodeId entity = named_entity(rows->key());
    if (perspective_.known_at) {
      ANNALS_TRY(const bool was_its_name, has_name(entity, name));
      if (!was_its_name) continue;
    }
    found.push_back(entity);
  }
  ANNALS_CHECK_OK(rows->status());
  if (is_cached) entities_->add_named(name, type, entity_count, found);
  return found;
}

Result<std::vector<std::string>> GraphSnapshot::similar_names(std::string_view name, SymbolId type,
                                                              std::size_t count_max) const {
  // Names that are alike or go on stand together; a letter wrong at the end still lands near. A
  // letter wrong at the beginning is looked for among the names with the same second half only as
  // far as a bounded walk goes.
  constexpr std::size_t kRowsLookedAtMax = 20'000;
  std::vector<std::string> found;
  const auto take = [&](NodeId id) -> Status {
    ANNALS_TRY(const Entity one, entity(id));
    if (std::find(found.begin(), found.end(), one.name) == found.end()) found.push_back(one.name);
    return {};
  };
  const std::string start = likeness_start(name.substr(0, name.find('\0')));
  const std::string upper = after_prefix(start);
  const auto alike = store_.iterate(Family::kName, start, upper, kv_.get());
  for (; alike->valid() && found.size() < count_max && start.size() > 1; alike->next()) {
    if (type && decode_symbol(alike->value()) != type) continue;
    ANNALS_CHECK_OK(take(named_entity(alike->key())));
  }
  ANNALS_CHECK_OK(alike->status());
  if (!found.empty()) return found;

  const auto all = store_.iterate(Family::kName, "l", "m", kv_.get());
  std::vector<std::string> candidates;
  std::vector<NodeId> ids;
  for (std::size_t i = 0; all->valid() && i < kRowsLookedAtMax; all->next(), ++i) {
    if (type && decode_symbol(all->value()) != type) continue;
    const std::string_view key = all->key();
    candidates.emplace_back(key.substr(1, key.size() - 1 - 1 - sizeof(std::uint64_t)));
    ids.push_back(named_entity(key));
  }
  ANNALS_CHECK_OK(all->status());
  const auto best = closest(likeness_key(name), candidates);
  if (!best) return found;
  const auto index = std::find(candidates.begin(), candidates.end(), *best) - candidates.begin();
  ANNALS_CHECK_OK(take(ids[static_cast<std::size_t>(index)]));
  return found;
}

std::unique_ptr<Cursor<NodeId>> GraphSnapshot::entities(SymbolId type) const {
  const auto decode = [](std::string_view key, std::string_view, NodeId& id) -> Status {
    id = entity_of_key(key);
    return {};
  };
  auto all = row_cursor<NodeId>(store_, *kv_, Family::kEntity,
                                type ? typed_entity_prefix(type) : std::string("e"), decode);
  if (!perspective_.known_at) return all;
  // Numbers are given in order: all entities of the past come first.
  std::vector<NodeId> found;
  const auto keep_known = [&]() -> Status {
    ANNALS_CHECK_OK(read_all(*all, found));
    Status status;
    const auto is_known = [&](NodeId id) {
      const Result<Entity> known = entity(id);
      if (!known && known.error().code != ErrorCode::kNotFound) status = known.error();
      return known.has_value();
    };
    found.erase(std::partition_point(found.begin(), found.end(), is_known), found.end());
    return status;
  };
  Status kept = keep_known();
  return list_cursor(std::move(found), std::move(kept));
}

// --- Events --------------------------------------------------------------------------------------

Result<RecordedEvent> GraphSnapshot::recorded_event(Seq seq) const {
  if (!seq || seq > last_seq_) return no_such("event number", seq.raw);
  return log_.read(seq);
}

Result<std::vector<Seq>> GraphSnapshot::changes_of(Seq target) const {
  std::vector<Seq> changes;
  if (statistics_->changes == 0) return changes;
  const std::string prefix = correction_prefix(target);
  const std::string upper = after_prefix(prefix);
  const auto rows = store_.iterate(Family::kCorrection, prefix, upper, kv_.get());
  for (; rows->valid(); rows->next()) {
    const Seq change = decode_seq(rows->key().substr(prefix.size()));
    if (change) changes.push_back(change);  // zero: the present state
  }
  ANNALS_CHECK_OK(rows->status());
  return changes;
}

Result<EventState> GraphSnapshot::event_state(Seq seq) const {
  if (perspective_.is_present() && seq && seq <= last_seq_) {
    ANNALS_TRY(std::optional<EventState> stored, read_event_state(store_, seq, kv_.get()));
    if (stored) return std::move(*stored);
    EventState state;
    ANNALS_TRY(state.now, log_.read(seq));
    if (!target_of(state.now.event)) return state;
  }
  return storage::event_state(seq, *this, perspective_);
}

bool GraphSnapshot::counts(const EventState& state) const {
  return !state.is_retracted && counts_as_said(state.now) <= perspective_.said_by;
}

Result<RecordedEvent> GraphSnapshot::event(Seq seq) const {
  if (statistics_->changes == 0) return recorded_event(seq);
  ANNALS_TRY(EventState state, event_state(seq));
  return std::move(state.now);
}

Result<std::optional<Seq>> GraphSnapshot::find_event(std::string_view id) const {
  std::string value;
  ANNALS_TRY(const bool found, store_.get(Family::kEventId, id, value, kv_.get()));
  if (!found || decode_seq(value) > last_seq_) return std::optional<Seq>();
  return std::optional<Seq>(decode_seq(value));
}

std::unique_ptr<Cursor<Seq>> GraphSnapshot::events_of(SymbolId kind) const {
  const EventListId list = EventListId::of(kind);
  const auto event_of = [](const Participation& entry) { return entry.event; };
  if (perspective_.is_present()) return list_entries<Seq>(store_, *kv_, list, event_of);
  std::vector<Seq> found;
  const auto gather = [&]() -> Status {
    ANNALS_TRY(const std::vector<Seq> candidates, past_candidates(list));
    for (const Seq seq : candidates) {
      ANNALS_TRY(const EventState state, event_state(seq));
      if (counts(state)) found.push_back(seq);
    }
    return {};
  };
  Status gathered = gather();
  return list_cursor(std::move(found), std::move(gathered));
}

std::unique_ptr<Cursor<Seq>> GraphSnapshot::former_events(NodeId node) const {
  return row_cursor<Seq>(store_, *kv_, Family::kSuperseded,
                         former_events_prefix(EventListId::of(node)), decode_former_event);
}

Result<std::vector<Seq>> GraphSnapshot::events_about(NodeId node) const {
  return past_candidates(EventListId::of(node));
}

/// The events that are in the list or once were, up to the last one that is seen, ascending.
Result<std::vector<Seq>> GraphSnapshot::past_candidates(EventListId list) const {
  std::vector<Seq> candidates;
  const auto former = row_cursor<Seq>(store_, *kv_, Family::kSuperseded, former_events_prefix(list),
                                      decode_former_event);
  ANNALS_CHECK_OK(read_all(*former, candidates));
  const auto event_of = [](const Participation& entry) { return entry.event; };
  const auto today = list_entries<Seq>(store_, *kv_, list, event_of);
  ANNALS_CHECK_OK(read_all(*today, candidates));
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  candidates.erase(std::upper_bound(candidates.begin(), candidates.end(), last_seq_),
                   candidates.end());
  return candidates;
}

Status GraphSnapshot::add_participations(NodeId node, Seq event,
                                         std::vector<Participation>& found) const {
  ANNALS_TRY(const EventState state, event_state(event));
  if (!counts(state)) return {};
  each_participation(state.now, [&](const Participation& one) {
    if (one.node == node) found.push_back(one);
  });
  return {};
}

std::unique_ptr<Cursor<Participation>> GraphSnapshot::participations(NodeId node) const {
  const EventListId list = EventListId::of(node);
  if (perspective_.is_present()) {
    return list_entries<Participation>(store_, *kv_, list, std::identity());
  }
  std::vector<Participation> found;
  const auto gather = [&]() -> Status {
    ANNALS_TRY(const std::vector<Seq> candidates, past_candidates(list));
    for (const Seq seq : candidates) ANNALS_CHECK_OK(add_participations(node, seq, found));
    return {};
  };
  Status gathered = gather();
  return list_cursor(std::move(found), std::move(gathered));
}

}  // namespace annals::storage
