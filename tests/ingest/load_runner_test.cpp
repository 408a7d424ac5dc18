#include "ingest/load_runner.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "tests/ingest/archives.h"
#include "tests/ingest/files.h"
#include "tests/ingest/load_fixture.h"

namespace annals::ingest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using tests::read_file;

using Phase = LoadProgress::Phase;

class LoadRunnerTest : public tests::LoadTest {
 protected:
  /// A file of `count` rows for joins(): each its own country, on days that repeat. The row `bad`
  /// (from 0) has no date.
  std::string many_joins(std::size_t count, std::size_t bad = SIZE_MAX) {
    std::string text = "state,org,date,ref\n";
    for (std::size_t i = 0; i < count; ++i) {
      const std::string date =
          i == bad ? "soon" : fmt::format("1993-{:02}-{:02}", i % 12 + 1, i % 28 + 1);
      text += fmt::format("state {},CIS,{},r{}\n", i, date, i);
    }
    return file("many.csv", text);
  }

  LoadRequest creating(LoadRequest request) {
    request.creating_missing = true;
    return request;
  }
};

// --- What a load does ----------------------------------------------------------------------------

TEST_F(LoadRunnerTest, RowsAreRecordedAndCounted) {
  const LoadReport report = load(creating(
      joins(file("j.csv", "state,org,date\nGeorgia,CIS,1993-12-03\nArmenia,CIS,1991-12-21\n"))));
  EXPECT_EQ(report.read, 2U);
  EXPECT_EQ(report.recorded, 2U);
  EXPECT_EQ(report.entities_created, 3U);
  EXPECT_EQ(report.relations_created, 0U);
  EXPECT_EQ(report.rejects_path, "");
  EXPECT_THAT(facts(),
              ElementsAre("Armenia MEMBER_OF CIS 1991-12-21", "Georgia MEMBER_OF CIS 1993-12-03"));
}

TEST_F(LoadRunnerTest, AFileOfManyCommitsIsRecordedInOrder) {
  const std::size_t count = 2 * limits::kBulkCommitEvents + 7;
  const LoadReport report = load(creating(joins(many_joins(count))));
  EXPECT_EQ(report.recorded, count);
  EXPECT_EQ(report.entities_created, count + 1);
  EXPECT_EQ(last_seq(), defined() + count);
  EXPECT_EQ(entities(), count + 1);
  EXPECT_THAT(facts(), SizeIs(count));
}

TEST_F(LoadRunnerTest, CompressedAndTabSeparatedFilesAreReadAsTheyAre) {
  // The small table of the archives: name,year.
  for (const std::string_view archive : {tests::kSmallTableGzip, tests::kSmallTableZstd}) {
    LoadRequest request = joins(file("table", tests::bytes_of(archive)));
    request.roles = {map("member: name"), map("organisation: name")};
    request.words = {map("ON: year")};
    EXPECT_EQ(load(creating(request)).recorded, 1U);
  }
  EXPECT_EQ(
      load(creating(joins(file("t.txt", "state\torg\tdate\nIran\tE\"C\"O\t1985\n")))).recorded, 1U);
  EXPECT_THAT(facts(), Contains("Iran MEMBER_OF E\"C\"O 1985"));
}

TEST_F(LoadRunnerTest, NamesKeepTheirIdentity) {
  // A no-break space at the end, two blanks, another case: four countries, not one.
  const LoadReport report = load(creating(joins(file("names.tsv",
                                                     "state\torg\tdate\n"
                                                     "G\xC4\x83g\xC4\x83uzia\tA\t1990\n"
                                                     "G\xC4\x83g\xC4\x83uzia\xC2\xA0\tA\t1991\n"
                                                     "South  Sudan\tA\t1992\n"
                                                     "South Sudan\tA\t1993\n"
                                                     "south sudan\tA\t1994\n"))));
  EXPECT_EQ(report.entities_created, 6U);
  EXPECT_THAT(facts(), SizeIs(5));
  EXPECT_THAT(facts(), Contains("G\xC4\x83g\xC4\x83uzia\xC2\xA0 MEMBER_OF A 1991"));
}

TEST_F(LoadRunnerTest, AFileWithoutRowsIsFine) {
  const LoadReport report = load(joins(file("j.csv", "state,org,date\n\n")));
  EXPECT_EQ(report.read, 0U);
  EXPECT_EQ(last_seq(), defined());
}

// --- All or nothing ------------------------------------------------------------------------------

