#include "storage/graph_index/graph_snapshot.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "schema/base/closest.h"
#include "schema/name_key.h"
#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/spell.h"

namespace annals::storage {

namespace {

/// Facts of one node (or of all) in one family, filtered by what the key cannot bound.
class SpellCursor final : public Cursor<Fact> {
 public:
  SpellCursor(const KeyValueStore& store, const KvSnapshot& snapshot, const FactScan& scan)
      : family_(scan.direction == Direction::kOut ? Family::kOut : Family::kIn), scan_(scan) {
    KeyWriter prefix;
    if (scan.node) {
      prefix.node(scan.node);
      if (scan.relation) {
        prefix.symbol(scan.relation);
        if (scan.neighbour) prefix.node(scan.neighbour);
      }
    }
    lower_ = prefix.take();
    upper_ = after_prefix(lower_);
    iterator_ = store.iterate(family_, lower_, upper_, &snapshot);
  }

  Status next(std::vector<Fact>& batch, std::size_t count_max) override {
    batch.clear();
    TimelineKey key;
    for (; iterator_->valid() && batch.size() < count_max; iterator_->next()) {
      Spell spell;
      ANNALS_CHECK_OK(decode_spell(family_, iterator_->key(), iterator_->value(), key, spell));
      if (!wanted(key) || !scan_.window.may_hold(spell.begin_bounds(), spell.end_bounds())) {
        continue;
      }
      batch.push_back(to_fact(key, std::move(spell)));
    }
    if (batch.size() < count_max) return iterator_->status();
    return {};
  }

 private:
  bool wanted(const TimelineKey& key) const {
    const NodeId neighbour = family_ == Family::kOut ? key.target : key.source;
    return (!scan_.relation || key.name == scan_.relation) &&
           (!scan_.neighbour || neighbour == scan_.neighbour);
  }

  Family family_;
  FactScan scan_;
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> iterator_;
};

/// Items that a function reads off the rows with one prefix.
template <class Item, class Decode>
class RowCursor final : public Cursor<Item> {
 public:
  RowCursor(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
            std::string prefix, Decode decode)
      : lower_(std::move(prefix)),
        upper_(after_prefix(lower_)),
        iterator_(store.iterate(family, lower_, upper_, &snapshot)),
        decode_(std::move(decode)) {}

  Status next(std::vector<Item>& batch, std::size_t count_max) override {
    batch.clear();
    for (; iterator_->valid() && batch.size() < count_max; iterator_->next()) {
      Item item{};
      ANNALS_CHECK_OK(decode_(iterator_->key(), iterator_->value(), item));
      batch.push_back(item);
    }
    if (batch.size() < count_max) return iterator_->status();
    return {};
  }

