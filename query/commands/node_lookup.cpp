#include "query/commands/node_lookup.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/commands/names.h"

namespace annals::query {

namespace {

using storage::GraphSnapshot;

/// Names remembered by NodeNames: enough for one history, and a bound on a hostile one.
constexpr std::size_t kNamesRememberedMax = 100'000;

/// The sequence in "#12", or nothing.
std::optional<Seq> seq_in(std::string_view text) {
  if (!text.starts_with('#')) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) return std::nullopt;
  return Seq(number);
}

Result<NodeId> find_event_node(const std::string& name, SymbolId kind,
                               const GraphSnapshot& snapshot) {
  std::optional<Seq> seq = seq_in(name);
  if (!seq) {
    ANNALS_TRY(seq, snapshot.find_event(name));
  }
  const std::string& kind_name = snapshot.vocabulary().symbol_name(kind);
  const Error not_found(ErrorCode::kNotFound, fmt::format("there is no {} '{}'", kind_name, name),
                        "events are named by their ID or by '#' and their number");
  if (!seq || *seq > snapshot.last_seq()) return not_found;
  ANNALS_TRY(const SymbolId label, snapshot.label(NodeId::event(*seq)));
  if (label != kind) return not_found;
  return NodeId::event(*seq);
}

Error ambiguous(const std::string& name, const std::vector<NodeId>& nodes,
                const GraphSnapshot& snapshot) {
  constexpr std::size_t kShown = 5;
  std::string all;
  for (std::size_t i = 0; i < nodes.size() && i < kShown; ++i) {
    const Result<storage::Entity> entity = snapshot.entity(nodes[i]);
    if (!entity) continue;
    all += fmt::format("{}(:{} '{}')", all.empty() ? "" : ", ",
                       snapshot.vocabulary().symbol_name(entity->type), entity->name);
  }
  return {ErrorCode::kInvalidArgument,
          fmt::format("{} entities are called '{}'", nodes.size(), name),
          fmt::format("say which: {}", all)};
}

Result<NodeId> find_entity_node(const std::string& name, SymbolId type,
                                const GraphSnapshot& snapshot) {
  ANNALS_TRY(const std::vector<NodeId> nodes, snapshot.find_entities(name, type));
  if (nodes.size() == 1) return nodes.front();
  if (nodes.size() > 1) return ambiguous(name, nodes, snapshot);
  constexpr std::size_t kSuggestions = 3;
  ANNALS_TRY(const std::vector<std::string> similar,
             snapshot.similar_names(name, type, kSuggestions));
  std::string hint;
  for (const std::string& other : similar) {
    hint += fmt::format("{}'{}'", hint.empty() ? "did you mean " : " or ", other);
  }
  if (!hint.empty()) hint += '?';
  const std::string what = type ? snapshot.vocabulary().symbol_name(type) : std::string("entity");
  return Error(ErrorCode::kNotFound, fmt::format("there is no {} '{}'", what, name), hint);
}

}  // namespace

Result<NodeId> find_node(const ast::NodePattern& pattern, const GraphSnapshot& snapshot,
                         const StatementContext& context) {
  const bool is_one = pattern.name && pattern.labels.size() <= 1 && !pattern.negated;
  if (!is_one || !pattern.properties.empty()) {
    return context.placed(Error(ErrorCode::kInvalidArgument, "one node must be named here",
                                "for example (:Country 'Georgia') or ('Georgia')"),
                          pattern.range);
  }
  ANNALS_TRY(const std::string name, text_of(*pattern.name, "the name of a node", context));
  SymbolId type;
  if (!pattern.labels.empty()) {
    ANNALS_TRY(type, find_node_type(pattern.labels.front(), snapshot.vocabulary(), context));
  }
  const bool is_event = type && snapshot.vocabulary().find_kind(type) != nullptr;
  return context.placed(
      is_event ? find_event_node(name, type, snapshot) : find_entity_node(name, type, snapshot),
      pattern.name->range);
}

Result<std::string> NodeNames::name_of(NodeId node) {
  const auto known = names_.find(node);
  if (known != names_.end()) return known->second;
  std::string name;
  if (node.is_event()) {
    ANNALS_TRY(const RecordedEvent recorded, snapshot_.event(node.event_seq()));
    name = recorded.event.id;
    if (name.empty()) name = fmt::format("#{}", node.event_seq().raw);
  } else {
    ANNALS_TRY(storage::Entity entity, snapshot_.entity(node));
    name = std::move(entity.name);
  }
  if (names_.size() < kNamesRememberedMax) names_.emplace(node, name);
  return name;
}

}  // namespace annals::query
