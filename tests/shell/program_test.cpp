// The program as scripts use it: arguments, pipes, exit codes.

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/shell/child_program.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kDefinitions =
    "DEFINE ENTITY Country;\n"
    "DEFINE ENTITY Organisation;\n"
    "DEFINE RELATION MEMBER_OF (Country)->(Organisation);\n"
    "DEFINE EVENT Join (member Country, organisation Organisation)\n"
    "  BEGINS (member)-[:MEMBER_OF]->(organisation);\n";
constexpr std::string_view kJoins =
    "RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03' CREATING MISSING;\n"
    "RECORD Join {member: 'Moldova', organisation: 'CIS'} ON '1994' CREATING MISSING;\n";

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() { std::filesystem::create_directory(folder_.path()); }

  std::string database() const { return folder_.file("db"); }

  std::string write_file(const std::string& name, std::string_view text) const {
    std::string path = folder_.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  /// Runs statements that must succeed.
  void record(std::string_view statements) const {
    const Outcome outcome = run_annals({database()}, statements);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }
  void record_joins() const { record(std::string(kDefinitions) + std::string(kJoins)); }

  /// `annals DATABASE arguments...`
  Outcome run(std::vector<std::string> arguments, std::string_view input = {}) const {
    arguments.insert(arguments.begin(), database());
    return run_annals(arguments, input);
  }

 private:
  TempFolder folder_;
};

// --- The command line ----------------------------------------------------------------------------

TEST_F(ProgramTest, HelpsWithoutArgumentsAndCallsThatWrongUse) {
  const Outcome outcome = run_annals({});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("DIR"));
  EXPECT_THAT(outcome.output, HasSubstr("Exit codes:"));
}

