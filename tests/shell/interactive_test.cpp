// The shell on a terminal, as a person uses it.

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/shell/child_program.h"
#include "tests/shell/terminal_session.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {
namespace {

constexpr std::string_view kCtrlD = "\x04";
constexpr std::string_view kCtrlP = "\x10";  // the line before, in history

/// libedit never frees the names of functions added with EL_ADDFN; that is not ours to mend.
constexpr const char* kSuppressions = "ASAN_OPTIONS=detect_leaks=0";

class InteractiveTest : public testing::Test {
 protected:
  InteractiveTest() { std::filesystem::create_directory(folder_.path()); }

  std::string database() const { return folder_.file("db"); }
  std::string history() const { return folder_.file("state/annals/history"); }

  void record(std::string_view statements) const {
    const Outcome outcome = run_annals({database()}, statements);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }

  TerminalSession start(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), database());
    return TerminalSession(arguments, {"TERM=xterm", "NO_COLOR=1", "LC_ALL=C.UTF-8",
                                       "XDG_STATE_HOME=" + folder_.file("state"), kSuppressions});
  }

  TempFolder folder_;
};

#define EXPECT_SEES(session, text) EXPECT_TRUE((session).sees(text)) << (session).rest()
#define ASSERT_SEES(session, text) ASSERT_TRUE((session).sees(text)) << (session).rest()

TEST_F(InteractiveTest, WelcomesToAnEmptyDatabaseAndSaysHowToBegin) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "0 events");
  EXPECT_SEES(shell, "DEFINE ENTITY");
  EXPECT_SEES(shell, "RECORD");
  ASSERT_SEES(shell, "annals> ");
  shell.type(".quit\r");
  EXPECT_EQ(shell.finish(), 0);
}

TEST_F(InteractiveTest, RunsAStatementOverTwoLines) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("DEFINE ENTITY\r");
  ASSERT_SEES(shell, "   ...> ");
  shell.type("Country;\r");
  EXPECT_SEES(shell, "recorded #1");
  ASSERT_SEES(shell, "annals> ");
  shell.type(kCtrlD);
  EXPECT_EQ(shell.finish(), 0);
}

TEST_F(InteractiveTest, ShowsAMistakeWithItsPlaceAndGoesOn) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("SHOW KNDS;\r");
  ASSERT_SEES(shell, "error: ");
  EXPECT_SEES(shell, "^");
  EXPECT_SEES(shell, "KINDS");
  ASSERT_SEES(shell, "annals> ");
  shell.type("SHOW KINDS;\r");
  EXPECT_SEES(shell, "(0 rows)");
}

TEST_F(InteractiveTest, HelpsAndSuggestsDotCommands) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type(".help\r");
  EXPECT_SEES(shell, ".timer on|off");
  EXPECT_SEES(shell, ".rebuild");
  ASSERT_SEES(shell, "annals> ");
  shell.type(".hlep\r");
  EXPECT_SEES(shell, "did you mean .help?");
  ASSERT_SEES(shell, "annals> ");
  shell.type(".mode json\r.mode\r");
  EXPECT_SEES(shell, "json\r\n");
  shell.type("SHOW KINDS;\r");
  EXPECT_SEES(shell, "[]");
}

TEST_F(InteractiveTest, TellsAndSetsLimits) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type(".limits StatementTimeMax=100ms\r.limits\r");
  EXPECT_SEES(shell, "StatementMemoryBytesMax  1,073,741,824  can be set");
  EXPECT_SEES(shell, "StatementTimeMax                   100  can be set");
  ASSERT_SEES(shell, "annals> ");
  shell.type("UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*);\r");
  EXPECT_SEES(shell, "stopped after StatementTimeMax (100 ms)");
  shell.type(".limits NestingMax=3\r");
  EXPECT_SEES(shell, "NestingMax cannot be set");
}

