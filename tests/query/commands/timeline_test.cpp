#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "schema/base/limits.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TimelineTest : public ::testing::Test {
 protected:
  TimelineTest() {
    world_.run(kDefinitions);
    world_.run(
        "RECORD Join {member: 'a', organisation: 'x'} ON '2000-02' CREATING MISSING;"
        "RECORD Withdrawal {member: 'a', organisation: 'x'} ON '2001-03-05';"
        "RECORD Join {member: 'b', organisation: 'x'} ON '2000-06' STATUS planned CREATING MISSING;"
        "RECORD Measure {subject: 'a', indicator: 'size', value: 3} ON '2000-08-01'");
  }

  World world_;
};

TEST_F(TimelineTest, EachStepGivesWhatAtThatInstantGives) {
  const std::vector<std::string> questions = {
      "MATCH (c)-[m]->(o) RETURN c.name, type(m), m.certainty ORDER BY c.name, type(m)",
      "MATCH (c:Country) RETURN c.name, c.size ORDER BY c.name",
      "MATCH (c)-[:MEMBER_OF]->(o) RETURN o.name, count(c)",
      "CERTAINLY MATCH (c)-[:MEMBER_OF]->(o) RETURN count(*)",
  };
  const std::vector<std::string> months = {"2000-01-01", "2000-02-01", "2000-03-01",
                                           "2000-04-01", "2000-05-01", "2000-06-01",
                                           "2000-07-01", "2000-08-01", "2000-09-01"};
  for (const std::string& question : questions) {
    std::vector<std::string> expected;
    for (const std::string& month : months) {
      for (const std::string& row : world_.rows(fmt::format("AT '{}' {}", month, question))) {
        expected.push_back(month + " | " + row);
      }
    }
    EXPECT_EQ(world_.rows("TIMELINE FROM '2000' TO '2000-09' BY MONTH " + question), expected);
  }
}

TEST_F(TimelineTest, SaysItsColumnsOnceWithTheInstantFirst) {
  TextSink sink;
  ASSERT_TRUE(world_.session().run(
      "TIMELINE FROM '2000' TO '2003' BY YEAR MATCH (c:Country) RETURN count(c) AS n", {}, sink));
  EXPECT_THAT(sink.names, ElementsAre("at", "n"));
  EXPECT_EQ(sink.tags, RowTags::kTagged);
  EXPECT_EQ(sink.rows.size(), 4U);
}

TEST_F(TimelineTest, TheDateOfTheSessionDoesNotMatter) {
  const std::string text =
      "TIMELINE FROM '2000-03' TO '2000-03-01' BY DAY MATCH (c)-[:MEMBER_OF]->() RETURN c.name";
  world_.session().set_default_at(*parse_date("1950"));
  EXPECT_THAT(world_.rows(text), ElementsAre("2000-03-01 | a"));
}

TEST_F(TimelineTest, HasALimitOfSteps) {
  EXPECT_THAT(
      world_.error("TIMELINE FROM '1900' TO '2010' BY DAY MATCH (c:Country) RETURN count(c)"),
      HasSubstr("TimelineStepsMax"));
  EXPECT_EQ(world_
                .rows("TIMELINE FROM '1990' TO '2010' BY DAY "
                      "MATCH (:Country 'a')-[:MEMBER_OF]->() RETURN 1")
                .size(),
            398U);  // 2000-02-01 to 2001-03-04
}

TEST_F(TimelineTest, TakesParametersAndStopsWhenAsked) {
  const std::string text = "TIMELINE FROM $from TO $to BY YEAR MATCH (c:Country 'a') RETURN c.name";
  EXPECT_THAT(
      world_.rows(text, {{"from", Datum(std::string("2000"))}, {"to", Datum(std::string("2001"))}}),
      ElementsAre("2000-01-01 | a", "2001-01-01 | a"));
  EXPECT_THAT(world_.error(text), HasSubstr("$from was not given"));
  world_.stop().request();
  EXPECT_THAT(world_.error("TIMELINE FROM '2000' TO '2001' BY YEAR MATCH (c:Country) RETURN c"),
              HasSubstr("stopped"));
}

}  // namespace
}  // namespace annals::query
