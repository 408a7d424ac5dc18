#include "schema/time/date.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schema/time/edtf_parser.h"
#include "tests/support/environment.h"

namespace annals {
namespace {

/// Bounds as the tests write them: "earliest latest" (or one of them for both) by format_micros,
/// where ".." is the infinity of its side.
std::string bounds(Instant instant) {
  const std::string earliest = format_micros(instant.earliest);
  return instant.exact() ? earliest : earliest + " " + format_micros(instant.latest);
}

// --- The calendar --------------------------------------------------------------------------------

TEST(CivilTest, AgreesWithTheStandardLibraryOnEveryDayOfFiveCenturies) {
  using std::chrono::sys_days;
  for (std::int64_t day = days_from_civil(1750, 1, 1); day <= days_from_civil(2250, 1, 1); ++day) {
    const std::chrono::year_month_day theirs{sys_days{std::chrono::days{day}}};
    const CivilDay ours = civil_from_days(day);
    ASSERT_EQ(ours.year, static_cast<int>(theirs.year())) << day;
    ASSERT_EQ(ours.month, static_cast<unsigned>(theirs.month())) << day;
    ASSERT_EQ(ours.day, static_cast<unsigned>(theirs.day())) << day;
    ASSERT_EQ(days_from_civil(ours.year, ours.month, ours.day), day);
  }
}

TEST(CivilTest, AgreesWithTheStandardLibraryOnItsWholeRange) {
  for (int year = -32'767; year <= 32'767; ++year) {
    const std::chrono::year_month_day leap_day{std::chrono::year{year}, std::chrono::month{3},
                                               std::chrono::day{1}};
    const std::int64_t day = std::chrono::sys_days{leap_day}.time_since_epoch().count();
    ASSERT_EQ(days_from_civil(year, 3, 1), day) << year;
    ASSERT_EQ(civil_from_days(day - 1).day, days_in_month(year, 2)) << year;
  }
}

TEST(CivilTest, IsItsOwnInverseFarBeyondTheRangeOfMicros) {
  for (std::int64_t day = -364'000'000; day <= 364'000'000; day += 99'991) {
    const CivilDay civil = civil_from_days(day);
    ASSERT_EQ(days_from_civil(civil.year, civil.month, civil.day), day);
  }
}

TEST(CivilTest, IsDefinedForEveryArgument) {
  EXPECT_EQ(days_from_civil(INT64_MAX, 1, 1), days_from_civil(kCivilYearMax, 1, 1));
  EXPECT_EQ(days_from_civil(INT64_MIN, 1, 1), days_from_civil(-kCivilYearMax, 1, 1));
  EXPECT_GT(civil_from_days(INT64_MAX).year, 0);
  EXPECT_LT(civil_from_days(INT64_MIN).year, 0);
  EXPECT_NE(days_from_civil(2000, UINT32_MAX, UINT32_MAX), 0);
}

// --- What is read, and its bounds ----------------------------------------------------------------

/// "?" if the date is uncertain, "~" if it is approximate, "?~" if both.
std::string marks_of(const Date& date) {
  return std::string(date.uncertain ? "?" : "") + (date.approximate ? "~" : "");
}

/// The bounds of a date that has to be readable.
std::string bounds_of(std::string_view text, const ApproximationPadding& padding = {}) {
  const Result<Date> date = parse_date(text, padding);
  return date ? bounds(date->begin) : format_error(date.error());
}

struct Row {
  std::string_view text;
  std::string_view begin;
  Precision precision = Precision::kDay;
  std::string_view marks = "";  ///< As marks_of() writes them.
};

void expect_single_dates(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.text));
    const Result<Date> date = parse_date(row.text);
    ASSERT_TRUE(date.has_value()) << format_error(date.error());
    EXPECT_EQ(bounds(date->begin), row.begin);
    EXPECT_EQ(date->end, date->begin);
    EXPECT_EQ(date->precision, row.precision);
    EXPECT_FALSE(date->is_interval);
    EXPECT_EQ(marks_of(*date), row.marks);
    EXPECT_EQ(date->text, row.text);
  }
}

