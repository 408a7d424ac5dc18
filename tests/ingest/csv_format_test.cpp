#include "ingest/csv_format.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace annals::ingest {
namespace {

struct Row {
  std::string_view sample;
  char separator;
  std::string_view why;
};

TEST(CsvFormatTest, TheSeparatorIsTheOneThatMakesATable) {
  const std::vector<Row> rows = {
      {"a,b,c\n1,2,3\n", ',', "commas"},
      {"a;b;c\n1;2;3\n", ';', "semicolons"},
      {"a|b|c\n1|2|3\n", '|', "bars"},
      {"a\tb\tc\n1\t2\t3\n", '\t', "tabs"},
      {"a;b\n1,5;2,5\n3,5;4,5\n", ';', "commas are decimal"},
      {"name;note\nx;a, b, c\ny;d, e\n", ';', "commas are in the texts"},
      {"name\tnote\nx\ta, b, c\n", '\t', "commas are in the texts"},
      {"a,b;c\n1,2\n3,4\n", ',', "a semicolon is in the header only"},
      {"id,note\n1,\"a;b\tc\"\n2,\"x\ny;z\"\n", ',', "others are in quotes"},
      {"id;note\n1;\"a;b\"\n", ';', "also its own"},
      {"name\nGeorgia\n", ',', "one column has no separator"},
      {"name\nGeorgia, Tbilisi\n", ',', "nor does a header without one"},
      {"", ',', "nothing"},
      {"\n\n", ',', "nothing but line breaks"},
      {"a;b", ';', "a header alone"},
      {"a,b;c,d", ',', "a header alone, of more columns with one than with the other"},
      {"a\tb,c\n1\t2,3\n", '\t', "tabs before commas where both fit alike"},
      {"\r\n\r\na;b\r\n1;2\r\n", ';', "blank lines first"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.why));
    EXPECT_EQ(detect_format(row.sample, true, {}).separator, row.separator);
  }
}

TEST(CsvFormatTest, AGivenSeparatorIsTaken) {
  EXPECT_EQ(detect_format("a,b\n1,2\n", true, ';').separator, ';');
  EXPECT_EQ(detect_format("a:b\n1:2\n", true, ':').separator, ':');
}

TEST(CsvFormatTest, OnlyTabsSeparateWithoutQuotes) {
  EXPECT_FALSE(detect_format("a\tb\n1\t2\n", true, {}).quoted);
  EXPECT_FALSE(detect_format("a,b\n", true, '\t').quoted);
  EXPECT_TRUE(detect_format("a,b\n", true, {}).quoted);
  EXPECT_TRUE(detect_format("a|b\n", true, {}).quoted);
}

TEST(CsvFormatTest, CarriageReturnsBreakLinesOnlyWhereNothingElseDoes) {
  EXPECT_EQ(detect_format("a,b\r1,2\r", true, {}).line_break, '\r');
  EXPECT_EQ(detect_format("a,b\r\n1,2\r\n", true, {}).line_break, '\n');
  EXPECT_EQ(detect_format("a,b\r1\n", true, {}).line_break, '\n');
  EXPECT_EQ(detect_format("a,b\r", true, {}).line_break, '\n');
}

TEST(CsvFormatTest, ARowThatTheSampleCutsOffDoesNotCount) {
  EXPECT_EQ(detect_format("a;b;c\n1;2;3\n4", false, {}).separator, ';');
  EXPECT_EQ(detect_format("a;b,c\n1;2\n3,4,5,6", false, {}).separator, ';');
}

}  // namespace
}  // namespace annals::ingest
