#include "schema/base/limits.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>

#include "tests/query/parser/parse_support.h"

namespace annals::query::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr std::size_t kSmallStack = std::size_t{256} << 10;

/// Runs `work` on a thread of its own with a stack of `bytes`.
void run_on_stack(std::size_t bytes, std::function<void()> work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
  pthread_t thread;
  const auto run = [](void* function) -> void* {
    (*static_cast<std::function<void()>*>(function))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string in_return(const std::string& expression) { return "MATCH (n) RETURN " + expression; }

/// What this thread computes, in milliseconds, the best of three: that others keep the machine busy
/// changes little.
[[maybe_unused]] double milliseconds(const std::function<void()>& work) {
  const auto computed = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double begin = computed();
    work();
    best = std::min(best, computed() - begin);
  }
  return best;
}

/// Sixteen times the text: a quadratic parser takes 256 times as long.
[[maybe_unused]] double sixteenfold_at_most(double small) { return 64 * small + 20; }

void expect_limit(const std::string& text, std::string_view limit) {
  const auto result = parse_statement(text);
  ASSERT_FALSE(result) << text.substr(0, 80);
  EXPECT_EQ(result.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(result.error().message, HasSubstr(limit));
}

// A million levels of everything that nests, in as many bytes as a statement may have.
std::vector<std::string> deep_texts(std::size_t bytes = limits::kStatementBytesMax - 100) {
  const auto fill = [bytes](std::string_view text) { return repeat(text, bytes / text.size()); };
  return {in_return(fill("(")),
          in_return(fill("[")),
          in_return(fill("[(")),
          in_return(fill("NOT ")),
          in_return(fill("- ")),
          in_return(fill("-(")),
          in_return(fill("f(")),
          in_return(fill("1^(")),
          "MATCH " + fill("("),
          "MATCH (a " + fill("{a:"),
          "RECORD K " + fill("{a:["),
          in_return("a" + fill(".a")),
          in_return("a" + fill(" IS NULL"))};
}

TEST(Limits, AMillionLevelsAreRefusedAtOnceOnASmallStack) {
  for (const std::string& text : deep_texts()) {
    run_on_stack(kSmallStack, [&text] { expect_limit(text, "NestingMax"); });
  }
}

TEST(Limits, ACaseWithinACaseHasNoBracketAndIsCountedAllTheSame) {
  for (const char* const level : {"CASE ", "CASE WHEN ", "CASE 1 WHEN ", "CASE WHEN a THEN ",
                                  "CASE WHEN a THEN b ELSE ", "CASE NOT ", "CASE a + "}) {
    const std::size_t times = (limits::kStatementBytesMax - 100) / std::string_view(level).size();
    expect_limit(in_return(repeat(level, times)), "NestingMax");
    expect_limit(in_return(repeat(level, limits::kNestingMax) + repeat("(", limits::kNestingMax) +
                           repeat(level, times - 2 * limits::kNestingMax)),
                 "NestingMax");
  }
}

TEST(Limits, DeepNestingIsRefusedBeforeItCostsTime) {
#ifdef __OPTIMIZE__
  const std::vector<std::string> small = deep_texts(limits::kStatementBytesMax / 16);
  const std::vector<std::string> large = deep_texts();
  const auto refuse = [](const std::string& text) {
    return milliseconds([&text] { EXPECT_FALSE(parse_statement(text)); });
  };
  for (std::size_t i = 0; i < large.size(); ++i) {
    EXPECT_LT(refuse(large[i]), sixteenfold_at_most(refuse(small[i]))) << large[i].substr(0, 40);
  }
#endif
}

TEST(Limits, NestingUpToTheLimitIsReadAndPrinted) {
  // Stack is taken by recursion through brackets: the limit fits a thread's usual 8 MB many times.
  const std::size_t levels = limits::kNestingMax - 1;
  const std::vector<std::string> texts = {
      in_return(repeat("(", levels) + "1" + repeat(")", levels)),
      in_return(repeat("[", levels) + repeat("]", levels)),
      in_return(repeat("f(", levels) + repeat(")", levels)),
      in_return(repeat("NOT ", levels) + "a"),
      in_return(repeat("- ", levels) + "a"),
      in_return("a" + repeat(".b", levels)),
      in_return("a" + repeat(" IS NOT NULL", levels)),
      in_return(repeat("1 + (a.b ^ ", levels) + "2" + repeat(")", levels)),
  };
  for (const std::string& text : texts) {
    const auto result = parse_statement(text);
    if (!result) {
      // Two levels of tree for each bracket are too many; that is a clean refusal.
      EXPECT_EQ(result.error().code, ErrorCode::kLimitExceeded) << format_error(result.error());
      continue;
    }
    const std::string printed = print_statement(*result);
    const auto again = parse_statement(printed);
    ASSERT_TRUE(again) << format_error(again.error());
    EXPECT_EQ(print_statement(*again), printed);
  }
  EXPECT_TRUE(parse_statement(texts[0]));
  EXPECT_TRUE(parse_statement(texts[3]));
  expect_limit(in_return(repeat("(", levels + 2) + "1" + repeat(")", levels + 2)), "NestingMax");
  expect_limit(in_return(repeat("NOT ", levels + 2) + "a"), "NestingMax");
}

TEST(Limits, BracketsAndPrefixesTogetherMakeNoTreeOverTheLimit) {
  const std::string text = in_return(repeat("[NOT NOT NOT ", 100) + "a" + repeat("]", 100));
  expect_limit(text, "NestingMax");
}

TEST(Limits, FlatChainsAreLongAndTakeNoStack) {
  for (const char* const link : {" + 1", " OR a", " AND a", " XOR a", " = 1", " IN b", " ^ 2"}) {
    const std::string at_limit = in_return("a" + repeat(link, limits::kChainTermsMax - 1));
    run_on_stack(kSmallStack, [&] {
      const auto result = parse_statement(at_limit);
      ASSERT_TRUE(result) << format_error(result.error());
      EXPECT_EQ(print_statement(*result), at_limit);
    });
    expect_limit(in_return("a" + repeat(link, limits::kChainTermsMax)), "ChainTermsMax");
  }
}

TEST(Limits, ListsRolesAndPatternsAreBounded) {
  const std::string elements = repeat("1,", limits::kListElementsMax - 1) + "1";
  EXPECT_TRUE(parse_statement(in_return("[" + elements + "]")));
  expect_limit(in_return("[" + elements + ",1]"), "ListElementsMax");
  EXPECT_TRUE(
      parse_statement("MATCH ()" + repeat("--()", limits::kPatternHopsMax - 1) + " RETURN *"));
  expect_limit("MATCH ()" + repeat("--()", limits::kPatternHopsMax) + " RETURN *",
               "PatternHopsMax");
  expect_limit("MATCH ()" + repeat(",()", limits::kPatternHopsMax) + " RETURN *", "PatternHopsMax");
  std::string roles = "r0 T";
  for (std::size_t i = 1; i <= limits::kKindRolesMax; ++i) roles += ",r" + std::to_string(i) + " T";
  expect_limit("DEFINE EVENT K (" + roles + ")", "KindRolesMax");
  expect_limit("DEFINE EVENT K (a B)" + repeat(" SETS a.b = a", limits::kKindEffectsMax + 1),
               "KindEffectsMax");
  std::string columns = "c: c";
  for (std::size_t i = 1; i <= limits::kLoadColumnsMax; ++i) {
    columns += ", c" + std::to_string(i) + ": c";
  }
  expect_limit("LOAD FACTS FROM 'f' (" + columns + ")", "LoadColumnsMax");
}

TEST(Limits, TheMessageSaysOfWhat) {
  const std::string many = repeat("1,", limits::kListElementsMax);
  expect_limit(in_return(repeat("CASE ", 300)),
               "more than 200 levels of nesting here; the limit is NestingMax");
  expect_limit(in_return(repeat("(", 300)), "brackets nest deeper than 200 here");
  expect_limit(in_return(repeat("NOT ", 300) + "a"), "more than 200 NOT or - in a row here");
  expect_limit(in_return("[" + many + "1]"), "more than 100000 elements here");
  expect_limit(in_return("a" + repeat(" + 1", limits::kChainTermsMax)),
               "more than 10000 operands here");
  expect_limit(repeat("MATCH (a) ", limits::kClausesMax + 1) + "RETURN 1",
               "more than 128 clauses here");
  expect_limit("RETURN 1" + repeat(" UNION RETURN 1", limits::kUnionsMax),
               "more than 64 queries here");
  expect_limit("MATCH ()" + repeat(",()", limits::kPatternHopsMax) + " RETURN *",
               "more than 64 nodes and hops here");
}

TEST(Limits, ALongStatementIsRefusedBeforeItIsRead) {
  std::string text = in_return("'" + repeat("x", limits::kStatementBytesMax) + "'");
  expect_limit(text, "StatementBytesMax");
  text = in_return("'");
  text += repeat("x", limits::kStatementBytesMax - text.size() - 1) + "'";
  EXPECT_EQ(text.size(), limits::kStatementBytesMax);
  EXPECT_TRUE(parse_statement(text));
}

TEST(Limits, TimeGrowsWithTheTextAndNotFaster) {
#ifdef __OPTIMIZE__
  // What makes parsers with backtracking slow: alternatives with a common prefix, comments and
  // blanks before every token, texts and comments that are never closed, misspelt words.
  const std::vector<std::pair<std::string, std::string>> shapes = {
      {"MATCH (n) RETURN 1", " + (a.b)"},
      {"MATCH (n) RETURN a ", "/* c */ "},
      {"MATCH (n) RETURN a ", "/*/"},
      {"MATCH (n) RETURN a ", "'"},
      {"MATCH (n) RETURN a ", "-- c\n"},
      {"MATCH (n) RETURN [1", ",f(a)"},
      {"MATCH (n) ", "MATCH (a)-[b:C {d: 1}]->(e) AT '2000' WHERE a.b "},
      {"RECORD K {a: [1", ", 'abc'"},
      {"MATCH (n) RETURN a, ", "aaaaaaaaaaaaaaaa"},
      {"MATCH (n) RETURN a ORDER BY a", ", a.b DESC"},
      {"LOAD FACTS FROM 'f' (a: b) ", "\n"},
  };
  for (const auto& [begin, part] : shapes) {
    const auto measure = [&begin = begin, &part = part](std::size_t bytes) {
      const std::string text = begin + repeat(part, bytes / part.size());
      return milliseconds([&text] { static_cast<void>(parse_statement(text)); });
    };
    const double small = measure(8'000);
    const double large = measure(128'000);
    EXPECT_LT(large, sixteenfold_at_most(small)) << begin << " ... " << part;
  }
#endif
}

}  // namespace
}  // namespace annals::query::testing
