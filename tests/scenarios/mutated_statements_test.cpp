// Statements that nobody thought of: those of all scenarios, cut up and put together anew. None may
// crash or hang, and each error says what is wrong and where. tests/fuzz/statement_fuzz.cpp goes
// the same way with libFuzzer, for longer.

#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/environment.h"
#include "tests/support/statement_mutator.h"
#include "tests/support/statement_target.h"

namespace annals::tests {
namespace {

constexpr std::size_t kStatements = 3'000;

TEST(MutatedStatements, NeverCrashAndSayWhatIsWrong) {
  const std::uint64_t seed = number_in_environment("ANNALS_TEST_SEED", 1);
  Random random(seed);
  const StatementMutator mutator;
  ASSERT_GT(mutator.statement_count(), 500U);
  StatementTarget target;
  for (std::size_t i = 0; i < kStatements; ++i) {
    const std::string text = mutator.make(random);
    ASSERT_EQ(target.run(text), "") << "seed " << seed << ": " << text;
  }
  std::cout << "seed " << seed << ": " << target.succeeded() << " of " << kStatements
            << " were statements that succeed\n";
  // Most mutations break a statement; some must not, or nothing was run.
  EXPECT_GT(target.succeeded(), kStatements / 50);
}

}  // namespace
}  // namespace annals::tests
