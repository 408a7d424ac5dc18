#include "schema/event_rules.h"

#include <algorithm>
#include <string>

#include "schema/base/limits.h"
#include "schema/condition_rules.h"
#include "schema/utf8.h"

namespace annals::inline schema {

namespace {

/// What is wrong, in words that need no arguments: a Status for each part of each event would cost
/// more than the checks do. Nothing is wrong while `what` is null.
struct Fault {
  const char* what = nullptr;
  ErrorCode code = ErrorCode::kInvalidArgument;
  explicit operator bool() const { return what != nullptr; }
};

constexpr Fault kFine;
constexpr Fault too_large(const char* what) { return {what, ErrorCode::kLimitExceeded}; }

Status status_of(Fault fault) {
  if (!fault) return {};
  return Error(fault.code, fault.what);
}

// --- Texts and dates -----------------------------------------------------------------------------

Fault check_text(std::string_view text) {
  if (text.size() > limits::kTextBytesMax) return too_large("a text is longer than TextBytesMax");
  if (!is_utf8(text)) return {"a text is not valid UTF-8"};
  return kFine;
}

/// A text that keys hold: NUL ends it there.
Fault check_key_text(std::string_view text, std::size_t bytes_max, Fault beyond) {
  if (text.size() > bytes_max) return beyond;
  if (text.find('\0') != std::string_view::npos) return {"a name holds a NUL character"};
  if (!is_utf8(text)) return {"a name is not valid UTF-8"};
  return kFine;
}

Fault check_name(std::string_view name) {
  if (name.empty()) return {"a name is empty"};
  return check_key_text(name, limits::kNameBytesMax,
                        too_large("a name is longer than NameBytesMax"));
}

Fault check_symbol(std::string_view name) {
  if (name.empty()) return {"a symbol is empty"};
  return check_key_text(name, limits::kSymbolBytesMax,
                        too_large("a symbol is longer than SymbolBytesMax"));
}

Fault check_date(const Date& date) {
  const bool in_order =
      date.begin.earliest <= date.begin.latest && date.end.earliest <= date.end.latest &&
      date.begin.earliest <= date.end.earliest && date.begin.latest <= date.end.latest;
  if (!in_order) return {"the bounds of a date are not in order"};
  if (!date.is_interval && date.begin != date.end) {
    return {"a date that is no interval ends apart from its begin"};
  }
  if (date.precision > Precision::kLonger) return {"the precision of a date is not known"};
  if (date.text.size() > limits::kDateBytesMax) {
    return too_large("the text of a date is longer than DateBytesMax");
  }
  if (!is_utf8(date.text)) return {"the text of a date is not valid UTF-8"};
  return kFine;
}

Fault check_optional_date(const Date* date) { return date != nullptr ? check_date(*date) : kFine; }

// --- Values --------------------------------------------------------------------------------------

Fault check_value(const Value& value, std::uint32_t depth) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return check_text(*text);
  if (const auto* date = std::get_if<Date>(&value.data)) return check_date(*date);
  const auto* list = std::get_if<ValueList>(&value.data);
  if (list == nullptr) return kFine;
  if (depth == limits::kNestingMax) return too_large("lists nest deeper than NestingMax");
  if (list->size() > limits::kListElementsMax) {
    return too_large("a list has more than ListElementsMax elements");
  }
  for (const Value& element : *list) {
    if (const Fault fault = check_value(element, depth + 1)) return fault;
  }
  return kFine;
}

SymbolId name_of(const RoleFilling& filling) { return filling.role; }
SymbolId name_of(const Attribute& attribute) { return attribute.role; }
SymbolId name_of(const Property& property) { return property.name; }

/// Names are set, sorted, and none repeats.
template <class Named>
bool is_sorted_by_name(const std::vector<Named>& list) {
  SymbolId last;
  for (const Named& one : list) {
    if (name_of(one) <= last) return false;
    last = name_of(one);
  }
  return true;
}

template <class Named>
Fault check_values(const std::vector<Named>& list) {
  if (!is_sorted_by_name(list)) return {"attributes or properties are not sorted by name"};
  for (const Named& one : list) {
    if (const Fault fault = check_value(one.value, 0)) return fault;
  }
  return kFine;
}

/// An entity or an event with a number of its own.
bool is_node(NodeId id) { return id.raw > 1; }

// --- Bodies --------------------------------------------------------------------------------------

Fault check_fillings(const std::vector<RoleFilling>& roles,
                     const std::vector<Attribute>& attributes) {
  if (roles.size() + attributes.size() > limits::kKindRolesMax) {
    return too_large("an event fills more than KindRolesMax roles");
  }
  if (!is_sorted_by_name(roles)) return {"roles are not sorted by name"};
  for (const RoleFilling& filling : roles) {
    if (filling.nodes.empty()) return {"a role is listed that nothing fills"};
    if (filling.nodes.size() > limits::kListElementsMax) {
      return too_large("a role has more than ListElementsMax nodes");
    }
    if (!std::all_of(filling.nodes.begin(), filling.nodes.end(), is_node)) {
      return {"a role is filled by node zero"};
    }
  }
  return check_values(attributes);
}

Fault check_body(const Occurrence& occurrence) {
  if (!occurrence.kind) return {"an event has no kind"};
  return check_fillings(occurrence.roles, occurrence.attributes);
}

Fault check_body(const Correction& correction) {
  constexpr unsigned kAllParts = Correction::kOn | Correction::kUntil | Correction::kSaid |
                                 Correction::kStatus | Correction::kSource;
  if (!correction.target) return {"a correction names no event"};
  if ((correction.parts & ~kAllParts) != 0) return {"a correction changes an unknown part"};
  if (correction.status > EventStatus::kCancelled) return {"the status of an event is not known"};
  const bool has_unnamed_part =
      (correction.on && !correction.has(Correction::kOn)) ||
      (correction.until && !correction.has(Correction::kUntil)) ||
      (correction.said && !correction.has(Correction::kSaid)) ||
      (correction.status != EventStatus::kHappened && !correction.has(Correction::kStatus)) ||
      (!correction.source.empty() && !correction.has(Correction::kSource));
  if (has_unnamed_part) return {"a correction holds a part that it does not change"};
  for (const auto* date : {&correction.on, &correction.until, &correction.said}) {
    if (const Fault fault = check_optional_date(pointer_to(*date))) return fault;
  }
  if (const Fault fault = check_text(correction.source)) return fault;
  if (correction.cleared.size() > limits::kKindRolesMax) {
    return too_large("a correction clears more than KindRolesMax roles");
  }
  SymbolId last;
  for (const SymbolId role : correction.cleared) {
    if (role <= last) return {"the roles that a correction clears are not sorted"};
    last = role;
  }
  return check_fillings(correction.roles, correction.attributes);
}

Fault check_body(const Retraction& retraction) {
  if (!retraction.target) return {"a retraction names no event"};
  return kFine;
}

Fault check_body(const Replay&) { return kFine; }

Fault check_body(const Assertion& assertion) {
  if (!is_node(assertion.source) || !is_node(assertion.target)) {
    return {"a fact joins node zero"};
  }
  if (!assertion.relation) return {"a fact has no relation"};
  if (assertion.properties.size() > limits::kListElementsMax) {
    return too_large("a fact has more than ListElementsMax properties");
  }
  return check_values(assertion.properties);
}

Fault check_body(const Naming& naming) {
  if (!is_node(naming.entity) || naming.entity.is_event()) return {"names are given to no entity"};
  for (const auto* names : {&naming.aliases, &naming.identifiers}) {
    if (names->size() > limits::kListElementsMax) {
      return too_large("an entity is given more than ListElementsMax names");
    }
    for (const std::string& name : *names) {
      if (const Fault fault = check_name(name)) return fault;
    }
  }
  return kFine;
}

template <class Definition>
Fault check_definition(const Definition& definition) {
  if (!definition.name) return {"a definition has no name"};
  if (definition.defined) return {"a definition states its own sequence"};
  return kFine;
}

Fault check_body(const EntityType& type) { return check_definition(type); }
Fault check_body(const Relation& relation) { return check_definition(relation); }

Fault check_roles(const std::vector<Role>& roles) {
  if (roles.size() > limits::kKindRolesMax)
    return too_large("a kind has more than KindRolesMax roles");
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const Role& role = roles[i];
    if (!role.name) return {"a role has no name"};
    if (role.type > RoleType::kRelation) return {"the type of a role is not known"};
    if ((role.type == RoleType::kNode) != static_cast<bool>(role.node_type)) {
      return {"only a role for nodes of one type names that type, and it must"};
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (roles[j].name == role.name) return {"two roles have the same name"};
    }
  }
  return kFine;
}

