// The rules of CommitBuilder about kinds, roles and definitions; commit_builder.cpp has the rest.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "schema/base/closest.h"
#include "schema/base/limits.h"
#include "schema/utf8.h"
#include "storage/commit_builder.h"

namespace annals::storage {

namespace {

std::string_view value_type_name(const Value& value) {
  constexpr std::string_view kNames[] = {"null", "BOOLEAN", "INTEGER", "FLOAT",
                                         "TEXT", "DATE",    "a list"};
  return kNames[value.data.index()];
}

std::string role_type_name(const Role& role, const Vocabulary& vocabulary) {
  switch (role.type) {
    case RoleType::kNode: return vocabulary.symbol_name(role.node_type);
    case RoleType::kEntity: return "Entity";
    case RoleType::kText: return "TEXT";
    case RoleType::kInteger: return "INTEGER";
    case RoleType::kFloat: return "FLOAT";
    case RoleType::kBoolean: return "BOOLEAN";
    case RoleType::kDate: return "DATE";
    case RoleType::kRelation: return "RELATION";
  }
  return "?";
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// A value of the wrong type made right where nothing is lost; null if it cannot be.
Value converted(RoleType type, const Value& value, bool parse_text) {
  const auto* text = std::get_if<std::string>(&value.data);
  switch (type) {
    case RoleType::kInteger:
      if (std::holds_alternative<std::int64_t>(value.data)) return value;
      if (parse_text && text != nullptr) {
        if (const auto number = parse_number<std::int64_t>(*text)) return Value(*number);
      }
      return {};
    case RoleType::kFloat:
      if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
        return Value(static_cast<double>(*integer));
      }
      if (std::holds_alternative<double>(value.data)) return value;
      if (parse_text && text != nullptr) {
        const auto number = parse_number<double>(*text);
        if (number && std::isfinite(*number)) return Value(*number);
      }
      return {};
    case RoleType::kBoolean:
      if (std::holds_alternative<bool>(value.data)) return value;
      if (parse_text && text != nullptr && (*text == "true" || *text == "false")) {
        return Value(*text == "true");
      }
      return {};
    case RoleType::kText: return text != nullptr ? value : Value();
    default: return {};
  }
}

template <class Item>
typename std::vector<Item>::iterator place_for(std::vector<Item>& items, SymbolId role) {
  return std::lower_bound(items.begin(), items.end(), role,
                          [](const Item& item, SymbolId wanted) { return item.role < wanted; });
}

}  // namespace

Result<NodeId> CommitBuilder::role_node(const Role& role, const std::string& text,
                                        MissingNames missing) {
  const bool of_kind =
      role.type == RoleType::kNode && vocabulary_->find_entity_type(role.node_type) == nullptr;
  if (!of_kind) {
    return entity(text, role.type == RoleType::kNode ? role.node_type : SymbolId(), missing);
  }
  ANNALS_TRY(const NodeId node, event_node(text));
  ANNALS_CHECK_OK(check_node_type(role, node));
  return node;
}

Status CommitBuilder::check_node_type(const Role& role, NodeId node) {
  ANNALS_TRY(const SymbolId its_label, label(node));
  if (its_label == role.node_type) return {};
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("event #{} is not of the kind {}", node.event_seq().raw,
                           vocabulary_->symbol_name(role.node_type)));
}

Result<Value> CommitBuilder::relation_name(const std::string& name, MissingNames missing) {
  const SymbolId known = vocabulary_->find_symbol(name);
  if (known && vocabulary_->find_relation(known) != nullptr) return Value(name);
  if (missing == MissingNames::kCreate) {
    ANNALS_TRY(const SymbolId added, symbol(name));
    ANNALS_CHECK_OK(define(Relation{added, {}, {}, {}}));
    ++relations_created_;
    return Value(name);
  }
  Error error(ErrorCode::kNotFound, fmt::format("there is no relation called '{}'", name));
  ClosestWord closest_word(name);
  for (const auto& [symbol, relation] : vocabulary_->relations()) {
    closest_word.consider(vocabulary_->symbol_name(symbol));
  }
  error.hint = closest_word.found() ? fmt::format("did you mean '{}'?", *closest_word.found())
                                    : "define it with DEFINE RELATION, or add CREATING MISSING";
  return error;
}

