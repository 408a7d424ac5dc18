#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

struct Case {
  std::string input;
  std::string expected;
};

/// data/errors.txt: blocks of input, a line "----", the error as a person sees it, and a line
/// "====".
std::vector<Case> read_cases() {
  std::vector<Case> cases;
  const std::string data = read_data("errors.txt");
  std::string_view rest = data;
  const auto cut = [&rest](std::string_view separator) {
    const std::size_t at = rest.find(separator);
    std::string part(rest.substr(0, at));
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + separator.size());
    return part;
  };
  cut("====\n");  // What the file says about itself.
  while (!rest.empty()) {
    std::string input = cut("\n----\n");
    cases.push_back({std::move(input), cut("\n====\n")});
  }
  return cases;
}

TEST(Errors, EachSaysWhereWhatAndWhatToDo) {
  const std::vector<Case> cases = read_cases();
  EXPECT_GT(cases.size(), 50u);
  for (const Case& one : cases) EXPECT_EQ(error_of(one.input), one.expected) << one.input;
}

TEST(Errors, WhatComesLaterIsUnsupportedAndWhatNeverComesIsInvalid) {
  const auto code = [](std::string_view text) {
    const auto result = parse_statement(text);
    EXPECT_FALSE(result) << text;
    return result ? ErrorCode::kCorruption : result.error().code;
  };
  for (const char* const text :
       {"EXPORT LOG TO 'x'", "BACKUP TO 'x'", "MATCH (a) WHERE (a)-[:R]->() RETURN a"}) {
    EXPECT_EQ(code(text), ErrorCode::kUnsupported) << text;
  }
  for (const char* const text :
       {"CREATE (a)", "INSERT (a)", "MERGE (a)", "MATCH (a) SET a.x = 1", "MATCH (a) DELETE a",
        "UPDATE x", "SELECT 1", "MATCH (a) RETURN a GROUP BY a", "DROP TABLE x"}) {
    EXPECT_EQ(code(text), ErrorCode::kInvalidArgument) << text;
    EXPECT_NE(parse_statement(text).error().hint, "") << text;
  }
}

}  // namespace
}  // namespace annals::query::testing