/// Checks the effects of one kind against its roles.
class EffectRules {
 public:
  explicit EffectRules(const std::vector<Role>& roles) : roles_(roles) {}

  Fault check(const Effect& effect) const {
    if (effect.type > EffectType::kSets) return {"the type of an effect is not known"};
    if (!is_node_end(effect.source)) return {"an effect begins at no role for nodes"};
    if (effect.is_of_existence()) return check_existence(effect);
    const bool sets = effect.type == EffectType::kSets;
    if (sets && !is_value_role(effect.target.role)) return {"an effect sets no role for values"};
    if (!sets && !is_node_end(effect.target)) return {"an effect ends at no role for nodes"};
    if (effect.name && effect.name_role) return {"an effect has two names"};
    if (effect.name_role && !is_value_role(*effect.name_role)) {
      return {"an effect is named by no role for values"};
    }
    if (effect.properties.size() > limits::kKindRolesMax) {
      return too_large("an effect has more than KindRolesMax properties");
    }
    for (const EffectProperty& property : effect.properties) {
      if (!property.name || !is_value_role(property.role)) {
        return {"a property of an effect has no name or no role for values"};
      }
    }
    return kFine;
  }

 private:
  static Fault check_existence(const Effect& effect) {
    const bool begins_or_ends =
        effect.type == EffectType::kBegins || effect.type == EffectType::kEnds;
    if (!begins_or_ends || effect.source.is_event()) return {"an effect has no name"};
    if (!effect.target.is_event() || !effect.properties.empty()) {
      return {"an effect on existence has a target or properties"};
    }
    return kFine;
  }
  bool is_node_end(EffectEnd end) const {
    return end.is_event() || (end.role < roles_.size() && roles_[end.role].holds_nodes());
  }
  bool is_value_role(std::size_t role) const {
    return role < roles_.size() && !roles_[role].holds_nodes();
  }