TEST_F(LoadRunnerTest, TheFirstBadRowIsTheErrorAndNothingIsRecorded) {
  for (const std::size_t count : {std::size_t{10}, 3 * limits::kBulkCommitEvents}) {
    const Error error = load_error(creating(joins(many_joins(count, count - 1))));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(error.place.file, path("many.csv"));
    EXPECT_EQ(error.place.line, count + 1) << "the header is line 1";
    EXPECT_EQ(error.place.column, fmt::format("state {},CIS,", count - 1).size() + 1);
    EXPECT_THAT(error.hint, HasSubstr("ON ERROR REJECT TO 'file' sets such rows aside; nothing was "
                                      "recorded"));
    EXPECT_EQ(last_seq(), defined());
    EXPECT_EQ(entities(), 0U);
  }
}

TEST_F(LoadRunnerTest, AFileThatEndsBadlyIsNotRecordedInPart) {
  std::string text = read_file(many_joins(2 * limits::kBulkCommitEvents));
  text += "\"Georgia,CIS,1993\n";
  const Error error = load_error(creating(joins(file("open.csv", text))));
  EXPECT_EQ(error.message, "this quote is never closed");
  EXPECT_EQ(error.place.line, 2 * limits::kBulkCommitEvents + 2);
  EXPECT_EQ(last_seq(), defined());
}

TEST_F(LoadRunnerTest, AMissingFileIsAnErrorInTheStatement) {
  const Error error = load_error(joins(path("none.csv")));
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.place.line, 1U);
  EXPECT_EQ(error.place.column, 18U);
}

// --- Rejected rows -------------------------------------------------------------------------------

TEST_F(LoadRunnerTest, BadRowsGoToTheRejectsFileAndTheOthersAreRecorded) {
  LoadRequest request = creating(joins(file("j.csv",
                                            "state,org,date\n"
                                            "Georgia,CIS,1993-12-03\n"
                                            "Armenia,CIS,\"late 1991\"\n"
                                            "Moldova,CIS\n"
                                            ",CIS,1991\n"
                                            "\"Bel\"\"arus\",CIS,1991-12-08\n")));
  request.rejects_path = path("rejects.csv");
  const LoadReport report = load(request);
  EXPECT_EQ(report.read, 5U);
  EXPECT_EQ(report.recorded, 2U);
  EXPECT_EQ(report.rejected, 3U);
  EXPECT_EQ(report.entities_created, 3U) << "a rejected row creates nothing";
  EXPECT_EQ(entities(), 3U);
  EXPECT_EQ(report.rejects_path, path("rejects.csv"));
  const std::string rejects = read_file(path("rejects.csv"));
  EXPECT_THAT(rejects, ::testing::StartsWith("line,column,reason,row\n3,date,"));
  EXPECT_THAT(rejects, HasSubstr(",\"Armenia,CIS,\"\"late 1991\"\"\"\n"));
  EXPECT_THAT(rejects,
              HasSubstr("\n4,,\"the row has 2 columns, and the file 3\",\"Moldova,CIS\"\n"));
  EXPECT_THAT(rejects,
              HasSubstr("\n5,state,\"'state' is empty, and Join needs 'member'\",\",CIS,1991\"\n"));
}

TEST_F(LoadRunnerTest, BytesThatAreNotUtf8AreRejectedAsTheyAre) {
  LoadRequest request = creating(joins(file("j.csv", "state,org,date\nS\xE3o,CIS,1993\n")));
  request.rejects_path = path("rejects.csv");
  EXPECT_EQ(load(request).rejected, 1U);
  EXPECT_THAT(read_file(path("rejects.csv")), HasSubstr("\"S\xE3o,CIS,1993\"\n"));
}

TEST_F(LoadRunnerTest, NoRejectsFileIsMadeWithoutRejectedRows) {
  LoadRequest request = creating(joins(many_joins(5)));
  request.rejects_path = path("rejects.csv");
  EXPECT_EQ(load(request).rejects_path, "");
  EXPECT_FALSE(std::filesystem::exists(path("rejects.csv")));
}

TEST_F(LoadRunnerTest, RejectsOfAnEarlierLoadAreReplaced) {
  LoadRequest request = creating(joins(many_joins(5, 2)));
  request.rejects_path = path("rejects.csv");
  load(request);
  const std::string first = read_file(path("rejects.csv"));
  load(request);
  EXPECT_EQ(read_file(path("rejects.csv")), first);
}

