#include "query/executor/bounded_rows.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

/// More groups than a batch has rows, with counts that many share.
class BoundedRowsTest : public testing::Test {
 protected:
  BoundedRowsTest() {
    constexpr int kThings = 1'400;
    world_.run("DEFINE ENTITY Thing; DEFINE RELATION LINKS (Thing)->(Thing);");
    std::string script;
    for (int i = 0; i < kThings; ++i) script += fmt::format("ENTITY Thing 't{}';", i);
    for (int i = 0; i < kThings; ++i) {
      for (int j = 0; j <= i * 7 % 11 % 4; ++j) {
        // Each tenth perhaps began later.
        script += fmt::format("ASSERT (:Thing 't{}')-[:LINKS]->(:Thing 't{}') FROM '{}' TO '..';",
                              i, (i * 31 + j) % 97, i % 10 == 0 ? "2000" : "2000-01-01");
      }
    }
    world_.run(script);
  }

  World world_;
};

TEST_F(BoundedRowsTest, TheFirstAreThoseOfAll) {
  constexpr std::array<std::string_view, 9> kQuestions = {
      "MATCH (a)-->() RETURN id(a) AS a, count(*) AS n ORDER BY n DESC, a",
      "MATCH (a)-->() RETURN id(a) AS a, count(*) AS n ORDER BY n, a DESC",
      "MATCH (a)-->() RETURN a, count(*) AS n ORDER BY n DESC",
      "MATCH (a)-->(b) RETURN a.name AS a, count(*) AS n ORDER BY n DESC, a",
      "MATCH (a)-->(b) RETURN a.name AS a, count(*) AS n, count(*) AS m ORDER BY m, n, a",
      "MATCH (a)-->(b) RETURN a.name AS a, count(*) AS n, sum(id(b)) AS s ORDER BY n DESC, s, a",
      "MATCH (a)-->(b) RETURN a.name AS a, sum(id(b)) AS s ORDER BY s DESC, a",
      "MATCH (a)-->() WITH a, count(*) AS n WHERE n > 1 RETURN a.name AS a, n ORDER BY n, a",
      "MATCH (a)-->() RETURN id(a) AS a, count(*) AS n ORDER BY a DESC, n"};
  for (const std::string_view scope : {"AT '2000-06-01'", "ALL TIME"}) {
    for (const std::string_view question : kQuestions) {
      const std::string text = fmt::format("{} {}", scope, question);
      const std::vector<std::string> all = world_.rows(text);
      ASSERT_GT(all.size(), 700U) << text;
      for (const std::size_t count : {1U, 7U, 600U}) {
        const auto first = [&all](std::size_t from, std::size_t rows) {
          const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
          return std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(rows));
        };
        EXPECT_EQ(world_.rows(fmt::format("{} LIMIT {}", text, count)), first(0, count)) << text;
        EXPECT_EQ(world_.rows(fmt::format("{} SKIP 9 LIMIT {}", text, count)), first(9, count))
            << text;
      }
    }
  }
}

TEST(RowBound, ExcludesWhatComesBehind) {
  const RowBound largest{SlotId(1), 5, true};
  EXPECT_TRUE(largest.excludes(4));
  EXPECT_FALSE(largest.excludes(5));
  EXPECT_FALSE(largest.excludes(6));
  const RowBound smallest{SlotId(1), 5, false};
  EXPECT_FALSE(smallest.excludes(4));
  EXPECT_FALSE(smallest.excludes(5));
  EXPECT_TRUE(smallest.excludes(6));
}

}  // namespace
}  // namespace annals::query