TEST_F(ProgramTest, TellsItsVersion) {
  const Outcome outcome = run_annals({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, StartsWith("annals 0."));
  EXPECT_EQ(run_annals({"--help"}).exit_code, 0);
}

TEST_F(ProgramTest, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--colour"},
                                                {"--format", "xml"},
                                                {"--param", "novalue"},
                                                {"--param", "x=1", "--param", "x=2"},
                                                {"--limit", "NestingMax=3"},
                                                {"--limit", "StatementTimeMx=3"},
                                                {"--memory", "lots"},
                                                {"--memory", "1K"},
                                                {"second-folder"}}) {
    const Outcome outcome = run(wrong);
    EXPECT_EQ(outcome.exit_code, 2) << wrong.back();
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, StartsWith("error: "));
  }
  EXPECT_EQ(run_annals({"-c", "SHOW STATS"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(database()));
}

TEST_F(ProgramTest, TakesFormatsInAnyCase) {
  for (const char* const format : {"jsonl", "JSONL", "JsonL"}) {
    const Outcome outcome = run({"--format", format, "-c", "RETURN 1 AS a"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_EQ(outcome.output, "{\"a\":1}\n");
  }
}

// --- Scripts -------------------------------------------------------------------------------------

TEST_F(ProgramTest, RunsStatementsOfAnArgument) {
  const Outcome outcome =
      run({"-c", "DEFINE ENTITY Country; ENTITY Country 'Georgia'; SHOW ENTITIES"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            "recorded #1\n"
            "recorded #2, created Country 'Georgia'\n"
            " type    │ name    │ aliases │ identifiers\n"
            "─────────┼─────────┼─────────┼─────────────\n"
            " Country │ Georgia │         │\n"
            "(1 row)\n");
  EXPECT_EQ(outcome.errors, "");
}

TEST_F(ProgramTest, RunsArgumentsAndFilesInTheirOrder) {
  const std::string first = write_file("first.anl", "DEFINE ENTITY Country;");
  const std::string second = write_file("second.anl", "ENTITY Country 'B';");
  const Outcome outcome =
      run({"-f", first, "-c", "ENTITY Country 'A'", "-f", second, "-c", "ENTITY Country 'C'"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            "recorded #1\n"
            "recorded #2, created Country 'A'\n"
            "recorded #3, created Country 'B'\n"
            "recorded #4, created Country 'C'\n");
}

TEST_F(ProgramTest, RunsWhatComesThroughAPipe) {
  const Outcome outcome = run({}, "DEFINE ENTITY Country;\n-- a comment; really\nSHOW KINDS;\n");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, StartsWith("recorded #1\n kind"));
  EXPECT_EQ(run({"-f", "-"}, "ENTITY Country 'A';").output, "recorded #2, created Country 'A'\n");
}

TEST_F(ProgramTest, AnswersEachStatementOfAPipeAsItComes) {
  RunningAnnals annals({database()});
  annals.send("DEFINE ENTITY Country;\n");
  EXPECT_TRUE(annals.wait_for("recorded #1\n"));
  annals.send("DEFINE ENTITY\nOrganisation;\n");
  EXPECT_TRUE(annals.wait_for("recorded #2\n"));
  EXPECT_EQ(annals.finish(), 0);
}

TEST_F(ProgramTest, StopsAtTheFirstError) {
  const Outcome outcome = run({"-c", "DEFINE ENTITY Country; SHOW KIND; DEFINE ENTITY Place"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "recorded #1\n");
  EXPECT_THAT(outcome.errors, StartsWith("error: "));
  EXPECT_THAT(outcome.errors, HasSubstr("at 1:29\n"));
  EXPECT_THAT(outcome.errors, HasSubstr("DEFINE ENTITY Country; SHOW KIND;\n"));
}

TEST_F(ProgramTest, NamesFileLineAndColumnOfAnErrorInAScript) {
  const std::string script = write_file("cis.anl", std::string(kDefinitions) +
                                                       "\n"
                                                       "RECORD Join {\n"
                                                       "  organization: 'CIS'};\n");
  const Outcome outcome = run({"-f", script});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("cis.anl:8:3\n"));
  EXPECT_THAT(outcome.errors, HasSubstr("  organization: 'CIS'};\n"));
  EXPECT_THAT(outcome.errors, HasSubstr("did you mean 'organisation'?"));
}

TEST_F(ProgramTest, NamesThePlaceOfBytesThatAreNotUtf8) {
  const std::string script = write_file("latin1.anl",
                                        "DEFINE ENTITY Country;\n\n-- caf\xE9\n"
                                        "ENTITY Country 'x';");
  const Outcome outcome = run({"-f", script});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("latin1.anl:3:7"));
  EXPECT_THAT(outcome.errors, HasSubstr("UTF-8"));
}

TEST_F(ProgramTest, SaysWhichScriptCannotBeRead) {
  const Outcome missing = run({"-f", "/nowhere/x.anl"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.errors, HasSubstr("'/nowhere/x.anl' cannot be read: No such file"));
  EXPECT_EQ(run({"-f", "/"}).exit_code, 1);
}

TEST_F(ProgramTest, FailsIfATransactionIsNotCommitted) {
  const Outcome outcome = run({"-c", "BEGIN; DEFINE ENTITY Country"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("was not committed"));
  EXPECT_EQ(run({"-c", "DEFINE ENTITY Place"}).output, "recorded #1\n");
}

TEST_F(ProgramTest, EchoesStatementsForATour) {
  const std::string tour = write_file("tour.anl",
                                      "-- First a type.\nDEFINE ENTITY Country;\n\n"
                                      "SHOW KINDS LIKE 'x';\n");
  const Outcome outcome = run({"--echo", "-f", tour});
  EXPECT_EQ(outcome.output,
            "-- First a type.\n"
            "DEFINE ENTITY Country;\n"
            "recorded #1\n"
            "\n"
            "SHOW KINDS LIKE 'x';\n"
            " kind │ events │ definition\n"
            "──────┼────────┼────────────\n"
            "(0 rows)\n");
}

TEST_F(ProgramTest, TakesDotCommandsThroughAPipe) {
  const Outcome outcome = run({}, ".mode csv\nSHOW KINDS;\n.quit\nSHOW KINDS;\n");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "kind,events,definition\r\n");
  const Outcome wrong = run({}, ".mod csv\n");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.errors, HasSubstr("did you mean .mode?"));
}

TEST_F(ProgramTest, MakesTheIndexAnewWhenItIsAsked) {
  record_joins();
  const std::string match = "MATCH (c:Country)-[:MEMBER_OF]->(o) RETURN c.name ORDER BY c.name;\n";
  const Outcome outcome = run({}, ".mode csv\n.rebuild\n" + match + "REPLAY COMPARE;\n");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            "the index was made anew from the log: 6 events, 2 facts\n"
            "c.name,certainty\r\nGeorgia,certain\r\nMoldova,certain\r\n");

  const Outcome wrong = run({}, ".rebuild now\n");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.errors, HasSubstr(".rebuild does not take 'now'"));
  const Outcome read_only = run({"--read-only"}, ".rebuild\n");
  EXPECT_EQ(read_only.exit_code, 1);
  EXPECT_THAT(read_only.errors, HasSubstr("open for reading only"));
  const Outcome within = run({}, "BEGIN;\n.rebuild\n");
  EXPECT_EQ(within.exit_code, 1);
  EXPECT_THAT(within.errors, HasSubstr(".rebuild is not possible in a transaction"));
}

// --- Formats and parameters ----------------------------------------------------------------------

TEST_F(ProgramTest, TagsRowsOfAMatchForPrograms) {
  record_joins();
  const std::string match =
      "AT '1994-06-01' MATCH (c:Country)-[:MEMBER_OF]->(o) "
      "RETURN c.name ORDER BY c.name";
  EXPECT_EQ(run({"--format", "csv", "-c", match}).output,
            "c.name,certainty\r\nGeorgia,certain\r\nMoldova,possible\r\n");
  EXPECT_EQ(run({"--format", "jsonl", "-c", match}).output,
            "{\"c.name\":\"Georgia\",\"certainty\":\"certain\"}\n"
            "{\"c.name\":\"Moldova\",\"certainty\":\"possible\"}\n");
  EXPECT_EQ(run({"-c", match}).output,
            " c.name  │ certainty\n"
            "─────────┼───────────\n"
            " Georgia │ certain\n"
            " Moldova │ possible\n"
            "(2 rows)\n");
}

TEST_F(ProgramTest, KeepsMessagesOutOfResultsForPrograms) {
  const Outcome outcome = run({"--format", "json", "-c", "DEFINE ENTITY Country; SHOW ENTITIES"});
  EXPECT_EQ(outcome.output, "[]\n");
  EXPECT_EQ(outcome.errors, "recorded #1\n");
}

TEST_F(ProgramTest, PassesParametersWithTheirTypes) {
  record(
      "DEFINE ENTITY Country; DEFINE EVENT Measure (subject Country, value FLOAT, note TEXT?) "
      "SETS subject.population = value;");
  const std::string statement =
      "RECORD Measure {subject: $name, value: $value, note: $note} CREATING MISSING";
  const auto with_value = [&](const std::string& value, const std::string& note) {
    return run({"--param", "name=Georgia", "--param", value, "--param", note, "-c", statement});
  };
  EXPECT_THAT(with_value("value=3.7", "note='42'").output, StartsWith("recorded #3"));
  EXPECT_THAT(with_value("value=4", "note=null").output, StartsWith("recorded #4"));
  const Outcome text = with_value("value='4'", "note=null");
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.errors, HasSubstr("role 'value' takes FLOAT"));
  EXPECT_EQ(with_value("value=4", "note=42").exit_code, 1);
  EXPECT_EQ(run({"--param", "of={\"names\": [\"Georgia\", \"Chad\"]}", "--format", "csv", "-c",
                 "MATCH (c:Country) WHERE c.name IN $of.names RETURN c.name, $of AS asked"})
                .output,
            "c.name,asked,certainty\r\nGeorgia,\"{names: ['Georgia', 'Chad']}\",certain\r\n");
}

