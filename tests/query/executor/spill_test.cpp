// Rows that do not fit into the memory of a statement: the answers are those of a statement that
// has enough of it, and nothing stays behind.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/query/executor/world.h"
#include "tests/support/file_size_limit.h"

namespace annals::query {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// TMPDIR while this lives.
class TempVariable {
 public:
  explicit TempVariable(const std::string& folder) {
    if (const char* const old = std::getenv("TMPDIR")) old_ = old;
    ::setenv("TMPDIR", folder.c_str(), 1);
  }
  ~TempVariable() {
    if (old_) {
      ::setenv("TMPDIR", old_->c_str(), 1);
    } else {
      ::unsetenv("TMPDIR");
    }
  }

 private:
  std::optional<std::string> old_;
};

class SpillTest : public testing::Test {
 protected:
  static constexpr std::size_t kTiny = std::size_t{256} << 10;
  static constexpr std::size_t kSmall = std::size_t{1} << 20;

  SpillTest() : variable_(temp_.path()) {
    fs::create_directories(temp_.path());
    world_.run(kDefinitions);
    std::string script;
    for (int i = 0; i < 12; ++i) {
      script += fmt::format("ENTITY Country 'c{0}'; ENTITY Organisation 'o{0}';", i);
    }
    for (int i = 0; i < 40; ++i) {
      script += fmt::format(
          "ASSERT (:Country 'c{}')-[:MEMBER_OF {{capacity: 'part {}', weight: {}.5}}]->"
          "(:Organisation 'o{}') FROM '{}' TO '{}';",
          i % 12, i % 5, i, (i * 7) % 12, i % 3 == 0 ? "2000" : fmt::format("199{}-01-01", i % 9),
          i % 4 == 0 ? "2001-02" : "..");
    }
    world_.run(script);
  }
  ~SpillTest() override { EXPECT_TRUE(fs::is_empty(temp_.path())) << "a file was left"; }

  void set_limits(std::size_t memory, std::size_t spill = limits::kStatementSpillBytesMax) {
    limits::StatementLimits limits;
    limits.memory_bytes = memory;
    limits.spill_bytes = spill;
    world_.session().set_limits(limits);
  }

  /// The bytes that the steps of the query put into files.
  std::int64_t spilled(std::string_view query) {
    std::int64_t bytes = 0;
    for (const std::string& row : world_.rows(fmt::format("PROFILE {}", query))) {
      bytes += std::stoll(row.substr(row.rfind('|') + 1));
    }
    return bytes;
  }

  void expect_same_answer(const std::string& query, std::size_t memory = kTiny) {
    SCOPED_TRACE(query);
    set_limits(limits::kStatementMemoryBytesMax);
    const std::vector<std::string> all = world_.rows(query);
    set_limits(memory);
    EXPECT_EQ(world_.rows(query), all);
    EXPECT_GT(all.size(), 100U);
    EXPECT_GT(spilled(query), 0);
  }

