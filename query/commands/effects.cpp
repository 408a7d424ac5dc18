#include "query/commands/effects.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "query/commands/names.h"

namespace annals::query {

namespace {

using storage::CommitBuilder;

bool is_event_word(std::string_view name) {
  return name == "EVENT" || name == "event" || name == "Event";
}

Error wrong(const ast::Identifier& at, std::string message, std::string hint,
            const StatementContext& context) {
  return context.placed(Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint)),
                        at.range);
}

/// The index of a role that holds a value; `use` says what the value is for.
Result<std::uint16_t> value_role(const ast::Identifier& name, std::string_view use,
                                 const Kind& kind, const Vocabulary& vocabulary,
                                 const StatementContext& context) {
  ANNALS_TRY(const std::size_t index, find_role(name, kind, vocabulary, context));
  if (kind.roles[index].holds_nodes()) {
    return wrong(name, fmt::format("'{}' is filled by nodes and cannot be {}", name.name, use),
                 "a role of type TEXT, INTEGER, FLOAT, BOOLEAN or DATE holds a value", context);
  }
  return static_cast<std::uint16_t>(index);
}

/// An end of a relation: a role that holds nodes, or the event itself. A role called `event` wins.
Result<EffectEnd> end_of(const ast::Identifier& name, const Kind& kind,
                         const Vocabulary& vocabulary, const StatementContext& context) {
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  const bool is_role = symbol && kind.role_index(symbol);
  if (!is_role && is_event_word(name.name)) return EffectEnd{};
  ANNALS_TRY(const std::size_t index, find_role(name, kind, vocabulary, context));
  if (!kind.roles[index].holds_nodes()) {
    return wrong(
        name, fmt::format("'{}' holds a value and cannot be an end of a relation", name.name),
        "an end is a role of an entity type or a kind, or EVENT for the event itself", context);
  }
  return EffectEnd{static_cast<std::uint16_t>(index)};
}

/// The relation's or property's name, fixed or given by a role.
Status set_name(const ast::EffectName& name, const Kind& kind, const StatementContext& context,
                CommitBuilder& builder, Effect& effect) {
  const bool sets = effect.type == EffectType::kSets;
  const Vocabulary& vocabulary = builder.vocabulary();
  if (name.fixed) {
    if (!sets) ANNALS_CHECK_OK(find_relation(*name.fixed, vocabulary, context));
    ANNALS_TRY(effect.name, context.placed(builder.symbol(name.fixed->name), name.fixed->range));
    return {};
  }
  const RoleType expected = sets ? RoleType::kText : RoleType::kRelation;
  ANNALS_TRY(const std::size_t index, find_role(*name.role, kind, vocabulary, context));
  if (kind.roles[index].type != expected || kind.roles[index].many) {
    return wrong(*name.role,
                 fmt::format("'{}' cannot name the {} of an effect", name.role->name,
                             sets ? "property" : "relation"),
                 fmt::format("$(...) wants a role of type {}", sets ? "TEXT" : "RELATION"),
                 context);
  }
  effect.name_role = static_cast<std::uint16_t>(index);
  return {};
}

Status add_properties(const ast::EffectDefinition& definition, const Kind& kind,
                      const StatementContext& context, CommitBuilder& builder, Effect& effect) {
  for (const ast::EffectDefinition::Property& written : definition.properties) {
    EffectProperty property;
    ANNALS_TRY(property.name,
               context.placed(builder.symbol(written.name.name), written.name.range));
    ANNALS_TRY(property.role,
               value_role(written.role, "a property", kind, builder.vocabulary(), context));
    for (const EffectProperty& other : effect.properties) {
      if (other.name != property.name) continue;
      return wrong(written.name, fmt::format("two properties are called '{}'", written.name.name),
                   "", context);
    }
    effect.properties.push_back(property);
  }
  return {};
}

}  // namespace

Status add_effect(const ast::EffectDefinition& definition, const StatementContext& context,
                  CommitBuilder& builder, Kind& kind) {
  Effect effect;
  effect.type = definition.type;
  const Vocabulary& vocabulary = builder.vocabulary();
  ANNALS_TRY(effect.source, end_of(definition.source, kind, vocabulary, context));
  if (definition.is_of_existence()) {
    if (effect.source.is_event()) {
      return wrong(definition.source, "an event neither comes to be nor ceases to be",
                   "what begins or ends is an entity: name a role of an entity type", context);
    }
    kind.effects.push_back(std::move(effect));
    return {};
  }
  if (effect.type == EffectType::kSets) {
    ANNALS_TRY(effect.target.role,
               value_role(definition.target, "the value of a property", kind, vocabulary, context));
  } else {
    ANNALS_TRY(effect.target, end_of(definition.target, kind, vocabulary, context));
  }
  ANNALS_CHECK_OK(set_name(definition.name, kind, context, builder, effect));
  ANNALS_CHECK_OK(add_properties(definition, kind, context, builder, effect));
  kind.effects.push_back(std::move(effect));
  return {};
}

}  // namespace annals::query