  const std::vector<Role>& roles_;
};

/// Checks the conditions of one kind against its roles.
class ConditionRules {
 public:
  explicit ConditionRules(const std::vector<Role>& roles) : roles_(roles) {}

  Fault check(const Check& check) {
    if (check.message.empty()) return {"a check has no message"};
    if (const Fault fault = check_text(check.message)) return fault;
    parts_ = 0;
    ConditionType type;
    if (const Fault fault = check_part(check.condition, 1, type)) return fault;
    const bool is_truth = !type.is_list && (type.base == ConditionType::kBoolean ||
                                            type.base == ConditionType::kNull);
    if (!is_truth) return {"a condition is neither true nor false"};
    return kFine;
  }

 private:
  Fault check_part(const Condition& part, std::uint32_t depth, ConditionType& type) {
    if (depth > limits::kNestingMax) return too_large("a condition nests deeper than NestingMax");
    if (++parts_ > limits::kConditionPartsMax) {
      return too_large("a condition has more than ConditionPartsMax parts");
    }
    const bool holds_foreign = (part.role != 0 && part.op != ConditionOperator::kRole) ||
                               (!part.literal.is_null() && part.op != ConditionOperator::kLiteral);
    if (holds_foreign) return {"a part of a condition holds what it has no use for"};
    if (const Fault fault = check_value(part.literal, 0)) return fault;
    std::vector<ConditionType> operands(part.operands.size());
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (const Fault fault = check_part(part.operands[i], depth + 1, operands[i])) return fault;
    }
    const std::optional<ConditionType> found = type_of(part, operands, roles_);
    if (!found) return {"a part of a condition is not known or has operands it does not take"};
    type = *found;
    return kFine;
  }

  const std::vector<Role>& roles_;
  std::size_t parts_ = 0;
};