TEST_F(LoadRunnerTest, AFileThatHoldsOtherThingsIsNeverReplaced) {
  LoadRequest request = creating(joins(many_joins(5, 2)));
  request.rejects_path = file("precious.csv", "state,org\n");
  EXPECT_EQ(load_error(request).code, ErrorCode::kConflict);
  EXPECT_EQ(read_file(path("precious.csv")), "state,org\n");

  request.path = request.rejects_path = file("own.csv", "line,column,reason,row\n1,,x,y\n");
  EXPECT_THAT(load_error(request).message, HasSubstr("is the file being loaded"));
  request.rejects_path = path("no/such/folder.csv");
  EXPECT_EQ(load_error(request).code, ErrorCode::kIoError);
  request.rejects_path = "/dev/null";
  EXPECT_EQ(load_error(request).code, ErrorCode::kConflict);
  EXPECT_EQ(last_seq(), defined()) << "all of this is found before anything is recorded";
}

TEST_F(LoadRunnerTest, AFileThatBreaksInTheMiddleLeavesWhatCameBefore) {
  const std::size_t count = 2 * limits::kBulkCommitEvents;
  std::string text = read_file(many_joins(count));
  LoadRequest request = creating(joins(file("open.csv", text + "\"Georgia,CIS,1993,x\n")));
  request.rejects_path = path("rejects.csv");
  request.words.push_back(map("ID: ref"));
  const Error error = load_error(request);
  EXPECT_EQ(error.message, "this quote is never closed");
  EXPECT_THAT(error.hint, HasSubstr(fmt::format("the rows up to line {} are recorded ({} events)",
                                                count + 1, count)));
  EXPECT_THAT(facts(), SizeIs(count)) << "and visible";

  request.path = file("mended.csv", text + "Georgia,CIS,1993,x\n");
  const LoadReport report = load(request);
  EXPECT_EQ(report.duplicate, count);
  EXPECT_EQ(report.recorded, 1U);
}

// --- Duplicates ----------------------------------------------------------------------------------

TEST_F(LoadRunnerTest, TheSameFileWithIdsIsRecordedOnce) {
  const std::size_t count = limits::kBulkCommitEvents + 10;
  LoadRequest request = creating(joins(many_joins(count)));
  request.words.push_back(map("ID: ref"));
  EXPECT_EQ(load(request).recorded, count);
  const std::uint64_t before = last_seq();
  const LoadReport again = load(request);
  EXPECT_EQ(again.duplicate, count);
  EXPECT_EQ(again.recorded, 0U);
  EXPECT_EQ(again.entities_created, 0U);
  EXPECT_EQ(last_seq(), before);
}

TEST_F(LoadRunnerTest, AnIdOfAnotherEventIsAConflict) {
  LoadRequest request = creating(joins(file("j.csv",
                                            "state,org,date,ref\n"
                                            "Georgia,CIS,1993,a\n"
                                            "Georgia,CIS,1993,a\n"
                                            "Georgia,CIS,1994,a\n"
                                            "Nauru,CIS,1993,a\n")));
  request.words.push_back(map("ID: ref"));
  EXPECT_EQ(load_error(request).code, ErrorCode::kConflict);
  request.rejects_path = path("rejects.csv");
  const LoadReport report = load(request);
  EXPECT_EQ(report.recorded, 1U);
  EXPECT_EQ(report.duplicate, 1U);
  EXPECT_EQ(report.rejected, 2U);
  EXPECT_EQ(report.entities_created, 2U);
  EXPECT_EQ(entities(), 2U) << "Nauru was not created";
  EXPECT_THAT(read_file(path("rejects.csv")), HasSubstr("\n4,ref,\"the ID 'a' is that of event #"));
}

TEST_F(LoadRunnerTest, ANumberNamesOnlyWhatWasRecordedBefore) {
  // Whatever becomes of the rows before: in a small file, a large one, and when rows are rejected.
  for (const std::size_t count : {3UL, 2 * limits::kBulkCommitEvents}) {
    std::string text = "title,of\n";
    for (std::size_t i = 0; i < count; ++i) text += fmt::format("treaty {},\n", i);
    LoadRequest agreements = creating(joins(file("a.csv", text)));
    agreements.kind = "Agreement";
    agreements.roles = {map("title: title")};
    agreements.words.clear();
    const std::uint64_t before = last_seq();
    ASSERT_EQ(load(agreements).recorded, count);
    LoadRequest amendments = agreements;
    amendments.kind = "Amendment";
    amendments.roles = {map("amends: of")};
    amendments.path = file("b.csv", fmt::format("title,of\nx,#{}\n", before + 1));
    EXPECT_EQ(load(amendments).recorded, 1U);
    amendments.path =
        file("c.csv", fmt::format("title,of\nx,#{}\ny,#{}\n", before + 1, last_seq() + 1));
    EXPECT_THAT(load_error(amendments).message, HasSubstr("before this load"));
    amendments.dry_run = true;
    EXPECT_THAT(load_error(amendments).message, HasSubstr("before this load"));
    amendments.rejects_path = path("rejects.csv");
    EXPECT_EQ(load(amendments).rejected, 1U);
    amendments.dry_run = false;
    EXPECT_EQ(load(amendments).rejected, 1U);
  }
}

