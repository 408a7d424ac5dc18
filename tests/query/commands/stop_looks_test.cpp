// Loops in which a statement may stay for long look whether it should stop, however fast the
// machine is: each statement here stays in one of them, and so looks at least so often.

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

/// Rows and facts of which there are many, and steps of the paths.
constexpr std::uint64_t kMany = 1'000;

class StopLooksTest : public SessionTest {
 protected:
  /// Facts from `hub` to each of the leaves and from these to `end`; of places those on vague
  /// dates.
  StopLooksTest() {
    run_all({"DEFINE ENTITY Node", "DEFINE ENTITY Place", "DEFINE RELATION R (Node)->(Node)",
             "DEFINE RELATION S (Place)->(Place)",
             "DEFINE EVENT Measure (subject Place, value INTEGER) SETS subject.size = value",
             "BEGIN"});
    for (std::uint64_t i = 0; i < kMany; ++i) {
      assert_fact(fmt::format("(:Node 'hub')-[:R]->(:Node 'leaf {}')", i));
      assert_fact(fmt::format("(:Node 'leaf {}')-[:R]->(:Node 'end')", i));
    }
    for (std::uint64_t i = 0; i < kPlaces; ++i) {
      const std::string from = fmt::format("(:Place 'p{}')-[:S]->", i);
      messages_of("ASSERT " + from + "(:Place 'town') FROM '2000' CREATING MISSING");
      messages_of(
          fmt::format("RECORD Measure {{subject: 'p{}', value: {}}} ON '1990-01-01'", i, i));
    }
    messages_of("COMMIT");
  }

  std::uint64_t looks_of(const std::string& statement) {
    stop_.count_looks();
    rows_of(statement);
    return stop_.looks();
  }

  static constexpr std::uint64_t kPlaces = 200;

 private:
  void assert_fact(const std::string& fact) {
    messages_of("ASSERT " + fact + " FROM '1990-01-01' CREATING MISSING");
  }
};

TEST_F(StopLooksTest, Expressions) {
  std::string chain = "RETURN 1";
  for (std::uint64_t i = 0; i < kMany; ++i) chain += " + 1";
  const std::vector<std::string> statements = {
      chain,
      "UNWIND range(1, 1000) AS x RETURN toUpper('a') AS t",
      "UNWIND range(1, 1000) AS x RETURN 'a' =~ 'b' AS t",
      "RETURN reduce(a = 0, y IN range(1, 1000) | y) AS r",
      "UNWIND range(1, 10) AS x RETURN size([y IN range(1, 51200) WHERE false]) AS n",
      "UNWIND range(1, 1000) AS x UNWIND [] AS y RETURN y",
  };
  for (const std::string& statement : statements) {
    EXPECT_GE(looks_of(statement), kMany) << statement.substr(0, 80);
  }
}

TEST_F(StopLooksTest, EachStepOfAPath) {
  const std::vector<std::string> statements = {
      "AT '2000' MATCH (:Node 'hub')-[:R*..2]->(x) RETURN count(*)",
      "AT '2000' MATCH (:Node 'hub')-[:R*..1]->(x) WITH DISTINCT x RETURN count(*)",
      "AT '2000' MATCH p = shortestPath((:Node 'hub')-[:R*..1]->(x)) RETURN count(*)",
      "AT '2000' MATCH p = allShortestPaths((:Node 'hub')-[:R*..2]->(:Node 'end')) RETURN count(*)",
      "DURING '2000/2010' MATCH p = earliest((:Node 'hub')-[:R*..1]->(x)) RETURN count(*)",
      "AT '2000' MATCH (a:Node 'hub')-[:R*..1]-(x) WITH DISTINCT x RETURN count(*)",
  };
  for (const std::string& statement : statements) {
    EXPECT_GE(looks_of(statement), kMany) << statement;
  }
}

TEST_F(StopLooksTest, EachRowOfOperators) {
  struct Case {
    std::string statement;
    std::uint64_t least;
  };
  // A hop looks once for each node from which it reads: what others look comes on top.
  const std::vector<Case> cases = {
      {"AT '2000' MATCH (a:Node) WITH a LIMIT 5000 MATCH (a)-[:R]->(b) RETURN count(*)", kMany},
      {"MATCH (a:Place), (b:Place) RETURN count(*)", kPlaces},
      {"MATCH (a:Place) RETURN sum(a.size)", kPlaces},
      {"AT '2000-06-01' MATCH (a:Place) WHERE EXISTS { (a)-[:S]->() } RETURN a", 2 * kPlaces},
      {"AT '2000-06-01' MATCH (a:Place) OPTIONAL MATCH (a)-[:S]->(b) RETURN a, b", 2 * kPlaces},
      {"AT '2000-06-01' MATCH (a:Place)-[:S]->() RETURN DISTINCT a", kPlaces},
  };
  for (const Case& one : cases) EXPECT_GE(looks_of(one.statement), one.least) << one.statement;
}

TEST_F(StopLooksTest, EachRowOfCommands) {
  const std::vector<std::string> statements = {
      "HISTORY OF (:Place 'town')",
      "HISTORY OF (:Place)-[:S]->(:Place 'town')",
      "WHY (:Place)-[:S]->(:Place 'town') AT '2010'",
  };
  for (const std::string& statement : statements) {
    EXPECT_GE(looks_of(statement), kPlaces) << statement;
  }
  const std::string diff = "DIFF AT '1980' AND AT '2010' MATCH (a)-[:S]->(b) RETURN change, a";
  // Whoever asks first makes what the session keeps at hand, and looks meanwhile.
  for (int i = 0; i < 3; ++i) looks_of(diff);
  const std::uint64_t least = looks_of(diff + " LIMIT 1") + kPlaces - 1;
  EXPECT_GE(looks_of(diff), least);
  const std::string sorted = "UNWIND range(1, 51200) AS x RETURN x ORDER BY x SKIP ";
  EXPECT_GE(looks_of(sorted + "51199 LIMIT 1"), looks_of(sorted + "0 LIMIT 1") + 100);
}

}  // namespace
}  // namespace annals::tests