Result<Value> CommitBuilder::role_value(const Role& role, const Value& value, bool parse_text,
                                        MissingNames missing) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text != nullptr && text->size() > limits::kTextBytesMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a text of {} bytes is longer than TextBytesMax = {}", text->size(),
                             limits::kTextBytesMax));
  }
  if (text != nullptr && !is_utf8(*text)) {
    return Error(ErrorCode::kInvalidArgument, "a text is not valid UTF-8");
  }
  if (role.type == RoleType::kRelation && text != nullptr) return relation_name(*text, missing);
  if (role.type == RoleType::kDate) {
    if (std::holds_alternative<Date>(value.data)) return value;
    if (text != nullptr) {
      ANNALS_TRY(Date date, parse_date(*text, vocabulary_->padding().values));
      return Value(std::move(date));
    }
  }
  Value result = converted(role.type, value, parse_text);
  if (!result.is_null()) return result;
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("role '{}' takes {} and was given {}",
                           vocabulary_->symbol_name(role.name), role_type_name(role, *vocabulary_),
                           text != nullptr ? fmt::format("the text '{}'", *text)
                                           : std::string(value_type_name(value))));
}

Status CommitBuilder::fill_role(const Kind& kind, std::size_t role_number, const Value& value,
                                MissingNames missing, bool parse_text, Occurrence& occurrence) {
  if (value.is_null()) return {};
  const Role role = kind.roles[role_number];
  const auto* list = std::get_if<ValueList>(&value.data);
  const std::string& role_name = vocabulary_->symbol_name(role.name);
  if (list != nullptr && !role.many) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("role '{}' takes one {} and was given a list", role_name,
                             role_type_name(role, *vocabulary_)));
  }
  const ValueList single = list == nullptr ? ValueList{value} : ValueList();
  const ValueList& items = list == nullptr ? single : *list;
  if (items.size() > limits::kListElementsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("role '{}' was given {} elements; ListElementsMax = {}", role_name,
                             items.size(), limits::kListElementsMax));
  }
  if (items.empty()) return {};
  if (role.holds_nodes()) {
    RoleFilling filling{role.name, {}};
    std::unordered_set<NodeId> seen;  // a node fills a role once, however often it is named
    for (const Value& item : items) {
      const auto* text = std::get_if<std::string>(&item.data);
      if (text == nullptr) {
        return Error(ErrorCode::kInvalidArgument,
                     fmt::format("role '{}' takes the name of a {} and was given {}", role_name,
                                 role_type_name(role, *vocabulary_), value_type_name(item)));
      }
      ANNALS_TRY(const NodeId node, role_node(role, *text, missing));
      if (seen.insert(node).second) filling.nodes.push_back(node);
    }
    occurrence.roles.insert(place_for(occurrence.roles, role.name), std::move(filling));
    return {};
  }
  ValueList values;
  for (const Value& item : items) {
    ANNALS_TRY(Value converted_item, role_value(role, item, parse_text, missing));
    values.push_back(std::move(converted_item));
  }
  Value filled = role.many ? Value(std::move(values)) : std::move(values.front());
  occurrence.attributes.insert(place_for(occurrence.attributes, role.name),
                               Attribute{role.name, std::move(filled)});
  return {};
}

