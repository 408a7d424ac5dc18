#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/time/civil.h"
#include "schema/time/instant.h"

namespace annals::inline schema {

/// What `~` (approximate) adds on each side of a date's extent, by the part of the date that it
/// marks: `1985-04-12~` marks the whole day, `1985~-04-12` only the year and pads by years; of
/// several marks the coarsest counts. A setting of the database; these are the values it starts
/// with. Negative values count as zero.
struct ApproximationPadding {
  std::int32_t day_days = 7;         ///< 1985-04-12~ : a week on either side.
  std::int32_t month_months = 3;     ///< 1985-04~, 1985-21~ : a quarter on either side.
  std::int32_t year_years = 5;       ///< 1985~       : five years on either side.
  std::int32_t longer_percent = 50;  ///< 198X~, 19XX~ : half of the extent on either side.

  bool operator==(const ApproximationPadding&) const = default;
};

/// The finest part of a date that is written: how long the thing "on" it takes. An unspecified
/// part counts as written (1985-XX-XX is "some day": kDay). Seasons, quarters, thirds and halves
/// count as kMonth, years with unspecified or insignificant digits (198X, 1950S2) as kLonger.
/// Ordered from fine to coarse.
enum class Precision : std::uint8_t {
  kMicrosecond,
  kSecond,
  kMinute,
  kDay,
  kMonth,
  kYear,
  kLonger
};

/// A date as people have it: an EDTF expression (ISO 8601-2:2019; Library of Congress EDTF, levels
/// 0 and 1 and the parts of level 2 that parse_date() names) with its bounds.
///
/// A single date is one instant: `begin`, and `end` equals it. Of day precision it is exact, the
/// start of that day (UTC); a coarser one lies on some day of its extent, so that `latest` is the
/// start of the last day. A time of day is exact: the start of the minute, second or fraction
/// written.
///
/// An interval (`a/b`) is a period from the instant `begin` to the instant `end`, the end date
/// included: `2004/2005` ends at some instant after the last day written began, namely the day
/// after one of the days of 2005 (`end` = [2005-01-02, 2006-01-01]); `2004-06-01/2004-06-03` is
/// three days and ends exactly at 2004-06-04. An interval takes at least one day, and that is used:
/// `2004-06-11/2004-06` ends in [2004-06-12, 2004-07-01]. An open side (`..`) is kBeginningOfTime
/// or kEndOfTime exactly; an unknown (empty) one reaches there from the other side: the end of
/// `1985/` is [1985-01-02, kEndOfTime], the begin of `/1985` is [kBeginningOfTime, 1985-12-31].
///
/// Invariants of both: begin.earliest <= begin.latest, the same of end, and neither bound of begin
/// exceeds that of end.
struct Date {
  Instant begin;
  Instant end;
  Precision precision = Precision::kDay;  ///< Of an interval or a set: of its finest member.
  bool is_interval = false;
  bool uncertain = false;    ///< Written with `?` or `%`: it never makes anything certain.
  bool approximate = false;  ///< Written with `~` or `%`: the bounds are padded.
  std::string text;          ///< As written; what is shown.

  bool exact() const { return !is_interval && begin.exact() && !uncertain; }
  bool operator==(const Date&) const = default;
};

/// Reads one EDTF expression; the whole of `text`, without blanks around it. Thread-safe; takes
/// time proportional to the text.
///
/// Read: levels 0 and 1; of level 2 one-of sets and ranges with open sides, marks (`?~%`) of
/// single parts, exponents, significant digits, unspecified digits (X) anywhere, and the codes 21
/// to 41: seasons (21 to 28 northern, 29 to 32 southern), quarters (33), thirds (37), halves (40).
/// Seasons are meteorological: spring is March to May, and winter is December of the year written
/// to February of the next; the codes without a hemisphere (21 to 24) are read as northern.
///
/// Where a choice was to be made:
///  - a time without a zone is UTC; up to six digits of a second; hh:mm may stand without seconds;
///  - bounds of a pattern are its first and its last matching day of the calendar, those of a set
///    the hull of its members;
///  - one blank may follow a comma in a set, as ISO 8601-2 prints and people type it (the
///    edtf-validate suite refuses that); no other blank anywhere;
///  - an interval is refused if it ends before it begins *however* its sides are read: 2004-06-11/
///    2004-06 is fine here (edtf-validate compares first days and refuses it);
///  - beyond EDTF, so that everything that format_instant() writes can be read: a year with Y may
///    have a month, a day and a time (Y12000-06-30), members of a set may have times, and `[..]` is
///    an instant of which nothing is known.
///
/// Errors: InvalidArgument with Place::column at the first character that cannot be (or at the
/// part that is impossible, such as a 31 June) and a hint, which for common other ways to write
/// dates says how to write that date here; Unsupported for what is understood and left out (all-of
/// sets `{...}`, sets or times as sides of intervals, durations, week and ordinal dates, finer
/// fractions), named in the message; LimitExceeded beyond limits::kDateBytesMax bytes.
///
/// Years that do not fit in 64 bits of microseconds (about ±292,000) saturate: their bounds reach
/// from the last representable day to the end of time, or likewise before.
Result<Date> parse_date(std::string_view text, const ApproximationPadding& padding = {});

/// An exact instant as EDTF: "2008-08-18" at the start of a day, else with the time and as many
/// digits of the second as it needs ("2024-01-05T10:00:00Z", "2024-01-05T10:00:00.000001Z"). Both
/// infinities are ".."; parse_date() reads every other result back to the same instant.
std::string format_micros(Micros at);

/// An instant for people and for EDTF: exact as format_micros; the extent of a whole month, year,
/// decade or century by its name ("2008-08", "2008", "200X", "20XX"); else "[a..b]", with an open
/// side for an infinity; "never" becomes "..". parse_date() reads it back, except "..". Requires
/// earliest <= latest.
std::string format_instant(Instant instant);

/// The date of an instant, with its text written by format_instant.
Date date_of(Instant instant);

}  // namespace annals::inline schema
