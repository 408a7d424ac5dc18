#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tests/scenarios/scenario_runner.h"
#include "tests/support/paths.h"

namespace annals::tests {
namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  const std::filesystem::path folder = std::filesystem::path(source_dir()) / "tests/scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class ScenarioTest : public testing::TestWithParam<std::string> {
 protected:
  void run(Between between) {
    const auto steps = parse_scenario(read_file(GetParam()));
    ASSERT_TRUE(steps) << GetParam() << ": " << steps.error().message;
    ASSERT_FALSE(steps->empty()) << GetParam() << " has no steps";
    ScenarioRunner(std::filesystem::path(GetParam()).filename().string()).run(*steps, between);
  }
};

TEST_P(ScenarioTest, GivesWhatItSays) { run(Between::kNothing); }
TEST_P(ScenarioTest, GivesTheSameWithARestartAfterEveryStep) { run(Between::kRestart); }
TEST_P(ScenarioTest, GivesTheSameWithARebuildAfterEveryStep) { run(Between::kRebuild); }

INSTANTIATE_TEST_SUITE_P(Files, ScenarioTest, testing::ValuesIn(scenario_files()),
                         [](const testing::TestParamInfo<std::string>& file) {
                           return std::filesystem::path(file.param).stem().string();
                         });

// The runner itself must be able to fail: each of these files is wrong in one way.
class BrokenScenarioTest : public testing::TestWithParam<const char*> {};

TEST_P(BrokenScenarioTest, IsFound) {
  const auto steps = parse_scenario(GetParam());
  ASSERT_TRUE(steps);
  testing::TestPartResultArray failures;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    ScenarioRunner("broken").run(*steps, Between::kNothing);
  }
  EXPECT_GT(failures.size(), 0) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Each, BrokenScenarioTest,
                         testing::Values("statement\nDEFINE ENTITY Country;\n----\nrecorded #99\n",
                                         "statement\nDEFINE ENTITY;\n",
                                         "query\nMATCH (n) RETURN n.name;\n----\nNobody\n",
                                         "error not found\nDEFINE ENTITY Country;\n",
                                         "error corruption\nMATCH (c:Country) RETURN c;\n"));

TEST(ScenarioFileTest, AnUnknownStepIsAnErrorWithItsLine) {
  const auto steps = parse_scenario("\nstatment\nDEFINE ENTITY Country;\n");
  ASSERT_FALSE(steps);
  EXPECT_NE(steps.error().message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace annals::tests