struct IntervalRow {
  std::string_view text;
  std::string_view begin;
  std::string_view end;
  Precision precision = Precision::kDay;
  std::string_view marks = "";
};

void expect_intervals(const std::vector<IntervalRow>& rows) {
  for (const IntervalRow& row : rows) {
    SCOPED_TRACE(std::string(row.text));
    const Result<Date> date = parse_date(row.text);
    ASSERT_TRUE(date.has_value()) << format_error(date.error());
    EXPECT_TRUE(date->is_interval);
    EXPECT_EQ(bounds(date->begin), row.begin);
    EXPECT_EQ(bounds(date->end), row.end);
    EXPECT_EQ(date->precision, row.precision);
    EXPECT_EQ(marks_of(*date), row.marks);
    EXPECT_FALSE(date->exact());
  }
}

TEST(DateTest, DaysAreExactlyTheirStart) {
  expect_single_dates({
      {"1970-01-01", "1970-01-01"},
      {"2008-08-18", "2008-08-18"},
      {"2000-02-29", "2000-02-29"},
      {"0000-02-29", "0000-02-29"},
      {"-0001-12-31", "-0001-12-31"},
      {"9999-12-31", "9999-12-31"},
  });
  EXPECT_EQ(parse_date("1970-01-02")->begin, Instant::exactly(kMicrosPerDay));
  EXPECT_EQ(parse_date("1969-12-31")->begin, Instant::exactly(-kMicrosPerDay));
  EXPECT_TRUE(parse_date("2008-08-18")->exact());
  EXPECT_FALSE(parse_date("2008-08-18?")->exact());
  EXPECT_FALSE(parse_date("2008-08")->exact());
}

TEST(DateTest, CoarserDatesLieOnSomeDayOfTheirExtent) {
  using enum Precision;
  expect_single_dates({
      {"2008", "2008-01-01 2008-12-31", kYear},
      {"2008-02", "2008-02-01 2008-02-29", kMonth},
      {"2009-02", "2009-02-01 2009-02-28", kMonth},
      {"0000", "0000-01-01 0000-12-31", kYear},
      {"-0001", "-0001-01-01 -0001-12-31", kYear},
      {"-0044-03", "-0044-03-01 -0044-03-31", kMonth},
  });
}

TEST(DateTest, TimesAreExactAndInUtcUnlessTheySayOtherwise) {
  using enum Precision;
  expect_single_dates({
      {"2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z", kSecond},
      {"2024-01-05T10:00:00", "2024-01-05T10:00:00Z", kSecond},
      {"2024-01-05T00:00:00Z", "2024-01-05", kSecond},
      {"2024-01-05T10:00Z", "2024-01-05T10:00:00Z", kMinute},
      {"1985-04-12T23:20:30-04", "1985-04-13T03:20:30Z", kSecond},
      {"1985-04-12T23:20:30+04:30", "1985-04-12T18:50:30Z", kSecond},
      {"2000-01-01T00:00:00+00:01", "1999-12-31T23:59:00Z", kSecond},
      {"2024-01-05T10:00:00.5Z", "2024-01-05T10:00:00.5Z", kMicrosecond},
      {"2024-01-05T10:00:00.000001Z", "2024-01-05T10:00:00.000001Z", kMicrosecond},
      {"2024-01-05T10:00:00.123456+01:00", "2024-01-05T09:00:00.123456Z", kMicrosecond},
      {"-1985-04-12T23:20:30Z", "-1985-04-12T23:20:30Z", kSecond},
  });
  EXPECT_EQ(parse_date("1969-12-31T23:59:59.999999Z")->begin, Instant::exactly(-1));
}

