#include "query/executor/period_comparison.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "query/executor/order_system.h"

namespace annals::query {

namespace {

/// A span as unknowns of a system.
struct Ends {
  std::size_t begin;
  std::size_t end;  ///< Of an instant: itself.
  bool is_instant;
};

/// Whether the two are the instant of one event. An end that was cut off at the begin of its own
/// fact, or came from something else before, does not have the event's bounds.
bool is_one_instant(Seq a_event, Instant a, Seq b_event, Instant b) {
  return a_event && a_event == b_event && a == b;
}

class Comparison {
 public:
  Comparison(const TimeSpan& a, const TimeSpan& b) : a_(add(a)) {
    b_ = a_;
    b_.is_instant = b.is_instant;
    b_.begin = is_one_instant(b.begun_by, b.begin, a.begun_by, a.begin) ? a_.begin
               : is_one_instant(b.begun_by, b.begin, a.ended_by, a.end) ? a_.end
                                                                        : add(b.begin);
    b_.end = b.is_instant                                             ? b_.begin
             : is_one_instant(b.ended_by, b.end, a.ended_by, a.end)   ? a_.end
             : is_one_instant(b.ended_by, b.end, a.begun_by, a.begin) ? a_.begin
                                                                      : add(b.end);
    for (const Ends& span : {a_, b_}) {
      if (!span.is_instant) sound_ = system_.add({span.begin, span.end, 1}) && sound_;
    }
  }

  Truth compare(ast::BinaryOperator op) {
    if (!sound_) return std::nullopt;
    const bool any_instant = a_.is_instant || b_.is_instant;
    switch (op) {
      case ast::BinaryOperator::kOverlaps:
        return all({begins_before_end(a_, b_), begins_before_end(b_, a_)});
      case ast::BinaryOperator::kContains:
        if (a_.is_instant && !b_.is_instant) return false;
        return all({{a_.begin, b_.begin, 0}, ends_no_later(b_, a_)});
      case ast::BinaryOperator::kPrecedes: return all({ends_by_begin(a_, b_)});
      case ast::BinaryOperator::kSucceeds: return all({ends_by_begin(b_, a_)});
      case ast::BinaryOperator::kMeets:
        if (a_.is_instant) return false;
        return all({{a_.end, b_.begin, 0}, {b_.begin, a_.end, 0}});
      default:
        if (any_instant && a_.is_instant != b_.is_instant) return false;
        return all({{a_.begin, b_.begin, 0},
                    {b_.begin, a_.begin, 0},
                    {a_.end, b_.end, 0},
                    {b_.end, a_.end, 0}});
    }
  }

 private:
  std::size_t add(Instant bounds) { return system_.add_unknown(bounds.earliest, bounds.latest); }
  Ends add(const TimeSpan& span) {
    const std::size_t begin = add(span.begin);
    return {begin, span.is_instant ? begin : add(span.end), span.is_instant};
  }

  // An instant is over right after itself.
  static Order begins_before_end(const Ends& a, const Ends& b) {
    return {a.begin, b.end, b.is_instant ? 0 : 1};
  }
  static Order ends_by_begin(const Ends& a, const Ends& b) {
    return {a.end, b.begin, a.is_instant ? 1 : 0};
  }
  /// Requires that an instant `b` contains no span.
  static Order ends_no_later(const Ends& a, const Ends& b) {
    return {a.end, b.end, a.is_instant && !b.is_instant ? 1 : 0};
  }

  /// Whether all orders hold: in all worlds, in none, or who knows.
  Truth all(const std::vector<Order>& orders) const {
    OrderSystem together = system_;
    const bool possible = std::all_of(orders.begin(), orders.end(),
                                      [&](const Order& order) { return together.add(order); });
    if (!possible) return false;
    const bool sure = std::none_of(orders.begin(), orders.end(), [&](const Order& order) {
      OrderSystem otherwise = system_;
      return otherwise.add(order.negated());
    });
    return sure ? Truth(true) : std::nullopt;
  }

  OrderSystem system_;
  bool sound_ = true;
  Ends a_;
  Ends b_;
};

/// How long the last thing takes that a date of one instant may mean: a day, or less if a time of
/// day is written.
Micros last_length(const Date& date) {
  // Of a set with times in it the last member may be a day.
  const bool may_be_day = !date.begin.exact() && date.begin.latest % kMicrosPerDay == 0;
  switch (may_be_day ? Precision::kDay : date.precision) {
    case Precision::kMicrosecond: return 1;
    case Precision::kSecond: return kMicrosPerSecond;
    case Precision::kMinute: return 60 * kMicrosPerSecond;
    default: return kMicrosPerDay;
  }
}

}  // namespace

std::optional<TimeSpan> time_span(const Datum& datum) {
  TimeSpan span;
  if (const auto* period = std::get_if<Period>(&datum.data)) {
    span.begin = period->begin;
    span.end = period->end;
  } else if (const auto* date = std::get_if<Date>(&datum.data)) {
    span.begin = date->begin;
    span.end = date->end;
    span.is_instant = !date->is_interval;
    span.uncertain = date->uncertain;
  } else if (const auto* fact = std::get_if<FactDatum>(&datum.data)) {
    span.begin = fact->fact->begin;
    span.end = fact->fact->end;
    span.begun_by = fact->fact->begin_event;
    span.ended_by = fact->fact->end_event;
  } else {
    return std::nullopt;
  }
  return span;
}

Period whole_period(const Date& date) {
  const Micros end =
      date.is_interval ? date.end.latest : shift(date.begin.latest, last_length(date));
  return {Instant::exactly(date.begin.earliest), Instant::exactly(end)};
}

Truth compare_spans(ast::BinaryOperator op, const TimeSpan& a, const TimeSpan& b) {
  if (a.uncertain || b.uncertain) return std::nullopt;
  return Comparison(a, b).compare(op);
}

}  // namespace annals::query