// --- Files and other processes -------------------------------------------------------------------

TEST_F(ProgramTest, WhatIsPrintedGoesIntoNoFileOfTheDatabase) {
  record_joins();
  const auto exit_code = [this](std::string_view statements, std::string_view closed) {
    return std::system(
        fmt::format("'{}' '{}' -c \"{}\" {}", annals_program(), database(), statements, closed)
            .c_str());
  };
  EXPECT_EQ(exit_code("RETURN 'printed' AS a", ">/dev/null"), 0);
  EXPECT_NE(exit_code("RETURN 'printed' AS a", ">&-"), 0) << "nobody got the result";
  EXPECT_NE(exit_code("RETURN printed AS a", "2>&-"), 0);
  EXPECT_NE(exit_code("RETURN 'printed' AS a; RETURN printed AS b", "<&- >&- 2>&-"), 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(database())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_THAT(bytes, Not(HasSubstr("printed"))) << entry.path();
  }
}

TEST_F(ProgramTest, OpeningLeavesNoFilesBehind) {
  record_joins();
  const auto files = [this] {
    return std::distance(std::filesystem::recursive_directory_iterator(database()), {});
  };
  run({"-c", "RETURN 1 AS a"});
  const auto before = files();
  for (int i = 0; i < 5; ++i) run({"-c", "RETURN 1 AS a"});
  EXPECT_EQ(files(), before);
}

