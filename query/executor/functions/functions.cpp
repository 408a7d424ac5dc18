#include "query/executor/functions/functions.h"

#include <utility>

#include "query/executor/node_properties.h"
#include "schema/time/period.h"

namespace annals::query::functions {

namespace {

const storage::Fact& fact_of(const Datum& datum) { return *std::get<FactDatum>(datum.data).fact; }

Datum node_datum(NodeId node) { return Datum(NodeDatum{node, {}, {}}); }

std::int64_t id_of(const Datum& datum) {
  const auto* const node = std::get_if<NodeDatum>(&datum.data);
  return node != nullptr ? number_of(node->id) : number_of(fact_of(datum));
}

Result<Datum> labels_of(const Datum& datum, ScopeId scope, const RunContext& context) {
  const NodeId node = std::get<NodeDatum>(datum.data).id;
  const View& view = context.view(scope);
  const Result<SymbolId> label = view.nodes->label(node);
  DatumList labels;
  if (!label && !view.is_missing(label.error())) return label.error();
  if (label && *label) labels.emplace_back(context.snapshot.vocabulary().symbol_name(*label));
  return list_datum(std::move(labels));
}

Datum keys_of(const Datum& datum, const RunContext& context) {
  DatumList keys;
  if (const DatumMap* const map = map_in(datum)) {
    for (const auto& [key, value] : *map) keys.emplace_back(key);
  } else {
    for (const Property& property : fact_of(datum).properties) {
      keys.emplace_back(context.snapshot.vocabulary().symbol_name(property.name));
    }
  }
  return list_datum(std::move(keys));
}

Period period_of(const Datum& datum) {
  if (const auto* period = std::get_if<Period>(&datum.data)) return *period;
  if (const auto* date = std::get_if<Date>(&datum.data)) return {date->begin, date->end};
  return {fact_of(datum).begin, fact_of(datum).end};
}

/// What is uncertain begins uncertainly.
Datum begin_of(const Datum& datum) {
  const auto* const date = std::get_if<Date>(&datum.data);
  if (date != nullptr && date->uncertain && !date->is_interval) return datum;
  Date begin = date_of(period_of(datum).begin);
  begin.uncertain = date != nullptr && date->uncertain;
  return Datum(std::move(begin));
}

Result<Datum> to_date(Arguments arguments, const RunContext& context) {
  if (arguments.empty()) {
    // Today: the day, since people who want the moment look at a scope without AT.
    const Micros today =
        context.now - (context.now % kMicrosPerDay + kMicrosPerDay) % kMicrosPerDay;
    return Datum(date_of(Instant::exactly(today)));
  }
  const auto* text = std::get_if<std::string>(&arguments[0]->data);
  if (text == nullptr) return *arguments[0];
  Result<Date> date = parse_date(*text, context.padding());
  if (!date) {
    Error error = std::move(date).error();
    error.place = {};
    return error;
  }
  return Datum(std::move(*date));
}

}  // namespace

std::int64_t number_of(NodeId node) { return static_cast<std::int64_t>(node.raw); }

std::int64_t number_of(const storage::Fact& fact) {
  constexpr unsigned ordinal_bits = 16;
  return static_cast<std::int64_t>(fact.id.begun_by.raw << ordinal_bits | fact.id.ordinal);
}

Result<Datum> call(FunctionId id, Arguments arguments, ScopeId scope, RunContext& context) {
  using enum FunctionId;
  switch (id) {
    case kLabels: return labels_of(*arguments[0], scope, context);
    case kType:
      return Datum(context.snapshot.vocabulary().symbol_name(fact_of(*arguments[0]).relation));
    case kId: return Datum(id_of(*arguments[0]));
    case kStartNode: return node_datum(fact_of(*arguments[0]).source);
    case kEndNode: return node_datum(fact_of(*arguments[0]).target);
    case kDate: return to_date(arguments, context);
    case kBegins: return begin_of(*arguments[0]);
    case kEnds: return Datum(date_of(period_of(*arguments[0]).end));
    case kNodes:
    case kRelations:
    case kLength:
    case kTimes: return call_path(id, *path_in(*arguments[0]), scope, context);
    case kPeriod:
      if (const Path* path = path_in(*arguments[0])) {
        if (arguments.size() == 1) return call_path(id, *path, scope, context);
        return Error(ErrorCode::kInvalidArgument, "period() of a path takes nothing else");
      }
      return call_period(id, arguments, context.padding());
    case kIntersect:
    case kDuration: return call_period(id, arguments, context.padding());
    case kToString:
    case kToInteger:
    case kToFloat:
    case kToBoolean: return call_conversion(id, arguments);
    case kAbs:
    case kSign:
    case kRound:
    case kFloor:
    case kCeil:
    case kSqrt:
    case kExp:
    case kLog:
    case kLog10:
    case kSin:
    case kCos:
    case kTan:
    case kCot:
    case kAsin:
    case kAcos:
    case kAtan:
    case kAtan2:
    case kDegrees:
    case kRadians:
    case kPi:
    case kE: return call_number(id, arguments);
    case kKeys: return keys_of(*arguments[0], context);
    default: return call_text(id, arguments);
  }
}

}  // namespace annals::query::functions