TEST(DateTest, SeasonsQuartersThirdsAndHalvesHaveTheirMonths) {
  const std::map<int, std::string> expected = {
      {21, "2001-03-01 2001-05-31"}, {22, "2001-06-01 2001-08-31"}, {23, "2001-09-01 2001-11-30"},
      {24, "2001-12-01 2002-02-28"}, {25, "2001-03-01 2001-05-31"}, {26, "2001-06-01 2001-08-31"},
      {27, "2001-09-01 2001-11-30"}, {28, "2001-12-01 2002-02-28"}, {29, "2001-09-01 2001-11-30"},
      {30, "2001-12-01 2002-02-28"}, {31, "2001-03-01 2001-05-31"}, {32, "2001-06-01 2001-08-31"},
      {33, "2001-01-01 2001-03-31"}, {34, "2001-04-01 2001-06-30"}, {35, "2001-07-01 2001-09-30"},
      {36, "2001-10-01 2001-12-31"}, {37, "2001-01-01 2001-04-30"}, {38, "2001-05-01 2001-08-31"},
      {39, "2001-09-01 2001-12-31"}, {40, "2001-01-01 2001-06-30"}, {41, "2001-07-01 2001-12-31"},
  };
  for (const auto& [code, extent] : expected)
    expect_single_dates({{fmt::format("2001-{}", code), extent, Precision::kMonth}});
  expect_single_dates({
      {"2003-24", "2003-12-01 2004-02-29", Precision::kMonth},
      {"-2004-23", "-2004-09-01 -2004-11-30", Precision::kMonth},
      {"199X-22", "1990-06-01 1999-08-31", Precision::kMonth},
      {"-00X0-36", "-0090-10-01 -0010-12-31", Precision::kMonth},
  });
}

TEST(DateTest, PatternsReachFromTheirFirstToTheirLastMatchingDay) {
  using enum Precision;
  expect_single_dates({
      {"201X", "2010-01-01 2019-12-31", kLonger},
      {"19XX", "1900-01-01 1999-12-31", kLonger},
      {"XXXX", "0000-01-01 9999-12-31", kLonger},
      {"-20XX", "-2099-01-01 -2000-12-31", kLonger},
      {"-000X", "-0009-01-01 -0001-12-31", kLonger},
      {"-XXXX", "-9999-01-01 -0001-12-31", kLonger},
      {"2004-XX", "2004-01-01 2004-12-31", kMonth},
      {"1985-04-XX", "1985-04-01 1985-04-30"},
      {"1985-XX-XX", "1985-01-01 1985-12-31"},
      {"156X-12-25", "1560-12-25 1569-12-25"},
      {"-156X-12-25", "-1569-12-25 -1560-12-25"},
      {"1X32-X1-X2", "1032-01-02 1932-11-22"},
      {"-1X32-X1-X2", "-1932-01-02 -1032-11-22"},
      {"1984-1X", "1984-10-01 1984-12-31", kMonth},
      {"1919-X4-02", "1919-04-02"},
      {"1930-X0-10", "1930-10-10"},
      {"2016-02-X9", "2016-02-09 2016-02-29"},
      {"2015-02-X9", "2015-02-09 2015-02-19"},
      {"2016-XX-3X", "2016-01-30 2016-12-31"},
      {"2016-XX-31", "2016-01-31 2016-12-31"},
      {"XXXX-02-29", "0000-02-29 9996-02-29"},
      {"19XX-02-29", "1904-02-29 1996-02-29"},
      {"20X0-10-02", "2000-10-02 2090-10-02"},
      {"XXXX-12-XX", "0000-12-01 9999-12-31"},
  });
}

TEST(DateTest, ExponentsAndSignificantDigitsWiden) {
  using enum Precision;
  expect_single_dates({
      {"1950S2", "1900-01-01 1999-12-31", kLonger},
      {"1950S3", "1950-01-01 1959-12-31", kLonger},
      {"-1859S2", "-1899-01-01 -1800-12-31", kLonger},
      {"-1859S5", "-1859-01-01 -1859-12-31", kLonger},
      {"0000S1", "0000-01-01 0000-12-31", kLonger},
      {"Y17101S3", "Y17100-01-01 Y17199-12-31", kLonger},
      {"Y17E3", "Y17000-01-01 Y17000-12-31", kYear},
      {"Y-17E3S1", "Y-19999-01-01 Y-10000-12-31", kLonger},
      {"Y12000", "Y12000-01-01 Y12000-12-31", kYear},
      {"Y-12000", "Y-12000-01-01 Y-12000-12-31", kYear},
      {"Y12000-06", "Y12000-06-01 Y12000-06-30", kMonth},
      {"Y12000-06-30", "Y12000-06-30"},
      {"Y12000-06-30T01:02:03Z", "Y12000-06-30T01:02:03Z", kSecond},
  });
}

