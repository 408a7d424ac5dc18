// Reads of the LDBC social network benchmark in the Annals language, as of random dates, against
// answers that plain loops over the rows of its files give.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "ingest/load_runner.h"
#include "query/parser/parser.h"
#include "query/query_engine.h"
#include "tests/ingest/files.h"
#include "tests/ldbc/answers.h"
#include "tests/support/environment.h"
#include "tests/support/manual_clock.h"
#include "tests/support/needs_data.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace annals::ldbc {
namespace {

using query::Datum;

/// A read is asked until so many answers had rows: others prove little.
constexpr std::size_t kAnsweredMin = 4;
constexpr std::size_t kQuestionsMin = 6;
constexpr std::size_t kQuestionsMax = 100;

struct Read {
  const char* name;
  Answerer answer;
};
constexpr Read kReads[] = {
    {"is1", profile},
    {"is2", recent_messages},
    {"is3", friends},
    {"is4", content},
    {"is5", creator},
    {"is6", forum},
    {"is7", replies},
    {"ic1", namesakes},
    {"ic2", friends_messages},
    {"ic3", travellers},
    {"ic10", recommended_friends},
    {"ic14", trusted_ways},
    {"ic4", new_topics},
    {"ic5", new_groups},
    {"ic6", tags_together},
    {"ic7", recent_likers},
    {"ic8", recent_replies},
    {"ic9", circles_messages},
    {"ic11", job_referral},
    {"ic12", expert_search},
    {"ic13", distance},
};

/// As datum_text, but texts within lists stand without quotes.
std::string text_of(const Datum& datum) {
  const query::DatumList* const items = query::list_in(datum);
  if (items == nullptr) return query::datum_text(datum);
  std::vector<std::string> texts;
  for (const Datum& item : *items) texts.push_back(text_of(item));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

class Rows final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const Datum> cells, Certainty certainty) override {
    std::vector<std::string> texts;
    for (const Datum& cell : cells) {
      // A date that was set is shown as it is written: in the file, with all digits of its second.
      const auto* const date = std::get_if<Date>(&cell.data);
      texts.push_back(date != nullptr ? format_instant(date->begin) : text_of(cell));
    }
    if (certainty == Certainty::kPossible) texts.emplace_back("possible");
    rows.push_back(fmt::format("{}", fmt::join(texts, " | ")));
    return {};
  }
  Status message(std::string_view) override { return {}; }

  Answer rows;
};

/// Loads the files of one folder.
class FolderLoader final : public query::Loader {
 public:
  FolderLoader(storage::Database& database, std::string folder)
      : database_(database), folder_(std::move(folder)) {}

  Result<LoadReport> load(const LoadRequest& request, const StopFlag& stop) override {
    LoadRequest here = request;
    here.path = folder_ + "/" + request.path;
    return ingest::LoadRunner(database_).run(here, stop);
  }

 private:
  storage::Database& database_;
  std::string folder_;
};

std::uint64_t seed() { return tests::number_in_environment("ANNALS_TEST_SEED", 1); }

class LdbcTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string archive = tests::shared_data() + "/ldbc-snb-mini/social_network.tar.zst";
    ANNALS_NEEDS_DATA(archive);
    const std::string files = folder_.file("files");
    ASSERT_TRUE(unpack(archive, files)) << archive << " cannot be unpacked";
    leave_out_unused(files);
    network_ = read_social_network(files);
    auto opened = storage::Database::open(folder_.file("database"), {}, clock_);
    ASSERT_TRUE(opened) << format_error(opened.error());
    database_ = std::move(*opened);
    loader_ = std::make_unique<FolderLoader>(*database_, files);
    session_ = std::make_unique<query::Session>(*database_, clock_, loader_.get(), stop_);
    load();
  }

  void load() {
    const std::string script = tests::read_file(tests::source_dir() + "/tests/ldbc/network.anl");
    std::string_view rest = script;
    const auto begin = std::chrono::steady_clock::now();
    while (const auto end = query::statement_end(rest)) {
      Rows sink;
      const Status done = session_->run(rest.substr(0, *end), {}, sink);
      ASSERT_TRUE(done) << rest.substr(0, *end) << "\n" << format_error(done.error());
      rest.remove_prefix(*end);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << fmt::format("loaded in {:.1f} s\n", took.count());
  }

  template <class Things>
  Index any(const Things& things) {
    return std::uniform_int_distribution<Index>(0, things.size() - 1)(random_);
  }

  Index any_tagged_post() {
    for (;;) {
      const Index post = any(network_.messages);
      if (network_.messages[post].is_post && network_.messages[post].tags.size() > 1) return post;
    }
  }

  bool is_from_abroad(const Message& message) const {
    return network_.places[network_.people[message.creator].city].part_of != message.place;
  }

  /// Two messages that somebody wrote from two countries, and is at home in neither.
  void set_trip(Question& asked) {
    for (;;) {
      const Message& one = network_.messages[any(network_.messages)];
      if (!is_from_abroad(one)) continue;
      for (const Message& other : network_.messages) {
        const bool is_theirs = other.creator == one.creator && is_from_abroad(other);
        if (!is_theirs || other.place == one.place) continue;
        asked.abroad = one.place;
        asked.abroad_too = other.place;
        asked.trip_from = std::min(one.created, other.created);
        asked.trip_until = std::max(one.created, other.created) + 1;
        return;
      }
    }
  }

  /// What has to do with a person asks about people, tags and places near each other: those of a
  /// message and its author. Otherwise most answers would be empty.
  Question question() {
    constexpr Millis kDay = 86'400'000;
    constexpr Millis kMay2010 = 1'272'672'000'000;
    const auto day = [this](int days) {
      return kMay2010 + std::uniform_int_distribution<Millis>(0, days * kDay)(random_);
    };
    Question asked;
    asked.message = any(network_.messages);
    if (random_() % 2 == 0) {
      while (!network_.messages[asked.message].reply_of) asked.message = any(network_.messages);
      asked.message = *network_.messages[asked.message].reply_of;
    }
    asked.person = network_.messages[any(network_.messages)].creator;
    asked.other = any(network_.people);
    const Link& job = network_.jobs[any(network_.jobs)];
    asked.country = network_.organisations[job.to].place;
    const Message& tagged = network_.messages[any_tagged_post()];
    asked.tag = tagged.tags.front();
    for (const Link& one : network_.knows) {
      if (one.from == tagged.creator && random_() % 2 == 0) asked.person = one.to;
    }
    asked.tag_class = network_.tags[asked.tag].tag_class;
    const auto& superclass = network_.tag_classes[asked.tag_class].superclass;
    if (superclass && random_() % 2 == 0) asked.tag_class = *superclass;
    asked.at = day(365);
    asked.from = day(150);
    asked.until = asked.from + 60 * kDay;
    set_trip(asked);
    while (asked.other == asked.person) asked.other = any(network_.people);
    asked.month = 1 + static_cast<int>(random_() % 12);
    asked.year = 2006 + static_cast<int>(random_() % 6);
    return asked;
  }

  query::Parameters parameters_of(const Question& asked) const {
    const auto id = [](Id number) { return Datum(std::to_string(number)); };
    const auto date = [](Millis at) { return Datum(text_of_date(at)); };
    return {{"at", date(asked.at)},
            {"person", id(network_.people[asked.person].id)},
            {"other", id(network_.people[asked.other].id)},
            {"firstName", Datum(network_.people[asked.other].first_name)},
            {"message", id(network_.messages[asked.message].id)},
            {"country", Datum(network_.places[asked.country].name)},
            {"tag", Datum(network_.tags[asked.tag].name)},
            {"class", Datum(network_.tag_classes[asked.tag_class].name)},
            {"from", date(asked.from)},
            {"until", date(asked.until)},
            {"country1", Datum(network_.places[asked.abroad].name)},
            {"country2", Datum(network_.places[asked.abroad_too].name)},
            {"tripFrom", date(asked.trip_from)},
            {"tripUntil", date(asked.trip_until)},
            {"month", Datum(fmt::format("{:02}", asked.month))},
            {"nextMonth", Datum(fmt::format("{:02}", asked.month % 12 + 1))},
            {"year", Datum(std::int64_t{asked.year})}};
  }

  void check(const Read& read) {
    const std::string path =
        fmt::format("{}/tests/ldbc/reads/{}.anl", tests::source_dir(), read.name);
    const std::string statement = tests::read_file(path);
    std::size_t answered = 0;
    std::size_t questions = 0;
    double seconds = 0;
    for (; questions < kQuestionsMin || answered < kAnsweredMin; ++questions) {
      ASSERT_LT(questions, kQuestionsMax) << read.name << ": most answers are empty";
      const Question asked = question();
      Rows sink;
      const auto begin = std::chrono::steady_clock::now();
      const Status done = session_->run(statement, parameters_of(asked), sink);
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      ASSERT_TRUE(done) << read.name << "\n" << format_error(done.error());
      const Answer expected = read.answer(network_, asked);
      ASSERT_EQ(sink.rows, expected) << read.name << " of " << described(asked);
      answered += expected.empty() || expected.front() == "-1" ? 0 : 1;
    }
    std::cout << fmt::format("{}: {} of {} answers have rows, {:.1f} ms each\n", read.name,
                             answered, questions, seconds * 1'000 / static_cast<double>(questions));
  }

  std::string described(const Question& asked) const {
    std::string text = fmt::format("seed {}", seed());
    for (const auto& [name, value] : parameters_of(asked)) {
      text += fmt::format(", {}: {}", name, text_of(value));
    }
    return text;
  }

  tests::TempFolder folder_;
  tests::ManualClock clock_{1};
  StopFlag stop_;
  SocialNetwork network_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<query::Loader> loader_;
  std::unique_ptr<query::Session> session_;
  std::mt19937_64 random_{seed()};
};

TEST_F(LdbcTest, ReadsGiveWhatLoopsOverTheRowsGive) {
  std::cout << fmt::format("seed {}\n", seed());
  for (const Read& read : kReads) {
    check(read);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace annals::ldbc