Fault check_conditions(const Kind& kind) {
  if (kind.bounds.size() > limits::kKindBoundsMax) {
    return too_large("a kind has more than KindBoundsMax bounds");
  }
  if (kind.checks.size() > limits::kKindChecksMax) {
    return too_large("a kind has more than KindChecksMax checks");
  }
  for (const Bound& bound : kind.bounds) {
    if (!is_of_kind(bound, kind.roles)) return {"a bound names no instant of the event"};
  }
  ConditionRules rules(kind.roles);
  for (const Check& check : kind.checks) {
    if (const Fault fault = rules.check(check)) return fault;
  }
  return kFine;
}

Fault check_body(const Padding& padding) {
  if (padding.defined) return {"a definition states its own sequence"};
  const ApproximationPadding& values = padding.values;
  for (const std::int32_t value :
       {values.day_days, values.month_months, values.year_years, values.longer_percent}) {
    if (value < 0) return {"a padding is negative"};
    if (value > limits::kPaddingMax) return too_large("a padding is larger than PaddingMax");
  }
  return kFine;
}

Fault check_body(const Kind& kind) {
  if (const Fault fault = check_definition(kind)) return fault;
  if (const Fault fault = check_roles(kind.roles)) return fault;
  if (kind.effects.size() > limits::kKindEffectsMax) {
    return too_large("a kind has more than KindEffectsMax effects");
  }
  const EffectRules rules(kind.roles);
  for (const Effect& effect : kind.effects) {
    if (const Fault fault = rules.check(effect)) return fault;
  }
  return check_conditions(kind);
}

Fault check_whole_event(const Event& event) {
  if (event.status > EventStatus::kCancelled) return {"the status of an event is not known"};
  for (const Date* date : dates_of(event)) {
    if (const Fault fault = check_optional_date(date)) return fault;
  }
  const auto* assertion = std::get_if<Assertion>(&event.body);
  if (event.until && (assertion == nullptr || assertion->momentary)) {
    return {"an end date stands with something other than a lasting fact"};
  }
  const bool changes_another = static_cast<bool>(target_of(event));
  if (changes_another && (event.on || event.status != EventStatus::kHappened)) {
    return {"a correction or a retraction has a date or a status of its own"};
  }
  const Fault id_too_large = too_large("an ID is longer than NameBytesMax");
  if (const Fault fault = check_key_text(event.id, limits::kNameBytesMax, id_too_large)) {
    return fault;
  }
  if (const Fault fault = check_text(event.source)) return fault;
  if (const Fault fault = check_text(event.reason)) return fault;
  return std::visit([](const auto& body) { return check_body(body); }, event.body);
}

// --- References ----------------------------------------------------------------------------------

class ReferenceRules {
 public:
  explicit ReferenceRules(const KnownNumbers& known) : known_(known) {}