TEST_F(LoadRunnerTest, RejectsOfAnEarlierLoadGoWhenNothingIsRejected) {
  LoadRequest request = creating(joins(file("j.csv", "state,org,date\nGeorgia,CIS,soon\n")));
  request.rejects_path = path("rejects.csv");
  EXPECT_EQ(load(request).rejected, 1U);
  EXPECT_TRUE(std::filesystem::exists(request.rejects_path));
  request.path = file("j.csv", "state,org,date\nGeorgia,CIS,1993\n");
  EXPECT_EQ(load(request).rejected, 0U);
  EXPECT_FALSE(std::filesystem::exists(request.rejects_path));
  std::filesystem::create_symlink("elsewhere.csv", request.rejects_path);
  EXPECT_THAT(load_error(request).message, HasSubstr("symbolic link"));
}

TEST_F(LoadRunnerTest, APathEndsWhereItsTextDoes) {
  file("j.csv", "state,org,date\nGeorgia,CIS,1993\n");
  LoadRequest request = creating(joins(path("j.csv") + std::string("\0.csv", 5)));
  EXPECT_EQ(load_error(request).code, ErrorCode::kInvalidArgument);
  request.path = path("j.csv");
  request.rejects_path = path("rejects.csv") + std::string("\0", 1);
  EXPECT_EQ(load_error(request).code, ErrorCode::kInvalidArgument);
}

// --- DRY RUN -------------------------------------------------------------------------------------

TEST_F(LoadRunnerTest, ADryRunSaysWhatTheLoadThenDoes) {
  LoadRequest request = facts_request(file("f.csv",
                                           "s,r,o,id\n"
                                           "Ann,KNOWS,Bob,1\n"
                                           "Ann,LIKES,Bob,2\n"
                                           "Ann,LIKES,Cid,3\n"
                                           "Ann,LIKES,Cid,3\n"
                                           "Ann,,Cid,4\n"
                                           "Ann,KNOWS,Dan,1\n"),
                                      "Person");
  request.words = {map("ID: id")};
  request.creating_missing = true;
  request.rejects_path = path("rejects.csv");
  request.dry_run = true;
  const LoadReport dry = load(request);
  EXPECT_EQ(last_seq(), defined());
  EXPECT_EQ(entities(), 0U);
  const std::string dry_rejects = read_file(path("rejects.csv"));

  request.dry_run = false;
  const LoadReport real = load(request);
  EXPECT_EQ(dry.read, 6U);
  EXPECT_EQ(dry.recorded, 3U);
  EXPECT_EQ(dry.duplicate, 1U);
  EXPECT_EQ(dry.rejected, 2U);
  EXPECT_EQ(dry.entities_created, 3U);
  EXPECT_EQ(dry.relations_created, 1U);
  EXPECT_EQ(real.recorded, dry.recorded);
  EXPECT_EQ(real.duplicate, dry.duplicate);
  EXPECT_EQ(real.rejected, dry.rejected);
  EXPECT_EQ(real.entities_created, dry.entities_created);
  EXPECT_EQ(real.relations_created, dry.relations_created);
  EXPECT_EQ(read_file(path("rejects.csv")), dry_rejects);
}

TEST_F(LoadRunnerTest, ADryRunWithoutRejectsStopsAtTheFirstBadRow) {
  LoadRequest request = creating(joins(many_joins(5, 2)));
  request.dry_run = true;
  EXPECT_EQ(load_error(request).place.line, 4U);
}

