#include "schema/time/edtf_parser.h"

#include <algorithm>
#include <utility>

#include "schema/time/edtf_cursor.h"
#include "schema/time/edtf_extent.h"
#include "schema/time/edtf_point.h"

// The grammar, in which `point` is edtf_point.h's (sets do not nest, hence there is no recursion
// and no depth to limit):
//
//   date     = set | interval | point
//   interval = side "/" side                      not both unknown
//   side     = point | ".." | nothing             open, unknown
//   set      = "[" member { "," [" "] member } "]" | "[..]"
//   member   = point | point ".." point | ".." point (only first) | point ".." (only last)

namespace annals::inline schema::edtf {
namespace {

struct Side {
  enum class Kind { kUnknown, kOpen, kPoint };
  Kind kind = Kind::kUnknown;
  Point point;  ///< Where it begins is known for all kinds.
};

class Parser {
 public:
  Parser(std::string_view text, const ApproximationPadding& padding)
      : cursor_(text), padding_(padding) {}

  Result<Date> date();

 private:
  Status point_or_interval();
  Status set();
  Result<Instant> member(bool first);
  Result<Side> side();
  Result<Point> point();
  Status bound_interval(const Side& left, const Side& right);
  Status refuse_what_is_left_out() const;
  Error set_within(std::size_t offset) const;
  void note(const Point& point);

