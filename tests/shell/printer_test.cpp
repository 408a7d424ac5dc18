#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "shell/result_printer.h"
#include "shell/table_printer.h"

namespace annals::shell {
namespace {

using query::Datum;
using query::DatumList;
using query::ResultColumn;
using query::RowTags;

constexpr Style kFile;
constexpr Style kTerminal{true, false, 40};

/// Prints to texts.
class Printing {
 public:
  explicit Printing(Format format, const Style& style = kFile)
      : printer_(make_printer(format, results_, messages_, style)) {}

  Printing& columns(const std::vector<std::string>& names, RowTags tags = RowTags::kUntagged) {
    std::vector<ResultColumn> columns;
    for (const std::string& name : names) columns.push_back({name});
    EXPECT_TRUE(printer_->columns(columns, tags));
    return *this;
  }
  Printing& row(const std::vector<Datum>& cells, Certainty certainty = Certainty::kCertain) {
    EXPECT_TRUE(printer_->row(cells, certainty));
    return *this;
  }
  Printing& message(std::string_view text) {
    EXPECT_TRUE(printer_->message(text));
    return *this;
  }
  std::string finish() {
    EXPECT_TRUE(printer_->finish());
    return results_.text();
  }
  std::string abandon() {
    printer_->abandon();
    return results_.text();
  }
  std::string messages() const { return messages_.text(); }