TEST_F(LoadRunnerTest, ARehearsalRemembersWhatItForgot) {
  // More events than a rehearsal holds at once (50,000): an ID again, an ID with another content,
  // an event named by one from long before, names and relations that come again.
  constexpr std::size_t kMany = 50'100;
  std::string text = "what,title,party,amends,by,a,r,b,id\n";
  for (std::size_t i = 0; i < kMany; ++i) {
    text += fmt::format("Agreement,t,state {},,,,,,a{}\n", i % 10, i);
  }
  text += "Tie,,,,,Ann,LIKES,Bob,tie\n";
  text += "Amendment,,,a5,Ann,,,,am\n";
  text += "Agreement,t,state 0,,,,,,a0\n";
  LoadRequest request = joins("");
  request.kind.clear();
  request.kind_column = "what";
  request.roles = {map("title: title"),     map("party: party"),     map("amends: amends"),
                   map("by: by OF Person"), map("src: a OF Person"), map("rel: r"),
                   map("dst: b OF Person")};
  request.words = {map("ID: id")};
  request.creating_missing = true;
  request.path = file("bad.csv", text + "Agreement,other,state 0,,,,,,a1\n");
  EXPECT_THAT(load_error(request).message, HasSubstr("the ID 'a1' is that of an event before"));
  EXPECT_EQ(last_seq(), defined());

  request.path = file("good.csv", text);
  request.dry_run = true;
  const LoadReport dry = load(request);
  request.dry_run = false;
  const LoadReport real = load(request);
  EXPECT_EQ(real.recorded, kMany + 2);
  EXPECT_EQ(real.duplicate, 1U);
  EXPECT_EQ(real.entities_created, 12U);
  EXPECT_EQ(real.relations_created, 1U);
  EXPECT_EQ(dry.recorded, real.recorded);
  EXPECT_EQ(dry.duplicate, real.duplicate);
  EXPECT_EQ(dry.entities_created, real.entities_created);
  EXPECT_EQ(dry.relations_created, real.relations_created);
}

// --- Stopping and progress -----------------------------------------------------------------------

TEST_F(LoadRunnerTest, AStopBeforeTheFirstCommitRecordsNothing) {
  stop().request();
  for (const bool rejecting : {false, true}) {
    LoadRequest request = creating(joins(many_joins(10)));
    if (rejecting) request.rejects_path = path("rejects.csv");
    const Error error = load_error(request);
    EXPECT_EQ(error.code, ErrorCode::kInterrupted);
    EXPECT_THAT(error.hint, HasSubstr("nothing was recorded"));
  }
  EXPECT_EQ(last_seq(), defined());
}

TEST_F(LoadRunnerTest, AStopLaterKeepsTheRowsBeforeAndSaysWhich) {
  const std::size_t count = 40 * limits::kBulkCommitEvents;
  LoadRequest request = creating(joins(many_joins(count)));
  request.rejects_path = path("rejects.csv");
  progress_ = [this](const LoadProgress& progress) {
    if (progress.rows > limits::kBulkCommitEvents) stop().request();
  };
  const Error error = load_error(request);
  EXPECT_EQ(error.code, ErrorCode::kInterrupted);
  const std::uint64_t recorded = last_seq() - defined();
  EXPECT_GT(recorded, limits::kBulkCommitEvents);
  EXPECT_LT(recorded, count);
  EXPECT_EQ(error.message, fmt::format("the load was stopped after {} rows", recorded));
  EXPECT_THAT(error.hint, HasSubstr(fmt::format("the rows up to line {} are recorded ({} events)",
                                                recorded + 1, recorded)));
  EXPECT_THAT(facts(), SizeIs(recorded));
}

TEST_F(LoadRunnerTest, ProgressGoesThroughThePhasesAndNeverBack) {
  std::vector<LoadProgress> seen;
  progress_ = [&seen](const LoadProgress& progress) { seen.push_back(progress); };
  load(creating(joins(many_joins(3 * limits::kBulkCommitEvents))));
  ASSERT_GE(seen.size(), 3U);
  EXPECT_EQ(seen.front().phase, Phase::kChecking);
  EXPECT_EQ(seen.back().phase, Phase::kIndexing);
  EXPECT_EQ(seen.back().rows, 3 * limits::kBulkCommitEvents);
  EXPECT_EQ(seen.back().bytes_read, seen.back().bytes_total);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_LE(seen[i - 1].phase, seen[i].phase);
    EXPECT_LE(seen[i].bytes_read, seen[i].bytes_total);
    if (seen[i - 1].phase == seen[i].phase) {
      EXPECT_LE(seen[i - 1].rows, seen[i].rows);
    }
  }
}

TEST_F(LoadRunnerTest, TheNextWriterNeedNotWaitForALoadThatFailed) {
  load_error(creating(joins(many_joins(5, 2))));
  EXPECT_EQ(load(creating(joins(many_joins(5)))).recorded, 5U);
}

}  // namespace
}  // namespace annals::ingest
