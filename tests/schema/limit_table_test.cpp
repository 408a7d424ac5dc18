#include "schema/base/limit_table.h"

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/paths.h"

namespace annals::limits {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

TEST(LimitTable, HasEachLimitOfTheHeader) {
  std::ifstream in(tests::source_dir() + "/schema/base/limits.h");
  std::ostringstream text;
  text << in.rdbuf();
  const std::string header = text.str();
  const std::regex constant(R"(inline constexpr [\w:]+ k(\w+) )");
  std::vector<std::string> expected;
  for (auto at = std::sregex_iterator(header.begin(), header.end(), constant);
       at != std::sregex_iterator(); ++at) {
    expected.push_back((*at)[1].str());
  }
  std::vector<std::string> names;
  for (const NamedLimit& limit : all_limits()) names.emplace_back(limit.name);
  EXPECT_GT(names.size(), 30U);
  EXPECT_THAT(names, ElementsAreArray(expected));
}

TEST(LimitTable, SetsWhatMayBeSet) {
  StatementLimits limits;
  ASSERT_TRUE(set_limit("StatementMemoryBytesMax=256M", limits));
  EXPECT_EQ(limits.memory_bytes, std::size_t{256} << 20);
  ASSERT_TRUE(set_limit("statementtimemax=2S", limits));
  EXPECT_EQ(limits.milliseconds, 2'000U);
  ASSERT_TRUE(set_limit("StatementTimeMax=1min", limits));
  EXPECT_EQ(limits.time(), std::chrono::minutes(1));
  ASSERT_TRUE(set_limit("StatementTimeMax=0", limits));
  EXPECT_EQ(limits.milliseconds, 0U);
  ASSERT_TRUE(set_limit("TimelineStepsMax=12", limits));
  EXPECT_EQ(limits.timeline_steps, 12U);
  ASSERT_TRUE(set_limit("FactImageBytes=1G", limits));
  EXPECT_EQ(limits.image_bytes, std::size_t{1} << 30);
}

TEST(LimitTable, SaysWhatIsWrong) {
  const auto error = [](std::string_view assignment) {
    StatementLimits limits;
    const Status done = set_limit(assignment, limits);
    EXPECT_FALSE(done) << assignment;
    EXPECT_EQ(limits.memory_bytes, StatementLimits().memory_bytes);
    return done ? std::string() : done.error().message + " | " + done.error().hint;
  };
  EXPECT_THAT(error("StatementTimeMx=1s"), HasSubstr("did you mean StatementTimeMax?"));
  EXPECT_THAT(error("NestingMax=1000"), HasSubstr("NestingMax cannot be set"));
  EXPECT_THAT(error("StatementMemoryBytesMax=0"), HasSubstr("at least 1"));
  EXPECT_THAT(error("StatementTimeMax=9999999999999999999"), HasSubstr("is too long"));
  EXPECT_THAT(error(""), HasSubstr("there is no limit ''"));
  for (const std::string_view value : {"", "=", "=x", "=-1", "=1.5", "=1h", "=2s", "= 1",
                                       "=99999999999999999999", "=99999999999999999G"}) {
    EXPECT_THAT(error("StatementMemoryBytesMax" + std::string(value)),
                HasSubstr("is no value of a limit"))
        << value;
  }
}

}  // namespace
}  // namespace annals::limits