TEST_F(InteractiveTest, ForgetsTheLineAtCtrlCAndSaysHowToLeave) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("DEFINE ENTITY\r");
  ASSERT_SEES(shell, "   ...> ");
  shell.type("\x03");
  ASSERT_SEES(shell, "^C");
  ASSERT_SEES(shell, "annals> ");
  // The shell may still be about to read the next line, and hears nothing then.
  EXPECT_TRUE(shell.sees_after_interrupts("Ctrl-D leaves"));
  ASSERT_SEES(shell, "annals> ");
  shell.type("SHOW KINDS;\r");
  EXPECT_SEES(shell, "(0 rows)");
}

TEST_F(InteractiveTest, StopsAStatementAtCtrlCAndNotTheShell) {
  std::string statements = "DEFINE ENTITY Country; BEGIN;";
  for (int i = 0; i < 300; ++i) statements += "ENTITY Country 'C" + std::to_string(i) + "';";
  record(statements + "COMMIT;");
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  // 300^6 rows would take longer than anybody waits.
  shell.type("MATCH (a), (b), (c), (d), (e), (f) RETURN count(*);\r");
  // At Ctrl-C a terminal throws away what the program has not read yet. Pressed before the program
  // took the statement over, it would be a Ctrl-C at the prompt, and nothing would run.
  ASSERT_SEES(shell, "count(*);");
  ASSERT_SEES(shell, "\n");
  EXPECT_TRUE(shell.sees_after_interrupts("stopped")) << shell.rest();
  ASSERT_SEES(shell, "annals> ");
  shell.type("SHOW KINDS;\r");
  EXPECT_SEES(shell, "(0 rows)");
}

TEST_F(InteractiveTest, LeavesAtSigterm) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("SHOW\r");
  ASSERT_SEES(shell, "   ...> ");
  shell.send_signal(SIGTERM);
  EXPECT_EQ(shell.finish(), 128 + SIGTERM);
}

TEST_F(InteractiveTest, RecallsStatementsAcrossStarts) {
  {
    TerminalSession shell = start();
    ASSERT_SEES(shell, "annals> ");
    shell.type("SHOW\r");
    ASSERT_SEES(shell, "   ...> ");
    shell.type("RELATIONS;\r");
    ASSERT_SEES(shell, "(0 rows)");
    ASSERT_SEES(shell, "annals> ");
    shell.type(kCtrlD);
    EXPECT_EQ(shell.finish(), 0);
  }
  const auto permissions = std::filesystem::status(history()).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type(std::string(kCtrlP) + "\r");
  EXPECT_SEES(shell, "relation");
  EXPECT_SEES(shell, "(0 rows)");
}

TEST_F(InteractiveTest, CompletesWordsAndNames) {
  record("DEFINE ENTITY Country; ENTITY Country 'Liechtenstein';");
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("HIST\tOF (:Coun\t'Liech\t);\r");
  EXPECT_SEES(shell, "(1 row)");
}

TEST_F(InteractiveTest, SetsTheDateThatAMatchAsksAbout) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type(".at 2008\r");
  EXPECT_SEES(shell, "asks about 2008");
  ASSERT_SEES(shell, "annals@2008> ");
  shell.type(".at late 1991\r");
  EXPECT_SEES(shell, "error: ");
  ASSERT_SEES(shell, "annals@2008> ");
  shell.type(".at now\r");
  ASSERT_SEES(shell, "annals> ");
}

TEST_F(InteractiveTest, ShowsAnOpenTransactionAndDoesNotLoseItSilently) {
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("BEGIN;\r");
  ASSERT_SEES(shell, "annals*> ");
  shell.type("DEFINE ENTITY Country;\r");
  EXPECT_SEES(shell, "waits for COMMIT");
  ASSERT_SEES(shell, "annals*> ");
  shell.type(kCtrlD);
  EXPECT_SEES(shell, "was not committed");
  EXPECT_EQ(shell.finish(), 1);
}

TEST_F(InteractiveTest, ShowsControlCharactersInDataAsEscapes) {
  record("DEFINE ENTITY Country; ENTITY Country 'red \x1b[31m';");
  TerminalSession shell = start();
  ASSERT_SEES(shell, "annals> ");
  shell.type("SHOW ENTITIES;\r");
  EXPECT_SEES(shell, "red \\x1b[31m");
}

}  // namespace
}  // namespace annals::tests
