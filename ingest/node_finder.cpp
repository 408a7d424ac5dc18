#include "ingest/node_finder.h"

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "schema/base/contract.h"
#include "schema/base/limits.h"

namespace annals::ingest {

using storage::CommitBuilder;
using storage::MissingNames;

namespace {

// About 25 MB of short names. The builder keeps more of them, but looking there takes longer: it
// normalises the name and copies what it finds.
constexpr std::size_t kNamesKeptMax = 200'000;

}  // namespace

std::string_view NodeFinder::key_of(SymbolId type, std::string_view name) {
  key_.assign(reinterpret_cast<const char*>(&type.raw), sizeof(type.raw));
  key_.append(name);
  return key_;
}

void NodeFinder::keep(std::string_view key, NodeId node) {
  if (known_.size() >= kNamesKeptMax) known_.clear();
  known_.emplace(key, node);
}

RowStatus NodeFinder::find(const Record& record, const FileColumns& columns, CommitBuilder& builder,
                           const Rehearsal* rehearsal, NodeField& field) {
  if (field.is_event) return find_event(record, columns, builder, rehearsal, field);
  const std::string_view name = field.name;
  const std::string_view key = key_of(field.type, name);
  if (const auto known = known_.find(key); known != known_.end()) {
    field.node = known->second;
    return {};
  }
  const bool is_creatable = missing_ == MissingNames::kCreate && field.type;
  if (is_creatable) {
    if (name.size() <= limits::kNameBytesMax) return {};
    return field_problem(record, columns, field.column,
                         Error(ErrorCode::kLimitExceeded,
                               fmt::format("a name of {} bytes is longer than NameBytesMax = {}",
                                           name.size(), limits::kNameBytesMax)));
  }
  // Without a type nothing can be created; asking for it makes the builder say so.
  Result<NodeId> node = builder.entity(name, field.type, missing_);
  if (!node) return field_problem(record, columns, field.column, std::move(node).error());
  field.node = *node;
  keep(key, *node);
  return {};
}

RowStatus NodeFinder::find_event(const Record& record, const FileColumns& columns,
                                 CommitBuilder& builder, const Rehearsal* rehearsal,
                                 NodeField& field) const {
  const std::string_view text = field.name;
  if (rehearsal != nullptr) {
    const auto earlier = rehearsal->earlier_event(text);
    if (earlier && earlier->kind == field.type) {
      // Any event will do: what is rehearsed is forgotten.
      field.node = NodeId::event(Seq(1));
      return {};
    }
  }
  ANNALS_CHECK_OK(check_number(record, columns, field));
  // Filling a role of that kind is how the builder checks that the event is of it.
  Role role;
  role.name = role.node_type = field.type;
  role.type = RoleType::kNode;
  Kind probe;
  probe.roles.push_back(role);
  Occurrence filled;
  Status status =
      builder.fill_role(probe, 0, Value(std::string(text)), MissingNames::kRefuse, false, filled);
  if (!status) return field_problem(record, columns, field.column, std::move(status).error());
  field.node = filled.roles.front().nodes.front();
  return {};
}

/// Whether it is no number of an event that was not recorded before the load.
RowStatus NodeFinder::check_number(const Record& record, const FileColumns& columns,
                                   const NodeField& field) const {
  const std::string_view text = field.name;
  if (!text.starts_with('#')) return {};
  const char* const end = text.data() + text.size();
  std::uint64_t number = 0;
  const auto [stop, code] = std::from_chars(text.data() + 1, end, number);
  if (code != std::errc() || stop != end || number <= recorded_before_.raw) return {};
  return field_problem(
      record, columns, field.column,
      Error(ErrorCode::kNotFound, fmt::format("there was no event {} before this load", text),
            fmt::format("the last one was #{}; rows of one file name each other by their IDs",
                        recorded_before_.raw)));
}

RowStatus NodeFinder::create_missing(const Record& record, const FileColumns& columns,
                                     CommitBuilder& builder, Rehearsal* rehearsal,
                                     const EventDetails& details, const std::string& id,
                                     std::span<NodeField> fields) {
  std::optional<bool> has_recorded_id;
  for (NodeField& field : fields) {
    if (field.node) continue;
    ANNALS_ASSERT(!field.is_event && field.type);
    if (!has_recorded_id) has_recorded_id = is_id_taken(id, builder);
    const MissingNames missing = *has_recorded_id ? MissingNames::kRefuse : MissingNames::kCreate;
    const std::string_view name = field.name;
    const std::uint64_t created_before = builder.entities_created();
    Result<NodeId> node = builder.entity(name, field.type, missing);
    if (!node && *has_recorded_id && node.error().code == ErrorCode::kNotFound) {
      return details.id_conflict(record, columns);
    }
    if (!node) return field_problem(record, columns, field.column, std::move(node).error());
    field.node = *node;
    keep(key_of(field.type, name), *node);
    const bool is_new = builder.entities_created() > created_before;
    if (is_new && rehearsal != nullptr) rehearsal->note_entity(field.type, name);
  }
  return {};
}

}  // namespace annals::ingest