Status CommitBuilder::check_occurrence(const Occurrence& occurrence, const Kind* kind) {
  if (kind == nullptr) return Error(ErrorCode::kInvalidArgument, "the kind is not defined");
  const auto filling_of = [&](SymbolId role) -> std::size_t {
    for (const RoleFilling& filling : occurrence.roles) {
      if (filling.role == role) return filling.nodes.size();
    }
    return 0;
  };
  const auto attribute_of = [&](SymbolId role) -> const Value* {
    for (const Attribute& attribute : occurrence.attributes) {
      if (attribute.role == role) return &attribute.value;
    }
    return nullptr;
  };
  for (const Role& role : kind->roles) {
    const bool filled =
        role.holds_nodes() ? filling_of(role.name) > 0 : attribute_of(role.name) != nullptr;
    if (filled || role.optional || role.many) continue;
    return Error(
        ErrorCode::kInvalidArgument,
        fmt::format("{} needs a {} as '{}'", vocabulary_->symbol_name(kind->name),
                    role_type_name(role, *vocabulary_), vocabulary_->symbol_name(role.name)));
  }
  std::size_t facts = 0;
  for (const Effect& effect : kind->effects) {
    const auto count = [&](EffectEnd end) {
      return end.is_event() ? 1 : filling_of(kind->roles[end.role].name);
    };
    const bool has_target = effect.type != EffectType::kSets && !effect.is_of_existence();
    facts += count(effect.source) * (has_target ? count(effect.target) : 1);
    // A relation or property that the event itself names needs a number in the log.
    if (!effect.name_role) continue;
    const Value* name = attribute_of(kind->roles[*effect.name_role].name);
    if (name == nullptr) continue;
    ANNALS_CHECK_OK(symbol(std::get<std::string>(name->data)));
  }
  if (facts > limits::kEventFactsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("the event would bring about {} facts; EventFactsMax = {}", facts,
                             limits::kEventFactsMax));
  }
  return check_occurrence_ends(*kind, occurrence);
}

// --- What a relation joins ---------------------------------------------------------------------
// The planner relies on it: a label that a relation's definition implies is not looked up again.

Result<SymbolId> CommitBuilder::label(NodeId node) {
  constexpr std::size_t kLabelsMax = 500'000;
  const auto known = labels_.find(node);
  if (known != labels_.end()) return known->second;
  SymbolId label;
  if (const NewEntity* added = new_entity(node)) {
    label = added->type;
  } else if (node.is_event() && node.event_seq() >= next_seq_) {
    const Event& event = content_.events[node.event_seq().raw - next_seq_.raw];
    if (const auto* occurrence = std::get_if<Occurrence>(&event.body)) label = occurrence->kind;
  } else if (node.is_event()) {
    ANNALS_TRY(const RecordedEvent recorded, logged_event(node.event_seq()));
    if (const auto* occurrence = std::get_if<Occurrence>(&recorded.event.body)) {
      label = occurrence->kind;
    }
  } else {
    ANNALS_TRY(label, base_->label(node));
  }
  if (labels_.size() >= kLabelsMax) labels_.clear();
  labels_[node] = label;
  return label;
}

Status CommitBuilder::check_end(SymbolId relation, SymbolId wanted_type, NodeId node) {
  if (!wanted_type) return {};
  ANNALS_TRY(const SymbolId its_label, label(node));
  if (its_label == wanted_type) return {};
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("{} joins {} there, not {}", vocabulary_->symbol_name(relation),
                           type_name(wanted_type), type_name(its_label)));
}

Status CommitBuilder::check_assertion(const Assertion& assertion) {
  const Relation* found = vocabulary_->find_relation(assertion.relation);
  if (found == nullptr) return Error(ErrorCode::kNotFound, "the relation is not defined");
  const Relation relation = *found;
  ANNALS_CHECK_OK(check_end(relation.name, relation.source_type, assertion.source));
  return check_end(relation.name, relation.target_type, assertion.target);
}