  bool hold(const Occurrence& occurrence) const {
    return is_known(occurrence.kind) &&
           std::all_of(occurrence.roles.begin(), occurrence.roles.end(),
                       [this](const RoleFilling& one) { return hold(one); }) &&
           names_known(occurrence.attributes);
  }
  bool hold(const Assertion& assertion) const {
    return is_known(assertion.source) && is_known(assertion.target) &&
           is_known(assertion.relation) && names_known(assertion.properties);
  }
  bool hold(const Correction& correction) const {
    return correction.target < known_.before &&
           std::all_of(correction.roles.begin(), correction.roles.end(),
                       [this](const RoleFilling& one) { return hold(one); }) &&
           names_known(correction.attributes) &&
           (correction.cleared.empty() || is_known(correction.cleared.back()));
  }
  bool hold(const Retraction& retraction) const { return retraction.target < known_.before; }
  bool hold(const Replay&) const { return true; }
  bool hold(const Padding&) const { return true; }
  bool hold(const Naming& naming) const { return is_known(naming.entity); }
  bool hold(const EntityType& type) const { return is_known(type.name); }
  bool hold(const Relation& relation) const {
    return is_known(relation.name) && is_known(relation.source_type) &&
           is_known(relation.target_type);
  }
  bool hold(const Kind& kind) const {
    return is_known(kind.name) &&
           std::all_of(
               kind.roles.begin(), kind.roles.end(),
               [this](const Role& one) { return is_known(one.name) && is_known(one.node_type); }) &&
           std::all_of(kind.effects.begin(), kind.effects.end(),
                       [this](const Effect& one) { return hold(one); });
  }

 private:
  bool is_known(SymbolId symbol) const { return symbol.raw <= known_.symbols; }
  bool is_known(NodeId node) const {
    return node.is_event() ? node.event_seq() < known_.before
                           : node.entity_number() <= known_.entities;
  }
  bool hold(const RoleFilling& filling) const {
    return is_known(filling.role) && std::all_of(filling.nodes.begin(), filling.nodes.end(),
                                                 [this](NodeId node) { return is_known(node); });
  }
  bool hold(const Effect& effect) const {
    return is_known(effect.name) &&
           std::all_of(effect.properties.begin(), effect.properties.end(),
                       [this](const EffectProperty& one) { return is_known(one.name); });
  }
  /// The names are sorted: the last is the largest.
  template <class Named>
  bool names_known(const std::vector<Named>& list) const {
    return list.empty() || is_known(name_of(list.back()));
  }

  const KnownNumbers& known_;
};

}  // namespace

Status check_event(const Event& event) { return status_of(check_whole_event(event)); }

Status check_commit(const CommitContent& content) {
  // Far from where a number or a node's number would overflow.
  constexpr std::uint64_t kEntitiesMax = std::uint64_t{1} << 62;
  const bool is_numbered = content.first_symbol > 0 && content.first_entity > 0 &&
                           content.first_entity < kEntitiesMax &&
                           content.first_symbol + content.symbols.size() <= limits::kSymbolsMax + 1;
  if (!is_numbered) return status_of({"the numbers of symbols or entities are out of range"});
  if (content.events.size() > limits::kCommitEventsMax) {
    return status_of(too_large("a commit has more than CommitEventsMax events"));
  }
  for (const std::string& symbol : content.symbols) {
    if (const Fault fault = check_symbol(symbol)) return status_of(fault);
  }
  for (const NewEntity& entity : content.entities) {
    if (!entity.type) return status_of({"a new entity has no type"});
    if (const Fault fault = check_name(entity.name)) return status_of(fault);
  }
  for (const Event& event : content.events) {
    if (const Fault fault = check_whole_event(event)) return status_of(fault);
  }
  return {};
}

Status check_references(const Event& event, const KnownNumbers& known) {
  const ReferenceRules rules(known);
  if (std::visit([&](const auto& body) { return rules.hold(body); }, event.body)) return {};
  return Error(ErrorCode::kInvalidArgument,
               "an event refers to a symbol, an entity or an event that is not there yet");
}

}  // namespace annals::inline schema
