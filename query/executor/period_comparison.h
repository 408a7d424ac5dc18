#pragma once

#include <optional>

#include "query/datum.h"
#include "query/executor/datum_comparison.h"
#include "query/parser/ast_expression.h"
#include "schema/ids.h"
#include "schema/time/instant.h"

/// The period predicates of SQL:2011. Thread-safe.
namespace annals::query {

/// What a date, a period or a fact says of time: from `begin` to `end`, which is not part of it; or
/// one instant.
struct TimeSpan {
  Instant begin;
  Instant end;
  Seq begun_by;  ///< Of a fact: the events that are its bounds.
  Seq ended_by;
  bool is_instant = false;
  bool uncertain = false;  ///< Written with `?`: nothing is sure about it.
};

/// Nothing for other types.
std::optional<TimeSpan> time_span(const Datum& datum);

/// All that a date may mean: exact, from its first instant to the end of its last day (or minute,
/// if a time of day is written).
Period whole_period(const Date& date);

/// OVERLAPS, CONTAINS, PRECEDES, SUCCEEDS, MEETS, EQUALS: true if it is so in all worlds, false if
/// in none, else null. A span is not empty; bounds of two facts that are the same event are one
/// instant, all others independent. An instant overlaps and equals as a span that is as short as
/// can be; it contains, and meets, no span.
Truth compare_spans(ast::BinaryOperator op, const TimeSpan& a, const TimeSpan& b);

}  // namespace annals::query
