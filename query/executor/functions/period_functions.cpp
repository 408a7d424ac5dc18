#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "query/executor/functions/functions.h"
#include "query/executor/period_comparison.h"
#include "schema/time/date.h"
#include "schema/time/period.h"

namespace annals::query::functions {

namespace {

Result<Datum> read_text(const Datum& datum, const ApproximationPadding& padding) {
  const auto* text = std::get_if<std::string>(&datum.data);
  if (text == nullptr) return datum;
  Result<Date> date = parse_date(*text, padding);
  if (date) return Datum(std::move(*date));
  Error error = std::move(date).error();
  error.place = {};
  return error;
}

Result<Datum> to_period(Arguments arguments, const ApproximationPadding& padding) {
  ANNALS_TRY(const Datum first, read_text(*arguments[0], padding));
  const std::optional<TimeSpan> from = time_span(first);
  if (arguments.size() == 1) {
    if (const auto* date = std::get_if<Date>(&first.data)) return Datum(whole_period(*date));
    return Datum(Period{from->begin, from->end});
  }
  ANNALS_TRY(const Datum second, read_text(*arguments[1], padding));
  const std::optional<TimeSpan> to = time_span(second);
  if (!from->is_instant || !to->is_instant) {
    return Error(ErrorCode::kInvalidArgument, "period() of two takes dates that are one instant",
                 "begins(x) and ends(x) are those of a period");
  }
  // Bounds as those of a fact: it does not end before it begins.
  Period period{from->begin, to->begin};
  if (period.begin.earliest >= period.end.latest) {
    return Error(ErrorCode::kInvalidArgument, "a period ends after it begins");
  }
  period.end.earliest = std::max(period.end.earliest, period.begin.earliest);
  return Datum(period);
}

/// From the later of the begins to the earlier of the ends, if there is surely something between.
Datum intersection(const TimeSpan& a, const TimeSpan& b) {
  if (compare_spans(ast::BinaryOperator::kOverlaps, a, b) != Truth(true)) return {};
  Period common;
  common.begin = {std::max(a.begin.earliest, b.begin.earliest),
                  std::max(a.begin.latest, b.begin.latest)};
  common.end = {std::min(a.end.earliest, b.end.earliest), std::min(a.end.latest, b.end.latest)};
  return Datum(common);
}

/// In days, if both bounds are known.
Datum duration_of(const TimeSpan& span) {
  const bool known = span.begin.exact() && span.end.exact() && !span.uncertain &&
                     span.begin.earliest != kBeginningOfTime && span.end.latest != kEndOfTime;
  if (!known) return {};
  const auto micros =
      static_cast<double>(span.end.earliest) - static_cast<double>(span.begin.earliest);
  return Datum(micros / static_cast<double>(kMicrosPerDay));
}

}  // namespace

Result<Datum> call_period(FunctionId id, Arguments arguments, const ApproximationPadding& padding) {
  if (id == FunctionId::kPeriod) return to_period(arguments, padding);
  const std::optional<TimeSpan> first = time_span(*arguments[0]);
  if (id == FunctionId::kDuration) return duration_of(*first);
  const std::optional<TimeSpan> second = time_span(*arguments[1]);
  if (first->is_instant || second->is_instant) {
    return Error(ErrorCode::kInvalidArgument, "intersect() takes periods, not one instant",
                 "period('2008') is all of the year");
  }
  return intersection(*first, *second);
}

}  // namespace annals::query::functions