TEST(DateTest, YearsBeyondTheTimeLineReachFromItsLastDayToTheEndOfTime) {
  using enum Precision;
  constexpr std::string_view after = "Y294247-01-10 ..";
  constexpr std::string_view before = ".. Y-290308-12-22";
  expect_single_dates({
      {"Y170000002", after, kYear},
      {"Y-170000002", before, kYear},
      {"Y17E8", after, kYear},
      {"Y-17E7", before, kYear},
      {"Y3388E2S3", after, kLonger},
      {"Y-3388E2S3", before, kLonger},
      {"Y1E999999999999999999999999", after, kYear},
      {"Y99999999999999999999999999S1", after, kLonger},
      {"Y294248-01-01", after},
      {"Y294247-01-10T04:00:54.775807Z", after, kMicrosecond},
      {"Y294247-01-10T04:00:54.775806Z", "Y294247-01-10T04:00:54.775806Z", kMicrosecond},
      {"Y-290308-12-21T19:59:05.224192Z", before, kMicrosecond},
      {"Y-290308-12-21T19:59:05.224193Z", "Y-290308-12-21T19:59:05.224193Z", kMicrosecond},
      {"Y-290308-12-21", before},
      {"Y294247", "Y294247-01-01 ..", kYear},
      {"Y-290308", ".. Y-290308-12-31", kYear},
      {"Y-290308-12-22", "Y-290308-12-22"},
      {"Y294247-01-10", "Y294247-01-10"},
      {"Y170000002~", after, kYear, "~"},
  });
}

TEST(DateTest, MarksSetFlagsAndApproximationPads) {
  using enum Precision;
  expect_single_dates({
      {"1984?", "1984-01-01 1984-12-31", kYear, "?"},
      {"2004-06-11?", "2004-06-11", kDay, "?"},
      {"2004-06-11~", "2004-06-04 2004-06-18", kDay, "~"},
      {"2004-06-11%", "2004-06-04 2004-06-18", kDay, "?~"},
      {"2004-06~", "2004-03-01 2004-09-30", kMonth, "~"},
      {"1985-04~", "1985-01-01 1985-07-31", kMonth, "~"},
      {"1985~", "1980-01-01 1990-12-31", kYear, "~"},
      {"-0002~", "-0007-01-01 0003-12-31", kYear, "~"},
      {"2011-23~", "2011-06-01 2012-02-29", kMonth, "~"},
      {"1950S3~", "1945-01-01 1964-12-30", kLonger, "~"},
      {"198X~", "1975-01-01 1994-12-31", kLonger, "~"},
      {"Y17E3?", "Y17000-01-01 Y17000-12-31", kYear, "?"},
  });
}

TEST(DateTest, MarksOfSinglePartsPadByThatPart) {
  using enum Precision;
  expect_single_dates({
      {"2004-?06-11", "2004-06-11", kDay, "?"},
      {"?2004-06", "2004-06-01 2004-06-30", kMonth, "?"},
      {"2004-06-~11", "2004-06-04 2004-06-18", kDay, "~"},
      {"2004-~06-11", "2004-03-11 2004-09-11", kDay, "~"},
      {"2004-06~-11", "2004-03-11 2004-09-11", kDay, "~"},
      {"~2004-06-11", "1999-06-11 2009-06-11", kDay, "~"},
      {"2004~-06-~11", "1999-06-11 2009-06-11", kDay, "~"},
      {"2004?-06-~11", "2004-06-04 2004-06-18", kDay, "?~"},
      {"2004-%06", "2004-03-01 2004-09-30", kMonth, "?~"},
      {"?-2004-06-04~", "-2004-05-28 -2004-06-11", kDay, "?~"},
      {"%-2011-06-13", "-2016-06-13 -2006-06-13", kDay, "?~"},
      {"2004-~01-30", "2003-10-30 2004-04-30", kDay, "~"},
      {"~2004-02-29", "1999-02-28 2009-02-28", kDay, "~"},
  });
}