 private:
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> iterator_;
  Decode decode_;
};

template <class Item, class Decode>
std::unique_ptr<Cursor<Item>> row_cursor(const KeyValueStore& store, const KvSnapshot& snapshot,
                                         Family family, std::string prefix, Decode decode) {
  return std::make_unique<RowCursor<Item, Decode>>(store, snapshot, family, std::move(prefix),
                                                   std::move(decode));
}

Error no_such(std::string_view what, std::uint64_t number) {
  return Error(ErrorCode::kNotFound, fmt::format("there is no {} {}", what, number));
}

}  // namespace

GraphSnapshot::GraphSnapshot(const KeyValueStore& store, const EventLog& log,
                             std::shared_ptr<const Vocabulary> vocabulary,
                             std::shared_ptr<const GraphStatistics> statistics, Seq last_seq)
    : store_(store),
      log_(log),
      kv_(store.snapshot()),
      vocabulary_(std::move(vocabulary)),
      statistics_(std::move(statistics)),
      last_seq_(last_seq) {}

Result<std::unique_ptr<GraphSnapshot>> GraphSnapshot::seen_from(
    const Perspective& perspective) const {
  if (perspective.known_at > last_seq_) return no_such("event number", perspective.known_at.raw);
  return Error(ErrorCode::kUnsupported, "KNOWN AT and SAID BY are being built");
}

Result<Seq> GraphSnapshot::last_seq_at(Micros) const { return last_seq_; }

std::unique_ptr<Cursor<Fact>> GraphSnapshot::facts(const FactScan& scan) const {
  return std::make_unique<SpellCursor>(store_, *kv_, scan);
}

Result<std::vector<PropertyFact>> GraphSnapshot::properties(NodeId node, SymbolId name,
                                                            Window window) const {
  KeyWriter prefix;
  prefix.node(node);
  if (name) prefix.symbol(name);
  std::vector<PropertyFact> found;
  const std::string upper = after_prefix(prefix.view());
  const auto rows = store_.iterate(Family::kProperty, prefix.view(), upper, kv_.get());
  for (; rows->valid(); rows->next()) {
    TimelineKey key;
    Spell spell;
    ANNALS_CHECK_OK(decode_spell(Family::kProperty, rows->key(), rows->value(), key, spell));
    if (!window.may_hold(spell.begin_bounds(), spell.end_bounds())) continue;
    found.push_back(to_property(key, std::move(spell)));
  }
  ANNALS_CHECK_OK(rows->status());
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

Result<Entity> GraphSnapshot::entity(NodeId id) const {
  std::string value;
  ANNALS_TRY(const bool found, store_.get(Family::kEntity, entity_key(id), value, kv_.get()));
  if (!found) return no_such("entity number", id.entity_number());
  Entity entity;
  entity.id = id;
  ANNALS_CHECK_OK(decode_entity(value, entity));
  return entity;
}

Result<SymbolId> GraphSnapshot::label(NodeId id) const {
  if (!id.is_event()) {
    ANNALS_TRY(const Entity found, entity(id));
    return found.type;
  }
  ANNALS_TRY(const RecordedEvent recorded, event(id.event_seq()));
  const auto* occurrence = std::get_if<Occurrence>(&recorded.event.body);
  return occurrence == nullptr ? SymbolId() : occurrence->kind;
}

Result<std::vector<NodeId>> GraphSnapshot::find_entities(std::string_view name,
                                                         SymbolId type) const {
  std::vector<NodeId> found;
  if (name.find('\0') != std::string_view::npos) return found;
  const std::string prefix = name_prefix(name);
  const std::string upper = after_prefix(prefix);
  const auto rows = store_.iterate(Family::kName, prefix, upper, kv_.get());
  for (; rows->valid(); rows->next()) {
    if (type && decode_symbol(rows->value()) != type) continue;
    found.push_back(named_entity(rows->key()));
  }
  ANNALS_CHECK_OK(rows->status());
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
  return row_cursor<NodeId>(store_, *kv_, Family::kEntity,
                            type ? typed_entity_prefix(type) : std::string("e"), decode);
}

Result<RecordedEvent> GraphSnapshot::event(Seq seq) const {
  if (!seq || seq > last_seq_) return no_such("event number", seq.raw);
  return log_.read(seq);
}

Result<std::optional<Seq>> GraphSnapshot::find_event(std::string_view id) const {
  std::string value;
  ANNALS_TRY(const bool found, store_.get(Family::kEventId, id, value, kv_.get()));
  if (!found) return std::optional<Seq>();
  return std::optional<Seq>(decode_seq(value));
}

std::unique_ptr<Cursor<Seq>> GraphSnapshot::events_of(SymbolId kind) const {
  const auto decode = [](std::string_view key, std::string_view, Seq& seq) -> Status {
    seq = event_of_kind_key(key);
    return {};
  };
  return row_cursor<Seq>(store_, *kv_, Family::kParticipation, kind_event_prefix(kind), decode);
}

std::unique_ptr<Cursor<Participation>> GraphSnapshot::participations(NodeId node) const {
  const auto decode = [](std::string_view key, std::string_view value, Participation& row) {
    return decode_participation(key, value, row);
  };
  return row_cursor<Participation>(store_, *kv_, Family::kParticipation, participation_prefix(node),
                                   decode);
}

}  // namespace annals::storage
