#include "storage/projection/entity_changes.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "storage/graph_index/index_rows.h"

namespace annals::storage {

namespace {

Entity entity_of(const NewEntity& added, NodeId id, Seq known_from) {
  Entity entity;
  entity.id = id;
  entity.type = added.type;
  entity.name = added.name;
  entity.known_from = known_from;
  return entity;
}

void write_name(NodeId entity, SymbolId type, std::string_view name, WriteBatch& batch) {
  const std::string value = encode_symbol(type);
  batch.put(Family::kName, name_row_key(name, entity), value);
  batch.put(Family::kName, likeness_row_key(name, entity), value);
}

}  // namespace

void EntityChanges::add(std::uint64_t first, Seq known_from, std::vector<NewEntity> added) {
  if (added.empty()) return;
  new_count_ += added.size();
  new_.push_back({first, known_from, std::move(added)});
}

Status EntityChanges::add(const Naming& naming, Seq known, const KeyValueStore& store) {
  ANNALS_TRY(Entity* const entity, named(naming.entity, store));
  for (const std::string& alias : naming.aliases) {
    entity->aliases.push_back(alias);
    entity->aliases_known.push_back(known);
    names_.push_back({entity->id, entity->type, alias});
  }
  for (const std::string& identifier : naming.identifiers) {
    entity->identifiers.push_back(identifier);
    entity->identifiers_known.push_back(known);
    names_.push_back({entity->id, entity->type, identifier});
  }
  return {};
}

Result<Entity*> EntityChanges::named(NodeId id, const KeyValueStore& store) {
  const auto known = named_.find(id);
  if (known != named_.end()) return &known->second;
  const std::uint64_t number = id.entity_number();
  const auto behind =
      std::upper_bound(new_.begin(), new_.end(), number,
                       [](std::uint64_t wanted, const OfCommit& of) { return wanted < of.first; });
  if (behind != new_.begin()) {
    const OfCommit& of_commit = *std::prev(behind);
    const std::uint64_t place = number - of_commit.first;
    if (place < of_commit.entities.size()) {
      return &(named_[id] = entity_of(of_commit.entities[place], id, of_commit.known_from));
    }
  }
  std::string value;
  ANNALS_TRY(const bool found, store.get(Family::kEntity, entity_key(id), value));
  if (!found) return Error(ErrorCode::kCorruption, "the log names an entity that does not exist");
  Entity entity;
  entity.id = id;
  ANNALS_CHECK_OK(decode_entity(value, entity));
  return &(named_[id] = std::move(entity));
}

std::size_t EntityChanges::bytes() const {
  constexpr std::size_t kEntityBytes = 400;
  return (new_count_ + named_.size() + names_.size()) * kEntityBytes;
}

void EntityChanges::write(WriteBatch& batch) const {
  for (const OfCommit& of_commit : new_) {
    std::uint64_t number = of_commit.first;
    for (const NewEntity& added : of_commit.entities) {
      const NodeId id = NodeId::entity(number++);
      batch.put(Family::kEntity, typed_entity_key(added.type, id), {});
      write_name(id, added.type, added.name, batch);
      if (named_.contains(id)) continue;
      batch.put(Family::kEntity, entity_key(id),
                encode_entity(entity_of(added, id, of_commit.known_from)));
    }
  }
  for (const auto& [id, entity] : named_) {
    batch.put(Family::kEntity, entity_key(id), encode_entity(entity));
  }
  for (const Name& one : names_) write_name(one.entity, one.type, one.name, batch);
}

}  // namespace annals::storage
