#include "query/executor/datum_bytes.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "schema/base/contract.h"

namespace annals::query {

namespace {

template <class Plain>
void put(std::string& out, const Plain& plain) {
  static_assert(std::is_trivially_copyable_v<Plain>);
  out.append(reinterpret_cast<const char*>(&plain), sizeof(Plain));
}

void put_text(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}

void put_bytes(std::string& out, const Date& date) {
  put(out, date.begin);
  put(out, date.end);
  put(out, date.precision);
  put(out, date.is_interval);
  put(out, date.uncertain);
  put(out, date.approximate);
  put_text(out, date.text);
}

void put_bytes(std::string& out, const NodeDatum& node) {
  put(out, node.id);
  put_text(out, node.label);
  put_text(out, node.name);
}

void put_bytes(std::string& out, const storage::Fact& fact) {
  put(out, fact.id.begun_by);
  put(out, fact.id.ordinal);
  put(out, fact.source);
  put(out, fact.relation);
  put(out, fact.target);
  put(out, fact.begin);
  put(out, fact.end);
  put(out, fact.begin_event);
  put(out, fact.ended_by);
  put(out, fact.end_event);
  put(out, fact.begin_is_moved);
  put(out, fact.known_from);
  put(out, fact.known_until);
  put(out, fact.properties.size());
  for (const Property& property : fact.properties) {
    put(out, property.name);
    append_bytes(out, to_datum(property.value));
  }
  put(out, fact.earlier_ends.size());
  for (const Seq end : fact.earlier_ends) put(out, end);
}

void put_bytes(std::string& out, const FactDatum& datum) {
  put_bytes(out, *datum.fact);
  put_text(out, datum.relation);
  put(out, datum.properties.size());
  for (const auto& [name, value] : datum.properties) {
    put_text(out, name);
    append_bytes(out, to_datum(value));
  }
}

template <class Plain>
Plain take(std::string_view& bytes) {
  static_assert(std::is_trivially_copyable_v<Plain>);
  ANNALS_ASSERT(sizeof(Plain) <= bytes.size());
  Plain plain{};
  std::memcpy(&plain, bytes.data(), sizeof(Plain));
  bytes.remove_prefix(sizeof(Plain));
  return plain;
}

template <class Plain>
void take_to(std::string_view& bytes, Plain& plain) {
  plain = take<Plain>(bytes);
}

std::string take_text(std::string_view& bytes) {
  const auto size = take<std::size_t>(bytes);
  ANNALS_ASSERT(size <= bytes.size());
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

/// A stored value: it was one before it became a datum.
Value take_value(std::string_view& bytes) {
  Result<Value> value = to_value(take_datum(bytes));
  ANNALS_ASSERT(value);
  return std::move(*value);
}

Date take_date(std::string_view& bytes) {
  Date date;
  take_to(bytes, date.begin);
  take_to(bytes, date.end);
  take_to(bytes, date.precision);
  take_to(bytes, date.is_interval);
  take_to(bytes, date.uncertain);
  take_to(bytes, date.approximate);
  date.text = take_text(bytes);
  return date;
}

NodeDatum take_node(std::string_view& bytes) {
  NodeDatum node;
  take_to(bytes, node.id);
  node.label = take_text(bytes);
  node.name = take_text(bytes);
  return node;
}

storage::Fact take_stored_fact(std::string_view& bytes) {
  storage::Fact fact;
  take_to(bytes, fact.id.begun_by);
  take_to(bytes, fact.id.ordinal);
  take_to(bytes, fact.source);
  take_to(bytes, fact.relation);
  take_to(bytes, fact.target);
  take_to(bytes, fact.begin);
  take_to(bytes, fact.end);
  take_to(bytes, fact.begin_event);
  take_to(bytes, fact.ended_by);
  take_to(bytes, fact.end_event);
  take_to(bytes, fact.begin_is_moved);
  take_to(bytes, fact.known_from);
  take_to(bytes, fact.known_until);
  for (auto left = take<std::size_t>(bytes); left > 0; --left) {
    const auto name = take<SymbolId>(bytes);
    fact.properties.push_back({name, take_value(bytes)});
  }
  for (auto left = take<std::size_t>(bytes); left > 0; --left) {
    fact.earlier_ends.push_back(take<Seq>(bytes));
  }
  return fact;
}

FactDatum take_fact(std::string_view& bytes) {
  FactDatum datum;
  datum.fact = std::make_shared<const storage::Fact>(take_stored_fact(bytes));
  datum.relation = take_text(bytes);
  for (auto left = take<std::size_t>(bytes); left > 0; --left) {
    std::string name = take_text(bytes);
    datum.properties.emplace_back(std::move(name), take_value(bytes));
  }
  return datum;
}

DatumList take_list(std::string_view& bytes) {
  DatumList items;
  for (auto left = take<std::size_t>(bytes); left > 0; --left) items.push_back(take_datum(bytes));
  return items;
}

DatumMap take_map(std::string_view& bytes) {
  DatumMap entries;
  for (auto left = take<std::size_t>(bytes); left > 0; --left) {
    std::string key = take_text(bytes);
    entries.emplace_hint(entries.end(), std::move(key), take_datum(bytes));
  }
  return entries;
}

Path take_path(std::string_view& bytes) {
  Path path;
  for (auto left = take<std::size_t>(bytes); left > 0; --left) {
    path.nodes.push_back(take_node(bytes));
    if (left > 1) path.facts.push_back(take_fact(bytes));
  }
  return path;
}

/// Appends what a datum holds, without its type.
struct Appender {
  std::string& out;

  void operator()(std::monostate) const {}
  void operator()(bool value) const { put(out, value); }
  void operator()(std::int64_t value) const { put(out, value); }
  void operator()(double value) const { put(out, value); }
  void operator()(const std::string& text) const { put_text(out, text); }
  void operator()(const Date& date) const { put_bytes(out, date); }
  void operator()(const Period& period) const {
    put(out, period.begin);
    put(out, period.end);
  }
  void operator()(const NodeDatum& node) const { put_bytes(out, node); }
  void operator()(const FactDatum& fact) const { put_bytes(out, fact); }
  void operator()(const std::shared_ptr<const ListValue>& list) const {
    put(out, list->items.size());
    for (const Datum& item : list->items) append_bytes(out, item);
  }
  void operator()(const std::shared_ptr<const MapValue>& map) const {
    put(out, map->entries.size());
    for (const auto& [key, value] : map->entries) {
      put_text(out, key);
      append_bytes(out, value);
    }
  }
  void operator()(const std::shared_ptr<const Path>& path) const {
    put(out, path->nodes.size());
    for (std::size_t i = 0; i < path->nodes.size(); ++i) {
      put_bytes(out, path->nodes[i]);
      if (i < path->facts.size()) put_bytes(out, path->facts[i]);
    }
  }
};

}  // namespace

void append_bytes(std::string& out, const Datum& datum) {
  put(out, datum.type());
  std::visit(Appender{out}, datum.data);
}

Datum take_datum(std::string_view& bytes) {
  switch (take<DatumType>(bytes)) {
    case DatumType::kNull: return {};
    case DatumType::kBoolean: return Datum(take<bool>(bytes));
    case DatumType::kInteger: return Datum(take<std::int64_t>(bytes));
    case DatumType::kFloat: return Datum(take<double>(bytes));
    case DatumType::kText: return Datum(take_text(bytes));
    case DatumType::kDate: return Datum(take_date(bytes));
    case DatumType::kPeriod: {
      const auto begin = take<Instant>(bytes);
      return Datum(Period{begin, take<Instant>(bytes)});
    }
    case DatumType::kNode: return Datum(take_node(bytes));
    case DatumType::kFact: return Datum(take_fact(bytes));
    case DatumType::kList: return list_datum(take_list(bytes));
    case DatumType::kMap: return map_datum(take_map(bytes));
    case DatumType::kPath: return path_datum(take_path(bytes));
  }
  return {};
}

}  // namespace annals::query
