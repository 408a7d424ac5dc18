#include "schema/vocabulary.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "schema/base/contract.h"
#include "schema/condition_text.h"
#include "schema/name_text.h"

namespace annals::inline schema {

namespace {

template <class Definition>
const Definition* find_in(const std::map<SymbolId, Definition>& definitions, SymbolId name) {
  const auto found = definitions.find(name);
  return found == definitions.end() ? nullptr : &found->second;
}

std::string type_text(const Role& role, const Vocabulary& vocabulary) {
  switch (role.type) {
    case RoleType::kNode: return quoted_name(vocabulary.symbol_name(role.node_type));
    case RoleType::kEntity: return "Entity";
    case RoleType::kText: return "TEXT";
    case RoleType::kInteger: return "INTEGER";
    case RoleType::kFloat: return "FLOAT";
    case RoleType::kBoolean: return "BOOLEAN";
    case RoleType::kDate: return "DATE";
    case RoleType::kRelation: return "RELATION";
  }
  return {};
}

/// Writes the effects of one kind.
class EffectFormatter {
 public:
  EffectFormatter(const Kind& kind, const Vocabulary& vocabulary)
      : kind_(kind), vocabulary_(vocabulary) {}

  std::string format(const Effect& effect) const {
    if (effect.type == EffectType::kSets) {
      return fmt::format("SETS {}.{} = {}", end(effect.source), name(effect), end(effect.target));
    }
    constexpr std::string_view kVerbs[] = {"BEGINS", "ENDS", "MARKS"};
    const std::string_view verb = kVerbs[static_cast<std::size_t>(effect.type)];
    if (effect.is_of_existence()) return fmt::format("{} ({})", verb, end(effect.source));
    return fmt::format("{} ({})-[:{}{}]->({})", verb, end(effect.source), name(effect),
                       properties(effect), end(effect.target));
  }

 private:
  std::string role(std::size_t index) const {
    return quoted_name(vocabulary_.symbol_name(kind_.roles[index].name));
  }
  std::string end(EffectEnd end) const { return end.is_event() ? "EVENT" : role(end.role); }
  std::string name(const Effect& effect) const {
    if (effect.name_role) return fmt::format("$({})", role(*effect.name_role));
    return quoted_name(vocabulary_.symbol_name(effect.name));
  }
  std::string properties(const Effect& effect) const {
    if (effect.properties.empty()) return {};
    std::string text;
    for (const EffectProperty& property : effect.properties) {
      text += fmt::format("{}{}: {}", text.empty() ? " {" : ", ",
                          quoted_name(vocabulary_.symbol_name(property.name)), role(property.role));
    }
    return text + '}';
  }

