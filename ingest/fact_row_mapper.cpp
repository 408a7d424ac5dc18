#include "ingest/fact_row_mapper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "ingest/column_lookup.h"
#include "schema/base/closest.h"
#include "schema/base/limits.h"

namespace annals::ingest {

using storage::CommitBuilder;
using storage::MissingNames;

namespace {

constexpr std::array<std::string_view, 2> kEndRoles = {"subject", "object"};
constexpr std::string_view kRelationRole = "relation";

constexpr std::size_t kRelationsKeptMax = 100'000;

bool is_end_role(std::string_view role) {
  return std::find(kEndRoles.begin(), kEndRoles.end(), role) != kEndRoles.end();
}

/// A misspelt "subject" is taken for a property, so the properties are looked through.
Error role_missing(const LoadRequest& request, std::string_view role) {
  std::vector<std::string> properties;
  for (const ColumnMapping& mapping : request.roles) {
    if (!is_end_role(mapping.role) && mapping.role != kRelationRole)
      properties.push_back(mapping.role);
  }
  const auto misspelt = closest(role, properties);
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("no column is given for the {} of the facts", role),
               misspelt ? fmt::format("did you mean '{}' where '{}' stands?", role, *misspelt)
                        : fmt::format("add {}: and the column's name", role))
      .at(request.place);
}

}  // namespace

FactRowMapper::FactRowMapper(const LoadRequest& request, FileColumns columns, Rehearsal* rehearsal,
                             EventDetails details, Seq recorded_before)
    : columns_(std::move(columns)),
      rehearsal_(rehearsal),
      missing_(request.creating_missing ? MissingNames::kCreate : MissingNames::kRefuse),
      details_(std::move(details)),
      finder_(missing_, recorded_before) {}

Result<std::unique_ptr<RowMapper>> FactRowMapper::create(const LoadRequest& request,
                                                         FileColumns columns,
                                                         const CommitBuilder& builder,
                                                         Rehearsal* rehearsal) {
  const Vocabulary& vocabulary = builder.vocabulary();
  const Seq recorded_before(builder.next_seq().raw - 1);
  ANNALS_TRY(EventDetails details, EventDetails::create(request, columns));
  std::unique_ptr<FactRowMapper> mapper(new FactRowMapper(request, std::move(columns), rehearsal,
                                                          std::move(details), recorded_before));
  ANNALS_CHECK_OK(mapper->look_up_mappings(request, vocabulary));
  return std::unique_ptr<RowMapper>(std::move(mapper));
}

Status FactRowMapper::look_up_mappings(const LoadRequest& request, const Vocabulary& vocabulary) {
  std::vector<std::string_view> given;
  for (const ColumnMapping& mapping : request.roles) {
    if (std::find(given.begin(), given.end(), mapping.role) != given.end()) {
      return Error(ErrorCode::kInvalidArgument, fmt::format("{} is given twice", mapping.role))
          .at(mapping.place);
    }
    given.push_back(mapping.role);
    ANNALS_TRY(const std::size_t column, find_column(mapping.column, columns_, mapping.place));
    ANNALS_TRY(const SymbolId type, find_node_type(mapping, vocabulary));
    const bool is_property = !is_end_role(mapping.role) && mapping.role != kRelationRole;
    if (mapping.epoch_unit && !is_property) {
      return Error(ErrorCode::kInvalidArgument, fmt::format("{} takes no date", mapping.role))
          .at(mapping.place);
    }
    const auto end = std::find(kEndRoles.begin(), kEndRoles.end(), mapping.role);
    if (end != kEndRoles.end()) {
      ends_[static_cast<std::size_t>(end - kEndRoles.begin())] = {column, type};
      continue;
    }
    if (type) {
      return Error(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' takes a text, which has no type like {}", mapping.role,
                               mapping.entity_type),
                   "OF is for subject and object")
          .at(mapping.place);
    }
    if (mapping.role == kRelationRole) {
      relation_column_ = column;
    } else {
      properties_.push_back({mapping.role, column});
    }
  }
  for (const std::string_view role : {kEndRoles[0], kRelationRole, kEndRoles[1]}) {
    if (std::find(given.begin(), given.end(), role) == given.end()) {
      return role_missing(request, role);
    }
  }
  return {};
}

void FactRowMapper::forget() {
  finder_.forget();
  relations_.clear();
}

// --- Rows ----------------------------------------------------------------------------------------

RowStatus FactRowMapper::check_filled(const Record& record) const {
  const auto check = [&](std::size_t column, std::string_view what) -> RowStatus {
    if (!record.fields[column].empty()) return {};
    return field_problem(record, columns_, column,
                         Error(ErrorCode::kInvalidArgument,
                               fmt::format("{} is empty: the fact's {} is missing",
                                           column_label(columns_.names, column), what)));
  };
  ANNALS_CHECK_OK(check(ends_[0].column, kEndRoles[0]));
  ANNALS_CHECK_OK(check(relation_column_, kRelationRole));
  ANNALS_CHECK_OK(check(ends_[1].column, kEndRoles[1]));
  // Without its day, a fact of one day would be one of any time at all.
  if (details_.on_column()) return check(*details_.on_column(), "day");
  return {};
}

/// What this load means by a relation. Problem: OF and the definition name different types.
RowResult<FactRowMapper::KnownRelation> FactRowMapper::known_relation(
    const Record& record, const Relation& relation, const Vocabulary& vocabulary) const {
  KnownRelation known;
  known.name = relation.name;
  const std::array<SymbolId, 2> declared = {relation.source_type, relation.target_type};
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const SymbolId type = ends_[i].type ? ends_[i].type : declared[i];
    if (declared[i] && type != declared[i]) {
      return field_problem(
          record, columns_, relation_column_,
          Error(ErrorCode::kInvalidArgument,
                fmt::format("the {} of {} is a {}, not a {}", kEndRoles[i],
                            vocabulary.symbol_name(relation.name),
                            vocabulary.symbol_name(declared[i]), vocabulary.symbol_name(type))));
    }
    known.ends[i].column = ends_[i].column;
    known.ends[i].type = type;
    known.ends[i].is_event = type && vocabulary.find_entity_type(type) == nullptr;
  }
  return known;
}

