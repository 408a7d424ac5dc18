#include "query/executor/datum_comparison.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <string>
#include <tuple>

#include "schema/date_comparison.h"
#include "schema/number.h"

namespace annals::query {

namespace {

const DatumList& list_of(const Datum& datum) { return *list_in(datum); }

const DatumMap& map_of(const Datum& datum) { return *map_in(datum); }

bool is_number(const Datum& datum) { return is_numeric(datum); }

Number number_of(const Datum& datum) {
  const auto* whole = std::get_if<std::int64_t>(&datum.data);
  return whole != nullptr ? Number(*whole) : Number(std::get<double>(datum.data));
}

std::partial_ordering compare_numbers(const Datum& a, const Datum& b) {
  return annals::compare_numbers(number_of(a), number_of(b));
}

Truth same_list(const DatumList& a, const DatumList& b) {
  if (a.size() != b.size()) return false;
  Truth all = true;
  for (std::size_t i = 0; i < a.size() && all != Truth(false); ++i) {
    all = truth_and(all, equals(a[i], b[i]));
  }
  return all;
}

Truth same_map(const DatumMap& a, const DatumMap& b) {
  const bool same_keys =
      std::equal(a.begin(), a.end(), b.begin(), b.end(),
                 [](const auto& x, const auto& y) { return x.first == y.first; });
  if (!same_keys) return false;
  Truth all = true;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && all != Truth(false); ++x, ++y) {
    all = truth_and(all, equals(x->second, y->second));
  }
  return all;
}

std::weak_ordering order_maps(const DatumMap& a, const DatumMap& b) {
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end(); ++x, ++y) {
    if (const auto keys = x->first <=> y->first; keys != 0) return keys;
    if (const auto values = order(x->second, y->second); values != 0) return values;
  }
  return a.size() <=> b.size();
}

Truth list_less(const DatumList& a, const DatumList& b, bool or_equal) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const Truth same = equals(a[i], b[i]);
    if (!same) return std::nullopt;
    if (!*same) return is_less(a[i], b[i]);
  }
  return or_equal ? a.size() <= b.size() : a.size() < b.size();
}

Truth less(const Datum& a, const Datum& b, bool or_equal) {
  if (is_number(a) && is_number(b)) {
    const std::partial_ordering order = compare_numbers(a, b);
    return or_equal ? std::is_lteq(order) : std::is_lt(order);
  }
  if (a.type() != b.type()) return std::nullopt;
  switch (a.type()) {
    case DatumType::kText: {
      // UTF-8 keeps the order of code points.
      const int order = std::get<std::string>(a.data).compare(std::get<std::string>(b.data));
      return or_equal ? order <= 0 : order < 0;
    }
    case DatumType::kBoolean: {
      const bool left = std::get<bool>(a.data);
      const bool right = std::get<bool>(b.data);
      return or_equal ? !left || right : !left && right;
    }
    case DatumType::kList: return list_less(list_of(a), list_of(b), or_equal);
    case DatumType::kDate: {
      const Date& left = std::get<Date>(a.data);
      const Date& right = std::get<Date>(b.data);
      return or_equal ? is_before_or_same(left, right) : is_before(left, right);
    }
    default: return std::nullopt;
  }
}

constexpr int kNanRank = 10;
constexpr int kPeriodRank = 6;

/// The place of a type in the total order.
int rank(const Datum& datum) {
  switch (datum.type()) {
    case DatumType::kMap: return 0;
    case DatumType::kNode: return 1;
    case DatumType::kFact: return 2;
    case DatumType::kList: return 3;
    case DatumType::kPath: return 4;
    case DatumType::kDate: return 5;
    case DatumType::kPeriod: return kPeriodRank;
    case DatumType::kText: return 7;
    case DatumType::kBoolean: return 8;
    case DatumType::kInteger: return 9;
    case DatumType::kFloat: return std::isnan(std::get<double>(datum.data)) ? kNanRank : 9;
    case DatumType::kNull: return kNanRank + 1;
  }
  return kNanRank + 1;
}

std::weak_ordering order_numbers(const Datum& a, const Datum& b) {
  const std::partial_ordering order = compare_numbers(a, b);
  if (order == std::partial_ordering::less) return std::weak_ordering::less;
  if (order == std::partial_ordering::greater) return std::weak_ordering::greater;
  return std::weak_ordering::equivalent;
}

std::weak_ordering order_lists(const DatumList& a, const DatumList& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const std::weak_ordering one = order(a[i], b[i]);
    if (one != 0) return one;
  }
  return a.size() <=> b.size();
}

std::weak_ordering order_dates(const Date& a, const Date& b) {
  return std::tie(a.begin, a.end, a.uncertain) <=> std::tie(b.begin, b.end, b.uncertain);
}

auto fact_key(const FactDatum& datum) {
  const storage::Fact& fact = *datum.fact;
  return std::tuple(fact.id, fact.relation, fact.source, fact.target);
}