  Cursor cursor_;
  const ApproximationPadding& padding_;
  Date date_;
  bool has_points_ = false;
  bool set_has_ended_ = false;  // An open side (a..) came.
};

Result<Date> Parser::date() {
  if (cursor_.at_end()) return cursor_.error("a date is missing");
  if (cursor_.take('[')) {
    ANNALS_CHECK_OK(set());
    if (cursor_.peek() == '/') return set_within(0);
  } else {
    ANNALS_CHECK_OK(point_or_interval());
  }
  if (!cursor_.at_end()) return cursor_.expected("the end of the date");
  return std::move(date_);
}

Error Parser::set_within(std::size_t offset) const {
  return cursor_.unsupported_at(
      offset, "a set ([...]) inside of an interval or of another set is not supported",
      "a side of an interval can be coarse (1990/199X) or padded (1990~/1995)");
}

Status Parser::refuse_what_is_left_out() const {
  const std::size_t here = cursor_.offset();
  switch (cursor_.peek()) {
    case '{':
      return cursor_.unsupported_at(
          here, "all-of sets ({...}) are not supported: a date here is one instant or one period",
          "write an event for each date, or [...] if it is one of them");
    case '[': return set_within(here);
    case 'P':
      return cursor_.unsupported_at(here, "durations (P1Y) are not supported",
                                    "write both dates of the interval, as in 2004-06/2005-06");
    case 'R':
      return cursor_.unsupported_at(here, "repeating intervals (R5/...) are not supported",
                                    "write an event for each time");
    default: return {};
  }
}

void Parser::note(const Point& point) {
  date_.precision = has_points_ ? std::min(date_.precision, point.precision) : point.precision;
  date_.uncertain = date_.uncertain || point.uncertain;
  date_.approximate = date_.approximate || point.approximate;
  has_points_ = true;
}

Result<Point> Parser::point() {
  ANNALS_CHECK_OK(refuse_what_is_left_out());
  ANNALS_TRY(Point point, parse_point(cursor_, padding_));
  note(point);
  return point;
}

// --- Intervals -----------------------------------------------------------------------------------

Result<Side> Parser::side() {
  Side side;
  side.point.offset = cursor_.offset();
  if (cursor_.at_end() || cursor_.peek() == '/') return side;
  if (cursor_.take("..")) {
    side.kind = Side::Kind::kOpen;
    return side;
  }
  ANNALS_TRY(side.point, point());
  side.kind = Side::Kind::kPoint;
  return side;
}

Status Parser::point_or_interval() {
  ANNALS_TRY(const Side left, side());
  if (!cursor_.take('/')) {
    if (left.kind != Side::Kind::kPoint)
      return cursor_.expected("'/' and the end of an interval, as in ../1985");
    date_.begin = date_.end = left.point.when;
    return {};
  }
  ANNALS_TRY(const Side right, side());
  using enum Side::Kind;
  if (left.kind == kUnknown && right.kind == kUnknown)
    return cursor_.error("an interval needs a date or '..' on one side at least");
  for (const Side* side : {&left, &right}) {
    if (side->kind == kPoint && side->point.has_time) {
      return cursor_.unsupported_at(side->point.offset,
                                    "times of day on the sides of an interval are not supported",
                                    "write its days, as in 2005-07-25/2006-01-01");
    }
  }
  date_.is_interval = true;
  return bound_interval(left, right);
}

Status Parser::bound_interval(const Side& left, const Side& right) {
  using enum Side::Kind;
  DayRange begin = left.point.days;
  DayRange last = right.point.days;  // The end is the day after.
  if (left.kind == kPoint && right.kind == kPoint) {
    if (last.last < begin.first)
      return cursor_.error_at(right.point.offset, "the interval ends before it begins");
    // Whoever ends has begun: the sides narrow each other.
    begin.last = std::min(begin.last, last.last);
    last.first = std::max(last.first, begin.first);
  }
  date_.begin = instant_on(begin);
  date_.end = instant_on({last.first + 1, last.last + 1});
  if (left.kind == kUnknown)
    date_.begin = {kBeginningOfTime, right.kind == kOpen ? kEndOfTime : instant_on(last).latest};
  if (right.kind == kUnknown) {
    const DayRange next = {begin.first + 1, begin.last + 1};
    date_.end = {left.kind == kOpen ? kBeginningOfTime : instant_on(next).earliest, kEndOfTime};
  }
  if (left.kind == kOpen) date_.begin = Instant::exactly(kBeginningOfTime);
  if (right.kind == kOpen) date_.end = Instant::never();
  return {};
}

// --- One-of sets ---------------------------------------------------------------------------------

Status Parser::set() {
  Instant hull;
  for (bool first = true;; first = false) {
    ANNALS_TRY(const Instant next, member(first));
    hull.earliest = first ? next.earliest : std::min(hull.earliest, next.earliest);
    hull.latest = first ? next.latest : std::max(hull.latest, next.latest);
    if (cursor_.take(']')) break;
    if (set_has_ended_) return cursor_.expected("']' after the open side of a set");
    if (!cursor_.take(',')) return cursor_.expected("',', '..' or ']'");
    cursor_.take(' ');
  }
  date_.begin = date_.end = hull;
  return {};
}

Result<Instant> Parser::member(bool first) {
  const std::size_t offset = cursor_.offset();
  const bool open_before = cursor_.take("..");
  if (open_before && !first)
    return cursor_.error_at(offset, "only the first member of a set can be open to the past");
  if (open_before && cursor_.peek() == ']') return Instant{kBeginningOfTime, kEndOfTime};
  ANNALS_TRY(const Point from, point());
  Instant bounds = from.when;
  if (open_before) bounds.earliest = kBeginningOfTime;
  if (open_before || !cursor_.take("..")) return bounds;
  if (cursor_.peek() == ']' || cursor_.peek() == ',') {
    set_has_ended_ = true;
    return Instant{bounds.earliest, kEndOfTime};
  }
  ANNALS_TRY(const Point to, point());
  if (to.when.latest < bounds.earliest)
    return cursor_.error_at(to.offset, "the range ends before it begins");
  return Instant{bounds.earliest, to.when.latest};
}

}  // namespace

Result<Date> parse(std::string_view text, const ApproximationPadding& padding) {
  ANNALS_TRY(Date date, Parser(text, padding).date());
  date.text = text;
  return date;
}

}  // namespace annals::inline schema::edtf