TEST(DateTest, ThePaddingIsASetting) {
  const ApproximationPadding none = {0, 0, -3, 0};
  const ApproximationPadding two = {2, 2, 2, 200};
  EXPECT_EQ(bounds_of("2004-06-11~", none), "2004-06-11");
  EXPECT_EQ(bounds_of("2004~", none), "2004-01-01 2004-12-31");
  EXPECT_EQ(bounds_of("2004-06-11~", two), "2004-06-09 2004-06-13");
  EXPECT_EQ(bounds_of("2004-06~", two), "2004-04-01 2004-08-31");
  EXPECT_EQ(bounds_of("2004~", two), "2002-01-01 2006-12-31");
  EXPECT_EQ(bounds_of("200X~", two), "1979-12-31 2030-01-01");
  const ApproximationPadding huge = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
  for (const std::string_view text : {"2004-06-11~", "2004-06~", "2004~", "20XX~"})
    EXPECT_EQ(bounds_of(text, huge), ".. ..") << text;
}

TEST(DateTest, OneOfSetsAreTheHullOfTheirMembers) {
  using enum Precision;
  expect_single_dates({
      {"[..2024-12-31]", ".. 2024-12-31"},
      {"[2024-10-16..]", "2024-10-16 .."},
      {"[2024-10-16..2024-12-31]", "2024-10-16 2024-12-31"},
      {"[1990, 1992..1994]", "1990-01-01 1994-12-31", kYear},
      {"[1990,1992..1994]", "1990-01-01 1994-12-31", kYear},
      {"[-1667,1668,1670..1672]", "-1667-01-01 1672-12-31", kYear},
      {"[1760-01,-1760-02,1760-12..]", "-1760-02-01 ..", kMonth},
      {"[..1983-12-31,1984-10-10..1984-11-01]", ".. 1984-11-01"},
      {"[..1984]", ".. 1984-12-31", kYear},
      {"[1984]", "1984-01-01 1984-12-31", kYear},
      {"[1984,1985-06-30]", "1984-01-01 1985-06-30"},
      {"[199X?,1985-21]", "1985-03-01 1999-12-31", kMonth, "?"},
      {"[1990~..1995]", "1985-01-01 1995-12-31", kYear, "~"},
      {"[2024-01-05T10:00:00Z..2024-01-05T11:00:00.5Z]",
       "2024-01-05T10:00:00Z 2024-01-05T11:00:00.5Z", kMicrosecond},
      {"[2024-01-05T10:00:00..]", "2024-01-05T10:00:00Z ..", kSecond},
      {"[..]", ".. .."},
  });
}

TEST(DateTest, IntervalsIncludeTheirLastDay) {
  using enum Precision;
  expect_intervals({
      {"2004-06-01/2004-06-03", "2004-06-01", "2004-06-04"},
      {"2004-06-01/2004-06-01", "2004-06-01", "2004-06-02"},
      {"2004/2005", "2004-01-01 2004-12-31", "2005-01-02 2006-01-01", kYear},
      {"2004-02-01/2005", "2004-02-01", "2005-01-02 2006-01-01"},
      {"2004-06/2006-08", "2004-06-01 2004-06-30", "2006-08-02 2006-09-01", kMonth},
      {"2003-22/2004-22", "2003-06-01 2003-08-31", "2004-06-02 2004-09-01", kMonth},
      {"-1000/-0999", "-1000-01-01 -1000-12-31", "-0999-01-02 -0998-01-01", kYear},
      {"1984~/2004-06", "1979-01-01 1989-12-31", "2004-06-02 2004-07-01", kMonth, "~"},
      {"1984?/2004-06~", "1984-01-01 1984-12-31", "2004-03-02 2004-10-01", kMonth, "?~"},
      {"2004-06-XX/2004-07-03", "2004-06-01 2004-06-30", "2004-07-04"},
      {"198X/1999", "1980-01-01 1989-12-31", "1999-01-02 2000-01-01", kYear},
      {"Y-500000/Y500000", ".. Y-290308-12-22", "Y294247-01-10 ..", kYear},
  });
}