 private:
  StringOutput results_;
  StringOutput messages_;
  std::unique_ptr<ResultPrinter> printer_;
};

Datum text(std::string value) { return Datum(std::move(value)); }
Datum integer(std::int64_t value) { return Datum(value); }
Datum list(DatumList items) { return list_datum(std::move(items)); }

// --- Tables --------------------------------------------------------------------------------------

TEST(TablePrinter, AlignsTextsLeftAndNumbersRight) {
  Printing table(Format::kTable);
  table.columns({"country", "people"});
  table.row({text("Georgia"), integer(3'700'000)}).row({text("Åland"), integer(30'000)});
  EXPECT_EQ(table.finish(),
            " country │  people\n"
            "─────────┼─────────\n"
            " Georgia │ 3700000\n"
            " Åland   │   30000\n"
            "(2 rows)\n");
}

TEST(TablePrinter, CountsWideCharactersAsTwoColumnsAndMarksAsNone) {
  Printing table(Format::kTable);
  table.columns({"name", "x"});
  table.row({text("格鲁吉亚"), text("a")}).row({text("e\u0301te"), text("b")});
  EXPECT_EQ(table.finish(),
            " name     │ x\n"
            "──────────┼───\n"
            " 格鲁吉亚 │ a\n"
            " e\u0301te      │ b\n"
            "(2 rows)\n");
}

TEST(TablePrinter, ShowsNullAsNothing) {
  Printing table(Format::kTable);
  table.columns({"a", "b"});
  table.row({Datum(), integer(1)}).row({text("x"), Datum()});
  EXPECT_EQ(table.finish(),
            " a │ b\n"
            "───┼───\n"
            "   │ 1\n"
            " x │\n"
            "(2 rows)\n");
}

TEST(TablePrinter, SaysWhenThereAreNoRows) {
  Printing table(Format::kTable);
  EXPECT_EQ(table.columns({"a"}).finish(),
            " a\n"
            "───\n"
            "(0 rows)\n");
}

TEST(TablePrinter, ShowsCertaintyOnlyIfARowIsOnlyPossible) {
  Printing certain(Format::kTable);
  certain.columns({"c"}, RowTags::kTagged).row({text("x")});
  EXPECT_EQ(certain.finish(), " c\n───\n x\n(1 row)\n");

  Printing mixed(Format::kTable);
  mixed.columns({"c"}, RowTags::kTagged).row({text("x")});
  mixed.row({text("y")}, Certainty::kPossible);
  EXPECT_EQ(mixed.finish(),
            " c │ certainty\n"
            "───┼───────────\n"
            " x │ certain\n"
            " y │ possible\n"
            "(2 rows)\n");
}

TEST(TablePrinter, ShowsNoTagThatTheStatementDidNotAskFor) {
  Printing table(Format::kTable);
  table.columns({"certainty"}).row({text("possible")}, Certainty::kPossible);
  EXPECT_EQ(table.finish(), " certainty\n───────────\n possible\n(1 row)\n");
}

TEST(TablePrinter, TagsALongResultFromTheStart) {
  Printing table(Format::kTable);
  table.columns({"n"}, RowTags::kTagged);
  for (std::size_t i = 0; i < TablePrinter::kRowsMeasured + 5; ++i) table.row({integer(1)});
  table.row({integer(2)}, Certainty::kPossible);
  const std::string printed = table.finish();
  EXPECT_TRUE(printed.starts_with(" n │ certainty\n")) << printed.substr(0, 100);
  EXPECT_TRUE(printed.ends_with(" 2 │ possible\n(1,006 rows)\n"));
}

TEST(TablePrinter, PrintsWiderRowsThatComeLaterWhole) {
  Printing table(Format::kTable);
  table.columns({"n", "m"});
  for (std::size_t i = 0; i <= TablePrinter::kRowsMeasured; ++i) table.row({text("a"), text("b")});
  table.row({text("later and wider"), text("c")});
  EXPECT_TRUE(table.finish().ends_with(" later and wider │ c\n(1,002 rows)\n"));
}

TEST(TablePrinter, MakesControlCharactersVisible) {
  Printing table(Format::kTable);
  table.columns({"a\nb"}).row({text("red \x1b[31m, bell \x07, tab \t, \u202Eturned\u0085")});
  EXPECT_EQ(table.finish(),
            " a\\nb\n"
            "─────────────────────────────────────────────────────\n"
            " red \\x1b[31m, bell \\x07, tab \\t, \\u202eturned\\u0085\n"
            "(1 row)\n");
}

TEST(TablePrinter, SpreadsLinesOfATextOverLines) {
  Printing table(Format::kTable);
  table.columns({"a", "b"}).row({text("one\nthree"), integer(1)});
  EXPECT_EQ(table.finish(),
            " a     │ b\n"
            "───────┼───\n"
            " one   │ 1\n"
            " three │\n"
            "(1 row)\n");
}

TEST(TablePrinter, WrapsTheWidestColumnOnATerminalOnly) {
  const std::string source = "https://example.org/a and the executive committee of the CIS";
  Printing terminal(Format::kTable, kTerminal);
  terminal.columns({"seq", "source"}).row({integer(1), text(source)});
  EXPECT_EQ(terminal.finish(),
            " seq │ source\n"
            "─────┼──────────────────────────────────\n"
            "   1 │ https://example.org/a and the\n"
            "     │ executive committee of the CIS\n"
            "(1 row)\n");

  Printing file(Format::kTable);
  file.columns({"seq", "source"}).row({integer(1), text(source)});
  EXPECT_NE(file.finish().find(source), std::string::npos);
}

TEST(TablePrinter, CutsAWordThatIsWiderThanItsColumn) {
  Printing table(Format::kTable, Style{true, false, 14});
  table.columns({"w"}).row({text("abcdefghijklmnopq")});
  EXPECT_EQ(table.finish(),
            " w\n"
            "──────────────\n"
            " abcdefghijkl\n"
            " mnopq\n"
            "(1 row)\n");
}

TEST(TablePrinter, PutsMessagesAfterTheRowsBeforeThem) {
  Printing table(Format::kTable);
  table.message("first").columns({"a"}).row({integer(1)}).message("second");
  EXPECT_EQ(table.finish(),
            "first\n"
            " a\n───\n 1\n(1 row)\n"
            "second\n");
  EXPECT_EQ(table.messages(), "");
}

TEST(TablePrinter, PrintsNothingOfAShortResultThatFailed) {
  Printing table(Format::kTable);
  table.columns({"a"}).row({integer(1)});
  EXPECT_EQ(table.abandon(), "");
}

// --- csv -----------------------------------------------------------------------------------------

TEST(CsvPrinter, QuotesWhatNeedsIt) {
  Printing csv(Format::kCsv);
  csv.columns({"name", "a,b"});
  csv.row({text("say \"hi\""), text("two\nlines")}).row({text("plain"), integer(-1)});
  EXPECT_EQ(csv.finish(),
            "name,\"a,b\"\r\n"
            "\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
            "plain,-1\r\n");
}

TEST(CsvPrinter, TellsNullFromAnEmptyText) {
  Printing csv(Format::kCsv);
  csv.columns({"a", "b", "c"}).row({Datum(), text(""), Datum()});
  EXPECT_EQ(csv.finish(), "a,b,c\r\n,\"\",\r\n");
}

TEST(CsvPrinter, AlwaysTagsAMatch) {
  Printing csv(Format::kCsv);
  csv.columns({"a"}, RowTags::kTagged).row({integer(1)});
  csv.row({integer(2)}, Certainty::kPossible);
  EXPECT_EQ(csv.finish(), "a,certainty\r\n1,certain\r\n2,possible\r\n");
}

TEST(CsvPrinter, KeepsMessagesOutOfTheResult) {
  Printing csv(Format::kCsv);
  csv.message("recorded #1");
  EXPECT_EQ(csv.finish(), "");
  EXPECT_EQ(csv.messages(), "recorded #1\n");
}

TEST(CsvPrinter, PassesControlCharactersOnExceptToATerminal) {
  Printing file(Format::kCsv);
  file.columns({"a"}).row({text("\x1b[2J")});
  EXPECT_EQ(file.finish(), "a\r\n\x1b[2J\r\n");
  Printing terminal(Format::kCsv, kTerminal);
  terminal.columns({"a"}).row({text("\x1b[2J")});
  EXPECT_EQ(terminal.finish(), "a\r\n\\x1b[2J\r\n");
}

// --- json ----------------------------------------------------------------------------------------

TEST(JsonPrinter, GivesAnArrayOfObjects) {
  Printing json(Format::kJson);
  json.columns({"n", "s", "l"}, RowTags::kTagged);
  json.row({integer(1), text("a\"b"), list({integer(1), Datum()})});
  json.row({Datum(), Datum(true), Datum(1.5)}, Certainty::kPossible);
  EXPECT_EQ(json.finish(),
            "[\n"
            " {\"n\":1,\"s\":\"a\\\"b\",\"l\":[1,null],\"certainty\":\"certain\"},\n"
            " {\"n\":null,\"s\":true,\"l\":1.5,\"certainty\":\"possible\"}\n"
            "]\n");
}

TEST(JsonPrinter, GivesAnEmptyArrayForNoRowsAndNothingForNoResult) {
  Printing empty(Format::kJson);
  EXPECT_EQ(empty.columns({"n"}).finish(), "[]\n");
  Printing none(Format::kJson);
  EXPECT_EQ(none.message("recorded #1").finish(), "");
  EXPECT_EQ(none.messages(), "recorded #1\n");
}

TEST(JsonPrinter, LeavesAFailedArrayOpen) {
  Printing json(Format::kJson);
  json.columns({"n"}).row({integer(1)});
  EXPECT_EQ(json.abandon(), "[\n {\"n\":1}\n");
}

TEST(JsonPrinter, GivesOneObjectALineForJsonl) {
  Printing lines(Format::kJsonLines);
  lines.columns({"n"}, RowTags::kTagged).row({integer(1)}).row({integer(2)}, Certainty::kPossible);
  EXPECT_EQ(lines.finish(),
            "{\"n\":1,\"certainty\":\"certain\"}\n"
            "{\"n\":2,\"certainty\":\"possible\"}\n");
}

// --- Errors --------------------------------------------------------------------------------------

/// Fails every write after the first `good` ones.
class FullDisk final : public Output {
 public:
  explicit FullDisk(int good) : good_(good) {}
  Status write(std::string_view) override {
    if (good_-- > 0) return {};
    return Error(ErrorCode::kIoError, "disk full");
  }
  Status flush() override { return {}; }

 private:
  int good_;
};

TEST(Printers, PassOnTheErrorOfTheirOutput) {
  for (const Format format : {Format::kTable, Format::kCsv, Format::kJson, Format::kJsonLines}) {
    SCOPED_TRACE(format_name(format));
    FullDisk disk(1);
    StringOutput messages;
    const auto printer = make_printer(format, disk, messages, kFile);
    const std::vector<ResultColumn> columns = {{"n"}};
    const std::vector<Datum> cells = {integer(1)};
    bool failed = !printer->columns(columns, RowTags::kUntagged);
    for (int i = 0; i < 3 && !failed; ++i) failed = !printer->row(cells, Certainty::kCertain);
    failed = failed || !printer->finish();
    EXPECT_TRUE(failed);
  }
}

}  // namespace
}  // namespace annals::shell