Status CommitBuilder::check_occurrence_ends(const Kind& kind, const Occurrence& occurrence) {
  const auto check = [&](EffectEnd end, SymbolId relation, SymbolId wanted) -> Status {
    if (!wanted) return {};
    if (end.is_event()) {
      if (kind.name == wanted) return {};
      return Error(ErrorCode::kInvalidArgument,
                   fmt::format("{} joins {} there, not {}", type_name(relation), type_name(wanted),
                               type_name(kind.name)));
    }
    const Role& role = kind.roles[end.role];
    // Checked when the kind was defined, and a relation's ends never become narrower.
    if (role.type == RoleType::kNode && role.node_type == wanted) return {};
    for (const RoleFilling& filling : occurrence.roles) {
      if (filling.role != role.name) continue;
      for (const NodeId node : filling.nodes) ANNALS_CHECK_OK(check_end(relation, wanted, node));
    }
    return {};
  };
  for (const Effect& effect : kind.effects) {
    if (effect.type == EffectType::kSets || effect.is_of_existence()) continue;
    SymbolId name = effect.name;
    if (effect.name_role) {
      const SymbolId role = kind.roles[*effect.name_role].name;
      for (const Attribute& attribute : occurrence.attributes) {
        if (attribute.role != role) continue;
        name = vocabulary_->find_symbol(std::get<std::string>(attribute.value.data));
      }
    }
    const Relation* relation = name ? vocabulary_->find_relation(name) : nullptr;
    if (relation == nullptr) continue;
    ANNALS_CHECK_OK(check(effect.source, name, relation->source_type));
    ANNALS_CHECK_OK(check(effect.target, name, relation->target_type));
  }
  return {};
}

// --- Definitions -------------------------------------------------------------------------------

namespace {

/// Definitions are compared without the event that made them.
template <class Definition>
bool same_definition(const Definition* known, Definition wanted) {
  if (known == nullptr) return false;
  wanted.defined = known->defined;
  return *known == wanted;
}

template <class Definition>
Event definition_event(Definition definition) {
  definition.defined = Seq();
  Event event;
  event.body = std::move(definition);
  return event;
}

}  // namespace

Result<CommitBuilder::Added> CommitBuilder::define(EntityType type) {
  if (same_definition(vocabulary_->find_entity_type(type.name), type)) return Added::kDuplicate;
  if (vocabulary_->find_kind(type.name) != nullptr) {
    return Error(ErrorCode::kConflict,
                 fmt::format("'{}' is a kind of event already", type_name(type.name)),
                 "an entity type and a kind may not share a name: both label nodes");
  }
  type.defined = next_seq();
  own_vocabulary().define(type);
  return add(definition_event(type));
}

Result<CommitBuilder::Added> CommitBuilder::define(Relation relation) {
  if (same_definition(vocabulary_->find_relation(relation.name), relation)) {
    return Added::kDuplicate;
  }
  for (const SymbolId end : {relation.source_type, relation.target_type}) {
    if (!end || vocabulary_->find_entity_type(end) || vocabulary_->find_kind(end)) continue;
    return Error(ErrorCode::kNotFound,
                 fmt::format("there is no entity type or kind called '{}'", type_name(end)),
                 "define it first");
  }
  if (const Relation* before = vocabulary_->find_relation(relation.name)) {
    // What is recorded must still fit: an end may become wider, not narrower.
    const bool fits = (!relation.source_type || relation.source_type == before->source_type) &&
                      (!relation.target_type || relation.target_type == before->target_type);
    if (!fits) {
      return Error(ErrorCode::kConflict,
                   fmt::format("{} is defined and may hold facts that would not fit",
                               type_name(relation.name)),
                   "its ends may be widened to Entity, or a new relation defined");
    }
  }
  relation.defined = next_seq();
  own_vocabulary().define(relation);
  return add(definition_event(relation));
}

namespace {

/// What an end of an effect can be, against what the relation joins there.
Status check_effect_end(const Kind& kind, EffectEnd end, SymbolId wanted, SymbolId relation,
                        const Vocabulary& vocabulary) {
  if (!wanted) return {};
  const Role* role = end.is_event() ? nullptr : &kind.roles[end.role];
  // A role that any entity may fill is checked with each event.
  if (role != nullptr && role->type == RoleType::kEntity) return {};
  const SymbolId given = role == nullptr ? kind.name : role->node_type;
  if (given == wanted) return {};
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("{} joins {} there, and {} is {}", vocabulary.symbol_name(relation),
                           vocabulary.symbol_name(wanted),
                           role == nullptr ? "the event" : vocabulary.symbol_name(role->name),
                           vocabulary.symbol_name(given)));
}

