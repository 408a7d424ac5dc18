#include "shell/statement_reader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "shell/text_line_reader.h"

namespace annals::shell {
namespace {

/// All statements of a script, each with its line and column: "1:1 SHOW STATS;".
std::vector<std::string> statements_of(const std::string& script,
                                       StatementReader::Options options = {}) {
  TextLineReader lines(script);
  StatementReader reader(lines, std::move(options));
  std::vector<std::string> found;
  for (;;) {
    const Result<Input> input = reader.next("", "");
    if (!input) {
      found.push_back(format_error(input.error()));
      return found;
    }
    if (input->type == Input::Type::kEnd) return found;
    const std::string place =
        std::to_string(input->start.line) + ":" + std::to_string(input->start.column);
    const bool is_dot = input->type == Input::Type::kDotCommand;
    found.push_back(place + (is_dot ? " dot " : " ") + input->text);
  }
}

using Lines = std::vector<std::string>;

TEST(StatementReader, CutsAtSemicolonsAndKeepsPlaces) {
  EXPECT_EQ(statements_of("A;B ;\n\n  C\nD; E;"),
            (Lines{"1:1 A;", "1:3 B ;", "3:3 C\nD;", "4:4 E;"}));
}

TEST(StatementReader, SeesNoSemicolonInQuotesAndComments) {
  EXPECT_EQ(statements_of("A 'x;y' -- z;\n;\nB \"q;\";"),
            (Lines{"1:1 A 'x;y' -- z;\n;", "3:1 B \"q;\";"}));
}

TEST(StatementReader, KeepsCommentsBeforeAStatementForItsEcho) {
  EXPECT_EQ(statements_of("-- what for\nA;"), (Lines{"1:1 -- what for\nA;"}));
}

TEST(StatementReader, RunsAScriptsLastStatementWithoutSemicolon) {
  EXPECT_EQ(statements_of("A;\nB\n"), (Lines{"1:1 A;", "2:1 B"}));
  EXPECT_EQ(statements_of("A;\n-- the end\n"), (Lines{"1:1 A;"}));
}

TEST(StatementReader, DropsWhatAPersonDidNotEnd) {
  StatementReader::Options options;
  options.is_interactive = true;
  EXPECT_EQ(statements_of("A;\nB\n", options), (Lines{"1:1 A;"}));
}

TEST(StatementReader, SkipsEmptyStatementsAndAByteOrderMark) {
  EXPECT_EQ(statements_of("\xEF\xBB\xBF ;; A;;\r\n;"), (Lines{"1:5 A;"}));
}

TEST(StatementReader, TakesDotCommandsOnlyAtTheBeginOfAStatement) {
  StatementReader::Options options;
  options.takes_dot_commands = true;
  EXPECT_EQ(statements_of(".help\nA\n.5;\n  .quit ;\n", options),
            (Lines{"1:1 dot .help", "2:1 A\n.5;", "4:1 dot .quit ;"}));
  EXPECT_EQ(statements_of(".help;"), (Lines{"1:1 .help;"}));
}

TEST(StatementReader, RefusesAStatementWithoutEnd) {
  const std::string script = "A;\nB '" + std::string(limits::kStatementBytesMax + 10, 'x');
  const Lines found = statements_of(script);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[1].find("StatementBytesMax"), std::string::npos) << found[1];
  EXPECT_NE(found[1].find("at 2:1"), std::string::npos) << found[1];
}

TEST(StatementReader, TakesLinearTimeForALineOfManyStatements) {
  std::string script;
  for (int i = 0; i < 100'000; ++i) script += "A; ";
  EXPECT_EQ(statements_of(script).size(), 100'000U);
}

TEST(InScript, MovesAPlaceInTheFirstLineToItsColumn) {
  Error error(ErrorCode::kInvalidArgument, "wrong");
  error.place.line = 1;
  error.place.column = 6;
  error.place.source_line = "SHOW X;";
  StatementStart start;
  start.file = "a.anl";
  start.line = 7;
  start.column = 4;
  start.before = "A; ";
  EXPECT_EQ(format_error(in_script(error, start)),
            "error: wrong\n"
            "  at a.anl:7:9\n"
            "  A; SHOW X;\n"
            "          ^");
}

TEST(InScript, MovesAPlaceInALaterLineDown) {
  Error error(ErrorCode::kInvalidArgument, "wrong");
  error.place.line = 3;
  error.place.column = 2;
  StatementStart start;
  start.line = 7;
  start.column = 40;
  const Error moved = in_script(error, start);
  EXPECT_EQ(moved.place.line, 9U);
  EXPECT_EQ(moved.place.column, 2U);
}

TEST(InScript, LeavesPlacesInOtherFilesAlone) {
  Error error(ErrorCode::kInvalidArgument, "wrong");
  error.place.file = "joins.csv";
  error.place.line = 3;
  StatementStart start;
  start.file = "a.anl";
  start.line = 7;
  const Error same = in_script(error, start);
  EXPECT_EQ(same.place.file, "joins.csv");
  EXPECT_EQ(same.place.line, 3U);
}

}  // namespace
}  // namespace annals::shell
