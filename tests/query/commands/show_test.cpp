// SHOW, VERIFY LOG, REPLAY COMPARE and LOAD.

#include <algorithm>

#include <gmock/gmock.h>

#include "query/commands/like_pattern.h"
#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using ShowTest = SessionTest;

TEST_F(ShowTest, KindsAreShownAsDefinitionsThatDefineThemAgain) {
  define_cis();
  run_all({"RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03'"});
  ResultLines lines;
  ASSERT_TRUE(session_->run("SHOW KINDS LIKE 'join'", {}, lines));
  EXPECT_EQ(lines.head, "kind | events | definition");
  ASSERT_EQ(lines.rows.size(), 1U);
  constexpr std::string_view kHead = "Join | 1 | ";
  ASSERT_THAT(lines.rows[0], StartsWith(std::string(kHead) + "DEFINE EVENT Join ("));
  EXPECT_THAT(message_of(lines.rows[0].substr(kHead.size())), HasSubstr("nothing to do"));
  EXPECT_EQ(rows_of("SHOW KINDS").size(), 4U);
}

TEST_F(ShowTest, RelationsAreShownWithWhatTheyJoin) {
  define_cis();
  run_all({"RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03'"});
  EXPECT_THAT(rows_of("SHOW RELATIONS"),
              ElementsAre("MEMBER_OF | Country | Organisation | 1",
                          "FORMER_MEMBER_OF | Country | Organisation | 0",
                          "BORDERS | Country | Country | 0", "ATTENDED | Country | Entity | 0"));
  EXPECT_EQ(rows_of("SHOW RELATIONS LIKE '%member%'").size(), 2U);
}

TEST_F(ShowTest, EntitiesAreFoundByNameAndAlias) {
  define_cis();
  EXPECT_THAT(rows_of("SHOW ENTITIES"),
              ElementsAre("Country | Georgia | ['Sakartvelo'] | ['iso3:GEO']",
                          "Country | Armenia |  | ", "Organisation | CIS |  | "));
  EXPECT_EQ(rows_of("SHOW ENTITIES LIKE 'sak%'").size(), 1U);
  EXPECT_EQ(
      rows_of("SHOW ENTITIES LIKE $like", {{"like", query::Datum(std::string("_IS"))}}).size(), 1U);
  EXPECT_EQ(rows_of("SHOW ENTITIES LIKE 'eorgia'").size(), 0U);
}

TEST_F(ShowTest, StatsCount) {
  define_cis();
  const Lines rows = rows_of("SHOW STATS");
  EXPECT_THAT(rows, Contains("events | 13"));
  EXPECT_THAT(rows, Contains("entities | 3"));
  EXPECT_THAT(rows, Contains(StartsWith("bytes of log | ")));
  EXPECT_THAT(rows, Contains(StartsWith("blocks of facts | ")));
  EXPECT_THAT(rows, Contains(StartsWith("tail rows | ")));
}

TEST_F(ShowTest, VerifyAndReplaySayWhatTheyRead) {
  EXPECT_EQ(message_of("VERIFY LOG"), "the log is empty");
  define_cis();
  EXPECT_THAT(message_of("VERIFY LOG"),
              StartsWith("the log is whole: 13 events in 13 commits, head "));
  EXPECT_THAT(message_of("REPLAY COMPARE"), StartsWith("replayed 13 events: all "));
}

TEST_F(ShowTest, LoadAlwaysSaysTheSum) {
  loader_.report.read = 90'730;
  loader_.report.recorded = 90'728;
  loader_.report.duplicate = 1;
  loader_.report.rejected = 1;
  loader_.report.rejects_path = "rejects.csv";
  loader_.report.entities_created = 1;
  loader_.report.relations_created = 2'000;
  EXPECT_THAT(messages_of("LOAD EVENTS FROM 'a.csv' AS Join (member: m) ON ERROR REJECT TO "
                          "'rejects.csv'"),
              ElementsAre("read 90,730 = recorded 90,728 + duplicate 1 + rejected 1",
                          "created 1 entity, 2,000 relations", "rejected rows: rejects.csv"));
  ASSERT_EQ(loader_.requests.size(), 1U);
  EXPECT_EQ(loader_.requests[0].path, "a.csv");

  loader_.report = LoadReport();
  EXPECT_THAT(messages_of("LOAD EVENTS FROM 'a.csv' AS Join (member: m) DRY RUN"),
              ElementsAre("dry run, nothing is kept: read 0 = recorded 0 + duplicate 0 + "
                          "rejected 0"));
}

TEST_F(ShowTest, LoadNeedsALoader) {
  query::Session session(*database_, clock_, nullptr, stop_);
  ResultLines lines;
  const Status done = session.run("LOAD EVENTS FROM 'a.csv' AS Join (member: m)", {}, lines);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kUnsupported);
}

TEST_F(ShowTest, PrepareTakesOnlyQueries) {
  const auto prepared = session_->prepare("SHOW STATS");
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(prepared.error().place.column, 1U);
}

// --- LIKE ----------------------------------------------------------------------------------------

bool is_like(std::string_view text, std::string_view pattern) {
  return query::LikePattern(pattern).matches(text);
}

TEST(LikePattern, ComparesWholeNamesWithoutCaseAndAccents) {
  EXPECT_TRUE(is_like("Georgia", "georgia"));
  EXPECT_TRUE(is_like("São Tomé", "sao tome"));
  EXPECT_FALSE(is_like("Georgia", "georg"));
  EXPECT_FALSE(is_like("Georgia", ""));
  EXPECT_TRUE(is_like("", ""));
}

TEST(LikePattern, PercentStandsForAnyText) {
  EXPECT_TRUE(is_like("Georgia", "%"));
  EXPECT_TRUE(is_like("", "%"));
  EXPECT_TRUE(is_like("Georgia", "geo%"));
  EXPECT_TRUE(is_like("Georgia", "%gia"));
  EXPECT_TRUE(is_like("Georgia", "%or%a"));
  EXPECT_TRUE(is_like("ababab", "%ab"));
  EXPECT_FALSE(is_like("Georgia", "%x%"));
  EXPECT_FALSE(is_like("Georgia", "%geo"));
}

TEST(LikePattern, UnderscoreStandsForOneCharacter) {
  EXPECT_TRUE(is_like("CIS", "_i_"));
  EXPECT_TRUE(is_like("Грузия", "______"));
  EXPECT_FALSE(is_like("CIS", "__"));
  EXPECT_FALSE(is_like("CIS", "____"));
  EXPECT_TRUE(is_like("Грузия", "%_зия"));
}

TEST(LikePattern, TakesQuadraticTimeAtMost) {
  const std::string text(3'000, 'a');
  std::string pattern;
  for (int i = 0; i < 1'000; ++i) pattern += "%a";
  EXPECT_TRUE(is_like(text, pattern));
  EXPECT_FALSE(is_like(text, pattern + "b"));
}

}  // namespace
}  // namespace annals::tests
