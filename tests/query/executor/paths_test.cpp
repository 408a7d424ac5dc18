// What bounds the search of paths: its limits, memory that is given back, being stopped.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "schema/base/limits.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// The four ways in which paths are sought, over `length`.
std::vector<std::string> searches(const std::string& length) {
  return {"ALL TIME MATCH (:N 'n0')-[:R" + length + "]->(x) RETURN count(*)",
          "ALL TIME MATCH (:N 'n0')-[:R" + length + "]->(x) WITH DISTINCT x RETURN count(*)",
          "ALL TIME MATCH shortestPath((:N 'n0')-[:R" + length + "]->(x)) RETURN count(*)",
          "ALL TIME MATCH earliest((:N 'n0')-[:R" + length + "]->(x)) RETURN count(*)"};
}

class PathsTest : public testing::Test {
 protected:
  PathsTest() { world_.run("DEFINE ENTITY N; DEFINE RELATION R (N)->(N);"); }

  void link(const std::string& from, const std::string& to, const std::string& begin) {
    script_ += fmt::format("ASSERT (:N '{}')-[:R]->(:N '{}') FROM '{}' CREATING MISSING;", from, to,
                           begin);
  }
  void record() {
    world_.run(script_);
    script_.clear();
  }

  World world_;
  std::string script_;
};

TEST_F(PathsTest, OneThatGoesOnBeyondTheLimitIsAnErrorUnlessItIsNotAskedFor) {
  const std::size_t hops = limits::kPathHopsMax;
  for (std::size_t i = 0; i < hops; ++i) {
    link(fmt::format("n{}", i), fmt::format("n{}", i + 1), "2000-01-01");
  }
  record();
  for (const std::string& query : searches("*")) {
    EXPECT_THAT(world_.rows(query), ElementsAre(std::to_string(hops))) << query;
  }
  const std::string last = fmt::format("n{}", hops);
  EXPECT_THAT(world_.rows(fmt::format("ALL TIME MATCH p = shortestPath((:N 'n0')-[*]->(:N '{}')) "
                                      "RETURN length(p)",
                                      last)),
              ElementsAre(std::to_string(hops)));
  link(last, "beyond", "2000-01-01");
  record();
  for (const std::string& query : searches("*")) {
    EXPECT_THAT(world_.error(query), HasSubstr("PathHopsMax (256)")) << query;
  }
  EXPECT_THAT(
      world_.error("ALL TIME MATCH p = shortestPath((:N 'n0')-[*]->(:N 'beyond')) RETURN p"),
      HasSubstr("PathHopsMax (256)"));
  for (const std::string& query : searches("*..3")) {
    EXPECT_THAT(world_.rows(query), ElementsAre("3")) << query;
  }
}

TEST_F(PathsTest, ShortestOnesThatAreOnlyPossibleAreSoMany) {
  const std::size_t most = limits::kAlternativesMax;
  for (std::size_t i = 0; i <= most; ++i) {
    link("n0", fmt::format("m{}", i), "2000");
    link(fmt::format("m{}", i), "end", "1990-01-01");
  }
  record();
  const std::string query =
      "AT '2000-06-01' MATCH p = shortestPath((:N 'n0')-[*]->(:N 'end')) RETURN length(p)";
  EXPECT_THAT(world_.error(query), HasSubstr("AlternativesMax (64)"));
  EXPECT_THAT(world_.rows("CERTAINLY " + query), SizeIs(0));
  // All of one length exclude no other, and there is nothing longer.
  EXPECT_THAT(
      world_.rows("AT '2000-06-01' MATCH p = allShortestPaths((:N 'n0')-[*..2]->(:N 'end')) "
                  "RETURN length(p)"),
      SizeIs(most + 1));
}

TEST_F(PathsTest, OfAnUncertainDayNothingIsCertainWhateverTheRowBeforeAsked) {
  world_.run("DEFINE EVENT Look (seen N);");
  link("n0", "n1", "1990-01-01");
  record();
  world_.run(
      "RECORD Look {seen: 'n0'} ON '2000-01-01' ID 'a'; "
      "RECORD Look {seen: 'n0'} ON '2000-01-01?' ID 'b';");
  for (const char* const path :
       {"(:N 'n0')-[:R*..3]->(x)", "shortestPath((:N 'n0')-[:R*..3]->(x))"}) {
    EXPECT_THAT(
        world_.rows(fmt::format("MATCH (l:Look) MATCH {} AT l.on RETURN l.id, x.name", path)),
        ElementsAre("a | n1", "b | n1 | possible"))
        << path;
  }
}

/// Of several paths of one length the search is over with the first that surely holds.
TEST_F(PathsTest, TheShortestIsFoundWhereTheTwoSidesMeet) {
  // From n0 on each side has more nodes than from the end, and only one way surely holds.
  for (int i = 0; i < 20; ++i) {
    const std::string begin = i == 17 ? "1990-01-01" : "2000";
    link("n0", fmt::format("a{}", i), "1990-01-01");
    link(fmt::format("a{}", i), fmt::format("b{}", i), begin);
    link(fmt::format("b{}", i), "end", "1990-01-01");
  }
  link("end", "beyond", "1990-01-01");
  record();
  const std::string at = "AT '2000-06-01' MATCH p = ";
  EXPECT_THAT(
      world_.rows(at + "shortestPath((:N 'n0')-[*]->(:N 'end')) RETURN p"),
      ElementsAre("(n0)-[:R 1990-01-01/..]->(a17)-[:R 1990-01-01/..]->(b17)-[:R 1990-01-01/..]->"
                  "(end)"));
  EXPECT_THAT(world_.rows(at + "shortestPath((:N 'n0')-[*]->(:N 'beyond')) RETURN length(p)"),
              ElementsAre("4"));
  EXPECT_THAT(world_.rows(at + "allShortestPaths((:N 'n0')-[*]->(:N 'end')) RETURN length(p)"),
              SizeIs(20));
  EXPECT_THAT(world_.rows("AT '1995-01-01' MATCH p = shortestPath((:N 'n0')-[*]->(:N 'a3')) "
                          "RETURN length(p)"),
              ElementsAre("1"));
  EXPECT_THAT(world_.rows(at + "shortestPath((:N 'end')-[*]->(:N 'n0')) RETURN p"), SizeIs(0));
}

TEST_F(PathsTest, StopWhenAsked) {
  for (int i = 0; i < 12; ++i) {
    for (int j = 0; j < 12; ++j) link(fmt::format("n{}", i), fmt::format("n{}", j), "2000-01-01");
  }
  record();
  world_.stop().request();
  for (const std::string& query : searches("*")) {
    EXPECT_THAT(world_.error(query), HasSubstr("stopped")) << query;
  }
}

TEST_F(PathsTest, MemoryOfOneRowIsGivenBackForTheNext) {
  for (int i = 0; i < 30; ++i) {
    for (int j = 0; j < 30; ++j) link(fmt::format("n{}", i), fmt::format("n{}", j), "2000-01-01");
  }
  record();
  for (const char* const search : {"shortestPath", "earliest"}) {
    const auto rows = world_.rows(
        fmt::format("ALL TIME UNWIND range(1, 200) AS i MATCH (a:N) MATCH p = {}((a)-[:R*]->(b)) "
                    "RETURN count(p)",
                    search));
    EXPECT_THAT(rows, ElementsAre(std::to_string(200 * 30 * 29))) << search;
  }
}

}  // namespace
}  // namespace annals::query
