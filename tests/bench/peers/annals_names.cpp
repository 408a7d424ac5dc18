#include "tests/bench/peers/annals_names.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

constexpr std::int64_t kFirstDay = days_from_civil(1900, 1, 1);

std::string relation_name(int number) { return fmt::format("R{}", number); }

/// From the role with number 0 to that with number 1.
Kind kind_of(SymbolId name, EffectType type, SymbolId relation, std::vector<Role> roles) {
  Effect effect;
  effect.type = type;
  effect.source = {0};
  effect.target = {1};
  effect.name = relation;
  return {name, {}, std::move(roles), {effect}};
}

}  // namespace

void checked(const Status& status) {
  if (!status) fail(format_error(status.error()));
}

AnnalsNames AnnalsNames::define(storage::CommitBuilder& builder) {
  const auto symbol = [&](const std::string& name) { return checked(builder.symbol(name)); };
  const SymbolId node = symbol("Node");
  checked(builder.define(EntityType{node, {}}));
  const std::vector<Role> roles = {{symbol("source"), RoleType::kNode, node},
                                   {symbol("target"), RoleType::kNode, node}};
  for (int number = 1; number <= kRelations; ++number) {
    const SymbolId relation = symbol(relation_name(number));
    checked(builder.define(annals::Relation{relation, {}, node, node}));
    const std::string& name = relation_name(number);
    checked(builder.define(kind_of(symbol("Begin" + name), EffectType::kBegins, relation, roles)));
    checked(builder.define(kind_of(symbol("End" + name), EffectType::kEnds, relation, roles)));
  }
  return find(builder.vocabulary());
}

AnnalsNames AnnalsNames::find(const Vocabulary& vocabulary) {
  AnnalsNames names;
  names.node_type = vocabulary.find_symbol("Node");
  names.source_role = vocabulary.find_symbol("source");
  names.target_role = vocabulary.find_symbol("target");
  for (int number = 1; number <= kRelations; ++number) {
    const std::string name = relation_name(number);
    names.relations[static_cast<std::size_t>(number)] = {vocabulary.find_symbol(name),
                                                         vocabulary.find_symbol("Begin" + name),
                                                         vocabulary.find_symbol("End" + name)};
  }
  return names;
}

Event AnnalsNames::event(const GraphEvent& event, NodeId source, NodeId target, Date on) const {
  const Relation& relation = relations[static_cast<std::size_t>(event.relation)];
  Occurrence occurrence;
  occurrence.kind = event.begins ? relation.begin_kind : relation.end_kind;
  occurrence.roles.reserve(2);
  occurrence.roles.push_back({source_role, {source}});
  occurrence.roles.push_back({target_role, {target}});
  Event made;
  made.body = std::move(occurrence);
  made.on = std::move(on);
  return made;
}

Date date_of_day(Day day) { return date_of(Instant::exactly(midnight(day))); }

std::string node_name(std::int32_t entity) { return fmt::format("n{}", entity); }

Micros midnight(Day day) { return (kFirstDay + day) * kMicrosPerDay; }

Day day_of(Micros micros) {
  if (micros == kEndOfTime) return kOpen;
  return static_cast<Day>(micros / kMicrosPerDay - kFirstDay);
}

AnnalsNumbers::AnnalsNumbers(const storage::GraphSnapshot& snapshot, std::int32_t entities)
    : names_(AnnalsNames::find(snapshot.vocabulary())) {
  for (std::int32_t entity = 0; entity < entities; ++entity) {
    const auto found = checked(snapshot.find_entities(node_name(entity), names_.node_type));
    nodes_.push_back(found.empty() ? NodeId() : found.front());
    if (found.empty()) continue;
    const std::uint64_t number = found.front().entity_number();
    entities_.resize(std::max<std::size_t>(entities_.size(), number + 1));
    entities_[number] = entity;
  }
  for (int number = 1; number <= kRelations; ++number) relations_[relation(number)] = number;
}

}  // namespace annals::bench