TEST(DateTest, TheSidesOfAnIntervalNarrowEachOther) {
  using enum Precision;
  expect_intervals({
      {"2004-06-11/2004-06", "2004-06-11", "2004-06-12 2004-07-01"},
      {"2004/2004-06-11", "2004-01-01 2004-06-11", "2004-06-12"},
      {"2004/2004", "2004-01-01 2004-12-31", "2004-01-02 2005-01-01", kYear},
      {"1919-XX-02/1919-XX-01", "1919-01-02 1919-12-01", "1919-01-03 1919-12-02"},
  });
}

TEST(DateTest, OpenAndUnknownSidesDiffer) {
  using enum Precision;
  expect_intervals({
      {"1985-04-12/..", "1985-04-12", ".."},
      {"../1985-04-12", "..", "1985-04-13"},
      {"1985/..", "1985-01-01 1985-12-31", "..", kYear},
      {"1985/", "1985-01-01 1985-12-31", "1985-01-02 ..", kYear},
      {"1985-04-12/", "1985-04-12", "1985-04-13 .."},
      {"/1985", ".. 1985-12-31", "1985-01-02 1986-01-01", kYear},
      {"../..", "..", ".."},
      {"/..", ".. ..", ".."},
      {"../", "..", ".. .."},
  });
  EXPECT_EQ(parse_date("1985/..")->end, Instant::never());
  EXPECT_EQ(parse_date("../1985")->begin, Instant::exactly(kBeginningOfTime));
}

// --- Writing -------------------------------------------------------------------------------------

