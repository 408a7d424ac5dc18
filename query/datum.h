#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "schema/time/date.h"
#include "schema/time/period.h"
#include "schema/value.h"
#include "storage/graph_index/fact.h"

namespace annals::query {

/// A node in a result, with what is needed to show it. While a query runs only the id is set: nodes
/// are equal if their ids are, and names are looked up for the rows that are shown.
struct NodeDatum {
  NodeId id;
  std::string label;  ///< Its type, or its kind.
  std::string name;   ///< An entity's canonical name; an event's ID or "#seq".
};

/// A fact in a result, with what is needed to show it. While a query runs only `fact` is set. That
/// a node fills a role of an event is a fact too, without properties and for all time.
struct FactDatum {
  std::shared_ptr<const storage::Fact> fact;
  std::string relation;
  std::vector<std::pair<std::string, Value>> properties;
};

/// A path in a result: nodes, and between each two of them the fact that joins them. Never empty;
/// one node more than facts.
struct Path {
  std::vector<NodeDatum> nodes;
  std::vector<FactDatum> facts;
};

struct Datum;
using DatumList = std::vector<Datum>;
/// By key, in the order of keys.
using DatumMap = std::map<std::string, Datum, std::less<>>;
struct ListValue;
struct MapValue;

/// In the order of Datum::Data.
enum class DatumType : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kFloat,
  kText,
  kDate,
  kPeriod,
  kNode,
  kFact,
  kList,
  kMap,
  kPath
};
/// As users see it: "integer", "text".
std::string_view datum_type_name(DatumType type);

/// A value of the language while a query runs: everything that can be stored (Value), and nodes,
/// facts, paths, periods and lists of them. A value; copies are cheap enough for result rows.
struct Datum {
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Date, Period,
                            NodeDatum, FactDatum, std::shared_ptr<const ListValue>,
                            std::shared_ptr<const MapValue>, std::shared_ptr<const Path>>;
  Data data;

  Datum() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a datum is written where one is wanted
  Datum(Data value) : data(std::move(value)) {}
  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  DatumType type() const { return static_cast<DatumType>(data.index()); }
};

/// How far a value goes that holds others. Values share what they hold: one of a few lists in each
/// other may have more parts than there is memory, and whoever prints or compares it meets them
/// all.
struct Extent {
  std::uint32_t depth = 0;  ///< Lists and maps within each other; 0 of any other value.
  std::size_t parts = 1;    ///< The value, what it holds, what that holds...; at most 2^62.
};
/// Takes the same time for every value.
Extent extent_of(const Datum& datum);

/// What list_datum() and map_datum() make.
struct ListValue {
  DatumList items;
  Extent extent;
};
struct MapValue {
  DatumMap entries;
  Extent extent;
};

/// The same value; lists become lists.
Datum to_datum(Value value);
/// The value that can be stored; InvalidArgument if there is none, as of a map.
Result<Value> to_value(const Datum& datum);

/// A list of these. Never null, perhaps empty.
Datum list_datum(DatumList items);
/// The elements, which live as long as the datum; null if it is no list.
inline const DatumList* list_in(const Datum& datum) {
  const auto* const list = std::get_if<std::shared_ptr<const ListValue>>(&datum.data);
  return list == nullptr ? nullptr : &(*list)->items;
}
Datum map_datum(DatumMap entries);
/// The entries, likewise.
inline const DatumMap* map_in(const Datum& datum) {
  const auto* const map = std::get_if<std::shared_ptr<const MapValue>>(&datum.data);
  return map == nullptr ? nullptr : &(*map)->entries;
}
Datum path_datum(Path path);
/// The path, which lives as long as the datum; null if it is none.
inline const Path* path_in(const Datum& datum) {
  const auto* const path = std::get_if<std::shared_ptr<const Path>>(&datum.data);
  return path == nullptr ? nullptr : path->get();
}

/// For tables and csv: text without quotes, null as an empty text, a date as EDTF, a period as
/// "begin/end" with the end excluded and ".." where it is open, a node as its name, a list as [a,
/// b] and a map as {k: v}, both with texts quoted, a path as (a)-[:R ...]->(b). Deterministic.
std::string datum_text(const Datum& datum);

/// For json: numbers, booleans, null, strings (dates, periods and nodes as their text), lists;
/// a fact as an object with relation, valid and its properties; a path as one with nodes and facts.
/// A float that JSON has no number for (NaN, infinity) is null.
std::string datum_json(const Datum& datum);

/// Whether the datum is a number: tables align those to the right.
bool is_numeric(const Datum& datum);

}  // namespace annals::query
