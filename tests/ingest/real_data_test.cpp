// Loads of real data. Its folder is not part of the tree: without it, these tests say so and are
// skipped.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/csv_reader.h"
#include "tests/ingest/files.h"
#include "tests/ingest/load_fixture.h"
#include "tests/support/needs_data.h"
#include "tests/support/paths.h"

namespace annals::ingest {
namespace {

using storage::Fact;
using storage::FactScan;

// Instrumented code is slow: a part of the largest file is enough to find what sanitizers find.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
#else
constexpr bool kIsSanitized = false;
#endif

class RealDataTest : public tests::LoadTest {
 protected:
  static std::string data(const std::string& name) { return tests::shared_data() + "/" + name; }

  /// The rows of a file, each the named columns.
  static std::vector<std::vector<std::string>> rows(const std::string& path,
                                                    const std::vector<std::string>& names) {
    auto reader = CsvReader::open(*decompressed(*open_file(path)), {});
    EXPECT_TRUE(reader.has_value()) << format_error(reader.error());
    std::vector<std::size_t> columns;
    const auto& all = (*reader)->columns();
    for (const std::string& name : names) {
      columns.push_back(
          static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin()));
    }
    std::vector<std::vector<std::string>> result;
    Record record;
    while (*(*reader)->next(record)) {
      EXPECT_FALSE(record.problem) << format_error(record.problem->error);
      auto& row = result.emplace_back();
      for (const std::size_t column : columns) row.emplace_back(record.fields[column]);
    }
    return result;
  }