TEST_F(ProgramTest, ChangesNothingReadOnly) {
  record_joins();
  const Outcome outcome = run({"--read-only", "-c", "ENTITY Country 'Narnia'"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("reading only"));
  EXPECT_THAT(outcome.errors, HasSubstr("--read-only"));
  EXPECT_EQ(run({"--read-only", "-c", "SHOW ENTITIES LIKE 'georgia'"}).exit_code, 0);
}

TEST_F(ProgramTest, MakesNoFolderReadOnly) {
  const Outcome outcome = run({"--read-only", "-c", "SHOW STATS"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.errors, StartsWith("error: "));
  EXPECT_FALSE(std::filesystem::exists(database()));
}

TEST_F(ProgramTest, RefusesADatabaseThatAnotherProcessWritesTo) {
  RunningAnnals other({database()});
  other.send("DEFINE ENTITY Country;\n");
  ASSERT_TRUE(other.wait_for("recorded #1"));
  const Outcome second = run({"-c", "SHOW STATS"});
  EXPECT_EQ(second.exit_code, 3);
  EXPECT_THAT(second.errors, StartsWith("error: "));
  EXPECT_THAT(second.errors, Not(HasSubstr("LOCK:")));
  other.send("DEFINE ENTITY Place;\n");
  EXPECT_TRUE(other.wait_for("recorded #2"));
  EXPECT_EQ(other.finish(), 0);
}

TEST_F(ProgramTest, RefusesAFolderThatIsNoDatabase) {
  const std::string folder = database();
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/thesis.tex") << "years of work";
  const Outcome outcome = run({"-c", "SHOW STATS"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(std::filesystem::file_size(folder + "/thesis.tex"), 13U);
}

TEST_F(ProgramTest, FailsIfTheResultCannotBeWritten) {
  record_joins();
  const Outcome full = run_annals_into("/dev/full", {database(), "-c", "SHOW ENTITIES"});
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_THAT(full.errors, HasSubstr("No space left"));

  RunningAnnals annals({database()});
  annals.close_output();
  annals.send("SHOW ENTITIES;\n");
  EXPECT_EQ(annals.finish(), 1);
}

TEST_F(ProgramTest, LoadsAFileAndSaysTheSum) {
  record(kDefinitions);
  const std::string csv =
      write_file("joins.csv", "state,org,date\nGeorgia,CIS,1993-12-03\nArmenia,CIS,1991-12-21\n");
  const Outcome outcome = run({"-c", "LOAD EVENTS FROM '" + csv +
                                         "' AS Join (member: state, organisation: org, ON: date) "
                                         "CREATING MISSING"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output,
            "read 2 = recorded 2 + duplicate 0 + rejected 0\n"
            "created 3 entities\n");
  EXPECT_THAT(outcome.errors, EndsWith("rows a second\n"));
}

TEST_F(ProgramTest, StopsAScriptAtCtrlC) {
  RunningAnnals annals({database()});
  annals.send("DEFINE ENTITY Country;\n");
  ASSERT_TRUE(annals.wait_for("recorded #1"));
  annals.send_signal(SIGINT);
  EXPECT_TRUE(annals.wait_for("stopped by Ctrl-C"));
  EXPECT_EQ(annals.finish(), 1);
}

TEST_F(ProgramTest, EndsInOrderAtSigtermAndSighup) {
  for (const auto& [signal, name] : {std::pair(SIGTERM, "SIGTERM"), {SIGHUP, "SIGHUP"}}) {
    RunningAnnals annals({database()});
    annals.send("BEGIN;\n");
    ASSERT_TRUE(annals.wait_for("transaction open"));
    annals.send_signal(signal);
    EXPECT_TRUE(annals.wait_for(std::string("stopped by ") + name));
    EXPECT_TRUE(annals.wait_for("the transaction was not committed"));
    // Whoever sent it sees that it was obeyed.
    EXPECT_EQ(annals.finish(), 128 + signal);
  }
}

TEST_F(ProgramTest, WhatIsIgnoredStaysIgnored) {
  // As nohup does.
  const auto before = std::signal(SIGHUP, SIG_IGN);
  RunningAnnals annals({database()});
  std::signal(SIGHUP, before);
  annals.send("DEFINE ENTITY Country;\n");
  ASSERT_TRUE(annals.wait_for("recorded #1"));
  annals.send_signal(SIGHUP);
  annals.send("DEFINE ENTITY City;\n");
  EXPECT_TRUE(annals.wait_for("recorded #2"));
  EXPECT_EQ(annals.finish(), 0);
}

}  // namespace
}  // namespace annals::tests
