#include "ingest/event_row_mapper.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "ingest/column_lookup.h"
#include "schema/base/limits.h"
#include "schema/name_key.h"

namespace annals::ingest {

using storage::CommitBuilder;
using storage::MissingNames;

// --- Looking up the statement's names ------------------------------------------------------------

EventRowMapper::EventRowMapper(const LoadRequest& request, FileColumns columns,
                               Rehearsal* rehearsal, EventDetails details, Seq recorded_before)
    : columns_(std::move(columns)),
      rehearsal_(rehearsal),
      missing_(request.creating_missing ? MissingNames::kCreate : MissingNames::kRefuse),
      details_(std::move(details)),
      finder_(missing_, recorded_before) {}

Result<std::unique_ptr<RowMapper>> EventRowMapper::create(const LoadRequest& request,
                                                          FileColumns columns,
                                                          const CommitBuilder& builder,
                                                          Rehearsal* rehearsal) {
  const Vocabulary& vocabulary = builder.vocabulary();
  const Seq recorded_before(builder.next_seq().raw - 1);
  ANNALS_TRY(EventDetails details, EventDetails::create(request, columns));
  std::unique_ptr<EventRowMapper> mapper(new EventRowMapper(request, std::move(columns), rehearsal,
                                                            std::move(details), recorded_before));
  ANNALS_CHECK_OK(mapper->look_up_mappings(request, vocabulary));
  if (!request.kind_column.empty()) {
    ANNALS_TRY(mapper->kind_column_,
               find_column(request.kind_column, mapper->columns_, request.place));
    ANNALS_CHECK_OK(mapper->check_some_kind_has_each_role(vocabulary));
    return std::unique_ptr<RowMapper>(std::move(mapper));
  }
  Result<const Kind*> kind = find_kind(request.kind, vocabulary);
  if (!kind) return std::move(kind).error().at(request.place);
  ANNALS_CHECK_OK(mapper->check_kind_has_each_role(**kind, vocabulary));
  Result<KindColumns> meaning = mapper->columns_of_kind(**kind, vocabulary);
  if (!meaning) {
    Error error = std::move(meaning).error();
    if (error.place.line == 0) error.place = request.place;
    return error;
  }
  const auto [entry, is_new] = mapper->kinds_.emplace(request.kind, std::move(*meaning));
  mapper->only_kind_ = &entry->second;
  return std::unique_ptr<RowMapper>(std::move(mapper));
}

Status EventRowMapper::look_up_mappings(const LoadRequest& request, const Vocabulary& vocabulary) {
  for (const ColumnMapping& mapping : request.roles) {
    Mapped mapped{mapping, 0, {}};
    ANNALS_TRY(mapped.column, find_column(mapping.column, columns_, mapping.place));
    ANNALS_TRY(mapped.type, find_node_type(mapping, vocabulary));
    mapped_.push_back(std::move(mapped));
  }
  return {};
}

Status EventRowMapper::check_kind_has_each_role(const Kind& kind,
                                                const Vocabulary& vocabulary) const {
  std::vector<std::string> known;
  for (const Role& role : kind.roles) known.push_back(vocabulary.symbol_name(role.name));
  for (const auto& [mapping, column, type] : mapped_) {
    if (std::find(known.begin(), known.end(), mapping.role) != known.end()) continue;
    return Error(
               ErrorCode::kNotFound,
               fmt::format("{} has no role '{}'", vocabulary.symbol_name(kind.name), mapping.role),
               suggestion(mapping.role, known,
                          fmt::format("its roles: {}", fmt::join(known, ", "))))
        .at(mapping.place);
  }
  return {};
}

/// A role that no kind has is a mistake in the statement, not in each row.
Status EventRowMapper::check_some_kind_has_each_role(const Vocabulary& vocabulary) const {
  std::vector<std::string> known;
  for (const auto& [symbol, kind] : vocabulary.kinds()) {
    for (const Role& role : kind.roles) known.push_back(vocabulary.symbol_name(role.name));
  }
  for (const auto& [mapping, column, type] : mapped_) {
    if (std::find(known.begin(), known.end(), mapping.role) != known.end()) continue;
    return Error(ErrorCode::kNotFound, fmt::format("no kind has a role '{}'", mapping.role),
                 suggestion(mapping.role, known, "SHOW KINDS lists kinds with their roles"))
        .at(mapping.place);
  }
  return {};
}

Result<EventRowMapper::KindColumns> EventRowMapper::columns_of_kind(
    const Kind& kind, const Vocabulary& vocabulary) const {
  KindColumns columns;
  columns.kind = kind;
  for (std::size_t i = 0; i < mapped_.size(); ++i) {
    const SymbolId name = vocabulary.find_symbol(mapped_[i].mapping.role);
    const auto role = name ? kind.role_index(name) : std::nullopt;
    if (role) {
      ANNALS_CHECK_OK(map_role(mapped_[i], kind, vocabulary, *role, columns));
    } else {
      columns.foreign.push_back(i);
    }
  }
  ANNALS_CHECK_OK(check_required(columns, vocabulary));
  return columns;
}

Status EventRowMapper::map_role(const Mapped& mapped, const Kind& kind,
                                const Vocabulary& vocabulary, std::size_t role_index,
                                KindColumns& columns) const {
  const Role& role = kind.roles[role_index];
  const auto refuse = [&mapped](std::string message) {
    return Error(ErrorCode::kInvalidArgument, std::move(message)).at(mapped.mapping.place);
  };
  if (mapped.type && !role.holds_nodes()) {
    return refuse(fmt::format("role '{}' takes a value, which has no type like {}",
                              mapped.mapping.role, mapped.mapping.entity_type));
  }
  if (mapped.type && role.type == RoleType::kNode && mapped.type != role.node_type) {
    return refuse(fmt::format("role '{}' takes {}, not {}", mapped.mapping.role,
                              vocabulary.symbol_name(role.node_type), mapped.mapping.entity_type));
  }
  if (mapped.type && role.type == RoleType::kEntity && !vocabulary.find_entity_type(mapped.type)) {
    return refuse(fmt::format("role '{}' takes an entity, and {} is a kind of event",
                              mapped.mapping.role, mapped.mapping.entity_type));
  }
  if (mapped.mapping.split_by && !role.many) {
    return refuse(
        fmt::format("role '{}' takes one value, and SPLIT BY makes several", mapped.mapping.role));
  }
  if (mapped.mapping.epoch_unit && role.type != RoleType::kDate) {
    return refuse(fmt::format("role '{}' takes no date", mapped.mapping.role));
  }
  const auto given =
      std::find_if(columns.roles.begin(), columns.roles.end(),
                   [role_index](const RoleColumns& one) { return one.role == role_index; });
  if (given != columns.roles.end()) {
    if (!role.many) {
      return refuse(fmt::format("role '{}' takes one value and is given several columns",
                                mapped.mapping.role));
    }
    given->columns.push_back({mapped.column, mapped.mapping.split_by});
    return {};
  }
  RoleColumns role_columns{role_index, {{mapped.column, mapped.mapping.split_by}}, {}};
  const bool has_type = role.type == RoleType::kNode;
  role_columns.node.type = has_type ? role.node_type : mapped.type;
  role_columns.node.is_event = has_type && !vocabulary.find_entity_type(role.node_type);
  columns.roles.push_back(std::move(role_columns));
  return {};
}

Status EventRowMapper::check_required(const KindColumns& columns,
                                      const Vocabulary& vocabulary) const {
  for (std::size_t i = 0; i < columns.kind.roles.size(); ++i) {
    const Role& role = columns.kind.roles[i];
    if (role.optional || role.many) continue;
    const bool is_mapped = std::any_of(columns.roles.begin(), columns.roles.end(),
                                       [i](const RoleColumns& one) { return one.role == i; });
    if (is_mapped) continue;
    const std::string& name = vocabulary.symbol_name(role.name);
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("{} needs '{}', and no column fills it",
                             vocabulary.symbol_name(columns.kind.name), name),
                 fmt::format("add {}: and the column's name", name));
  }
  return {};
}