TEST(FormatInstantTest, WritesWhatPeopleWouldWrite) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {"2008-08-18", "2008-08-18"},
      {"2024-01-05T10:00:00+00:00", "2024-01-05T10:00:00Z"},
      {"2024-01-05T10:00:00.000001", "2024-01-05T10:00:00.000001Z"},
      {"2024-01-05T10:00:00.120", "2024-01-05T10:00:00.12Z"},
      {"2008", "2008"},
      {"2008-02", "2008-02"},
      {"2008-XX-XX", "2008"},
      {"[2000..2009]", "200X"},
      {"[-2009..-2000]", "-200X"},
      {"[-0009..-0001]", "-000X"},
      {"1950S2", "19XX"},
      {"[1901..2000]", "[1901-01-01..2000-12-31]"},
      {"1991-36", "[1991-10-01..1991-12-31]"},
      {"[..2024-12-31]", "[..2024-12-31]"},
      {"[2024-10-16..]", "[2024-10-16..]"},
      {"[..]", "[..]"},
      {"Y17E3", "Y17000"},
      {"Y-17000-02", "Y-17000-02"},
      {"[Y20000..Y20009]", "[Y20000-01-01..Y20009-12-31]"},
      {"[2024-01-05T10:00Z..2024-01-06]", "[2024-01-05T10:00:00Z..2024-01-06]"},
  };
  for (const auto& [text, expected] : rows)
    EXPECT_EQ(format_instant(parse_date(text)->begin), expected) << text;
  EXPECT_EQ(format_instant(Instant::never()), "..");
  EXPECT_EQ(format_micros(kBeginningOfTime), "..");
  EXPECT_EQ(format_micros(0), "1970-01-01");
  EXPECT_EQ(format_micros(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(FormatInstantTest, TheDateOfAnInstantHasThePrecisionOfItsText) {
  const auto precision = [](std::string_view text) {
    return date_of(parse_date(text)->begin).precision;
  };
  EXPECT_EQ(precision("2008"), Precision::kYear);
  EXPECT_EQ(precision("200X"), Precision::kLonger);
  EXPECT_EQ(precision("2008-08"), Precision::kMonth);
  EXPECT_EQ(precision("2008-08-18"), Precision::kDay);
  EXPECT_EQ(precision("2008-08-18T10:00"), Precision::kSecond);
  EXPECT_EQ(date_of(Instant::never()).text, "..");
  EXPECT_EQ(date_of(Instant::never()).end, Instant::never());
}

std::uint64_t seed() {
  return tests::number_in_environment("ANNALS_TEST_SEED", std::random_device{}());
}

TEST(FormatInstantTest, IsReadBackAsTheSameInstant) {
  const std::uint64_t used = seed();
  SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", used));
  std::mt19937_64 random(used);
  std::uniform_int_distribution<Micros> anywhere(kBeginningOfTime + 1, kEndOfTime - 1);
  std::uniform_int_distribution<Micros> recent(-100 * 366 * kMicrosPerDay,
                                               100 * 366 * kMicrosPerDay);
  const std::array<Micros, 5> units = {1, 1'000, kMicrosPerSecond, 60 * kMicrosPerSecond,
                                       kMicrosPerDay};
  for (int i = 0; i < 20'000; ++i) {
    const auto draw = [&] {
      const Micros unit = units.at(random() % units.size());
      return (i % 2 == 0 ? anywhere(random) : recent(random)) / unit * unit;
    };
    const Micros at = draw();
    const Result<Date> exact = parse_date(format_micros(at));
    ASSERT_TRUE(exact.has_value()) << format_error(exact.error());
    ASSERT_EQ(exact->begin, Instant::exactly(at)) << format_micros(at);
    const Micros other = draw();
    const Instant instant = {std::min(at, other), std::max(at, other)};
    const Result<Date> inexact = parse_date(format_instant(instant));
    ASSERT_TRUE(inexact.has_value()) << format_error(inexact.error());
    ASSERT_EQ(inexact->begin, instant) << format_instant(instant);
  }
  for (const Micros extreme : {kBeginningOfTime + 1, kEndOfTime - 1, Micros{0}, Micros{-1}})
    EXPECT_EQ(parse_date(format_micros(extreme))->begin, Instant::exactly(extreme));
}

TEST(DateTest, DaysAreReadAndWrittenAsTheGrammarDoes) {
  std::mt19937 random(20261126);
  const std::string_view characters = "0123456789012345678901234567890123456789-X?";
  for (int i = 0; i < 100'000; ++i) {
    const auto up_to = [&](std::size_t most) { return random() % (most + 1); };
    std::string text = fmt::format("{:04}-{:02}-{:02}", up_to(9'999), up_to(13), up_to(32));
    if (i % 4 == 0) text[up_to(9)] = characters[up_to(characters.size() - 1)];
    const Result<Date> read = parse_date(text);
    const Result<Date> by_grammar = edtf::parse(text, {});
    ASSERT_EQ(read.has_value(), by_grammar.has_value()) << text;
    if (!read) continue;
    ASSERT_EQ(*read, *by_grammar) << text;
    if (text.find('X') == std::string::npos && read->exact()) {
      ASSERT_EQ(format_micros(read->begin.earliest), text);
    }
  }
}

// --- Oracles -------------------------------------------------------------------------------------

bool matches_pattern(std::string_view pattern, std::string_view day) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != 'X' && pattern[i] != day[i]) return false;
  }
  return pattern.size() == day.size();
}

TEST(DatePatternTest, AgreesWithLookingAtEveryDay) {
  const std::uint64_t used = seed();
  SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", used));
  std::mt19937_64 random(used);
  // A century keeps the looking short; which digits are unspecified within it is drawn.
  std::vector<std::string> days;
  for (std::int64_t day = days_from_civil(1900, 1, 1); day < days_from_civil(2000, 1, 1); ++day)
    days.push_back(format_micros(day * kMicrosPerDay));
  for (int i = 0; i < 300; ++i) {
    std::string pattern = days.at(random() % days.size());
    for (const std::size_t place : {2U, 3U, 5U, 6U, 8U, 9U}) {
      if (random() % 2 == 0) pattern[place] = 'X';
      // Sometimes another digit, so that some patterns match nothing.
      if (random() % 16 == 0) pattern[place] = static_cast<char>('0' + random() % 10);
    }
    std::vector<std::string> matching;
    for (const std::string& day : days) {
      if (matches_pattern(pattern, day)) matching.push_back(day);
    }
    const Result<Date> date = parse_date(pattern);
    ASSERT_EQ(date.has_value(), !matching.empty()) << pattern;
    if (!date) continue;
    EXPECT_EQ(format_micros(date->begin.earliest), matching.front()) << pattern;
    EXPECT_EQ(format_micros(date->begin.latest), matching.back()) << pattern;
  }
}

}  // namespace
}  // namespace annals
