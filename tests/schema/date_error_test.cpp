#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "schema/time/date.h"

namespace annals {
namespace {

struct ErrorRow {
  std::string_view text;
  std::uint32_t column;
  std::string_view message;  ///< A part of it.
  std::string_view hint;     ///< A part of it.
  ErrorCode code = ErrorCode::kInvalidArgument;
};

void expect_errors(const std::vector<ErrorRow>& rows) {
  for (const ErrorRow& row : rows) {
    SCOPED_TRACE(std::string(row.text));
    const Result<Date> date = parse_date(row.text);
    ASSERT_FALSE(date.has_value()) << format_instant(date->begin);
    const Error& error = date.error();
    EXPECT_EQ(error_code_name(error.code), error_code_name(row.code));
    EXPECT_EQ(error.place.column, row.column) << format_error(error);
    EXPECT_NE(error.message.find(row.message), std::string::npos) << error.message;
    EXPECT_NE(error.hint.find(row.hint), std::string::npos) << error.hint;
    EXPECT_FALSE(error.hint.empty());
    EXPECT_FALSE(error.message.ends_with("."));
  }
}

TEST(DateErrorTest, PointsAtTheFirstCharacterThatCannotBe) {
  expect_errors({
      {"", 1, "a date is missing", "dates are EDTF"},
      {"abc", 1, "expected a year of four digits, found 'a'", "dates are EDTF"},
      {"200", 4, "expected a year of four digits, but the text ends here", "'0200'"},
      {"20067890%", 5, "begins with Y", ""},
      {"+2006", 1, "no plus sign", ""},
      {"-0000", 2, "no year -0000", ""},
      {"Y2006", 2, "written without Y", ""},
      {"Y012345", 2, "does not begin with 0", ""},
      {"Y17E", 5, "digits of an exponent", ""},
      {"1950S0", 6, "significant digits begins with 1", ""},
      {"Y17E3-01", 6, "has no month", ""},
      {"19XXS2", 5, "not both", ""},
      {"2008-13", 6, "there is no month 13", ""},
      {"2008-00", 6, "there is no month 00", ""},
      {"2008-42", 6, "there is no month 42", ""},
      {"2008-08-32", 9, "there is no day 32", ""},
      {"1960-06-31", 9, "June 1960 has only 30 days", ""},
      {"2015-02-29", 9, "February 2015 has only 28 days", ""},
      {"2015-02-3X", 9, "no day of the calendar matches", ""},
      {"XXX1-02-29", 9, "no day of the calendar matches", ""},
      {"2008-21-01", 8, "a season, quarter, third or half has no day", ""},
      {"2008-", 6, "expected a month of two digits, but the text ends here", ""},
      {"2008-08-18-01", 11, "expected the end of the date, found '-'", ""},
      {"2004??", 6, "expected the end of the date, found '?'", ""},
      {"1863-03-29 ", 11, "found a blank", "'1863-03-29'"},
      {" 1863-03-29", 1, "found a blank", "'1863-03-29'"},
      {"2008T10:00:00", 5, "needs a whole date", ""},
      {"2008-08-18T24:00:00", 12, "hours go up to 23", ""},
      {"2008-08-18T10:60:00", 15, "minutes go up to 59", ""},
      {"2016-12-31T23:59:60Z", 18, "seconds go up to 59", ""},
      {"2008-08-18T1:10:10", 13, "expected hours of two digits, found ':'", ""},
      {"2008-08-18T10", 14, "expected ':' and minutes", ""},
      {"2008-08-18T10:00:00z", 20, "found 'z'", "'2008-08-18T10:00:00Z'"},
      {"2008-08-18t10:00:00", 11, "found 't'", "'2008-08-18T10:00:00'"},
      {"2008-08-18T10:00:00+0400", 23, "expected ':' between hours and minutes", ""},
      {"2008-08-18T10:00:00,5", 20, "found ','", ""},
  });
}

TEST(DateErrorTest, ColumnsCountCodePointsAndMessagesShowWholeOnes) {
  expect_errors({
      {"2008\xE2\x80\x93"
       "08",
       5, "found '\xE2\x80\x93'", "'2008-08'"},
      {"\xD0\xB3"
       "2008",
       1, "found '\xD0\xB3'", ""},
      {"2008-08-18\xFF", 11, "found the byte 0xFF", ""},
      {"2008-08-18\x1B[0m", 11, "found the byte 0x1B", ""},
      {std::string_view("2008\0", 5), 5, "found the byte 0x00", ""},
  });
  EXPECT_EQ(parse_date("2008-8").error().place.source_line, "2008-8");
  EXPECT_EQ(parse_date("2008-\n8").error().place.source_line, "");
}

TEST(DateErrorTest, SetsAndIntervalsSayWhatIsWrong) {
  expect_errors({
      {"[]", 2, "expected a year of four digits, found ']'", ""},
      {"[1984", 6, "expected ',', '..' or ']'", ""},
      {"[1984,]", 7, "expected a year of four digits", ""},
      {"[1984,  1985]", 8, "found a blank", ""},
      {"[1984 ,1985]", 6, "found a blank", "'[1984,1985]'"},
      {"[1984,..1985]", 7, "only the first member", ""},
      {"[1984..,1985]", 8, "after the open side", ""},
      {"[1985..1984]", 8, "the range ends before it begins", ""},
      {"[1984]x", 7, "expected the end of the date", ""},
      {"..", 3, "expected '/' and the end of an interval", ""},
      {"/", 2, "needs a date or '..'", ""},
      {"2012///4444", 6, "expected the end of the date, found '/'", ""},
      {"2005/2004", 6, "the interval ends before it begins", ""},
      {"2012-24/2012-21", 9, "the interval ends before it begins", ""},
      {"2004/2005/2006", 10, "expected the end of the date", ""},
  });
}

TEST(DateErrorTest, WhatIsLeftOutIsRefusedByName) {
  constexpr ErrorCode code = ErrorCode::kUnsupported;
  expect_errors({
      {"{1960,1961-12}", 1, "all-of sets ({...}) are not supported", "an event for each", code},
      {"1960/{1961,1962}", 6, "all-of sets ({...}) are not supported", "", code},
      {"[1990,1991]/2000", 1, "a set ([...]) inside", "", code},
      {"1980/[1990,1991]", 6, "a set ([...]) inside", "", code},
      {"[[1990]]", 2, "a set ([...]) inside", "", code},
      {"2004/P1Y", 6, "durations (P1Y)", "2004-06/2005-06", code},
      {"R5/2004/2005", 1, "repeating intervals", "", code},
      {"2004-W23-1", 6, "week dates", "", code},
      {"2004-123", 6, "ordinal dates", "", code},
      {"2001-21^southernHemisphere", 8, "places after a season", "29 to 32", code},
      {"2005-07-25T10:10:10Z/2006-01-01", 1, "times of day on the sides", "", code},
      {"2005-07-25/2006-01-01T10:10:10Z", 12, "times of day on the sides", "", code},
      {"2005-07-2XT10:10:10Z", 11, "a time of day on a date with ?, ~, % or X", "", code},
      {"?2005-07-25T10:10:10Z", 12, "a time of day on a date with ?, ~, % or X", "", code},
      {"2024-01-05T10:00:00.0000001Z", 27, "finer than a microsecond", "six digits", code},
  });
}

TEST(DateErrorTest, TextsBeyondTheLimitAreRefusedAtOnce) {
  std::string text = "[1990";
  while (text.size() + 6 <= limits::kDateBytesMax) text += ",1990";
  text += "]";
  ASSERT_LE(text.size(), limits::kDateBytesMax);
  EXPECT_TRUE(parse_date(text).has_value());
  const Result<Date> date = parse_date(std::string(limits::kDateBytesMax + 1, '1'));
  ASSERT_FALSE(date.has_value());
  EXPECT_EQ(date.error().code, ErrorCode::kLimitExceeded);
  EXPECT_NE(date.error().message.find("DateBytesMax"), std::string::npos);
}

struct HintRow {
  std::string_view text;
  std::vector<std::string_view> dates;  ///< All that the hint suggests, in order.
};

/// What stands between single quotes.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t open = text.find('\''); open != std::string::npos;) {
    const std::size_t close = text.find('\'', open + 1);
    if (close == std::string::npos) break;
    all.push_back(text.substr(open + 1, close - open - 1));
    open = text.find('\'', close + 1);
  }
  return all;
}