// --- Rows ----------------------------------------------------------------------------------------

RowResult<const EventRowMapper::KindColumns*> EventRowMapper::kind_of(
    const Record& record, const Vocabulary& vocabulary) {
  if (only_kind_ != nullptr) return only_kind_;
  const std::string name(record.fields[*kind_column_]);
  if (const auto known = kinds_.find(name); known != kinds_.end()) return &known->second;
  const auto refuse = [&](Error error) {
    error.place = {};
    return field_problem(record, columns_, *kind_column_, std::move(error));
  };
  if (name.empty()) {
    return refuse(Error(ErrorCode::kInvalidArgument,
                        fmt::format("{} is empty: the event's kind is missing",
                                    column_label(columns_.names, *kind_column_))));
  }
  Result<const Kind*> kind = find_kind(name, vocabulary);
  if (!kind) return refuse(std::move(kind).error());
  Result<KindColumns> meaning = columns_of_kind(**kind, vocabulary);
  if (!meaning) return refuse(std::move(meaning).error());
  return &kinds_.emplace(name, std::move(*meaning)).first->second;
}

RowStatus EventRowMapper::check_foreign(const Record& record, const KindColumns& kind,
                                        const Vocabulary& vocabulary) const {
  for (const std::size_t index : kind.foreign) {
    const Mapped& mapped = mapped_[index];
    if (record.fields[mapped.column].empty()) continue;
    return field_problem(
        record, columns_, mapped.column,
        Error(ErrorCode::kInvalidArgument,
              fmt::format("{} has no role '{}'", vocabulary.symbol_name(kind.kind.name),
                          mapped.mapping.role)));
  }
  return {};
}

