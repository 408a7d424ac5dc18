// What DEFINE, ENTITY, RECORD and ASSERT say, and where their errors stand.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "schema/base/limits.h"
#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using RecordingTest = SessionTest;

// --- Definitions ---------------------------------------------------------------------------------

TEST_F(RecordingTest, DefinitionsAreEvents) {
  EXPECT_EQ(message_of("DEFINE ENTITY Country"), "recorded #1");
  EXPECT_EQ(message_of("DEFINE ENTITY Country"), "already defined so as #1: nothing to do");
  EXPECT_EQ(message_of("DEFINE RELATION BORDERS (Country)->(Country)"), "recorded #2");
  EXPECT_EQ(message_of("DEFINE EVENT Election (country Country)"), "recorded #3");
  EXPECT_EQ(message_of("DEFINE EVENT Election (country Country, winner TEXT?)"),
            "recorded #4, in place of #3");
}

TEST_F(RecordingTest, DefinitionErrorsStandAtTheNameThatIsWrong) {
  define_cis();
  EXPECT_EQ(error_of("DEFINE RELATION R (Contry)->(Organisation)"),
            "not found 1:20 there is no entity type or kind 'Contry' | did you mean 'Country'?");
  EXPECT_EQ(error_of("DEFINE EVENT E (a Country, b Organization)"),
            "not found 1:30 there is no entity type or kind 'Organization' | did you mean "
            "'Organisation'?");
  EXPECT_THAT(error_of("DEFINE EVENT E (a Country, n NUMBER)"),
              HasSubstr("DEFINE ENTITY NUMBER; defines it; values are TEXT, INTEGER, FLOAT"));
  EXPECT_EQ(error_of("DEFINE EVENT E (a Country, a Country)"),
            "invalid argument 1:28 two roles are called 'a'");
  EXPECT_EQ(error_of("DEFINE EVENT E (member Country, o Organisation)\n"
                     "  BEGINS (membr)-[:MEMBER_OF]->(o)"),
            "not found 2:11 E has no role 'membr' | did you mean 'member'?");
  EXPECT_EQ(error_of("DEFINE EVENT E (m Country, o Organisation)\n"
                     "  BEGINS (m)-[:MEMBER_OFF]->(o)"),
            "not found 2:16 there is no relation 'MEMBER_OFF' | did you mean 'MEMBER_OF'?");
  EXPECT_THAT(error_of("DEFINE EVENT E (m TEXT, o Organisation) BEGINS (m)-[:MEMBER_OF]->(o)"),
              StartsWith("invalid argument 1:49 'm' holds a value"));
  EXPECT_THAT(error_of("DEFINE EVENT E (c Country, d Country) SETS c.x = d"),
              HasSubstr("'d' is filled by nodes"));
  EXPECT_THAT(error_of("DEFINE EVENT E (c Country, n FLOAT, v FLOAT) SETS c.$(n) = v"),
              HasSubstr("'n' cannot name the property"));
  EXPECT_THAT(error_of("DEFINE EVENT E (c Country, o Organisation) BEGINS (o)-[:MEMBER_OF]->(c)"),
              StartsWith("invalid argument 1:14"));
  EXPECT_THAT(error_of("DEFINE EVENT Country (a TEXT)"), StartsWith("conflict 1:14"));
}

TEST_F(RecordingTest, RoleTypesAreDefinedNamesFirstAndWordsInAnyCase) {
  run_all({"DEFINE ENTITY Date", "DEFINE EVENT E (a Date, b date, c Text, d Node)"});
  const Lines rows = rows_of("SHOW KINDS");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0], HasSubstr("a Date, b DATE, c TEXT, d Entity"));
}

// --- Entities ------------------------------------------------------------------------------------

TEST_F(RecordingTest, EntitiesAreCreatedOnceAndGetMoreNames) {
  message_of("DEFINE ENTITY Country");
  EXPECT_EQ(message_of("ENTITY Country 'Georgia' ALSO 'Sakartvelo'"),
            "recorded #2, created Country 'Georgia'");
  EXPECT_EQ(message_of("ENTITY Country 'Georgia' ALSO 'Sakartvelo'"),
            "Country 'Georgia' is known with these names: nothing to do");
  EXPECT_EQ(message_of("ENTITY Country 'Georgia' ID 'iso3:GEO'"),
            "recorded #3, more names for Country 'Georgia'");
  EXPECT_EQ(rows_of("SHOW ENTITIES"), (Lines{"Country | Georgia | ['Sakartvelo'] | ['iso3:GEO']"}));
  EXPECT_EQ(error_of("ENTITY Contry 'x'"),
            "not found 1:8 there is no entity type 'Contry' | did you mean 'Country'?");
  EXPECT_THAT(error_of("ENTITY Country 42"), StartsWith("invalid argument 1:16 "));
}

