#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/law/random_case.h"
#include "tests/law/recorded_history.h"
#include "tests/law/shrink.h"
#include "tests/law/statements.h"

namespace annals::law {
namespace {

using oracle::answer;

/// Pairs of a history and a question in one run; ANNALS_LAW_PAIRS sets another number.
constexpr std::size_t kPairs = 20'000;
constexpr std::size_t kQuestionsOfAHistory = 100;
/// After so many the rest would tell nothing new.
constexpr std::size_t kFailuresMax = 5;

std::size_t pairs() {
  const char* const text = std::getenv("ANNALS_LAW_PAIRS");
  return text == nullptr ? kPairs : std::strtoull(text, nullptr, 10);
}

Commits commits_of(std::uint64_t seed) {
  return seed % 3 == 0 ? Commits::kOneForAll : Commits::kOneEach;
}

bool disagrees(const Case& one, Commits commits) {
  RecordedHistory recorded(one.history, commits);
  return recorded.ask(statement_of(one.question)) != answer(one.history, one.question);
}

/// The smallest case like this one, as statements that can be pasted.
std::string report(const Case& found, std::uint64_t seed) {
  const Commits commits = commits_of(seed);
  const Case least =
      shrink(found, [&](const Case& smaller) { return disagrees(smaller, commits); });
  RecordedHistory recorded(least.history, commits);
  return fmt::format("ANNALS_TEST_SEED={}{}\n{}\nthe law: {}\nAnnals:  {}\n", seed,
                     commits == Commits::kOneForAll ? ", all in one commit" : "",
                     script_of(least.history, least.question),
                     fmt::join(answer(least.history, least.question), "; "),
                     fmt::join(recorded.ask(statement_of(least.question)), "; "));
}

TEST(LawTest, AnswersAreThoseOfAllWorlds) {
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t histories = (pairs() + kQuestionsOfAHistory - 1) / kQuestionsOfAHistory;
  std::size_t asked = 0;
  std::size_t rows = 0;
  std::size_t failures = 0;
  for (const std::uint64_t seed : tests::test_seeds(histories)) {
    if (failures == kFailuresMax) break;
    Random random(seed);
    const oracle::History history = random_history(random);
    RecordedHistory recorded(history, commits_of(seed));
    for (std::size_t i = 0; i < kQuestionsOfAHistory; ++i) {
      const oracle::Question question = random_question(random, history);
      const std::vector<std::string> expected = answer(history, question);
      ++asked;
      rows += expected.size();
      if (recorded.ask(statement_of(question)) == expected) continue;
      ++failures;
      ADD_FAILURE() << report({history, question}, seed);
      break;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("seeds 1 to {}: {} pairs, {} rows, {:.0f} pairs a second\n", histories, asked, rows,
             static_cast<double>(asked) / took.count());
}

}  // namespace
}  // namespace annals::law
