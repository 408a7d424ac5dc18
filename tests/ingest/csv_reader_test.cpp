#include "ingest/csv_reader.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limits.h"

namespace annals::ingest {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using ::testing::HasSubstr;

using Table = std::vector<std::vector<std::string>>;

/// All that a file gives: its rows, with "!" and the message where one has a problem, and with
/// "!!" and the message at the end if the file as a whole has one.
Table read_table(const std::string& text, const CsvOptions& options = {},
                 std::size_t piece = SIZE_MAX) {
  Table table;
  auto reader = CsvReader::open(memory_source("t.csv", text, piece), options);
  if (!reader) return {{"!!", reader.error().message}};
  table.push_back((*reader)->columns());
  Record record;
  for (;;) {
    const Result<bool> more = (*reader)->next(record);
    if (!more) table.push_back({"!!", more.error().message});
    if (!more || !*more) return table;
    if (record.problem) {
      table.push_back({"!", record.problem->error.message});
      continue;
    }
    EXPECT_EQ(record.offsets.size(), record.fields.size());
    table.emplace_back(record.fields.begin(), record.fields.end());
  }
}

struct Row {
  std::string_view what;
  std::string text;
  Table table;
};

/// Each file gives its table, also when it arrives byte by byte.
void expect_tables(const std::vector<Row>& rows, const CsvOptions& options = {}) {
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.what));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, SIZE_MAX}) {
      EXPECT_EQ(read_table(row.text, options, piece), row.table);
    }
  }
}

