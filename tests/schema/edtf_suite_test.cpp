#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "tests/support/paths.h"

namespace annals {
namespace {

/// Where we differ from the suite, and why. Only these; an entry that agrees again fails the test.
const std::map<std::string, std::string>& exceptions() {
  constexpr const char* all_of = "all-of sets are refused by name: a date is one instant";
  constexpr const char* blank = "ISO 8601-2 prints a blank after the comma, and people type it";
  constexpr const char* narrow =
      "the suite compares first days; here an interval is refused only if no reading of its sides "
      "lets it end after it begins";
  constexpr const char* long_year =
      "the suite's intervals have four-digit years only; this one runs forward like any other";
  static const std::map<std::string, std::string> table = {
      {"{-1667,1668,1670..1672}", all_of},
      {"{1960,-1961-12}", all_of},
      {"{-1640-06..-1200-01}", all_of},
      {"{-1740-02-12..-1200-01-29}", all_of},
      {"{..1984}", all_of},
      {"{1760-12..}", all_of},
      {"[1667,1668, 1670..1672]", blank},
      {"0000-01-03/0000-01", narrow},
      {"0000-02/0000", narrow},
      {"2004-06-11%/2004-%06", narrow},
      {"2004-06-11%/2004-06~", narrow},
      {"Y-61000/-2000", long_year},
  };
  return table;
}

/// The value of a JSON string literal; the file has no escapes but \\.
std::string json_string(std::string_view literal) {
  std::string text;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\\') ++i;
    text += literal[i];
  }
  return text;
}

struct SuiteRow {
  std::string text;
  bool valid = false;
};

std::vector<SuiteRow> read_suite() {
  std::ifstream file(tests::source_dir() + "/tests/schema/data/edtf_strings.tsv");
  std::vector<SuiteRow> rows;
  std::string line;
  std::getline(file, line);  // The header.
  while (std::getline(file, line)) {
    const std::size_t tab = line.find('\t');
    const std::size_t next = line.find('\t', tab + 1);
    rows.push_back({json_string(std::string_view(line).substr(0, tab)),
                    line.substr(tab + 1, next - tab - 1) == "valid"});
  }
  return rows;
}

TEST(EdtfSuiteTest, AgreesOnEveryStringButTheExceptions) {
  const std::vector<SuiteRow> rows = read_suite();
  ASSERT_EQ(rows.size(), 262U);
  std::set<std::string> seen;
  for (const SuiteRow& row : rows) {
    const Result<Date> date = parse_date(row.text);
    const bool differs = date.has_value() != row.valid;
    const auto exception = exceptions().find(row.text);
    if (exception == exceptions().end()) {
      EXPECT_FALSE(differs) << "'" << row.text << "' is " << (row.valid ? "valid" : "invalid")
                            << (date ? "" : "; " + format_error(date.error()));
      continue;
    }
    seen.insert(row.text);
    EXPECT_TRUE(differs) << "stale exception '" << row.text << "': " << exception->second;
  }
  EXPECT_EQ(seen.size(), exceptions().size()) << "an exception names no string of the suite";
}

TEST(EdtfSuiteTest, AllOfSetsThatTheSuiteAcceptsAreUnsupportedNotInvalid) {
  for (const SuiteRow& row : read_suite()) {
    if (!row.valid || row.text.front() != '{') continue;
    EXPECT_EQ(parse_date(row.text).error().code, ErrorCode::kUnsupported) << row.text;
  }
}

}  // namespace
}  // namespace annals
