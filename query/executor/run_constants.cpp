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
#include "query/executor/period_comparison.h"

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
Result<std::optional<NodeId>> find_event(std::string_view name, const View& view) {
  std::optional<Seq> seq = seq_in(name);
  if (!seq) {
    ANNALS_TRY(seq, view.snapshot->find_event(name));
  }
  if (!seq || !*seq || *seq > view.snapshot->last_seq()) return std::optional<NodeId>();
  // A view of the past may not have it, whatever its number.
  const Result<const RecordedEvent*> recorded = view.nodes->event(*seq);
  if (!recorded && view.is_missing(recorded.error())) return std::optional<NodeId>();
  if (!recorded) return recorded.error();
  return std::optional(NodeId::event(*seq));
}

void add_node(std::vector<NodeId>& nodes, NodeId node) {
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
}

Result<std::vector<NodeId>> find_nodes(std::string_view name, const std::vector<SymbolId>& labels,
                                       const View& view, const Vocabulary& vocabulary) {
  if (labels.empty()) {
    ANNALS_TRY(std::vector<NodeId> nodes, view.snapshot->find_entities(name));
    if (!nodes.empty()) return nodes;
  }
  std::vector<NodeId> nodes;
  bool wants_events = labels.empty();
  for (const SymbolId label : labels) {
    if (vocabulary.find_entity_type(label) != nullptr) {
      ANNALS_TRY(std::vector<NodeId> found, view.snapshot->find_entities(name, label));
      if (nodes.empty()) nodes.swap(found);
      for (const NodeId node : found) add_node(nodes, node);
    }
    wants_events = wants_events || vocabulary.find_kind(label) != nullptr;
  }
  if (!wants_events) return nodes;
  ANNALS_TRY(const std::optional<NodeId> event, find_event(name, view));
  if (!event) return nodes;
  if (!labels.empty()) {
    ANNALS_TRY(const SymbolId kind, view.nodes->label(*event));
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

/// The date that `value`, which `word` is followed by, is or says.
Result<Date> read_date(const Datum& value, std::string_view word, ast::SourceRange range,
                       const RunContext& context) {
  if (const auto* given = std::get_if<Date>(&value.data)) return *given;
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    Result<Date> parsed = parse_date(*text, context.padding());
    if (parsed) return parsed;
    Error error = std::move(parsed).error();
    error.place = {};
    return context.placed(std::move(error), range);
  }
  return context.invalid(
      fmt::format("{} needs a date, not a value of type {}", word, datum_type_name(value.type())),
      range, fmt::format("dates stand in single quotes: {} '2008-09-01'", word));
}

/// The value of an expression that reads no row: where the parameters have it, or else in `made`.
Result<const Datum*> constant_of(const BoundExpression& expression, RunContext& context,
                                 Datum& made) {
  if (const auto* const parameter = std::get_if<BoundParameter>(&expression.node)) {
    const auto given = context.parameters.find(parameter->name);
    if (given != context.parameters.end()) return &given->second;
  }
  ANNALS_TRY(made, evaluate_constant(expression, context));
  return &made;
}

Result<Date> constant_date(const BoundExpression& expression, std::string_view word,
                           RunContext& context) {
  Datum made;
  ANNALS_TRY(const Datum* const value, constant_of(expression, context, made));
  return read_date(*value, word, expression.range, context);
}

/// All instants that the date may mean, and all that one of them takes.
storage::Window extent_of(const Date& date) {
  const Micros end = whole_period(date).end.earliest;
  return {date.begin.earliest, end == kEndOfTime ? end : shift(end, -1)};
}

Result<ScopeTimes> times_of(const BoundScope& bound, RunContext& context) {
  ScopeTimes times;
  times.certainly = bound.certainly;
  switch (bound.valid) {
    case ValidTime::kNow: times.window = {context.asked_at, context.asked_at}; break;
    case ValidTime::kAllTime: times.kind = ScopeKind::kAllTime; break;
    case ValidTime::kAt: {
      if (bound.row.date) break;
      Datum made;
      ANNALS_TRY(const Datum* const value, constant_of(*bound.at, context, made));
      const Result<Date> date = instant_of_scope(*value, bound.at->range, context);
      if (!date) return date.error();
      times.window = storage::Window::of(date->begin);
      times.uncertain = date->uncertain;
      break;
    }
    case ValidTime::kDuring:
    case ValidTime::kThroughout: {
      const bool during = bound.valid == ValidTime::kDuring;
      ANNALS_TRY(const Date date,
                 constant_date(*bound.at, during ? "DURING" : "THROUGHOUT", context));
      times.kind = during ? ScopeKind::kDuring : ScopeKind::kThroughout;
      times.window = extent_of(date);
      times.uncertain = date.uncertain;
    }
  }
  return times;
}

/// The event that `KNOWN AT SEQ` names.
Result<Seq> known_seq(const BoundExpression& known_at, RunContext& context) {
  ANNALS_TRY(const Datum value, evaluate_constant(known_at, context));
  const auto* number = std::get_if<std::int64_t>(&value.data);
  const auto last = static_cast<std::int64_t>(context.snapshot.last_seq().raw);
  if (number == nullptr || *number < 1) {
    return context.invalid("SEQ needs the number of an event, from 1", known_at.range);
  }
  if (*number > last) {
    return context.invalid(
        fmt::format("there is no event #{} yet: the last one is #{}", *number, last),
        known_at.range);
  }
  return Seq(static_cast<std::uint64_t>(*number));
}

/// The last event that was known at a time.
Result<Seq> known_since(const BoundExpression& known_at, RunContext& context) {
  ANNALS_TRY(const Date date, constant_date(known_at, "KNOWN AT", context));
  if (!date.exact()) {
    return context.invalid(
        fmt::format("KNOWN AT needs a moment, and '{}' has a beginning and an end", date.text),
        known_at.range, "a day means its beginning: KNOWN AT '2024-01-05', or '2024-01-05T18:00Z'");
  }
  if (date.begin.earliest > context.now) {
    return context.invalid(fmt::format("what will be known at '{}' is not known yet", date.text),
                           known_at.range);
  }
  ANNALS_TRY(const Seq seq, context.snapshot.last_seq_at(date.begin.earliest));
  if (!seq) {
    return context.invalid(fmt::format("nothing had been recorded at '{}'", date.text),
                           known_at.range, "KNOWN AT SEQ 1 is the first event");
  }
  return seq;
}

}  // namespace