TEST(CsvReaderTest, ReadsWhatRfc4180Says) {
  expect_tables({
      {"rule 1", "a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
      {"rule 2: the last line may end without a break", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
      {"rule 4: blanks are part of a field", "a,b\n 1 , 2\n", {{"a", "b"}, {" 1 ", " 2"}}},
      {"rule 5: quotes", "a,b\n\"1\",2\n", {{"a", "b"}, {"1", "2"}}},
      {"rule 6: separators and breaks in quotes",
       "a,b\n\"x,y\",\"1\r\n2\n3\"\n4,5\n",
       {{"a", "b"}, {"x,y", "1\r\n2\n3"}, {"4", "5"}}},
      {"rule 7: doubled quotes",
       "a,b\n\"\"\"hi\"\"\",\"5\"\" pipe\"\n",
       {{"a", "b"}, {"\"hi\"", "5\" pipe"}}},
      {"a field of quotes only", "a,b\n\"\"\"\",\"\"\"\"\"\"\n", {{"a", "b"}, {"\"", "\"\""}}},
      {"empty fields", "a,b,c\n,,\n\"\",,\"\"\n", {{"a", "b", "c"}, {"", "", ""}, {"", "", ""}}},
      {"a quoted header", "\"a\",\"b,c\"\n1,2\n", {{"a", "b,c"}, {"1", "2"}}},
  });
}

TEST(CsvReaderTest, ReadsWhatRfc4180LeavesOpen) {
  expect_tables({
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "a,b\n1,2\n",
       {{"a", "b"}, {"1", "2"}}},
      {"one before a quote", "\xEF\xBB\xBF\"a\",b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"blank lines", "\n\na,b\n\n1,2\r\n\r\n\n", {{"a", "b"}, {"1", "2"}}},
      {"carriage returns alone", "a,b\r1,2\r\"3\",4\r", {{"a", "b"}, {"1", "2"}, {"3", "4"}}},
      {"one within a line", "a,b\n1\r2,3\n", {{"a", "b"}, {"1\r2", "3"}}},
      {"a quote within a field", "a,b\n5\" pipe,x\"y\"\n", {{"a", "b"}, {"5\" pipe", "x\"y\""}}},
      {"a blank before a quote", "a,b\n \"1\",2\n", {{"a", "b"}, {" \"1\"", "2"}}},
      {"quotes at the end of the file", "a,b\n1,\"2\"", {{"a", "b"}, {"1", "2"}}},
      {"quotes before CR at the end", "a,b\n1,\"2\"\r", {{"a", "b"}, {"1", "2"}}},
      {"an empty field at the end", "a,b\n\"1\",", {{"a", "b"}, {"1", ""}}},
      {"one column", "a\n1\n\n2\n", {{"a"}, {"1"}, {"2"}}},
      {"blanks around names", " a ,\tb\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"names that are missing", "a,,\n1,2,3\n", {{"a", "", ""}, {"1", "2", "3"}}},
      {"a header alone", "a,b\n", {{"a", "b"}}},
  });
}

TEST(CsvReaderTest, TabSeparatedFilesHaveNoQuotesAndNoEscapes) {
  expect_tables({
      {"quotes", "a\tb\n\"x\t5\" pipe\n", {{"a", "b"}, {"\"x", "5\" pipe"}}},
      {"backslashes", "a\tb\n\\N\tx\\ty\n", {{"a", "b"}, {"\\N", "x\\ty"}}},
      {"blanks", "a\tb\n x  y \t\xC2\xA0\n", {{"a", "b"}, {" x  y ", "\xC2\xA0"}}},
      {"empty fields", "a\tb\tc\n\t\t\r\n", {{"a", "b", "c"}, {"", "", ""}}},
  });
}

TEST(CsvReaderTest, AFileWithoutHeaderHasColumnsWithoutNames) {
  expect_tables({{"two rows", "1,2\n3,4\n", {{"", ""}, {"1", "2"}, {"3", "4"}}},
                 {"a blank line first", "\n1,\"2\"\n", {{"", ""}, {"1", "2"}}},
                 {"nothing", "", {{}}}},
                {std::nullopt, false});
}

TEST(CsvReaderTest, ABadRowDoesNotConcernTheNext) {
  expect_tables({
      {"too few",
       "a,b\n1\n2,3\n",
       {{"a", "b"}, {"!", "the row has 1 columns, and the file 2"}, {"2", "3"}}},
      {"too many",
       "a,b\n1,2,3\n4,5\n",
       {{"a", "b"}, {"!", "the row has 3 columns, and the file 2"}, {"4", "5"}}},
      {"text behind a quote",
       "a,b\n\"1\"x,2\n\"3\" ,\"4\"\n5,6\n",
       {{"a", "b"},
        {"!", "text follows the quote that closes this field"},
        {"!", "text follows the quote that closes this field"},
        {"5", "6"}}},
      {"not UTF-8",
       "a,b\n1,S\xE3o\n2,3\n",
       {{"a", "b"}, {"!", "the byte 0xe3 is not valid UTF-8 here"}, {"2", "3"}}},
      {"a NUL beyond the beginning",
       "a,b\n" + std::string(70'000, '\n') + "1,\0x\n2,3\n"s,
       {{"a", "b"}, {"!", "the row holds a NUL character"}, {"2", "3"}}},
  });
}

TEST(CsvReaderTest, AFileThatIsBrokenAsAWholeIsAnError) {
  expect_tables({
      {"empty", "", {{"!!", "'t.csv' is empty: a line with the columns' names is missing"}}},
      {"blank", "\n\r\n", {{"!!", "'t.csv' is empty: a line with the columns' names is missing"}}},
      {"an open quote", "a,b\n1,\"2\n3,4\n", {{"a", "b"}, {"!!", "this quote is never closed"}}},
      {"one in the header", "a,\"b\n", {{"!!", "this quote is never closed"}}},
      {"a header that is not UTF-8",
       "a,\xFF\n1,2\n",
       {{"!!", "the byte 0xff is not valid UTF-8 here"}}},
      {"binary", "a,b\n1,\0\n"s, {{"!!", "'t.csv' is not text: its byte 7 is NUL"}}},
      {"UTF-16",
       "\xFF\xFE"
       "a\0,\0"s,
       {{"!!", "'t.csv' is UTF-16"}}},
      {"UTF-16 the other way round", "\xFE\xFF\0a\0,"s, {{"!!", "'t.csv' is UTF-16"}}},
  });
}

TEST(CsvReaderTest, HintsSayWhatToDoAboutFilesThatAreNoUtf8Text) {
  const auto hint_of = [](std::string text) {
    return CsvReader::open(memory_source("t.csv", std::move(text)), {}).error().hint;
  };
  EXPECT_THAT(hint_of("a\0,\0b\0"s), HasSubstr("iconv -f UTF-16"));
  EXPECT_THAT(hint_of("name,\xE9tat\n"), HasSubstr("iconv -f ISO-8859-1"));
  EXPECT_THAT(hint_of("file\0"s + std::string(252, '\0') + "ustar"), HasSubstr("tar archive"));
}

// --- Places --------------------------------------------------------------------------------------

/// The place of the first problem or error of a file, as "line:column".
std::string place_of_first(const std::string& text) {
  auto reader = CsvReader::open(memory_source("t.csv", text), {});
  if (!reader) return "open";
  Record record;
  for (;;) {
    const Result<bool> more = (*reader)->next(record);
    const Place place = !more            ? more.error().place
                        : record.problem ? record.problem->error.place
                                         : Place();
    if (place.line > 0) {
      EXPECT_EQ(place.file, "t.csv");
      return std::to_string(place.line) + ":" + std::to_string(place.column);
    }
    if (!*more) return "none";
  }
}

TEST(CsvReaderTest, ErrorsSayLineAndColumnInCodePoints) {
  EXPECT_EQ(place_of_first("a,b\n1,2\n3\n"), "3:2") << "too few: at the row's end";
  EXPECT_EQ(place_of_first("a,b\n1,2,3\n"), "2:5") << "too many: at the first that is too much";
  EXPECT_EQ(place_of_first("a,b\nЯ,x\xFFy\n"), "2:4");
  EXPECT_EQ(place_of_first("a,b\n\"1\n2\",\xFF\n"), "3:4") << "in the row's second line";
  EXPECT_EQ(place_of_first("a,b\n1,\"2\n3,4\n5,6\n"), "2:3") << "where the quote was opened";
  EXPECT_EQ(place_of_first("a,b\n\n\"x\n\n\",1\n\n1,2,3\n"), "7:5") << "blank lines count";
  EXPECT_EQ(place_of_first("a,b\r\n\"1\r\n2\",3\r\n4\r\n"), "4:2");
  EXPECT_EQ(place_of_first("a,b\r1,2\r3\r"), "3:2");
}

TEST(CsvReaderTest, TheLineIsShownUnlessTheColumnIsFarOut) {
  const auto reader = CsvReader::open(memory_source("t.csv", "a,b\nx\ty,2,3\n"), {});
  Record record;
  ASSERT_TRUE(*(*reader)->next(record));
  EXPECT_EQ(record.problem->error.place.source_line, "x y,2,3") << "a tab would move the caret";

  const std::string wide = "a,b\n1," + std::string(1000, 'x') + ",3\n";
  const auto far = CsvReader::open(memory_source("t.csv", wide), {});
  ASSERT_TRUE(*(*far)->next(record));
  EXPECT_EQ(record.problem->error.place.source_line, "");
}

TEST(CsvReaderTest, ARecordKnowsItsLineAndHowItStoodInTheFile) {
  const auto reader = CsvReader::open(memory_source("t.csv", "a,b\n\n\"x\"\"y\n\",2\r\n3,4"), {});
  Record record;
  ASSERT_TRUE(*(*reader)->next(record));
  EXPECT_EQ(record.line, 3U);
  EXPECT_EQ(record.raw, "\"x\"\"y\n\",2");
  EXPECT_EQ(record.fields[0], "x\"y\n");
  ASSERT_TRUE(*(*reader)->next(record));
  EXPECT_EQ(record.line, 5U);
  EXPECT_EQ(record.raw, "3,4");
  EXPECT_EQ(place_of_field(record, "t.csv", 1).column, 3U);
  EXPECT_FALSE(*(*reader)->next(record));
  EXPECT_FALSE(*(*reader)->next(record)) << "the end stays the end";
}

// --- Limits --------------------------------------------------------------------------------------

TEST(CsvReaderTest, ALongRowIsReadUpToTheLimitAndRefusedBeyond) {
  const std::size_t limit = limits::kLoadRowBytesMax;
  const std::string field(limits::kLoadFieldBytesMax, 'x');
  std::string header = "a";
  std::string row = field;
  while (row.size() + 1 + field.size() <= limit) {
    header += ",a";
    row += "," + field;
  }
  const std::string rest(limit - row.size() - 1, 'y');
  header += ",b";
  EXPECT_EQ(read_table(header + "\n" + row + "," + rest + "\n").at(1).back(), rest);
  EXPECT_THAT(read_table(header + "\n" + row + "," + rest + "y\n").at(1).at(1),
              HasSubstr("LoadRowBytesMax"));
  EXPECT_THAT(read_table("a\n" + std::string(3 * limit, 'x')).at(1).at(1),
              HasSubstr("LoadRowBytesMax"));
}

TEST(CsvReaderTest, ALongFieldIsAProblemOfItsRowAlone) {
  const std::string fits(limits::kLoadFieldBytesMax, 'x');
  const auto reader =
      CsvReader::open(memory_source("t.csv", "a,b\n1," + fits + "\n1," + fits + "x\n1,2\n"), {});
  Record record;
  ASSERT_TRUE(*(*reader)->next(record));
  EXPECT_FALSE(record.problem);
  ASSERT_TRUE(*(*reader)->next(record));
  ASSERT_TRUE(record.problem);
  EXPECT_THAT(record.problem->error.message, HasSubstr("LoadFieldBytesMax"));
  EXPECT_EQ(record.problem->column, 1U);
  EXPECT_EQ(record.problem->error.place.column, 3U);
  ASSERT_TRUE(*(*reader)->next(record));
  EXPECT_FALSE(record.problem);
}

TEST(CsvReaderTest, AQuoteThatSwallowsTheFileIsNamedWhereItOpened) {
  const std::string text = "a,b\n1,2\n3,\"4\n" + std::string(3 * limits::kLoadRowBytesMax, 'x');
  const auto reader = CsvReader::open(memory_source("t.csv", text, 50'000), {});
  Record record;
  ASSERT_TRUE(*(*reader)->next(record));
  const Result<bool> swallowed = (*reader)->next(record);
  ASSERT_FALSE(swallowed.has_value());
  EXPECT_EQ(swallowed.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(swallowed.error().message, HasSubstr("this quote is not closed within"));
  EXPECT_EQ(swallowed.error().place.line, 3U);
  EXPECT_EQ(swallowed.error().place.column, 3U);
}

TEST(CsvReaderTest, MoreColumnsThanTheLimitAreRefused) {
  std::string header = "a";
  for (std::size_t i = 1; i < limits::kLoadColumnsMax; ++i) header += ",a";
  EXPECT_EQ(read_table(header + "\n").at(0).size(), limits::kLoadColumnsMax);
  EXPECT_THAT(read_table(header + ",a\n").at(0).at(1), HasSubstr("LoadColumnsMax"));
  EXPECT_THAT(read_table(header + ",a\n", {std::nullopt, false}).at(0).at(1),
              HasSubstr("LoadColumnsMax"));
}

TEST(CsvReaderTest, SeparatorsThatCannotSeparateAreRefused) {
  for (const char separator : {'"', '\n', '\r', '\0', '\xE9'}) {
    EXPECT_EQ(read_table("a,b\n", {separator, true}).at(0).at(0), "!!");
  }
}

TEST(CsvReaderTest, RowsAcrossTheBufferAreWhole) {
  // Rows of many lengths, so that each kind of boundary falls between two reads.
  std::string text = "n,x,y\n";
  Table expected = {{"n", "x", "y"}};
  for (std::size_t i = 0; i < 3000; ++i) {
    const std::string field((i * 37) % 500, static_cast<char>('a' + i % 26));
    const bool quoted = i % 3 == 0;
    text += std::to_string(i) + "," + field + "," + (quoted ? "\"" + field + "\n\"\"\"" : "z");
    text += i % 2 == 0 ? "\n" : "\r\n";
    expected.push_back({std::to_string(i), field, quoted ? field + "\n\"" : "z"});
  }
  for (const std::size_t piece : {std::size_t{997}, std::size_t{65'536}, SIZE_MAX}) {
    EXPECT_EQ(read_table(text, {}, piece), expected);
  }
}

}  // namespace
}  // namespace annals::ingest
