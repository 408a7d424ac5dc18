// Statements that nobody thought of: those of all scenarios, cut up and put together anew. None may
// crash or hang, and each error says what is wrong and where. tests/fuzz/statement_fuzz.cpp goes
// the same way with libFuzzer, for longer.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"
#include "tests/support/paths.h"
#include "tests/support/statement_target.h"

namespace annals::tests {
namespace {

using Random = std::mt19937_64;
using Tokens = std::vector<std::string>;

constexpr std::size_t kStatements = 3'000;

/// Names and numbers, texts in quotes, blanks, and everything else character by character.
Tokens tokens_of(std::string_view text) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
  };
  Tokens tokens;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '\'') {
      end = std::min(text.find('\'', at + 1), text.size() - 1) + 1;
    } else if (is_word(text[at])) {
      while (end < text.size() && is_word(text[end])) ++end;
    }
    tokens.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

std::vector<Tokens> statements_of_scenarios() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(source_dir()) /
                                                               "tests/scenarios")) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Tokens> statements;
  for (const auto& file : files) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    const auto steps = parse_scenario(text.str());
    if (!steps) continue;
    for (const Step& step : *steps) {
      if (!step.text.empty()) statements.push_back(tokens_of(step.text));
    }
  }
  return statements;
}

template <class Container>
auto& one_of(Container& all, Random& random) {
  return all[random() % all.size()];
}

/// A statement in which some tokens are left out, doubled, exchanged, or taken from elsewhere.
std::string mutated(const std::vector<Tokens>& all, Random& random) {
  Tokens tokens = one_of(all, random);
  const std::size_t changes = 1 + random() % 4;
  for (std::size_t i = 0; i < changes && !tokens.empty(); ++i) {
    const Tokens& other = one_of(all, random);
    const std::size_t at = random() % tokens.size();
    const std::size_t from = random() % other.size();
    const auto place = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random() % 5) {
      case 0: tokens.erase(place); break;
      case 1: tokens.insert(place, tokens[random() % tokens.size()]); break;
      case 2: tokens[at] = other[from]; break;
      case 3: std::swap(tokens[at], tokens[random() % tokens.size()]); break;
      default: {
        const std::size_t count = std::min<std::size_t>(1 + random() % 12, other.size() - from);
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        tokens.insert(place, begin, begin + static_cast<std::ptrdiff_t>(count));
      }
    }
  }
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

TEST(MutatedStatements, NeverCrashAndSayWhatIsWrong) {
  const char* const given = std::getenv("ANNALS_TEST_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  Random random(seed);
  const std::vector<Tokens> all = statements_of_scenarios();
  ASSERT_GT(all.size(), 500U);
  StatementTarget target;
  for (std::size_t i = 0; i < kStatements; ++i) {
    const std::string text = mutated(all, random);
    ASSERT_EQ(target.run(text), "") << "seed " << seed << ": " << text;
  }
  std::cout << "seed " << seed << ": " << target.succeeded() << " of " << kStatements
            << " were statements that succeed\n";
  // Most mutations break a statement; some must not, or nothing was run.
  EXPECT_GT(target.succeeded(), kStatements / 50);
}

}  // namespace
}  // namespace annals::tests