template <class Use>
RowStatus EventRowMapper::each_text(const Record& record, const std::vector<RoleColumn>& columns,
                                    Use use) {
  for (const auto& [column, split_by] : columns) {
    std::string_view rest = record.fields[column];
    while (!rest.empty()) {
      const std::size_t end = split_by ? std::min(rest.find(*split_by), rest.size()) : rest.size();
      if (end > 0) ANNALS_CHECK_OK(use(column, rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

bool EventRowMapper::is_filled(const Record& record, const std::vector<RoleColumn>& columns) {
  bool any = false;
  static_cast<void>(each_text(record, columns, [&any](std::size_t, std::string_view) {
    any = true;
    return RowStatus();
  }));
  return any;
}

/// What the columns of a role hold, of which one at least is filled: a list if it is `many`.
Value EventRowMapper::value_of(const Record& record, const std::vector<RoleColumn>& columns,
                               bool many) {
  ValueList values;
  static_cast<void>(each_text(record, columns, [&values](std::size_t, std::string_view text) {
    values.emplace_back(std::string(text));
    return RowStatus();
  }));
  return many ? Value(std::move(values)) : std::move(values.front());
}

/// Whether a role that names relations names one that must be created.
RowResult<bool> EventRowMapper::names_new_relation(const Record& record,
                                                   const std::vector<RoleColumn>& columns,
                                                   const Vocabulary& vocabulary) const {
  bool is_new = false;
  const auto look = [&](std::size_t column, std::string_view name) -> RowStatus {
    if (name.size() > limits::kSymbolBytesMax) {
      return field_problem(record, columns_, column,
                           Error(ErrorCode::kLimitExceeded,
                                 fmt::format("a relation's name of {} bytes is longer than "
                                             "SymbolBytesMax = {}",
                                             name.size(), limits::kSymbolBytesMax)));
    }
    const SymbolId symbol = vocabulary.find_symbol(name);
    is_new |= !symbol || !vocabulary.find_relation(symbol);
    return {};
  };
  ANNALS_CHECK_OK(each_text(record, columns, look));
  return is_new;
}

/// Fills the roles that hold values. Relations that must be created go to new_relations_.
RowStatus EventRowMapper::fill_values(const Record& record, const KindColumns& kind,
                                      CommitBuilder& builder, Occurrence& occurrence) {
  new_relations_.clear();
  for (std::size_t i = 0; i < kind.roles.size(); ++i) {
    const std::vector<RoleColumn>& columns = kind.roles[i].columns;
    const Role& role = kind.kind.roles[kind.roles[i].role];
    if (!is_filled(record, columns)) {
      if (role.optional || role.many) continue;
      const Vocabulary& vocabulary = builder.vocabulary();
      const std::size_t column = columns.front().column;
      return field_problem(
          record, columns_, column,
          Error(ErrorCode::kInvalidArgument,
                fmt::format("{} is empty, and {} needs '{}'", column_label(columns_.names, column),
                            vocabulary.symbol_name(kind.kind.name),
                            vocabulary.symbol_name(role.name))));
    }
    if (role.holds_nodes()) continue;
    if (role.type == RoleType::kRelation && missing_ == MissingNames::kCreate) {
      ANNALS_TRY(const bool is_new, names_new_relation(record, columns, builder.vocabulary()));
      if (is_new) new_relations_.push_back(i);
      if (is_new) continue;
    }
    Status filled =
        builder.fill_role(kind.kind, kind.roles[i].role, value_of(record, columns, role.many),
                          MissingNames::kRefuse, true, occurrence);
    if (!filled) {
      return field_problem(record, columns_, columns.front().column, std::move(filled).error());
    }
  }
  return {};
}

RowStatus EventRowMapper::find_nodes(const Record& record, const KindColumns& kind,
                                     CommitBuilder& builder) {
  nodes_.clear();
  node_roles_.clear();
  for (const RoleColumns& role_columns : kind.roles) {
    if (!kind.kind.roles[role_columns.role].holds_nodes()) continue;
    const auto find = [&](std::size_t column, std::string_view name) -> RowStatus {
      NodeField node = role_columns.node;
      node.column = column;
      node.name = name;
      ANNALS_CHECK_OK(finder_.find(record, columns_, builder, rehearsal_, node));
      nodes_.push_back(node);
      node_roles_.push_back(role_columns.role);
      return {};
    };
    ANNALS_CHECK_OK(each_text(record, role_columns.columns, find));
  }
  return {};
}

RowStatus EventRowMapper::create_relations(const Record& record, const KindColumns& kind,
                                           CommitBuilder& builder, Occurrence& occurrence) {
  for (const std::size_t index : new_relations_) {
    const auto& [role_index, columns, node] = kind.roles[index];
    const Value value = value_of(record, columns, kind.kind.roles[role_index].many);
    const auto note = [&](std::size_t, std::string_view name) {
      const SymbolId symbol = builder.vocabulary().find_symbol(name);
      const bool is_new = !symbol || !builder.vocabulary().find_relation(symbol);
      if (is_new) rehearsal_->note_relation(name);
      return RowStatus();
    };
    if (rehearsal_ != nullptr) ANNALS_CHECK_OK(each_text(record, columns, note));
    Status filled =
        builder.fill_role(kind.kind, role_index, value, MissingNames::kCreate, true, occurrence);
    if (!filled) {
      return field_problem(record, columns_, columns.front().column, std::move(filled).error());
    }
  }
  return {};
}

/// The nodes of the row, and in place of those that do not exist yet others that are the same where
/// they will be.
RowResult<std::vector<NodeField>> EventRowMapper::with_stand_ins(const Record& record,
                                                                 CommitBuilder& builder) const {
  constexpr std::uint64_t kNobody = std::uint64_t{1} << 62;  // past the numbers of all entities
  std::vector<NodeField> nodes = nodes_;
  std::vector<std::string> names;
  for (NodeField& field : nodes) {
    const std::string_view name = field.name;
    names.push_back(fmt::format("{} {}", field.type.raw, name_key(name)));
    if (field.is_event) {
      // find() gave an earlier event of the rehearsal the number of just any event.
      if (rehearsal_ == nullptr || !rehearsal_->earlier_event(name)) continue;
    } else if (!field.node) {
      Result<std::optional<NodeId>> found = builder.find_entity(name, field.type);
      if (!found) return field_problem(record, columns_, field.column, std::move(found).error());
      if (*found) field.node = **found;
    }
    if (field.node && !field.is_event) continue;
    const auto first = std::find(names.begin(), names.end(), names.back());
    field.node = NodeId::entity(kNobody + static_cast<std::uint64_t>(first - names.begin()));
  }
  return nodes;
}

RowStatus EventRowMapper::check_conditions(const Record& record, const KindColumns& kind,
                                           const Event& event, const Occurrence& occurrence,
                                           CommitBuilder& builder) const {
  if (kind.kind.bounds.empty() && kind.kind.checks.empty()) return {};
  // What is recorded already is no news: the builder compares the two.
  if (is_id_taken(event.id, builder)) return {};
  Event trial = event;
  Occurrence& filled = trial.body.emplace<Occurrence>(occurrence);
  for (const std::size_t index : new_relations_) {
    const RoleColumns& role_columns = kind.roles[index];
    const Role& role = kind.kind.roles[role_columns.role];
    filled.attributes.push_back({role.name, value_of(record, role_columns.columns, role.many)});
  }
  ANNALS_TRY(const std::vector<NodeField> nodes, with_stand_ins(record, builder));
  give_nodes(kind, nodes, filled);
  Status kept = builder.check_conditions(trial);
  if (!kept) return whole_row_problem(record, columns_, std::move(kept).error());
  return {};
}

void EventRowMapper::give_nodes(const KindColumns& kind, const std::vector<NodeField>& nodes,
                                Occurrence& occurrence) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const SymbolId name = kind.kind.roles[node_roles_[i]].name;
    const auto at = std::lower_bound(
        occurrence.roles.begin(), occurrence.roles.end(), name,
        [](const RoleFilling& filling, SymbolId wanted) { return filling.role < wanted; });
    if (at != occurrence.roles.end() && at->role == name) {
      at->nodes.push_back(nodes[i].node);
    } else {
      occurrence.roles.insert(at, RoleFilling{name, {nodes[i].node}});
    }
  }
}

std::uint64_t EventRowMapper::content_hash(const Record& record, const KindColumns& kind) const {
  std::uint64_t hash = kind.kind.name.raw;
  for (const Mapped& mapped : mapped_) {
    hash = Rehearsal::combined(hash, Rehearsal::hash(record.fields[mapped.column]));
  }
  return hash;
}

RowResult<Occurrence> EventRowMapper::occurrence_of(const Record& record, const KindColumns& kind,
                                                    const Event& event, CommitBuilder& builder) {
  const std::string& id = event.id;
  Occurrence occurrence;
  occurrence.kind = kind.kind.name;
  ANNALS_CHECK_OK(fill_values(record, kind, builder, occurrence));
  ANNALS_CHECK_OK(find_nodes(record, kind, builder));
  ANNALS_CHECK_OK(check_conditions(record, kind, event, occurrence, builder));
  if (!new_relations_.empty()) {
    // An event that is recorded cannot be of a relation that does not exist.
    if (is_id_taken(id, builder)) return details_.id_conflict(record, columns_);
    ANNALS_CHECK_OK(create_relations(record, kind, builder, occurrence));
  }
  ANNALS_CHECK_OK(
      finder_.create_missing(record, columns_, builder, rehearsal_, details_, id, nodes_));
  give_nodes(kind, nodes_, occurrence);
  return occurrence;
}

RowResult<CommitBuilder::Added> EventRowMapper::add(const Record& record, CommitBuilder& builder) {
  ANNALS_TRY(const KindColumns* const kind, kind_of(record, builder.vocabulary()));
  ANNALS_CHECK_OK(check_foreign(record, *kind, builder.vocabulary()));
  ANNALS_TRY(Event event, details_.read(record, columns_, builder.vocabulary().padding().values));
  const std::uint64_t content =
      rehearsal_ == nullptr ? 0 : EventDetails::content_hash(event, content_hash(record, *kind));
  ANNALS_TRY(const bool is_repeated,
             details_.is_repeated(record, columns_, rehearsal_, event, content));
  if (is_repeated) return CommitBuilder::Added::kDuplicate;
  ANNALS_TRY(event.body, occurrence_of(record, *kind, event, builder));
  return details_.add(record, columns_, std::move(event), builder, rehearsal_, content);
}

}  // namespace annals::ingest
