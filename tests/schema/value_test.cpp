#include "schema/value.h"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace annals {
namespace {

Value text(const char* bytes) { return Value(std::string(bytes)); }

TEST(ValueTest, ScalarsStandAsInTheLanguage) {
  EXPECT_EQ(format_value(Value()), "null");
  EXPECT_EQ(format_value(Value(true)), "true");
  EXPECT_EQ(format_value(Value(false)), "false");
  EXPECT_EQ(format_value(Value(std::int64_t{-42})), "-42");
  EXPECT_EQ(format_value(Value(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
}

TEST(ValueTest, AFloatIsNeverMistakenForAnInteger) {
  EXPECT_EQ(format_value(Value(1.0)), "1.0");
  EXPECT_EQ(format_value(Value(-0.0)), "-0.0");
  EXPECT_EQ(format_value(Value(1.5)), "1.5");
  EXPECT_EQ(format_value(Value(1e300)), "1e+300");
  EXPECT_EQ(format_value(Value(0.1)), "0.1");
  EXPECT_EQ(format_value(Value(std::numeric_limits<double>::infinity())), "Infinity");
  EXPECT_EQ(format_value(Value(-std::numeric_limits<double>::infinity())), "-Infinity");
  EXPECT_EQ(format_value(Value(std::nan(""))), "NaN");
}

TEST(ValueTest, QuotesAndBackslashesInTextAreDoubled) {
  EXPECT_EQ(format_value(text("")), "''");
  EXPECT_EQ(format_value(text("Côte d'Ivoire")), "'Côte d''Ivoire'");
  EXPECT_EQ(format_value(text("C:\\new")), "'C:\\\\new'");
  EXPECT_EQ(format_value(text("two\nlines")), "'two\nlines'");
}

TEST(ValueTest, ADateStandsAsItWasWritten) {
  EXPECT_EQ(format_value(Value(*parse_date("1991-21"))), "'1991-21'");
  EXPECT_EQ(format_value(Value(*parse_date("2008?"))), "'2008?'");
}

TEST(ValueTest, ListsNest) {
  EXPECT_EQ(format_value(Value(ValueList())), "[]");
  EXPECT_EQ(format_value(Value(ValueList{Value(std::int64_t{1}), text("a"),
                                         Value(ValueList{Value(), Value(2.5)})})),
            "[1, 'a', [null, 2.5]]");
}

TEST(ValueTest, ValuesOfDifferentTypesDiffer) {
  EXPECT_NE(Value(std::int64_t{1}), Value(1.0));
  EXPECT_NE(Value(), Value(false));
  EXPECT_NE(Value(ValueList()), Value());
  EXPECT_EQ(Value(ValueList{Value(1.0)}), Value(ValueList{Value(1.0)}));
}

}  // namespace
}  // namespace annals