std::vector<HintRow> hint_rows() {
  return {
      {"late 1991", {"1991-36", "1991-39", "1991-41"}},
      {"early 2008", {"2008-33", "2008-37", "2008-40"}},
      {"mid-2008", {}},
      {"mid 2008", {"2008-38", "[2008-04..2008-09]"}},
      {"end of 1991", {"1991-36", "1991-39", "1991-41"}},
      {"Spring 1991", {"1991-21"}},
      {"autumn 1991", {"1991-23"}},
      {"Q4 1991", {"1991-36"}},
      {"1991-Q4", {"1991-36"}},
      {"H2 1991", {"1991-41"}},
      {"18.08.2008", {"2008-08-18"}},
      {"09.08.2008", {"2008-08-09"}},
      {"08/18/2008", {"2008-08-18"}},
      {"18/08/2008", {"2008-08-18"}},
      {"08/09/2008", {"2008-09-08", "2008-08-09"}},
      {"08/08/2008", {"2008-08-08"}},
      {"2008-8-18", {"2008-08-18"}},
      {"2008/08/18", {"2008-08-18"}},
      {"2008.08.18", {"2008-08-18"}},
      {"2008-8", {"2008-08"}},
      {"2008/8", {"2008-08"}},
      {"08/2008", {"2008-08"}},
      {"20080818", {"2008-08-18"}},
      {"20089918", {"Y20089918"}},
      {"123456", {"Y123456"}},
      {"998", {"0998"}},
      {"1990-1992", {"1990/1992", "[1990..1992]"}},
      {"1990\xE2\x80\x93"
       "1992",
       {"1990/1992", "[1990..1992]"}},
      {"between 1990 and 1992", {"[1990..1992]"}},
      {"from 1990 to 1992", {"1990/1992"}},
      {"2024-01-05 10:00:00", {"2024-01-05T10:00:00"}},
      {"199x", {"199X"}},
      {"199u", {"199X"}},
      {"1990s", {"199X"}},
      {"the 1990s", {}},
      {"18th century", {"17XX"}},
      {"44 BC", {"-0043"}},
      {"1 BCE", {"0000"}},
      {"August 2008", {"2008-08"}},
      {"18 August 2008", {"2008-08-18"}},
      {"Aug 18, 2008", {"2008-08-18"}},
      {"2008 Aug 18", {"2008-08-18"}},
      {"18th of August 2008", {"2008-08-18"}},
      {"before 2024", {"[..2023]"}},
      {"after 2024", {"[2025..]"}},
      {"by 2024", {"[..2024]", "../2024"}},
      {"since 1991", {"1991/.."}},
      {"circa 1990", {"1990~"}},
      {"c. 1990", {"1990~"}},
  };
}

TEST(DateErrorTest, HintsSayHowToWriteADateThatPeopleWriteOtherwise) {
  for (const HintRow& row : hint_rows()) {
    SCOPED_TRACE(std::string(row.text));
    const Result<Date> date = parse_date(row.text);
    ASSERT_FALSE(date.has_value());
    const std::vector<std::string> suggested = quoted(date.error().hint);
    for (const std::string& text : suggested)
      EXPECT_TRUE(parse_date(text).has_value()) << "suggests " << text;
    if (row.dates.empty()) continue;
    EXPECT_EQ(suggested, std::vector<std::string>(row.dates.begin(), row.dates.end()));
  }
}

}  // namespace
}  // namespace annals
