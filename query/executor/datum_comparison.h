#pragma once

#include <compare>
#include <cstdint>

#include "query/datum.h"
#include "schema/truth.h"

/// How values of the language compare. Two ways, as in openCypher: comparability (=, <), where null
/// and what cannot be known give no answer, and orderability (ORDER BY, DISTINCT, grouping, min and
/// max), a total order in which every value equals itself. All thread-safe.
namespace annals::query {

/// a = b. Numbers compare by value across types; values of different types are not equal; null
/// equals nothing and differs from nothing. Dates and periods: true or false if it is so in all
/// worlds, else null; an uncertain date ('2008?') gives null.
Truth equals(const Datum& a, const Datum& b);

/// a < b. Null for types that do not compare: numbers compare with numbers, texts by code point,
/// booleans (false first), lists element by element, dates with dates. A date lies before another
/// if it does so in all worlds; an interval if all of it does.
Truth is_less(const Datum& a, const Datum& b);
/// a <= b, likewise.
Truth is_less_or_equal(const Datum& a, const Datum& b);

/// The total order: map, node, fact, list, path, date, period, text, boolean, number, NaN, null.
/// Dates by their bounds, nodes and facts by number.
std::weak_ordering order(const Datum& a, const Datum& b);

/// A number by which many values can be sorted without looking at them again: what has a lower one
/// comes before in order(). Where it is the same, order() decides.
std::uint64_t order_prefix(const Datum& datum);
std::uint64_t order_prefix(const Period& period);

/// Equal for what order() finds equivalent.
std::uint64_t hash_datum(const Datum& datum);

/// About how much memory it takes, with all that it holds.
std::size_t memory_of(const Datum& datum);

/// About how much it takes beyond its own place and what others hold: of a text its characters, of
/// a list or a map that no one shares its elements, and the characters of texts among these.
std::size_t own_memory_of(const Datum& datum);

}  // namespace annals::query
