#include "shell/parameter.h"

#include <string>

#include <gtest/gtest.h>

#include "schema/utf8.h"

namespace annals::shell {
namespace {

/// The value as the language writes it.
std::string value_of(std::string_view text) {
  const auto parameter = parse_parameter("x=" + std::string(text));
  if (!parameter) return format_error(parameter.error());
  const Result<Value> value = query::to_value(parameter->second);
  return value ? format_value(*value) : query::datum_text(parameter->second);
}

TEST(Parameter, ReadsNumbersAndWordsAsJsonDoes) {
  EXPECT_EQ(value_of("42"), "42");
  EXPECT_EQ(value_of("-7"), "-7");
  EXPECT_EQ(value_of("1.5"), "1.5");
  EXPECT_EQ(value_of("1e3"), format_value(Value(1000.0)));
  EXPECT_EQ(value_of("true"), "true");
  EXPECT_EQ(value_of("false"), "false");
  EXPECT_EQ(value_of("null"), "null");
}

TEST(Parameter, ReadsEverythingElseAsAText) {
  for (const std::string text : {"Georgia", "2008-09-01", "007", "1.", ".5", "1,5", "True", "nan",
                                 "inf", "0x10", "1e", "- 1"}) {
    EXPECT_EQ(value_of(text), "'" + text + "'");
  }
  EXPECT_EQ(value_of(""), "''");
}

TEST(Parameter, TakesQuotesAsTheWishForAText) {
  EXPECT_EQ(value_of("'42'"), "'42'");
  EXPECT_EQ(value_of("\"true\""), "'true'");
  EXPECT_EQ(value_of("'it''s'"), "'it''s'");
  EXPECT_EQ(value_of("'"), "''''");
  EXPECT_EQ(value_of("''"), "''");
}

TEST(Parameter, ReadsListsAndMapsAsJsonDoes) {
  EXPECT_EQ(value_of("[1, \"a\", [true, null], 2.5]"), "[1, 'a', [true, null], 2.5]");
  EXPECT_EQ(value_of("{\"a\": {\"b\": [1]}, \"c\": \"x\"}"), "{a: {b: [1]}, c: 'x'}");
  EXPECT_EQ(value_of("[2024-10-16..]"), "'[2024-10-16..]'");
  EXPECT_EQ(value_of("'[1]'"), "'[1]'");
  EXPECT_NE(value_of("[99999999999999999999]"), "");
  EXPECT_NE(value_of("[18446744073709551615]").find("does not fit"), std::string::npos);
  EXPECT_NE(value_of(std::string(1000, '[') + std::string(1000, ']')).find("NestingMax"),
            std::string::npos);
}

TEST(Parameter, RefusesAKeyThatStandsTwiceInAMap) {
  for (const std::string_view map : {R"({"a":1,"a":2})", R"([{"b": {"a": 1, "a": 1}}])",
                                     R"({"a": {"b": 1}, "c": [], "\u0061": 2})"}) {
    EXPECT_NE(value_of(map).find("a is given twice"), std::string::npos) << map;
  }
  EXPECT_EQ(value_of(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]})"),
            "{a: {a: 1}, b: [{a: 1}, {a: 2}]}");
  EXPECT_EQ(value_of(R"({"a": 1, "a": })"), R"('{"a": 1, "a": }')") << "no JSON, and so a text";
}

TEST(Parameter, KeepsWhatFollowsTheFirstEqualsSign) { EXPECT_EQ(value_of("a=b"), "'a=b'"); }

TEST(Parameter, RefusesWhatIsNotUtf8) {
  for (const std::string_view text : {"x=\xff\xfe", "\xff=1", "`a\xc0\x80`=1", "x='\xed\xa0\x80'",
                                      "x=[\"\xff\"]", "x={\"\xe4\": 1}"}) {
    const auto parameter = parse_parameter(text);
    ASSERT_FALSE(parameter) << text;
    EXPECT_EQ(parameter.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(parameter.error().message.find("is not UTF-8"), std::string::npos);
    EXPECT_TRUE(is_utf8(format_error(parameter.error())));
  }
  EXPECT_EQ(value_of("größe"), "'größe'");
}

TEST(Parameter, RefusesANumberThatDoesNotFit) {
  EXPECT_NE(value_of("99999999999999999999").find("quotes make it a text"), std::string::npos);
}

TEST(Parameter, WantsAName) {
  for (const std::string_view text :
       {"x",     "=1",     "1x=2",     " =1",      " x=1",         "x =1",      "a-b=1",
        "a`b=1", "``=1",   "`x=1",     "`x`",      "`x`y=1",       "`x``=1",    "`",
        "",      "a\nb=1", "`a\nb`=1", "`\x7f`=1", "`\xc2\x85`=1", "\xc2\x9b=1"}) {
    const auto parameter = parse_parameter(text);
    ASSERT_FALSE(parameter) << text;
    EXPECT_EQ(parameter.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(Parameter, TakesTheNamesOfTheLanguage) {
  const auto name_of = [](std::string_view text) {
    const auto parameter = parse_parameter(text);
    if (!parameter) return format_error(parameter.error());
    EXPECT_EQ(query::datum_text(parameter->second), "1");
    return parameter->first;
  };
  EXPECT_EQ(name_of("größe=1"), "größe");
  EXPECT_EQ(name_of("the day=1"), "the day");
  EXPECT_EQ(name_of("`the day`=1"), "the day");
  EXPECT_EQ(name_of("`x`=1"), "x");
  EXPECT_EQ(name_of("`a``b`=1"), "a`b");
  EXPECT_EQ(name_of("`a=b`=1"), "a=b");
  EXPECT_EQ(name_of("`1-2 `=1"), "1-2 ");
}

}  // namespace
}  // namespace annals::shell
