#include "query/commands/define.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/conditions.h"
#include "query/commands/effects.h"
#include "query/commands/names.h"
#include "schema/base/ascii.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

using storage::CommitBuilder;

struct ValueType {
  std::string_view word;
  RoleType type;
};
constexpr ValueType kValueTypes[] = {
    {"TEXT", RoleType::kText},   {"INTEGER", RoleType::kInteger},
    {"FLOAT", RoleType::kFloat}, {"BOOLEAN", RoleType::kBoolean},
    {"DATE", RoleType::kDate},   {"RELATION", RoleType::kRelation},
};

/// What a role may hold instead of nodes.
std::string value_words() {
  std::string words;
  for (const ValueType& type : kValueTypes) {
    words += fmt::format("{}{}", words.empty() ? "" : ", ", type.word);
  }
  return words;
}

/// Hands the definition to the builder and says what became of it. `before` is the event that
/// defined it until now; zero if none did.
template <class Definition>
Result<std::string> add_definition(Definition definition, Seq before, ast::SourceRange range,
                                   const StatementContext& context, CommitBuilder& builder) {
  const Seq seq = builder.next_seq();
  ANNALS_TRY(const CommitBuilder::Added added,
             context.placed(builder.define(std::move(definition)), range));
  if (added == CommitBuilder::Added::kDuplicate) {
    return fmt::format("already defined so as #{}: nothing to do", before.raw);
  }
  if (before) return fmt::format("recorded #{}, in place of #{}", seq.raw, before.raw);
  return fmt::format("recorded #{}", seq.raw);
}

/// The event that defined what `definition` points to; zero for none.
template <class Definition>
Seq defined_by(const Definition* definition) {
  return definition == nullptr ? Seq() : definition->defined;
}

/// The type of a role: a defined name as it is written, else a word for values in any case.
Status set_role_type(const ast::Identifier& type, SymbolId kind_name, const Vocabulary& vocabulary,
                     const StatementContext& context, Role& role) {
  const SymbolId symbol = vocabulary.find_symbol(type.name);
  const bool is_node = symbol && (symbol == kind_name || vocabulary.find_entity_type(symbol) ||
                                  vocabulary.find_kind(symbol));
  if (is_node) {
    role.type = RoleType::kNode;
    role.node_type = symbol;
    return {};
  }
  for (const ValueType& value_type : kValueTypes) {
    if (!equals_ignoring_case(type.name, value_type.word)) continue;
    role.type = value_type.type;
    return {};
  }
  ANNALS_TRY(role.node_type,
             find_node_type(type, vocabulary, context, "; values are " + value_words()));
  role.type = RoleType::kEntity;
  return {};
}

Status add_role(const ast::RoleDefinition& definition, const StatementContext& context,
                CommitBuilder& builder, Kind& kind) {
  Role role;
  ANNALS_TRY(role.name,
             context.placed(builder.symbol(definition.name.name), definition.name.range));
  if (kind.role_index(role.name)) {
    return context.placed(Error(ErrorCode::kInvalidArgument,
                                fmt::format("two roles are called '{}'", definition.name.name)),
                          definition.name.range);
  }
  role.optional = definition.optional;
  role.many = definition.many;
  ANNALS_CHECK_OK(set_role_type(definition.type, kind.name, builder.vocabulary(), context, role));
  kind.roles.push_back(role);
  return {};
}

}  // namespace

Result<std::string> define_entity(const ast::DefineEntity& statement,
                                  const StatementContext& context, CommitBuilder& builder) {
  const ast::Identifier& name = statement.name;
  EntityType type;
  ANNALS_TRY(type.name, context.placed(builder.symbol(name.name), name.range));
  const Seq before = defined_by(builder.vocabulary().find_entity_type(type.name));
  return add_definition(type, before, name.range, context, builder);
}

Result<std::string> define_relation(const ast::DefineRelation& statement,
                                    const StatementContext& context, CommitBuilder& builder) {
  const ast::Identifier& name = statement.name;
  Relation relation;
  ANNALS_TRY(relation.name, context.placed(builder.symbol(name.name), name.range));
  const Vocabulary& vocabulary = builder.vocabulary();
  ANNALS_TRY(relation.source_type, find_node_type(statement.source_type, vocabulary, context));
  ANNALS_TRY(relation.target_type, find_node_type(statement.target_type, vocabulary, context));
  const Seq before = defined_by(vocabulary.find_relation(relation.name));
  return add_definition(relation, before, name.range, context, builder);
}

Result<std::string> define_event(const ast::DefineEvent& statement, const StatementContext& context,
                                 CommitBuilder& builder) {
  const ast::Identifier& name = statement.name;
  Kind kind;
  ANNALS_TRY(kind.name, context.placed(builder.symbol(name.name), name.range));
  for (const ast::RoleDefinition& role : statement.roles) {
    ANNALS_CHECK_OK(add_role(role, context, builder, kind));
  }
  for (const ast::EffectDefinition& effect : statement.effects) {
    ANNALS_CHECK_OK(add_effect(effect, context, builder, kind));
  }
  for (const ast::BoundDefinition& bound : statement.bounds) {
    ANNALS_CHECK_OK(add_bound(bound, builder.vocabulary(), context, kind));
  }
  for (const ast::CheckDefinition& check : statement.checks) {
    ANNALS_CHECK_OK(add_check(check, builder.vocabulary(), context, kind));
  }
  const Seq before = defined_by(builder.vocabulary().find_kind(kind.name));
  return add_definition(std::move(kind), before, name.range, context, builder);
}

namespace {

std::int32_t& amount_of(ast::PaddingUnit unit, ApproximationPadding& padding) {
  switch (unit) {
    case ast::PaddingUnit::kDays: return padding.day_days;
    case ast::PaddingUnit::kMonths: return padding.month_months;
    case ast::PaddingUnit::kYears: return padding.year_years;
    case ast::PaddingUnit::kPercent: break;
  }
  return padding.longer_percent;
}

Status set_amount(const ast::DefinePadding::Part& part, const StatementContext& context,
                  ApproximationPadding& padding) {
  const auto* amount = std::get_if<std::int64_t>(&part.amount.value.data);
  if (amount == nullptr || *amount < 0) {
    return context.placed(
        Error(ErrorCode::kInvalidArgument, "a padding is a whole number that is not negative"),
        part.range);
  }
  if (*amount > limits::kPaddingMax) {
    return context.placed(
        Error(ErrorCode::kLimitExceeded,
              fmt::format("a padding may be PaddingMax = {}", limits::kPaddingMax),
              "a date that is known less well is written with its bounds: "
              "'[1000..2000]'"),
        part.range);
  }
  amount_of(part.unit, padding) = static_cast<std::int32_t>(*amount);
  return {};
}

}  // namespace

Result<std::string> define_padding(const ast::DefinePadding& statement,
                                   const StatementContext& context, CommitBuilder& builder) {
  Padding padding = builder.vocabulary().padding();
  const Seq before = padding.defined;
  std::vector<ast::PaddingUnit> given;
  for (const ast::DefinePadding::Part& part : statement.parts) {
    if (std::find(given.begin(), given.end(), part.unit) != given.end()) {
      return context.placed(Error(ErrorCode::kInvalidArgument, "this padding is given twice"),
                            part.range);
    }
    given.push_back(part.unit);
    ANNALS_CHECK_OK(set_amount(part, context, padding.values));
  }
  return add_definition(padding, before, statement.parts.front().range, context, builder);
}

}  // namespace annals::query