Status check_existence(const Kind& kind, const Effect& effect, const Vocabulary& vocabulary) {
  if (effect.source.is_event()) {
    return Error(ErrorCode::kInvalidArgument, "an event neither comes to be nor ceases to be",
                 "what begins or ends is an entity: name a role of an entity type");
  }
  const Role& role = kind.roles[effect.source.role];
  const bool holds_entities =
      role.type == RoleType::kEntity || vocabulary.find_entity_type(role.node_type) != nullptr;
  if (holds_entities) return {};
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("'{}' is filled by events, which neither come to be nor cease to be",
                           vocabulary.symbol_name(role.name)),
               "what begins or ends is an entity: name a role of an entity type");
}

Status check_effect(const Kind& kind, const Effect& effect, const Vocabulary& vocabulary) {
  if (effect.type == EffectType::kSets || effect.name_role) return {};
  if (effect.is_of_existence()) return check_existence(kind, effect, vocabulary);
  const Relation* relation = vocabulary.find_relation(effect.name);
  if (relation == nullptr) {
    return Error(
        ErrorCode::kNotFound,
        fmt::format("there is no relation called '{}'", vocabulary.symbol_name(effect.name)),
        "define it first with DEFINE RELATION");
  }
  ANNALS_CHECK_OK(
      check_effect_end(kind, effect.source, relation->source_type, relation->name, vocabulary));
  return check_effect_end(kind, effect.target, relation->target_type, relation->name, vocabulary);
}

Status check_kind_size(const Kind& kind) {
  if (kind.roles.size() > limits::kKindRolesMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a kind may have KindRolesMax = {} roles", limits::kKindRolesMax));
  }
  if (kind.effects.size() > limits::kKindEffectsMax) {
    return Error(
        ErrorCode::kLimitExceeded,
        fmt::format("a kind may have KindEffectsMax = {} effects", limits::kKindEffectsMax));
  }
  if (kind.bounds.size() > limits::kKindBoundsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a kind may have KindBoundsMax = {} bounds", limits::kKindBoundsMax));
  }
  if (kind.checks.size() > limits::kKindChecksMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a kind may have KindChecksMax = {} checks", limits::kKindChecksMax));
  }
  return {};
}

}  // namespace

Result<CommitBuilder::Added> CommitBuilder::define(Padding padding) {
  const Padding& known = vocabulary_->padding();
  if (known.defined && known.values == padding.values) return Added::kDuplicate;
  padding.defined = next_seq();
  own_vocabulary().define(padding);
  return add(definition_event(padding));
}

Result<CommitBuilder::Added> CommitBuilder::define(Kind kind) {
  if (same_definition(vocabulary_->find_kind(kind.name), kind)) return Added::kDuplicate;
  ANNALS_CHECK_OK(check_kind_size(kind));
  if (vocabulary_->find_entity_type(kind.name) != nullptr) {
    return Error(ErrorCode::kConflict,
                 fmt::format("'{}' is an entity type already", type_name(kind.name)),
                 "an entity type and a kind may not share a name: both label nodes");
  }
  for (const Role& role : kind.roles) {
    const bool known = role.type != RoleType::kNode ||
                       vocabulary_->find_entity_type(role.node_type) != nullptr ||
                       vocabulary_->find_kind(role.node_type) != nullptr;
    if (known) continue;
    return Error(
        ErrorCode::kNotFound,
        fmt::format("there is no entity type or kind called '{}'", type_name(role.node_type)),
        "define it first");
  }
  for (const Effect& effect : kind.effects) {
    ANNALS_CHECK_OK(check_effect(kind, effect, *vocabulary_));
  }
  kind.defined = next_seq();
  own_vocabulary().define(kind);
  return add(definition_event(std::move(kind)));
}

}  // namespace annals::storage