  const Kind& kind_;
  const Vocabulary& vocabulary_;
};

}  // namespace

std::optional<std::size_t> Kind::role_index(SymbolId role) const {
  const auto found = std::find_if(roles.begin(), roles.end(),
                                  [role](const Role& one) { return one.name == role; });
  if (found == roles.end()) return std::nullopt;
  return static_cast<std::size_t>(found - roles.begin());
}

SymbolId Vocabulary::find_symbol(std::string_view name) const {
  const auto found = symbols_.find(std::string(name));
  return found == symbols_.end() ? SymbolId() : found->second;
}

const std::string& Vocabulary::symbol_name(SymbolId symbol) const {
  ANNALS_ASSERT(symbol.raw >= 1 && symbol.raw <= names_.size());
  return names_[symbol.raw - 1];
}

SymbolId Vocabulary::add_symbol(std::string_view name) {
  const SymbolId next(static_cast<std::uint32_t>(names_.size()) + 1);
  const auto [entry, is_new] = symbols_.try_emplace(std::string(name), next);
  if (is_new) names_.emplace_back(name);
  return entry->second;
}

const EntityType* Vocabulary::find_entity_type(SymbolId name) const {
  return find_in(entity_types_, name);
}
const Relation* Vocabulary::find_relation(SymbolId name) const { return find_in(relations_, name); }
const Kind* Vocabulary::find_kind(SymbolId name) const { return find_in(kinds_, name); }

const Kind* Vocabulary::find_kind_of(SymbolId name, Seq event, Seq known_at) const {
  const Kind* const last = find_kind(name);
  if (last == nullptr) return nullptr;
  Seq before = event;
  for (const Seq replay : replays_) {
    if (replay > event && (!known_at || replay <= known_at)) before = replay;
  }
  if (last->defined <= before) return last;
  const auto former = former_kinds_.find(name);
  if (former == former_kinds_.end()) return nullptr;
  const auto past = std::upper_bound(
      former->second.begin(), former->second.end(), before,
      [](Seq wanted, const Kind& definition) { return wanted < definition.defined; });
  return past == former->second.begin() ? nullptr : &*std::prev(past);
}

void Vocabulary::define(EntityType type) {
  entity_types_[type.name] = type;
  ++version_;
}

void Vocabulary::define(Relation relation) {
  relations_[relation.name] = relation;
  ++version_;
}

void Vocabulary::define(Kind kind) {
  const SymbolId name = kind.name;
  const auto is_of_existence = [](const Effect& effect) { return effect.is_of_existence(); };
  has_existence_ =
      has_existence_ || std::any_of(kind.effects.begin(), kind.effects.end(), is_of_existence);
  const auto known = kinds_.find(name);
  if (known != kinds_.end()) former_kinds_[name].push_back(std::move(known->second));
  kinds_[name] = std::move(kind);
  ++version_;
}

void Vocabulary::define(Padding padding) {
  padding_ = padding;
  ++version_;
}

void Vocabulary::note_replay(Seq replay) {
  replays_.push_back(replay);
  ++version_;
}

std::string format_definition(const EntityType& type, const Vocabulary& vocabulary) {
  return "DEFINE ENTITY " + quoted_name(vocabulary.symbol_name(type.name));
}

std::string format_definition(const Relation& relation, const Vocabulary& vocabulary) {
  const auto end = [&](SymbolId type) {
    return type ? quoted_name(vocabulary.symbol_name(type)) : std::string("Entity");
  };
  return fmt::format("DEFINE RELATION {} ({})->({})",
                     quoted_name(vocabulary.symbol_name(relation.name)), end(relation.source_type),
                     end(relation.target_type));
}

std::string format_definition(const Kind& kind, const Vocabulary& vocabulary) {
  std::string roles;
  for (const Role& role : kind.roles) {
    roles += fmt::format(
        "{}{} {}{}{}", roles.empty() ? "" : ", ", quoted_name(vocabulary.symbol_name(role.name)),
        type_text(role, vocabulary), role.many ? "[]" : "", role.optional ? "?" : "");
  }
  std::string text =
      fmt::format("DEFINE EVENT {} ({})", quoted_name(vocabulary.symbol_name(kind.name)), roles);
  const EffectFormatter formatter(kind, vocabulary);
  for (const Effect& effect : kind.effects) text += "\n  " + formatter.format(effect);
  for (const Bound& bound : kind.bounds) text += "\n  " + format_bound(bound, kind, vocabulary);
  for (const Check& check : kind.checks) text += "\n  " + format_check(check, kind, vocabulary);
  return text;
}

std::string format_definition(const Padding& padding, const Vocabulary&) {
  const ApproximationPadding& values = padding.values;
  const auto part = [](std::int32_t amount, std::string_view unit) {
    return fmt::format("{} {}{}", amount, unit, amount == 1 ? "" : "S");
  };
  return fmt::format("DEFINE PADDING {}, {}, {}, {} PERCENT", part(values.day_days, "DAY"),
                     part(values.month_months, "MONTH"), part(values.year_years, "YEAR"),
                     values.longer_percent);
}

}  // namespace annals::inline schema