/// By nodes and facts, from the first on.
std::weak_ordering order_paths(const Path& a, const Path& b) {
  for (std::size_t i = 0; i < std::min(a.nodes.size(), b.nodes.size()); ++i) {
    if (const auto nodes = a.nodes[i].id <=> b.nodes[i].id; nodes != 0) return nodes;
    if (i == a.facts.size() || i == b.facts.size()) break;
    if (const auto facts = fact_key(a.facts[i]) <=> fact_key(b.facts[i]); facts != 0) return facts;
  }
  return a.nodes.size() <=> b.nodes.size();
}

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  return (std::rotl(seed, 23) ^ value) * 0x9E3779B97F4A7C15ULL;
}

std::uint64_t hash_instant(Instant instant) {
  return mix(static_cast<std::uint64_t>(instant.earliest),
             static_cast<std::uint64_t>(instant.latest));
}

std::uint64_t hash_fact(std::uint64_t seed, const FactDatum& datum) {
  const storage::Fact& fact = *datum.fact;
  return mix(mix(seed, fact.id.begun_by.raw), mix(fact.id.ordinal, fact.target.raw));
}

/// A float that is a whole number hashes as that integer.
std::uint64_t hash_float(double value) {
  constexpr double exact_max = 9007199254740992.0;  // 2^53
  if (std::isnan(value)) return 0x7FF8;
  if (std::abs(value) <= exact_max && value == std::floor(value)) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  }
  // Beyond 2^53 an integer may equal it too: see the integer's case.
  return std::hash<double>()(value);
}

}  // namespace

Truth equals(const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) return std::nullopt;
  if (is_number(a) && is_number(b)) return std::is_eq(compare_numbers(a, b));
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case DatumType::kBoolean: return std::get<bool>(a.data) == std::get<bool>(b.data);
    case DatumType::kText: return std::get<std::string>(a.data) == std::get<std::string>(b.data);
    case DatumType::kDate: return is_same(std::get<Date>(a.data), std::get<Date>(b.data));
    case DatumType::kPeriod: {
      const Period& left = std::get<Period>(a.data);
      const Period& right = std::get<Period>(b.data);
      return truth_and(is_same(left.begin, right.begin), is_same(left.end, right.end));
    }
    case DatumType::kNode: return std::get<NodeDatum>(a.data).id == std::get<NodeDatum>(b.data).id;
    case DatumType::kFact:
      return fact_key(std::get<FactDatum>(a.data)) == fact_key(std::get<FactDatum>(b.data));
    case DatumType::kList: return same_list(list_of(a), list_of(b));
    case DatumType::kMap: return same_map(map_of(a), map_of(b));
    case DatumType::kPath: return order_paths(*path_in(a), *path_in(b)) == 0;
    default: return std::nullopt;
  }
}

Truth is_less(const Datum& a, const Datum& b) { return less(a, b, false); }

Truth is_less_or_equal(const Datum& a, const Datum& b) { return less(a, b, true); }

std::weak_ordering order(const Datum& a, const Datum& b) {
  // What is sorted and grouped by most.
  if (a.type() == DatumType::kInteger && b.type() == DatumType::kInteger) {
    return std::get<std::int64_t>(a.data) <=> std::get<std::int64_t>(b.data);
  }
  if (a.type() == DatumType::kPeriod && b.type() == DatumType::kPeriod) {
    const Period& left = std::get<Period>(a.data);
    const Period& right = std::get<Period>(b.data);
    return std::tie(left.begin, left.end) <=> std::tie(right.begin, right.end);
  }
  const int rank_a = rank(a);
  const int rank_b = rank(b);
  if (rank_a != rank_b) return rank_a <=> rank_b;
  switch (a.type()) {
    case DatumType::kNode: return std::get<NodeDatum>(a.data).id <=> std::get<NodeDatum>(b.data).id;
    case DatumType::kFact:
      return fact_key(std::get<FactDatum>(a.data)) <=> fact_key(std::get<FactDatum>(b.data));
    case DatumType::kList: return order_lists(list_of(a), list_of(b));
    case DatumType::kMap: return order_maps(map_of(a), map_of(b));
    case DatumType::kPath: return order_paths(*path_in(a), *path_in(b));
    case DatumType::kDate: return order_dates(std::get<Date>(a.data), std::get<Date>(b.data));
    case DatumType::kText:
      return std::get<std::string>(a.data).compare(std::get<std::string>(b.data)) <=> 0;
    case DatumType::kBoolean: return std::get<bool>(a.data) <=> std::get<bool>(b.data);
    case DatumType::kInteger:
    case DatumType::kFloat:
      return rank_a == kNanRank ? std::weak_ordering::equivalent : order_numbers(a, b);
    case DatumType::kPeriod:
    case DatumType::kNull: break;
  }
  return std::weak_ordering::equivalent;
}

namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

std::uint64_t place_of_instant(Instant instant) {
  return static_cast<std::uint64_t>(instant.earliest) ^ kSign;
}

std::uint64_t prefix_of(int rank, std::uint64_t place) {
  constexpr int kRankBits = 4;
  constexpr int kValueBits = 64 - kRankBits;
  return static_cast<std::uint64_t>(rank) << kValueBits | place >> kRankBits;
}

}  // namespace

std::uint64_t order_prefix(const Period& period) {
  return prefix_of(kPeriodRank, place_of_instant(period.begin));
}