// --- RECORD --------------------------------------------------------------------------------------

TEST_F(RecordingTest, SaysWhatWasRecordedAndCreated) {
  define_cis();
  EXPECT_EQ(message_of("RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03'"),
            "recorded #14");
  EXPECT_EQ(message_of("RECORD Join {member: 'Narnia', organisation: 'EU'} CREATING MISSING"),
            "recorded #15, created Country 'Narnia', Organisation 'EU'");
  EXPECT_EQ(message_of("RECORD Summit {organisation: 'CIS', attendee: ['Narnia', 'Oz', 'Oz']} "
                       "CREATING MISSING"),
            "recorded #16, created Country 'Oz'");
}

TEST_F(RecordingTest, TheSameIdIsOneEvent) {
  define_cis();
  const std::string join = "RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03' ";
  EXPECT_EQ(message_of(join + "ID 'ge'"), "recorded #14");
  EXPECT_EQ(message_of(join + "ID 'ge'"), "already recorded as #14: nothing to do");
  EXPECT_THAT(error_of(join + "SOURCE 'x'\nID 'ge'"),
              StartsWith("conflict 2:4 the ID 'ge' is that of event #14"));
  EXPECT_EQ(message_of(join + "ID 'other'"), "recorded #15");
}

TEST_F(RecordingTest, RecordErrorsStandAtTheRoleOrName) {
  define_cis();
  EXPECT_EQ(error_of("RECORD Jion {member: 'Georgia'}"),
            "not found 1:8 there is no kind of event 'Jion' | did you mean 'Join'?");
  EXPECT_EQ(error_of("RECORD Join {membre: 'Georgia'}"),
            "not found 1:14 Join has no role 'membre' | did you mean 'member'?");
  EXPECT_THAT(error_of("RECORD Join {member: 'Gorgia', organisation: 'CIS'}"),
              HasSubstr("not found 1:22 there is no Country called 'Gorgia' | did you mean "
                        "'Georgia'?"));
  EXPECT_THAT(error_of("RECORD Summit {organisation: 'CIS', attendee: ['Georgia',\n 'Nowhere']}"),
              StartsWith("not found 2:2 there is no Country called 'Nowhere'"));
  EXPECT_THAT(error_of("RECORD Join {member: 'Georgia'}"),
              StartsWith("invalid argument 1:8 Join needs a Organisation as 'organisation'"));
  EXPECT_THAT(error_of("RECORD Join {member: ['Georgia', 'Armenia'], organisation: 'CIS'}"),
              StartsWith("invalid argument 1:22 role 'member' takes one Country"));
  EXPECT_THAT(error_of("RECORD Join {member: 'Georgia', member: 'Armenia'}"),
              StartsWith("invalid argument 1:33 member is given twice"));
  EXPECT_THAT(error_of("RECORD Measure {subject: 'Georgia', indicator: 'x', value: 'y'}"),
              StartsWith("invalid argument 1:60 role 'value' takes FLOAT"));
}

TEST_F(RecordingTest, DateErrorsStandWithinTheDate) {
  define_cis();
  const std::string join = "RECORD Join {member: 'Georgia', organisation: 'CIS'} ";
  EXPECT_THAT(error_of(join + "ON '2008-13-01'"), StartsWith("invalid argument 1:63 "));
  EXPECT_THAT(error_of(join + "ON 2008"), HasSubstr("1:57 ON must be a date, not 2008"));
  EXPECT_THAT(error_of(join + "ON $day", {{"day", query::Datum(std::string("late 1991"))}}),
              StartsWith("invalid argument 1:57 "));
  EXPECT_THAT(error_of(join + "SAID '2008-02-30'"), StartsWith("invalid argument 1:6"));
}

TEST_F(RecordingTest, ListsAndMapsAreParametersToo) {
  define_cis();
  const query::Datum name(std::string("Georgia"));
  EXPECT_EQ(message_of("RECORD Summit {organisation: 'CIS', attendee: $who} CREATING MISSING",
                       {{"who", query::list_datum({name})}}),
            "recorded #14");
  const query::Datum map = query::map_datum({{"name", name}});
  EXPECT_THAT(error_of("RECORD Join {member: $who, organisation: 'CIS'}", {{"who", map}}),
              StartsWith("invalid argument 1:22 a map cannot be stored"));
  EXPECT_THAT(error_of("MATCH (c:Country $who) RETURN c", {{"who", map}}), StartsWith("invalid"));
  EXPECT_THAT(error_of("AT $day MATCH (c:Country) RETURN c", {{"day", map}}),
              StartsWith("invalid"));
  EXPECT_THAT(error_of("MATCH (c:Country) RETURN c LIMIT $n", {{"n", map}}), StartsWith("invalid"));
}

