#include "query/datum.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "schema/time/instant.h"

namespace annals::query {

namespace {

std::string period_text(const Period& period) {
  return format_instant(period.begin) + "/" + format_instant(period.end);
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

/// A datum within a list or a fact, where texts need quotes to be told apart.
std::string inner_text(const Datum& datum) {
  if (const auto* text = std::get_if<std::string>(&datum.data)) return quoted(*text);
  if (datum.is_null()) return "null";
  return datum_text(datum);
}

std::string list_text(const DatumList& items) {
  std::string out = "[";
  for (const Datum& item : items) {
    if (out.size() > 1) out += ", ";
    out += inner_text(item);
  }
  return out + "]";
}

std::string map_text(const DatumMap& entries) {
  std::string out = "{";
  for (const auto& [key, value] : entries) {
    if (out.size() > 1) out += ", ";
    out += key + ": " + inner_text(value);
  }
  return out + "}";
}

std::string fact_text(const FactDatum& datum) {
  std::string out = fmt::format("[:{}", datum.relation);
  std::string properties;
  for (const auto& [name, value] : datum.properties) {
    properties +=
        fmt::format("{}{}: {}", properties.empty() ? "" : ", ", name, format_value(value));
  }
  if (!properties.empty()) out += fmt::format(" {{{}}}", properties);
  return out + fmt::format(" {}]", period_text({datum.fact->begin, datum.fact->end}));
}

/// Each fact with the direction in which it leads from one node to the next.
std::string path_text(const Path& path) {
  const auto node = [&path](std::size_t i) { return fmt::format("({})", path.nodes[i].name); };
  std::string out = node(0);
  for (std::size_t i = 0; i < path.facts.size(); ++i) {
    const bool forward = path.facts[i].fact->source == path.nodes[i].id;
    out += fmt::format("{}{}{}{}", forward ? "-" : "<-", fact_text(path.facts[i]),
                       forward ? "->" : "-", node(i + 1));
  }
  return out;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string json_list(const DatumList& items) {
  std::string out = "[";
  for (const Datum& item : items) {
    if (out.size() > 1) out += ',';
    out += datum_json(item);
  }
  return out + "]";
}

std::string json_map(const DatumMap& entries) {
  std::string out = "{";
  for (const auto& [key, value] : entries) {
    if (out.size() > 1) out += ',';
    out += json_string(key) + ":" + datum_json(value);
  }
  return out + "}";
}

/// No key stands twice: a property that is called as a part that every fact has is left out.
std::string json_fact(const FactDatum& datum) {
  std::string out = fmt::format("{{\"relation\":{},\"valid\":{}", json_string(datum.relation),
                                json_string(period_text({datum.fact->begin, datum.fact->end})));
  for (const auto& [name, value] : datum.properties) {
    if (name == "relation" || name == "valid") continue;
    out += fmt::format(",{}:{}", json_string(name), datum_json(to_datum(value)));
  }
  return out + "}";
}

std::string json_path(const Path& path) {
  std::string nodes;
  for (const NodeDatum& node : path.nodes) {
    nodes += (nodes.empty() ? "" : ",") + json_string(node.name);
  }
  std::string facts;
  for (const FactDatum& fact : path.facts) facts += (facts.empty() ? "" : ",") + json_fact(fact);
  return fmt::format("{{\"nodes\":[{}],\"facts\":[{}]}}", nodes, facts);
}

}  // namespace

std::string_view datum_type_name(DatumType type) {
  static constexpr std::array<std::string_view, 12> names = {"null", "boolean", "integer", "float",
                                                             "text", "date",    "period",  "node",
                                                             "fact", "list",    "map",     "path"};
  return names[static_cast<std::size_t>(type)];
}

Extent extent_of(const Datum& datum) {
  if (const auto* list = std::get_if<std::shared_ptr<const ListValue>>(&datum.data)) {
    return (*list)->extent;
  }
  if (const auto* map = std::get_if<std::shared_ptr<const MapValue>>(&datum.data)) {
    return (*map)->extent;
  }
  if (const Path* const path = path_in(datum)) {
    return {0, 1 + path->nodes.size() + path->facts.size()};
  }
  return {};
}

namespace {

void add_part(Extent& whole, const Datum& part) {
  constexpr std::size_t kPartsMax = std::size_t{1} << 62;
  const Extent extent = extent_of(part);
  whole.depth = std::max(whole.depth, extent.depth + 1);
  whole.parts = std::min(whole.parts + extent.parts, kPartsMax);
}

}  // namespace

Datum map_datum(DatumMap entries) {
  Extent extent{1, 1};
  for (const auto& [key, value] : entries) add_part(extent, value);
  return Datum(std::make_shared<const MapValue>(MapValue{std::move(entries), extent}));
}

Datum path_datum(Path path) { return Datum(std::make_shared<const Path>(std::move(path))); }

Datum list_datum(DatumList items) {
  Extent extent{1, 1};
  for (const Datum& item : items) add_part(extent, item);
  return Datum(std::make_shared<const ListValue>(ListValue{std::move(items), extent}));
}

Datum to_datum(Value value) {
  return std::visit(
      [](auto&& held) -> Datum {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, ValueList>) {
          DatumList items;
          items.reserve(held.size());
          for (Value& item : held) items.push_back(to_datum(std::move(item)));
          return list_datum(std::move(items));
        } else {
          return Datum(std::forward<decltype(held)>(held));
        }
      },
      std::move(value.data));
}

Result<Value> to_value(const Datum& datum) {
  return std::visit(
      [&datum](const auto& held) -> Result<Value> {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_constructible_v<Value::Data, Held>) {
          return Value(held);
        } else if constexpr (std::is_same_v<Held, std::shared_ptr<const ListValue>>) {
          ValueList items;
          items.reserve(held->items.size());
          for (const Datum& item : held->items) {
            ANNALS_TRY(Value value, to_value(item));
            items.push_back(std::move(value));
          }
          return Value(std::move(items));
        } else {
          return Error(ErrorCode::kInvalidArgument,
                       fmt::format("a {} cannot be stored", datum_type_name(datum.type())));
        }
      },
      datum.data);
}

std::string datum_text(const Datum& datum) {
  switch (datum.type()) {
    case DatumType::kNull: return "";
    case DatumType::kBoolean: return std::get<bool>(datum.data) ? "true" : "false";
    case DatumType::kInteger: return std::to_string(std::get<std::int64_t>(datum.data));
    case DatumType::kFloat: return format_value(Value(std::get<double>(datum.data)));
    case DatumType::kText: return std::get<std::string>(datum.data);
    case DatumType::kDate: return std::get<Date>(datum.data).text;
    case DatumType::kPeriod: return period_text(std::get<Period>(datum.data));
    case DatumType::kNode: return std::get<NodeDatum>(datum.data).name;
    case DatumType::kFact: return fact_text(std::get<FactDatum>(datum.data));
    case DatumType::kList: return list_text(*list_in(datum));
    case DatumType::kMap: return map_text(*map_in(datum));
    case DatumType::kPath: return path_text(*path_in(datum));
  }
  return "";
}

std::string datum_json(const Datum& datum) {
  switch (datum.type()) {
    case DatumType::kNull: return "null";
    case DatumType::kFloat:
      return std::isfinite(std::get<double>(datum.data)) ? datum_text(datum) : "null";
    case DatumType::kBoolean:
    case DatumType::kInteger: return datum_text(datum);
    case DatumType::kText:
    case DatumType::kDate:
    case DatumType::kPeriod:
    case DatumType::kNode: return json_string(datum_text(datum));
    case DatumType::kFact: return json_fact(std::get<FactDatum>(datum.data));
    case DatumType::kList: return json_list(*list_in(datum));
    case DatumType::kMap: return json_map(*map_in(datum));
    case DatumType::kPath: return json_path(*path_in(datum));
  }
  return "null";
}

bool is_numeric(const Datum& datum) {
  return datum.type() == DatumType::kInteger || datum.type() == DatumType::kFloat;
}

}  // namespace annals::query
