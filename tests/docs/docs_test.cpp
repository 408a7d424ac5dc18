// Runs the examples of README.md and docs/*.md, so that what they show is what happens.
//
// In a document, in order, on one database that begins empty:
//   ```annals   statements; they must succeed, or fail if the fence says ```annals error
//   ```text     directly behind one: exactly what they print (standard output, then errors)
//   ```sh       `annals ...` lines are run in a folder that has examples/ and is the database's;
//               `./run WORD` must be a word that ./run knows

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {
namespace {

namespace fs = std::filesystem;

struct Fence {
  std::string info;  ///< Behind the three backticks.
  std::string text;
  int line = 0;
  bool follows_fence = false;  ///< Only blank lines lie between it and the fence before.
};

std::vector<Fence> fences_of(const std::string& document) {
  std::vector<Fence> fences;
  std::istringstream lines(document);
  std::string line;
  bool inside = false;
  bool text_between = true;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.starts_with("```")) {
      if (!inside) fences.push_back({line.substr(3), "", number, !text_between});
      inside = !inside;
      text_between = false;
    } else if (inside) {
      fences.back().text += line + '\n';
    } else if (!line.empty()) {
      text_between = true;
    }
  }
  return fences;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Output {
  std::string text;
  int exit_code = 0;
};

Output run_in(const std::string& folder, const std::string& command) {
  const std::string line = fmt::format("cd '{}' && {{ {} ; }} 2>&1", folder, command);
  FILE* pipe = popen(line.c_str(), "r");
  Output output;
  std::array<char, 4096> buffer{};
  std::size_t bytes = 0;
  while ((bytes = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    output.text.append(buffer.data(), bytes);
  }
  output.exit_code = WEXITSTATUS(pclose(pipe));
  return output;
}

/// One document with its database and a folder in which its commands run.
class Document {
 public:
  explicit Document(const fs::path& path) : path_(path) {
    fs::create_directories(folder_.path() + "/bin");
    fs::create_directory_symlink(fs::path(source_dir()) / "examples", folder_.path() + "/examples");
    fs::create_symlink(built_program(), folder_.path() + "/bin/annals");
  }

  void run() {
    const std::vector<Fence> fences = fences_of(read_file(path_));
    for (std::size_t i = 0; i < fences.size(); ++i) {
      SCOPED_TRACE(fmt::format("{}:{}", path_.filename().string(), fences[i].line));
      const Fence* shown = nullptr;
      if (i + 1 < fences.size() && fences[i + 1].info == "text" && fences[i + 1].follows_fence) {
        shown = &fences[i + 1];
      }
      if (fences[i].info.starts_with("annals")) run_statements(fences[i], shown);
      if (fences[i].info == "sh") run_commands(fences[i], shown);
    }
  }

 private:
  void run_statements(const Fence& fence, const Fence* shown) {
    const std::string script = folder_.file("statements.anl");
    std::ofstream(script) << fence.text;
    const Output output = run_in(folder_.path(), "bin/annals database < statements.anl");
    EXPECT_EQ(output.exit_code != 0, fence.info == "annals error") << fence.text << output.text;
    if (shown != nullptr) {
      EXPECT_EQ(output.text, shown->text) << fence.text;
    }
  }

  void run_commands(const Fence& fence, const Fence* shown) {
    std::istringstream lines(fence.text);
    std::string line;
    std::string printed;
    while (std::getline(lines, line)) {
      if (line.starts_with("./run ")) check_word(line.substr(6));
      if (!line.starts_with("annals ")) continue;
      const Output output = run_in(folder_.path(), "bin/" + line);
      EXPECT_EQ(output.exit_code, 0) << line << '\n' << output.text;
      printed += output.text;
    }
    if (shown != nullptr) {
      EXPECT_EQ(printed, shown->text) << fence.text;
    }
  }

  static void check_word(std::string word) {
    word = word.substr(0, word.find(' '));
    const std::string usage = run_in(source_dir(), "bash run help").text;
    EXPECT_NE(usage.find("  " + word + " "), std::string::npos) << "./run " << word;
  }

  fs::path path_;
  TempFolder folder_;
};

std::vector<std::string> documents() {
  std::vector<std::string> paths;
  const fs::path root(source_dir());
  if (fs::exists(root / "README.md")) paths.push_back((root / "README.md").string());
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class DocumentTest : public testing::TestWithParam<std::string> {};

TEST_P(DocumentTest, ShowsWhatHappens) { Document(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Each, DocumentTest, testing::ValuesIn(documents()),
                         [](const testing::TestParamInfo<std::string>& file) {
                           std::string name = fs::path(file.param).stem().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

TEST(DocumentFenceTest, FencesAreFoundWithTheOutputThatFollowsThem) {
  const auto fences = fences_of("a\n```annals\nX;\n```\n\n```text\nx\n```\nb\n```text\ny\n```\n");
  ASSERT_EQ(fences.size(), 3U);
  EXPECT_EQ(fences[0].text, "X;\n");
  EXPECT_TRUE(fences[1].follows_fence);
  EXPECT_FALSE(fences[2].follows_fence);
}

}  // namespace
}  // namespace annals::tests