TEST_F(RecordingTest, NullDetailsAreNotGiven) {
  define_cis();
  EXPECT_EQ(
      message_of("RECORD Join {member: 'Georgia', organisation: 'CIS', capacity: null} "
                 "ON $on SOURCE $source ID $id",
                 {{"on", query::Datum()}, {"source", query::Datum()}, {"id", query::Datum()}}),
      "recorded #14");
}

TEST_F(RecordingTest, AFailedRecordCreatesNothing) {
  define_cis();
  error_of("RECORD Join {member: 'Narnia', organisation: 'CIS', capacity: 1} CREATING MISSING");
  EXPECT_EQ(rows_of("SHOW ENTITIES LIKE 'narnia'"), Lines());
}

// --- ASSERT --------------------------------------------------------------------------------------

TEST_F(RecordingTest, AssertsBareFacts) {
  define_cis();
  EXPECT_EQ(message_of("ASSERT (:Country 'Georgia')-[:BORDERS {km: 219}]->('Armenia') "
                       "FROM '1991-04-09' TO '..'"),
            "recorded #14");
  EXPECT_EQ(message_of("ASSERT ('Oz')-[:BORDERS]->('Georgia') ON '1900-01-01' CREATING MISSING"),
            "recorded #15, created Country 'Oz'");
  EXPECT_EQ(message_of("ASSERT (:Country 'Oz')-[:LIKES]->(:Country 'Georgia') FROM '..' "
                       "CREATING MISSING"),
            "recorded #17, created relation LIKES");
}

TEST_F(RecordingTest, AssertErrorsStandAtTheEndOrRelation) {
  define_cis();
  EXPECT_THAT(error_of("ASSERT (:Country 'Georgia')-[:BORDRS]->(:Country 'Armenia')"),
              StartsWith("not found 1:31 there is no relation 'BORDRS' | did you mean 'BORDERS'?"));
  EXPECT_THAT(error_of("ASSERT (:Country 'Gorgia')-[:BORDERS]->(:Country 'Armenia')"),
              StartsWith("not found 1:18 there is no Country called 'Gorgia'"));
  EXPECT_THAT(error_of("ASSERT (:Organisation 'CIS')-[:BORDERS]->(:Country 'Armenia')"),
              StartsWith("invalid argument 1:32"));
  EXPECT_THAT(error_of("ASSERT ('Georgia')-[:BORDERS]->('Armenia') FROM '2000' TO '1990'"),
              StartsWith("invalid argument 1:"));
}

// --- Read-only -----------------------------------------------------------------------------------

TEST_F(RecordingTest, ReadOnlyRefusesEveryWrite) {
  define_cis();
  storage::DatabaseOptions options;
  options.read_only = true;
  reopen(options);
  for (const std::string_view statement :
       {"DEFINE ENTITY Place", "ENTITY Country 'Narnia'", "BEGIN",
        "RECORD Join {member: 'Georgia', organisation: 'CIS'}"}) {
    EXPECT_THAT(error_of(statement), StartsWith("conflict 1:1 the database is open for reading"));
  }
  EXPECT_EQ(rows_of("SHOW ENTITIES LIKE 'sakartvelo'").size(), 1U);
}

TEST_F(RecordingTest, CorrectionsOfCorrectionsHaveALimitThatNamesItself) {
  define_cis();
  run_all(
      {"RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993' ID 'e0' CREATING MISSING;"});
  std::size_t depth = 0;
  std::string error;
  for (; depth < 2 * limits::kCorrectionDepthMax && error.empty(); ++depth) {
    ResultLines lines;
    const Status done = session_->run(
        fmt::format("CORRECT 'e{}' SET ON '1994' ID 'e{}';", depth, depth + 1), {}, lines);
    if (!done) error = done.error().message;
  }
  EXPECT_EQ(depth, limits::kCorrectionDepthMax + 1) << "the last one was refused";
  EXPECT_NE(error.find("CorrectionDepthMax"), std::string::npos) << error;
  EXPECT_EQ(rows_of("ALL TIME MATCH (c)-[m:MEMBER_OF]->(o) RETURN m.valid;"), Lines{"1994/.."});
}

}  // namespace
}  // namespace annals::tests