std::uint64_t order_prefix(const Datum& datum) {
  std::uint64_t place = 0;
  switch (datum.type()) {
    case DatumType::kDate: place = place_of_instant(std::get<Date>(datum.data).begin); break;
    case DatumType::kPeriod: return order_prefix(std::get<Period>(datum.data));
    case DatumType::kInteger:
    case DatumType::kFloat: {
      // The nearest float of an integer is no lower than that of a lower one.
      const auto* const whole = std::get_if<std::int64_t>(&datum.data);
      const double value =
          whole != nullptr ? static_cast<double>(*whole) : std::get<double>(datum.data);
      if (std::isnan(value)) break;
      // Zero has two signs, and one place.
      const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
      place = (bits & kSign) != 0 ? ~bits : bits | kSign;
      break;
    }
    case DatumType::kText: {
      const std::string& text = std::get<std::string>(datum.data);
      for (std::size_t i = 0; i < sizeof(place); ++i) {
        place = place << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
      }
      break;
    }
    default: break;
  }
  return prefix_of(rank(datum), place);
}

std::uint64_t hash_datum(const Datum& datum) {
  const auto type = static_cast<std::uint64_t>(rank(datum));
  switch (datum.type()) {
    case DatumType::kNull: return mix(type, 0);
    case DatumType::kBoolean: return mix(type, std::get<bool>(datum.data) ? 1 : 0);
    case DatumType::kInteger: {
      const std::int64_t whole = std::get<std::int64_t>(datum.data);
      // Where floats are sparser than integers, equal ones must still hash alike.
      return mix(type, hash_float(static_cast<double>(whole)));
    }
    case DatumType::kFloat: return mix(type, hash_float(std::get<double>(datum.data)));
    case DatumType::kText:
      return mix(type, std::hash<std::string>()(std::get<std::string>(datum.data)));
    case DatumType::kDate: {
      const Date& date = std::get<Date>(datum.data);
      return mix(mix(type, hash_instant(date.begin)), hash_instant(date.end));
    }
    case DatumType::kPeriod: {
      const Period& period = std::get<Period>(datum.data);
      return mix(mix(type, hash_instant(period.begin)), hash_instant(period.end));
    }
    case DatumType::kNode: return mix(type, std::get<NodeDatum>(datum.data).id.raw);
    case DatumType::kFact: return hash_fact(type, std::get<FactDatum>(datum.data));
    case DatumType::kPath: {
      std::uint64_t hash = mix(type, path_in(datum)->nodes.front().id.raw);
      for (const FactDatum& fact : path_in(datum)->facts) hash = hash_fact(hash, fact);
      return hash;
    }
    case DatumType::kList: {
      std::uint64_t hash = type;
      for (const Datum& item : list_of(datum)) hash = mix(hash, hash_datum(item));
      return hash;
    }
    case DatumType::kMap: {
      std::uint64_t hash = type;
      for (const auto& [key, value] : map_of(datum)) {
        hash = mix(mix(hash, std::hash<std::string>()(key)), hash_datum(value));
      }
      return hash;
    }
  }
  return type;
}

std::size_t memory_of(const Datum& datum) {
  const auto of_fact = [](const FactDatum& fact) {
    return sizeof(storage::Fact) + fact.fact->properties.size() * sizeof(Property);
  };
  std::size_t bytes = sizeof(Datum);
  if (const auto* text = std::get_if<std::string>(&datum.data)) bytes += text->capacity();
  if (const auto* date = std::get_if<Date>(&datum.data)) bytes += date->text.capacity();
  if (const auto* fact = std::get_if<FactDatum>(&datum.data)) bytes += of_fact(*fact);
  if (const Path* path = path_in(datum)) {
    bytes += sizeof(Path) + path->nodes.size() * sizeof(NodeDatum);
    for (const FactDatum& fact : path->facts) bytes += sizeof(FactDatum) + of_fact(fact);
  }
  if (datum.type() == DatumType::kList) {
    for (const Datum& item : list_of(datum)) bytes += memory_of(item);
  }
  if (datum.type() == DatumType::kMap) {
    for (const auto& [key, value] : map_of(datum)) {
      bytes += sizeof(std::string) + key.size() + memory_of(value);
    }
  }
  return bytes;
}

std::size_t own_memory_of(const Datum& datum) {
  const auto characters = [](const Datum& one) {
    const auto* const text = std::get_if<std::string>(&one.data);
    return text == nullptr ? 0 : text->capacity();
  };
  std::size_t bytes = characters(datum);
  if (const auto* list = std::get_if<std::shared_ptr<const ListValue>>(&datum.data)) {
    if (list->use_count() > 1) return 0;
    for (const Datum& item : (*list)->items) bytes += sizeof(Datum) + characters(item);
  } else if (const auto* map = std::get_if<std::shared_ptr<const MapValue>>(&datum.data)) {
    if (map->use_count() > 1) return 0;
    for (const auto& [key, value] : (*map)->entries) {
      bytes += sizeof(std::string) + sizeof(Datum) + key.capacity() + characters(value);
    }
  }
  return bytes;
}

}  // namespace annals::query