/// The row's relation; `is_new` says that create_relation() must define it.
RowResult<FactRowMapper::KnownRelation*> FactRowMapper::relation_of(const Record& record,
                                                                    CommitBuilder& builder,
                                                                    bool& is_new) {
  is_new = false;
  const std::string name(record.fields[relation_column_]);
  if (const auto known = relations_.find(name); known != relations_.end()) {
    is_new = !known->second.name;
    return &known->second;
  }
  const Vocabulary& vocabulary = builder.vocabulary();
  Result<const Relation*> relation = find_relation(name, vocabulary);
  is_new = !relation && missing_ == MissingNames::kCreate;
  if (!relation && !is_new) {
    return field_problem(record, columns_, relation_column_, std::move(relation).error());
  }
  if (name.size() > limits::kSymbolBytesMax) {
    return field_problem(
        record, columns_, relation_column_,
        Error(ErrorCode::kLimitExceeded, fmt::format("a relation's name of {} bytes is longer than "
                                                     "SymbolBytesMax = {}",
                                                     name.size(), limits::kSymbolBytesMax)));
  }
  ANNALS_TRY(const KnownRelation known,
             known_relation(record, is_new ? Relation() : **relation, vocabulary));
  // Relations that stay unknown, since their rows are rejected, must not fill the memory.
  if (relations_.size() >= kRelationsKeptMax) relations_.clear();
  return &relations_.emplace(name, known).first->second;
}

RowStatus FactRowMapper::create_relation(const Record& record, CommitBuilder& builder,
                                         KnownRelation& relation) {
  const std::string_view name = record.fields[relation_column_];
  Result<SymbolId> symbol = builder.symbol(name);
  if (!symbol) return field_problem(record, columns_, relation_column_, std::move(symbol).error());
  Relation definition;
  definition.name = *symbol;
  Result<CommitBuilder::Added> defined = builder.define(definition);
  if (!defined) {
    return field_problem(record, columns_, relation_column_, std::move(defined).error());
  }
  relation.name = *symbol;
  ++relations_created_;
  if (rehearsal_ != nullptr) rehearsal_->note_relation(name);
  return {};
}

RowResult<std::vector<Property>> FactRowMapper::properties_of(const Record& record,
                                                              CommitBuilder& builder) const {
  std::vector<Property> properties;
  for (const PropertyColumn& property : properties_) {
    const std::string_view text = record.fields[property.column];
    if (text.empty()) continue;
    Result<SymbolId> name = builder.symbol(property.name);
    if (!name) return field_problem(record, columns_, property.column, std::move(name).error());
    properties.push_back({*name, Value(std::string(text))});
  }
  std::sort(properties.begin(), properties.end(),
            [](const Property& a, const Property& b) { return a.name < b.name; });
  return properties;
}

std::uint64_t FactRowMapper::content_hash(const Record& record) const {
  std::uint64_t hash = Rehearsal::hash(record.fields[relation_column_]);
  for (const End& end : ends_) {
    hash = Rehearsal::combined(hash, Rehearsal::hash(record.fields[end.column]));
  }
  for (const PropertyColumn& property : properties_) {
    hash = Rehearsal::combined(hash, Rehearsal::hash(record.fields[property.column]));
  }
  return hash;
}

RowResult<Assertion> FactRowMapper::assertion_of(const Record& record, const std::string& id,
                                                 CommitBuilder& builder) {
  bool is_new_relation = false;
  ANNALS_TRY(KnownRelation* const relation, relation_of(record, builder, is_new_relation));
  std::array<NodeField, 2> nodes = relation->ends;
  for (NodeField& node : nodes) {
    node.name = record.fields[node.column];
    ANNALS_CHECK_OK(finder_.find(record, columns_, builder, rehearsal_, node));
  }
  Assertion assertion;
  ANNALS_TRY(assertion.properties, properties_of(record, builder));
  if (is_new_relation) {
    // An event that is recorded cannot be of a relation that does not exist.
    if (is_id_taken(id, builder)) return details_.id_conflict(record, columns_);
    ANNALS_CHECK_OK(create_relation(record, builder, *relation));
  }
  ANNALS_CHECK_OK(
      finder_.create_missing(record, columns_, builder, rehearsal_, details_, id, nodes));
  assertion.source = nodes[0].node;
  assertion.relation = relation->name;
  assertion.target = nodes[1].node;
  assertion.momentary = details_.on_column().has_value();
  return assertion;
}

RowResult<CommitBuilder::Added> FactRowMapper::add(const Record& record, CommitBuilder& builder) {
  ANNALS_CHECK_OK(check_filled(record));
  ANNALS_TRY(Event event, details_.read(record, columns_, builder.vocabulary().padding().values));
  const std::uint64_t content =
      rehearsal_ == nullptr ? 0 : EventDetails::content_hash(event, content_hash(record));
  ANNALS_TRY(const bool is_repeated,
             details_.is_repeated(record, columns_, rehearsal_, event, content));
  if (is_repeated) return CommitBuilder::Added::kDuplicate;
  ANNALS_TRY(event.body, assertion_of(record, event.id, builder));
  return details_.add(record, columns_, std::move(event), builder, rehearsal_, content);
}

}  // namespace annals::ingest