  World world_;
  tests::TempFolder temp_;
  TempVariable variable_;
};

// 6,000 rows of some 250 bytes are several times the memory.
constexpr std::string_view kMany = "UNWIND range(1, 60) AS a UNWIND range(1, 100) AS b ";

TEST_F(SpillTest, SortedRowsAreThoseOfEnoughMemory) {
  expect_same_answer(fmt::format(
      "{} RETURN a * b % 977 AS x, toString(a) + '-' + toString(b) AS y ORDER BY x DESC, y",
      kMany));
  // Equal rows stay in their order.
  expect_same_answer(fmt::format("{} RETURN a, b ORDER BY a * b % 3", kMany));
  expect_same_answer(fmt::format("{} RETURN a, b ORDER BY b % 7, a SKIP 500 LIMIT 3000", kMany));
  expect_same_answer(
      fmt::format("{} WITH a, b ORDER BY b, a DESC WITH a, b ORDER BY a % 10 RETURN a, b", kMany));
}

TEST_F(SpillTest, MoreRunsThanFilesAtOnceAreMergedOnTheWay) {
  const std::string query =
      "UNWIND range(1, 100) AS a UNWIND range(1, 120) AS b RETURN a, b ORDER BY (a * 7 + b) % 1009";
  expect_same_answer(query);
  // Some 3 MB of rows, of which a run holds 192 KB, and eight files are merged at once: they are
  // some 80 bytes in a file, and most of them were written twice.
  EXPECT_GT(spilled(query), 12'000 * 120);
}

TEST_F(SpillTest, AllTypesOfValuesAreSpilled) {
  expect_same_answer(
      "ALL TIME MATCH p = (c:Country)-[m:MEMBER_OF]->(o) UNWIND range(1, 60) AS x "
      "RETURN x, c, o, m, p, m.valid, m.weight, m.capacity, [c, x, [m]], {k: m, l: [x]}, "
      "date('2001?'), date('[1999..]'), x = 3, 1.0 / x, null, 0.0 / 0.0 "
      "ORDER BY x % 7, c.name DESC, m.weight, x",
      4 * kSmall);
}

TEST_F(SpillTest, DoubtsOutliveTheFile) {
  const std::string match =
      "AT '2000' MATCH (c:Country)-[m:MEMBER_OF]->(o) UNWIND range(1, 150) AS x ";
  expect_same_answer(match + "RETURN c.name, o.name, x ORDER BY x % 10, c.name, o.name", kSmall);
  // What they say about each other matters to who comes after.
  expect_same_answer(match +
                         "WITH c, o, x ORDER BY x % 10 MATCH (c)-[n:MEMBER_OF]->(other) "
                         "RETURN c.name, o.name, other.name, x",
                     kSmall);
  expect_same_answer(match + "WITH c, o, x ORDER BY x % 10 RETURN DISTINCT c.name, x", kSmall);
}

TEST_F(SpillTest, WhatRowsDoubtCountsOnce) {
  // 20,000 rows that doubt the same: a list of doubts for each would be as much.
  set_limits(4 * kSmall);
  EXPECT_EQ(world_.rows("AT '2000' MATCH (c:Country 'c0')-[m:MEMBER_OF]->(o) "
                        "UNWIND range(1, 5000) AS x WITH o, x ORDER BY x % 10 RETURN count(*)"),
            std::vector<std::string>{"20000 | possible"});
}

TEST_F(SpillTest, DoubtsOfRowsThatAreHeldCountAgainstTheMemory) {
  constexpr int kFacts = 3'000;
  std::string script;
  for (int i = 0; i < kFacts; ++i) {
    script += fmt::format(
        "ASSERT (:Country 'c{}')-[:FORMER_MEMBER_OF {{weight: {}}}]->(:Organisation 'o{}') "
        "FROM '2000' TO '..';",
        i % 12, i, i % 10);
  }
  world_.run(script);
  // Each holds all rows of its input, or of one of them.
  const std::vector<std::pair<std::string_view, std::size_t>> holding = {
      {"MATCH (a)-[m:FORMER_MEMBER_OF]->(b) WITH id(a) AS x ORDER BY x RETURN count(*)", kTiny},
      {"MATCH (a)-[m:FORMER_MEMBER_OF]->(b) WITH DISTINCT id(a) AS x, id(b) AS y RETURN count(*)",
       kTiny},
      {"UNWIND range(1, 100) AS x MATCH (a)-[m:FORMER_MEMBER_OF]->(b) RETURN x LIMIT 1", kTiny},
      // The facts, whose property is looked at, take most of that.
      {"UNWIND range(1, 100) AS x MATCH (a)-[m:FORMER_MEMBER_OF]->(b) WHERE m.weight = x "
       "RETURN x LIMIT 1",
       kSmall},
  };
  for (const auto& [query, memory] : holding) {
    set_limits(memory);
    EXPECT_EQ(world_.rows(fmt::format("AT '2005' {}", query)).size(), 1U) << query;
    EXPECT_THAT(world_.error(fmt::format("AT '2000' {}", query)),
                HasSubstr("StatementMemoryBytesMax"))
        << query;
  }
}

TEST_F(SpillTest, GroupsAndDistinctRowsComeInTheirOrder) {
  expect_same_answer(fmt::format("{} RETURN DISTINCT a * 3 + b % 50 AS x, b % 20 AS y", kMany));
  expect_same_answer(
      fmt::format("{} RETURN a % 90 AS x, b AS y, count(*), sum(a), avg(b), min(a)", kMany));
  expect_same_answer(fmt::format("{} RETURN a % 90 AS x, b AS y, count(*)", kMany));
  expect_same_answer(
      fmt::format("{} RETURN a AS x, b % 60 AS y, collect(b), count(DISTINCT b)", kMany));
  // Doubts of the rows of a group are part of what it holds: here there are none.
  expect_same_answer(
      "AT '2001-06-01' MATCH (c:Country)-[m:MEMBER_OF]->(o) UNWIND range(1, 150) AS x "
      "RETURN DISTINCT c.name, x");
  expect_same_answer(
      "AT '2000' MATCH (c:Country)-[m:MEMBER_OF]->(o) UNWIND range(1, 150) AS x "
      "RETURN c.name, x, count(*)");
}

TEST_F(SpillTest, NodesAloneWaitToo) {
  std::string script;
  for (int i = 0; i < 4'000; ++i) script += fmt::format("ENTITY Country 'n{}';", i);
  world_.run(script);
  for (const std::string_view result : {"DISTINCT c", "c, count(*)", "id(c), sum(1)"}) {
    expect_same_answer(fmt::format("MATCH (c:Country) RETURN {}", result), std::size_t{64} << 10);
  }
}

TEST_F(SpillTest, AProfileTellsWhichStepWroteTheFiles) {
  set_limits(kTiny);
  const std::string query = fmt::format("PROFILE {} WITH a, b ORDER BY b, a RETURN a + b", kMany);
  for (const std::string& row : world_.rows(query)) {
    const bool is_sort = row.find("Sort ") != std::string::npos;
    EXPECT_EQ(is_sort, !row.ends_with("| 0")) << row;
  }
}

TEST_F(SpillTest, TheLimitOfFilesNamesItself) {
  set_limits(kTiny, std::size_t{256} << 10);
  const std::string error = world_.error(fmt::format("{} RETURN a, b ORDER BY b", kMany));
  EXPECT_THAT(error, StartsWith("limit exceeded 1:1 "));
  EXPECT_THAT(error, HasSubstr("StatementSpillBytesMax (262144 bytes)"));
}

TEST_F(SpillTest, WhatOneGroupHoldsHasToFit) {
  set_limits(kTiny);
  EXPECT_THAT(world_.error(fmt::format("{} RETURN size(collect([a, b]))", kMany)),
              HasSubstr("StatementMemoryBytesMax"));
}

TEST_F(SpillTest, AFullDiskAndAMissingFolderAreErrors) {
  set_limits(kTiny);
  const std::string query = fmt::format("{} RETURN a, b ORDER BY b", kMany);
  {
    const tests::FileSizeLimit full(10'000);
    const std::string error = world_.error(query);
    EXPECT_THAT(error, HasSubstr(" 1:1 a temporary file in "));
    EXPECT_THAT(error, HasSubstr("cannot be written: File too large"));
  }
  {
    const TempVariable nowhere("/nonexistent/folder");
    EXPECT_THAT(world_.error(query), HasSubstr("in /nonexistent/folder cannot be made"));
  }
  EXPECT_EQ(world_.rows(query).size(), 6'000U);
}

TEST_F(SpillTest, ADatabaseThatIsOpenForReadingOnlySpillsBesideIt) {
  const std::string query = fmt::format(
      "ALL TIME MATCH (c:Country)-[m:MEMBER_OF]->(o) {} RETURN c.name, a, b ORDER BY a * b % 977, b",
      "UNWIND range(1, 10) AS a UNWIND range(1, 20) AS b");
  const std::vector<std::string> all = world_.rows(query);
  storage::DatabaseOptions options;
  options.read_only = true;
  const auto reader = storage::Database::open(world_.database().path(), options, world_.clock());
  ASSERT_TRUE(reader) << format_error(reader.error());
  const auto files = [this] {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(world_.database().path())) {
      names.push_back(entry.path().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  const std::vector<std::string> before = files();
  Session session(**reader, world_.clock(), nullptr, world_.stop());
  limits::StatementLimits limits;
  limits.memory_bytes = kTiny;
  session.set_limits(limits);
  TextSink sink;
  const Status done = session.run(query, {}, sink);
  ASSERT_TRUE(done) << format_error(done.error());
  EXPECT_EQ(sink.rows, all);
  EXPECT_EQ(sink.rows.size(), 40U * 200);
  TextSink profile;
  ASSERT_TRUE(session.run("PROFILE " + query, {}, profile));
  EXPECT_FALSE(profile.rows.front().ends_with("| 0") && profile.rows[1].ends_with("| 0"))
      << "nothing was spilled";
  EXPECT_EQ(files(), before);
}

TEST_F(SpillTest, AStatementThatIsStoppedLeavesNothing) {
  limits::StatementLimits limits;
  limits.memory_bytes = kTiny;
  limits.milliseconds = 200;
  world_.session().set_limits(limits);
  EXPECT_THAT(world_.error("UNWIND range(1, 300) AS a UNWIND range(1, 300) AS b "
                           "UNWIND range(1, 300) AS c RETURN a, b, c ORDER BY a * b % 1009"),
              HasSubstr("StatementTimeMax"));
}

}  // namespace
}  // namespace annals::query