  /// How many facts may hold on the day that begins at `at`.
  std::size_t facts_on(Micros at) {
    const auto snapshot = database().snapshot();
    FactScan scan;
    scan.window = {at, at};
    const auto cursor = snapshot->facts(scan);
    std::size_t count = 0;
    std::vector<Fact> batch;
    do {
      EXPECT_TRUE(cursor->next(batch, 2'000).has_value());
      count += batch.size();
    } while (!batch.empty());
    return count;
  }
};

TEST_F(RealDataTest, Icews14) {
  const std::string path = data("icews14/facts.tsv.zst");
  ANNALS_NEEDS_DATA(path);
  LoadRequest request;
  request.what = LoadRequest::What::kFacts;
  request.path = path;
  request.roles = {map("subject: subject OF Person"), map("relation: relation"),
                   map("object: object OF Person")};
  request.words = {map("ON: date")};
  EXPECT_EQ(load_error(request).code, ErrorCode::kNotFound) << "nothing is known yet";

  request.creating_missing = true;
  const LoadReport report = load(request);
  EXPECT_EQ(report.read, 90'730U);
  EXPECT_EQ(report.recorded, 90'730U);
  EXPECT_EQ(report.entities_created, 7'128U);
  EXPECT_EQ(report.relations_created, 230U);
  EXPECT_EQ(entities(), 7'128U);

  // Names that trimming or squeezing would make one with others.
  const auto snapshot = database().snapshot();
  for (const std::string_view name : {"G\xC4\x83g\xC4\x83uzia\xC2\xA0", "Citizen (Nigeria)"}) {
    EXPECT_EQ(snapshot->find_entities(name)->size(), 1U) << name;
  }
  std::map<std::string, std::size_t> of_day;
  std::size_t with_two_blanks = 0;
  for (const auto& row : rows(path, {"date", "subject", "object"})) {
    ++of_day[row[0]];
    for (const std::string& name : {row[1], row[2]}) {
      if (name.find("  ") == std::string::npos) continue;
      ++with_two_blanks;
      EXPECT_EQ(snapshot->find_entities(name)->size(), 1U) << name;
    }
  }
  EXPECT_GT(with_two_blanks, 0U);
  EXPECT_EQ(of_day.size(), 365U);
  for (const std::string_view day : {"2014-01-01", "2014-05-13", "2014-12-31"}) {
    const Micros at = parse_date(day)->begin.earliest;
    EXPECT_EQ(facts_on(at), of_day.at(std::string(day))) << day;
  }
}

TEST_F(RealDataTest, UnVotes) {
  const std::string votes = data("un-votes/votes.tsv.zst");
  const std::string roll_calls = data("un-votes/roll_calls.tsv.zst");
  ANNALS_NEEDS_DATA(votes);
  std::unordered_map<std::string, std::string> date_of;
  for (const auto& row : rows(roll_calls, {"rcid", "date"})) date_of[row[0]] = row[1];
  EXPECT_EQ(date_of.size(), 6'203U);

  // The votes with the date of their roll call, which the data has in another file.
  const std::size_t wanted = kIsSanitized ? 60'000 : 870'109;
  std::string text = "ref,country,vote,date\n";
  std::size_t count = 0;
  for (const auto& row : rows(votes, {"rcid", "country", "vote"})) {
    text += fmt::format("{}/{},\"{}\",{},{}\n", row[0], row[1], row[1], row[2], date_of.at(row[0]));
    if (++count == wanted) break;
  }
  EXPECT_EQ(count, wanted);

  LoadRequest request;
  request.kind = "Agreement";
  request.path = file("votes.csv", text);
  request.roles = {map("title: vote"), map("party: country")};
  request.words = {map("ON: date"), map("ID: ref")};
  request.creating_missing = true;
  const LoadReport report = load(request);
  EXPECT_EQ(report.recorded, wanted);
  EXPECT_EQ(report.entities_created, kIsSanitized ? entities() : 200U);
  EXPECT_EQ(last_seq(), defined() + wanted);
  std::cout << fmt::format("un-votes: {:.0f} events/s\n",
                           static_cast<double>(report.read) / report.seconds);

  const LoadReport again = load(request);
  EXPECT_EQ(again.duplicate, wanted);
  EXPECT_EQ(last_seq(), defined() + wanted);
}

TEST_F(RealDataTest, MessyTreatyDatesAreRejectedOneByOne) {
  const std::string path = data("treaty-parties/parties_GGO_sample.tsv.zst");
  ANNALS_NEEDS_DATA(path);
  LoadRequest request;
  request.kind = "Agreement";
  request.path = path;
  request.roles = {map("title: Title"), map("party: stateID")};
  request.words = {map("ON: StateSignature"), map("SOURCE: Coder"), map("BECAUSE: Comments")};
  request.creating_missing = true;
  request.rejects_path = this->path("rejects.csv");
  const LoadReport report = load(request);
  EXPECT_EQ(report.read, 30'558U);
  EXPECT_GT(report.recorded, 25'000U);
  EXPECT_EQ(last_seq(), defined() + report.recorded);
  if (report.rejected == 0) return;
  const auto rejects = rows(this->path("rejects.csv"), {"line", "reason", "row"});
  EXPECT_EQ(rejects.size(), report.rejected);
}

TEST_F(RealDataTest, DatesThatAreNotEdtfAreAllRejectedWithAReason) {
  const std::string path = data("wikidata12k/facts.tsv.zst");
  ANNALS_NEEDS_DATA(path);
  LoadRequest request = facts_request(path, "Person");
  request.roles = {map("subject: subject OF Person"), map("relation: property"),
                   map("object: object OF Person"), map("label: property_label")};
  request.words = {map("FROM: start"), map("TO: end")};
  request.creating_missing = true;
  request.rejects_path = this->path("rejects.csv");
  const LoadReport report = load(request);
  EXPECT_EQ(report.read, 40'621U);
  EXPECT_EQ(report.rejected, 40'621U);
  EXPECT_EQ(last_seq(), defined()) << "not even a relation was defined";
  EXPECT_EQ(entities(), 0U);
  const auto rejects = rows(this->path("rejects.csv"), {"line", "column", "reason", "row"});
  ASSERT_EQ(rejects.size(), 40'621U);
  EXPECT_EQ(rejects.front()[0], "2");
  EXPECT_EQ(rejects.front()[1], "start");
}

}  // namespace
}  // namespace annals::ingest
