#include "query/commands/role_filling.h"

#include <set>
#include <string_view>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/commands/names.h"
#include "schema/value.h"

namespace annals::query {

using storage::CommitBuilder;
using storage::MissingNames;

Status check_keys_differ(const std::vector<ast::MapEntry>& entries,
                         const StatementContext& context) {
  std::set<std::string_view> seen;
  for (const ast::MapEntry& entry : entries) {
    if (seen.insert(entry.key.name).second) continue;
    return context.placed(
        Error(ErrorCode::kInvalidArgument, fmt::format("'{}' is given twice", entry.key.name),
              "several values of one role stand in a list: [a, b]"),
        entry.key.range);
  }
  return {};
}

namespace {

/// Looks up the entities of one role name by name, so that an error stands at the name that is
/// wrong and what is created can be told. fill_role() finds them again.
Status look_up_entities(const Role& role, const ast::Expression& expression, MissingNames missing,
                        const StatementContext& context, CommitBuilder& builder,
                        CreatedNames& created) {
  const bool holds_entities =
      role.type == RoleType::kEntity ||
      (role.type == RoleType::kNode && builder.vocabulary().find_entity_type(role.node_type));
  if (!holds_entities) return {};
  if (const auto* list = std::get_if<ast::ListLiteral>(&expression.node)) {
    for (const ast::Expression& item : list->items) {
      ANNALS_CHECK_OK(look_up_entities(role, item, missing, context, builder, created));
    }
    return {};
  }
  ANNALS_TRY(const Value value, value_of(expression, context));
  std::vector<std::string_view> names;
  if (const auto* name = std::get_if<std::string>(&value.data)) names.push_back(*name);
  if (const auto* list = std::get_if<ValueList>(&value.data)) {
    for (const Value& item : *list) {
      if (const auto* name = std::get_if<std::string>(&item.data)) names.push_back(*name);
    }
  }
  for (const std::string_view name : names) {
    ANNALS_CHECK_OK(
        context.placed(builder.entity(name, role.node_type, missing), expression.range));
    created.note_entity(role.node_type, name);
  }
  return {};
}

}  // namespace

Status fill_role(const Kind& kind, const ast::MapEntry& entry, MissingNames missing,
                 const StatementContext& context, CommitBuilder& builder, Occurrence& occurrence,
                 CreatedNames& created) {
  ANNALS_TRY(const std::size_t index, find_role(entry.key, kind, builder.vocabulary(), context));
  const Role& role = kind.roles[index];
  ANNALS_CHECK_OK(look_up_entities(role, entry.value, missing, context, builder, created));
  ANNALS_TRY(const Value value, value_of(entry.value, context));
  ANNALS_CHECK_OK(context.placed(builder.fill_role(kind, index, value, missing, false, occurrence),
                                 entry.value.range));
  if (const auto* name = std::get_if<std::string>(&value.data)) created.note_relation(*name);
  return {};
}

}  // namespace annals::query
