#include "shell/history_file.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace annals::shell {
namespace {

using Entries = std::vector<std::string>;
using std::filesystem::perms;

class HistoryFileTest : public testing::Test {
 protected:
  HistoryFileTest() { std::filesystem::create_directory(folder_.path()); }
  std::string path() const { return folder_.file("history"); }

  tests::TempFolder folder_;
};

TEST_F(HistoryFileTest, KeepsEntriesOfSeveralLinesWhole) {
  const Entries entries = {"SHOW STATS;", "MATCH (a)\n  RETURN a;", "back\\slash \\n", ""};
  for (const std::string& entry : entries) HistoryFile(path()).append(entry);
  EXPECT_EQ(HistoryFile(path()).read(), entries);
}

TEST_F(HistoryFileTest, IsForTheUserAlone) {
  HistoryFile(path()).append("x");
  EXPECT_EQ(std::filesystem::status(path()).permissions(), perms::owner_read | perms::owner_write);
  std::filesystem::permissions(path(), perms::all);
  HistoryFile(path()).append("y");
  EXPECT_EQ(std::filesystem::status(path()).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(HistoryFileTest, ShortensItselfNowAndThen) {
  constexpr std::size_t kCount = 2 * HistoryFile::kEntriesMax + 1;
  for (std::size_t i = 0; i < kCount; ++i) HistoryFile(path()).append(std::to_string(i));
  const Entries read = HistoryFile(path()).read();
  ASSERT_EQ(read.size(), HistoryFile::kEntriesMax);
  EXPECT_EQ(read.back(), std::to_string(kCount - 1));
  EXPECT_LT(std::filesystem::file_size(path()), 6 * HistoryFile::kEntriesMax);
  EXPECT_EQ(HistoryFile(path()).read(), read);
}

TEST_F(HistoryFileTest, KeepsNothingWhereItCannot) {
  for (const std::string& nowhere : {std::string(), folder_.path(), folder_.file("no/such")}) {
    const HistoryFile history(nowhere);
    history.append("x");
    EXPECT_EQ(history.read(), Entries());
  }
  std::filesystem::create_symlink("/etc/passwd", folder_.file("link"));
  EXPECT_EQ(HistoryFile(folder_.file("link")).read(), Entries());
}

}  // namespace
}  // namespace annals::shell
