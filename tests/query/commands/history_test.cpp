#include <gmock/gmock.h>

#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HistoryTest : public SessionTest {
 protected:
  HistoryTest() {
    define_cis();
    run_all({
        "RECORD Join {member: 'Georgia', organisation: 'CIS', capacity: 'full'} ON '1993-12-03' "
        "SOURCE 'CIS'",
        "RECORD Withdrawal {member: 'Georgia', organisation: 'CIS'} ON '2009-08-18' "
        "SAID '2008-08-18' BECAUSE 'the war'",
        "RECORD Summit {organisation: 'CIS', attendee: ['Armenia', 'Georgia']} ON '2000-06-21' "
        "ID 'moscow'",
        "RECORD Measure {subject: 'Georgia', indicator: 'population', value: 4} ON '2001-01-01'",
        "ASSERT ('Georgia')-[:BORDERS {km: 219}]->('Armenia') FROM '1991-04-09' TO '2050'",
        "RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '2030' STATUS planned",
        "ASSERT ('Georgia')-[:BORDERS]->('Georgia') ON '1995-05-05'",
    });
  }
};

TEST_F(HistoryTest, ShowsTheEventsOfAnEntityInTimeOrderWithWhatTheyChanged) {
  ResultLines lines;
  ASSERT_TRUE(session_->run("HISTORY OF (:Country 'Georgia')", {}, lines));
  EXPECT_EQ(lines.head, "seq | on | kind | what | effect | status | source");
  EXPECT_THAT(
      lines.rows,
      ElementsAre(
          "12 |  | ENTITY | Georgia, also Sakartvelo, ID iso3:GEO |  | happened | ",
          "18 | 1991-04-09/2050 | ASSERT | (Georgia)-[:BORDERS {km: 219}]->(Armenia) | "
          "begins BORDERS -> Armenia {km: 219} | happened | ",
          "14 | 1993-12-03 | Join | member: Georgia, organisation: CIS, capacity: full | "
          "begins MEMBER_OF -> CIS {capacity: 'full'} | happened | CIS",
          "20 | 1995-05-05 | ASSERT | (Georgia)-[:BORDERS]->(Georgia) | "
          "marks BORDERS -> Georgia | happened | ",
          "16 | 2000-06-21 | Summit | organisation: CIS, attendee: [Armenia, Georgia] | "
          "marks ATTENDED -> moscow | happened | ",
          "17 | 2001-01-01 | Measure | subject: Georgia, indicator: population, value: 4.0 | "
          "sets population = 4.0 | happened | ",
          "15 | 2009-08-18 | Withdrawal | member: Georgia, organisation: CIS, said 2008-08-18, "
          "because the war | ends MEMBER_OF -> CIS {capacity: 'full'}; begins FORMER_MEMBER_OF -> "
          "CIS | happened | ",
          "19 | 2030 | Join | member: Georgia, organisation: CIS | begins MEMBER_OF -> CIS | "
          "planned | "));
}

TEST_F(HistoryTest, SeesRelationsFromTheOtherEnd) {
  const Lines rows = rows_of("HISTORY OF (:Organisation 'CIS')");
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_THAT(rows[1], HasSubstr("begins MEMBER_OF <- Georgia"));
  // The summit has the organisation in it and changes nothing of it.
  EXPECT_THAT(rows[2], HasSubstr("attendee: [Armenia, Georgia] |  | happened"));
}

TEST_F(HistoryTest, OfAnEventBeginsWithItself) {
  const Lines rows = rows_of("HISTORY OF (:Summit 'moscow')");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0], StartsWith("16 | 2000-06-21 | Summit"));
  EXPECT_THAT(rows[0], HasSubstr("marks ATTENDED <- Georgia; marks ATTENDED <- Armenia"));
  EXPECT_EQ(rows_of("HISTORY OF (:Summit '#16')"), rows);
}

TEST_F(HistoryTest, FindsEntitiesByAnyNameAndSuggestsOthers) {
  EXPECT_EQ(rows_of("HISTORY OF ('iso3:GEO')").size(), 8U);
  EXPECT_EQ(error_of("HISTORY OF (:Country 'Gorgia')"),
            "not found 1:22 there is no Country 'Gorgia' | did you mean 'Georgia'?");
  EXPECT_THAT(error_of("HISTORY OF (:Summit '#14')"), StartsWith("not found 1:21 there is no"));
  EXPECT_THAT(error_of("HISTORY OF (:Summit '#99')"), StartsWith("not found 1:21 there is no"));
  EXPECT_THAT(error_of("HISTORY OF (:Contry 'Georgia')"), HasSubstr("did you mean 'Country'?"));
  run_all({"DEFINE ENTITY Place", "ENTITY Place 'Georgia'"});
  EXPECT_THAT(error_of("HISTORY OF ('Georgia')"),
              HasSubstr("(:Country 'Georgia'), (:Place 'Georgia')"));
}

TEST_F(HistoryTest, StopsWhenAsked) {
  stop_.request();
  EXPECT_THAT(error_of("HISTORY OF ('Georgia')"), StartsWith("interrupted"));
  EXPECT_THAT(error_of("SHOW ENTITIES"), StartsWith("interrupted"));
}

}  // namespace
}  // namespace annals::tests