Result<storage::Perspective> perspective_of(const BoundScope& bound, RunContext& context) {
  storage::Perspective perspective;
  if (bound.known_at) {
    ANNALS_TRY(perspective.known_at, bound.known_is_seq ? known_seq(*bound.known_at, context)
                                                        : known_since(*bound.known_at, context));
    if (perspective.known_at == context.snapshot.last_seq()) perspective.known_at = Seq();
  }
  if (bound.said_by) {
    ANNALS_TRY(const Date date, constant_date(*bound.said_by, "SAID BY", context));
    if (date.is_interval) {
      return context.invalid(
          fmt::format("SAID BY needs a date, and '{}' is an interval", date.text),
          bound.said_by->range);
    }
    perspective.said_by = date.begin.latest;
  }
  return perspective;
}

namespace {

Result<View> view_of(const BoundScope& bound, RunContext& context) {
  ANNALS_TRY(const storage::Perspective perspective, perspective_of(bound, context));
  if (perspective.is_present()) return View{&context.snapshot, &context.nodes, true};
  Result<View> view = context.past.find(context.snapshot, perspective, context.stop);
  if (view) return view;
  const BoundExpression& at = bound.known_at ? *bound.known_at : *bound.said_by;
  return context.placed(std::move(view).error(), at.range);
}

}  // namespace

Result<Date> instant_of_scope(const Datum& value, ast::SourceRange range,
                              const RunContext& context) {
  Result<Date> date = read_date(value, "AT", range, context);
  if (!date || !date->is_interval) return date;
  return context.invalid(
      fmt::format("AT asks about one instant, and '{}' is an interval", date->text), range,
      "AT '2008' asks about some day of 2008, DURING '2008/2010' about a period");
}

namespace {

/// Those that may be called so, or by a name in the list; there may be none.
Result<std::vector<NodeId>> nodes_of_condition(const BoundName& bound, const Datum& value,
                                               const RunContext& context) {
  const Vocabulary& vocabulary = context.snapshot.vocabulary();
  const View& view = context.view(bound.scope);
  std::vector<NodeId> nodes;
  const auto add = [&](const Datum& one) -> Status {
    const auto* const name = std::get_if<std::string>(&one.data);
    if (name == nullptr) return {};
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_TRY(const std::vector<NodeId> found, find_nodes(*name, bound.labels, view, vocabulary));
    nodes.insert(nodes.end(), found.begin(), found.end());
    return {};
  };
  ANNALS_CHECK_OK(add(value));
  if (const DatumList* const list = list_in(value)) {
    for (const Datum& one : *list) ANNALS_CHECK_OK(add(one));
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

}  // namespace

Status resolve_names(RunContext& context) {
  context.names.clear();
  for (const BoundName& bound : context.query.names) {
    Datum made;
    ANNALS_TRY(const Datum* const value, constant_of(bound.name, context, made));
    if (bound.by_condition) {
      ANNALS_TRY(std::vector<NodeId> nodes, nodes_of_condition(bound, *value, context));
      context.names.push_back(std::move(nodes));
      continue;
    }
    const auto* name = std::get_if<std::string>(&value->data);
    if (name == nullptr) {
      return context.invalid(
          fmt::format("the name of a node must be a text, not a value of type {}",
                      datum_type_name(value->type())),
          bound.name.range);
    }
    const Vocabulary& vocabulary = context.snapshot.vocabulary();
    const View& view = context.view(bound.scope);
    ANNALS_TRY(std::vector<NodeId> nodes, find_nodes(*name, bound.labels, view, vocabulary));
    if (nodes.empty() && !view.is_present) {
      // Not yet known then, which is an answer; a name that nobody ever heard of is an error.
      const View present{&context.snapshot, &context.nodes, true};
      ANNALS_TRY(const std::vector<NodeId> now,
                 find_nodes(*name, bound.labels, present, vocabulary));
      if (now.empty()) return unknown_name(*name, bound, context);
    } else if (nodes.empty()) {
      return unknown_name(*name, bound, context);
    }
    context.names.push_back(std::move(nodes));
  }
  return {};
}

Status resolve_scopes(RunContext& context) {
  const std::vector<BoundScope>& scopes = context.query.scopes;
  // Whatever constants look at meanwhile is the present.
  context.scopes.assign(scopes.size(), ScopeTimes());
  context.views.assign(scopes.size(), View{&context.snapshot, &context.nodes, true});
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    ANNALS_TRY(context.scopes[i], times_of(scopes[i], context));
    ANNALS_TRY(context.views[i], view_of(scopes[i], context));
  }
  return {};
}

}  // namespace annals::query
