#include "query/commands/record.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/commands/created_names.h"
#include "query/commands/names.h"
#include "query/commands/role_filling.h"
#include "schema/value.h"

namespace annals::query {

namespace {

using storage::CommitBuilder;
using storage::MissingNames;

MissingNames missing_names(const ast::RecordingDetails& details) {
  return details.creating_missing ? MissingNames::kCreate : MissingNames::kRefuse;
}

/// Adds the finished event and says what became of it. Errors that concern the ID stand there, the
/// others at `range`.
Result<std::string> add_event(Event event, const ast::RecordingDetails& details,
                              ast::SourceRange range, const CreatedNames& created,
                              const StatementContext& context, CommitBuilder& builder) {
  const std::string id = event.id;
  Result<CommitBuilder::Added> added = builder.add(std::move(event));
  if (!added) {
    const bool is_about_id = added.error().code == ErrorCode::kConflict && details.id;
    return context.placed(std::move(added).error(), is_about_id ? details.id->range : range);
  }
  if (*added == CommitBuilder::Added::kDuplicate) {
    ANNALS_TRY(const NodeId recorded, builder.event_node(id));
    ANNALS_TRY(const storage::EventState state, builder.event_state(recorded.event_seq()));
    return fmt::format("already recorded as #{}{}: nothing to do", recorded.event_seq().raw,
                       state.is_retracted ? ", and retracted since" : "");
  }
  return fmt::format("recorded #{}{}", builder.next_seq().raw - 1, created.text());
}

// --- ASSERT --------------------------------------------------------------------------------------

/// One end of ASSERT. Without a label it is looked up in the type that the relation wants.
Result<NodeId> node_of(const ast::NodePattern& pattern, SymbolId wanted_type, MissingNames missing,
                       const StatementContext& context, CommitBuilder& builder,
                       CreatedNames& created) {
  if (!pattern.name) {
    return context.placed(Error(ErrorCode::kInvalidArgument, "an end of ASSERT needs a name",
                                "for example (:Country 'Georgia')"),
                          pattern.range);
  }
  ANNALS_TRY(const std::string name, text_of(*pattern.name, "the name of a node", context));
  const Vocabulary& vocabulary = builder.vocabulary();
  SymbolId type = wanted_type;
  if (!pattern.labels.empty()) {
    ANNALS_TRY(type, find_node_type(pattern.labels.front(), vocabulary, context));
    if (!type) type = wanted_type;
  }
  if (type && vocabulary.find_kind(type) != nullptr) {
    return context.placed(builder.event_node(name), pattern.name->range);
  }
  ANNALS_TRY(const NodeId node,
             context.placed(builder.entity(name, type, missing), pattern.name->range));
  created.note_entity(type, name);
  return node;
}

/// The relation; with CREATING MISSING one that is not known is defined and joins any nodes.
Result<Relation> relation_of(const ast::Identifier& name, MissingNames missing,
                             const StatementContext& context, CommitBuilder& builder,
                             CreatedNames& created) {
  const Vocabulary& vocabulary = builder.vocabulary();
  const SymbolId known = vocabulary.find_symbol(name.name);
  if (missing == MissingNames::kCreate && (!known || !vocabulary.find_relation(known))) {
    Relation relation;
    ANNALS_TRY(relation.name, context.placed(builder.symbol(name.name), name.range));
    ANNALS_CHECK_OK(context.placed(builder.define(relation), name.range));
    created.add_relation(name.name);
    return relation;
  }
  ANNALS_TRY(const Relation* const relation, find_relation(name, vocabulary, context));
  return *relation;
}

}  // namespace

Result<std::string> register_entity(const ast::RegisterEntity& statement,
                                    const StatementContext& context, CommitBuilder& builder) {
  ANNALS_TRY(const EntityType* const type,
             find_entity_type(statement.type, builder.vocabulary(), context));
  ANNALS_TRY(const std::string name, text_of(statement.name, "the name of an entity", context));
  Naming naming;
  for (const ast::Expression& alias : statement.aliases) {
    ANNALS_TRY(naming.aliases.emplace_back(), text_of(alias, "ALSO", context));
  }
  for (const ast::Expression& identifier : statement.identifiers) {
    ANNALS_TRY(naming.identifiers.emplace_back(), text_of(identifier, "ID", context));
  }
  ANNALS_TRY(Event details, event_of(statement.details, builder.vocabulary(), context));
  CreatedNames created(builder);
  const SymbolId type_name = type->name;
  ANNALS_TRY(const CommitBuilder::Added added,
             context.placed(
                 builder.register_entity(type_name, name, std::move(naming), std::move(details)),
                 statement.name.range));
  const std::string shown = format_value(Value(name));
  if (added == CommitBuilder::Added::kDuplicate) {
    return fmt::format("{} {} is known with these names: nothing to do", statement.type.name,
                       shown);
  }
  created.note_entity(type_name, name);
  const std::string what = created.text();
  const std::uint64_t seq = builder.next_seq().raw - 1;
  if (!what.empty()) return fmt::format("recorded #{}{}", seq, what);
  return fmt::format("recorded #{}, more names for {} {}", seq, statement.type.name, shown);
}

Result<std::string> record_event(const ast::Record& statement, const StatementContext& context,
                                 CommitBuilder& builder) {
  ANNALS_CHECK_OK(check_expected(statement.details, context, builder));
  ANNALS_TRY(const Kind* const found, find_kind(statement.kind, builder.vocabulary(), context));
  const Kind kind = *found;  // Creating a relation invalidates the pointer.
  const MissingNames missing = missing_names(statement.details);
  ANNALS_CHECK_OK(check_keys_differ(statement.roles, context));
  CreatedNames created(builder);
  Occurrence occurrence;
  occurrence.kind = kind.name;
  for (const ast::MapEntry& entry : statement.roles) {
    ANNALS_CHECK_OK(fill_role(kind, entry, missing, context, builder, occurrence, created));
  }
  ANNALS_TRY(Event event, event_of(statement.details, builder.vocabulary(), context));
  event.body = std::move(occurrence);
  return add_event(std::move(event), statement.details, statement.kind.range, created, context,
                   builder);
}

Result<std::string> assert_fact(const ast::Assert& statement, const StatementContext& context,
                                CommitBuilder& builder) {
  const ast::RecordingDetails& details = statement.details;
  ANNALS_CHECK_OK(check_expected(details, context, builder));
  const MissingNames missing = missing_names(details);
  CreatedNames created(builder);
  ANNALS_CHECK_OK(check_keys_differ(statement.properties, context));
  Assertion assertion;
  ANNALS_TRY(const Relation relation,
             relation_of(statement.relation, missing, context, builder, created));
  assertion.relation = relation.name;
  ANNALS_TRY(assertion.source,
             node_of(statement.source, relation.source_type, missing, context, builder, created));
  ANNALS_TRY(assertion.target,
             node_of(statement.target, relation.target_type, missing, context, builder, created));
  for (const ast::MapEntry& entry : statement.properties) {
    Property property;
    ANNALS_TRY(property.name, context.placed(builder.symbol(entry.key.name), entry.key.range));
    ANNALS_TRY(property.value, value_of(entry.value, context));
    if (!property.value.is_null()) assertion.properties.push_back(std::move(property));
  }
  std::sort(assertion.properties.begin(), assertion.properties.end(),
            [](const Property& a, const Property& b) { return a.name < b.name; });
  assertion.momentary = details.on.has_value();
  ANNALS_TRY(Event event, event_of(details, builder.vocabulary(), context));
  event.body = std::move(assertion);
  return add_event(std::move(event), details, statement.relation.range, created, context, builder);
}

}  // namespace annals::query
