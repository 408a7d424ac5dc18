#include "query/executor/run_constants.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/expression.h"

namespace annals::query {

namespace {

constexpr std::size_t kSuggestions = 3;

/// The sequence in "#12", or nothing.
std::optional<Seq> seq_in(std::string_view text) {
  if (!text.starts_with('#')) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return Seq(number);
}

/// The event that is called so by its ID or its number, if there is one.
Result<std::optional<NodeId>> find_event(std::string_view name, const RunContext& context) {
  std::optional<Seq> seq = seq_in(name);
  if (!seq) {
    ANNALS_TRY(seq, context.snapshot.find_event(name));
  }
  if (!seq || !*seq || *seq > context.snapshot.last_seq()) return std::optional<NodeId>();
  return std::optional(NodeId::event(*seq));
}

void add_node(std::vector<NodeId>& nodes, NodeId node) {
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
}

Result<std::vector<NodeId>> find_nodes(std::string_view name, const std::vector<SymbolId>& labels,
                                       RunContext& context) {
  const Vocabulary& vocabulary = context.snapshot.vocabulary();
  if (labels.empty()) {
    ANNALS_TRY(std::vector<NodeId> nodes, context.snapshot.find_entities(name));
    if (!nodes.empty()) return nodes;
  }
  std::vector<NodeId> nodes;
  bool wants_events = labels.empty();
  for (const SymbolId label : labels) {
    if (vocabulary.find_entity_type(label) != nullptr) {
      ANNALS_TRY(const std::vector<NodeId> found, context.snapshot.find_entities(name, label));
      for (const NodeId node : found) add_node(nodes, node);
    }
    wants_events = wants_events || vocabulary.find_kind(label) != nullptr;
  }
  if (!wants_events) return nodes;
  ANNALS_TRY(const std::optional<NodeId> event, find_event(name, context));
  if (!event) return nodes;
  if (!labels.empty()) {
    ANNALS_TRY(const SymbolId kind, context.nodes.label(*event));
    if (std::find(labels.begin(), labels.end(), kind) == labels.end()) return nodes;
  }
  add_node(nodes, *event);
  return nodes;
}

Error unknown_name(const std::string& name, const BoundName& bound, const RunContext& context) {
  std::string what;
  for (const SymbolId label : bound.labels) {
    what += fmt::format("{}{}", what.empty() ? "" : " or ",
                        context.snapshot.vocabulary().symbol_name(label));
  }
  const SymbolId type = bound.labels.size() == 1 ? bound.labels.front() : SymbolId();
  std::string hint;
  const auto similar = context.snapshot.similar_names(name, type, kSuggestions);
  if (similar) {
    for (const std::string& other : *similar) {
      hint += fmt::format("{} '{}'", hint.empty() ? "did you mean" : " or", other);
    }
  }
  if (!hint.empty()) hint += "?";
  return context.placed(
      Error(ErrorCode::kNotFound,
            fmt::format("there is no {} '{}'", what.empty() ? "node" : what, name),
            std::move(hint)),
      bound.name.range);
}

Result<Date> date_of_scope(const BoundExpression& at, RunContext& context) {
  ANNALS_TRY(const Datum value, evaluate_constant(at, context));
  std::optional<Date> date;
  if (const auto* given = std::get_if<Date>(&value.data)) date = *given;
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    Result<Date> parsed = parse_date(*text);
    if (!parsed) {
      Error error = std::move(parsed).error();
      error.place = {};
      return context.placed(std::move(error), at.range);
    }
    date = std::move(*parsed);
  }
  if (!date) {
    return context.invalid(
        fmt::format("AT needs a date, not a value of type {}", datum_type_name(value.type())),
        at.range, "dates stand in single quotes: AT '2008-09-01'");
  }
  if (date->is_interval) {
    return context.invalid(
        fmt::format("AT asks about one instant, and '{}' is an interval", date->text), at.range,
        "AT '2008' asks about some day of 2008");
  }
  return *std::move(date);
}

}  // namespace

Status resolve_names(RunContext& context) {
  context.names.clear();
  for (const BoundName& bound : context.query.names) {
    ANNALS_TRY(const Datum value, evaluate_constant(bound.name, context));
    const auto* name = std::get_if<std::string>(&value.data);
    if (name == nullptr) {
      return context.invalid(
          fmt::format("the name of a node must be a text, not a value of type {}",
                      datum_type_name(value.type())),
          bound.name.range);
    }
    ANNALS_TRY(std::vector<NodeId> nodes, find_nodes(*name, bound.labels, context));
    if (nodes.empty()) return unknown_name(*name, bound, context);
    context.names.push_back(std::move(nodes));
  }
  return {};
}

Status resolve_scopes(RunContext& context) {
  context.scopes.clear();
  for (const BoundScope& bound : context.query.scopes) {
    ScopeTimes times;
    times.certainly = bound.certainly;
    switch (bound.valid) {
      case ValidTime::kNow: times.window = {context.asked_at, context.asked_at}; break;
      case ValidTime::kAllTime: times.all_time = true; break;
      case ValidTime::kAt: {
        ANNALS_TRY(const Date date, date_of_scope(*bound.at, context));
        times.window = storage::Window::of(date.begin);
        times.uncertain = date.uncertain;
      }
    }
    context.scopes.push_back(times);
  }
  return {};
}

}  // namespace annals::query
