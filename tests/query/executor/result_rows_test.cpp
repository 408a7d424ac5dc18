#include "query/executor/result_rows.h"

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"
#include "tests/support/random_commit.h"

namespace annals::query {
namespace {

constexpr int kNodes = 12;
constexpr std::size_t kQuestions = 4'000;

/// What small statements are made of. Each takes what random_parameters() gives.
constexpr std::array kStatements = {
    "AT $day MATCH (:Country $c)-[f]->(o) RETURN type(f), id(o)",
    "ALL TIME MATCH (:Country $c)-[f]->(o) RETURN type(f), id(o), f.valid ORDER BY f.valid",
    "AT $day MATCH (:Country $c)-[f]->(o) RETURN o, f.valid AS v, f ORDER BY v DESC, o.name",
    "AT $day MATCH (:Country $c)-[:MEMBER_OF]->(o)<-[:MEMBER_OF]-(d:Country) RETURN o.name, d",
    "AT $day MATCH (a:Country $c)-[f:MEMBER_OF]->(o:Organisation $o) RETURN a, f.certainty",
    "KNOWN AT SEQ $seq ALL TIME MATCH (:Country $c)-[f]->(o) RETURN o, f.valid",
    "SAID BY $day ALL TIME MATCH (:Country $c)-[f]->(o) RETURN o, f.valid",
    "DURING $spell MATCH (o:Organisation $o)<-[f]-(c) RETURN c.name, f.valid ORDER BY f.valid",
    "MATCH (c:Country) AT $day WHERE c.name IN [$c, $d] MATCH (c)-[:MEMBER_OF]->(o) RETURN c, o",
    "AT $day MATCH (:Country $c)-[f]->(o) RETURN $o AS text, o",
    "TIMELINE FROM '1990' TO '1999' BY YEAR MATCH (:Country $c)-[:MEMBER_OF]->(o) RETURN o",
};

/// Takes some rows and then no more.
class FullSink final : public ResultSink {
 public:
  explicit FullSink(std::size_t rows_max) : rows_left_(rows_max) {}
  Status columns(std::span<const ResultColumn>, RowTags) override { return {}; }
  Status row(std::span<const Datum>, Certainty) override {
    if (rows_left_ == 0) return Error(ErrorCode::kIoError, "full");
    --rows_left_;
    return {};
  }
  Status message(std::string_view) override { return {}; }

 private:
  std::size_t rows_left_;
};

/// A session that is asked the same statements again and again.
class AskedAgain {
 public:
  explicit AskedAgain(std::uint64_t seed) : random_(seed) {
    world_.run(kDefinitions);
    std::string script;
    for (int i = 0; i < kNodes; ++i) {
      script += fmt::format("ENTITY Country 'c{0}'; ENTITY Organisation 'o{0}';", i);
    }
    world_.run(script);
    for (int i = 0; i < 60; ++i) record();
  }

  void record() {
    const std::string names = fmt::format("member: '{}', organisation: '{}'", name('c'), name('o'));
    world_.run(fmt::format("RECORD {} {{{}}} ON '{}{}';",
                           random_() % 3 == 0 ? "Withdrawal" : "Join", names, random_date(random_),
                           random_() % 8 == 0 ? "?" : ""));
  }

  /// A run that does not come to its end.
  void spoil(std::string_view text) {
    Parameters parameters = random_parameters();
    if (random_() % 2 == 0) parameters.erase("c");
    FullSink sink(random_() % 3);
    const Status done = world_.session().run(text, parameters, sink);
    spoilt_ += done ? 0 : 1;
  }

  /// Whether the session answers as one that has never been asked.
  void ask(std::string_view text) {
    const Parameters parameters = random_parameters();
    Session fresh(world_.database(), world_.clock(), nullptr, world_.stop());
    const auto again = answer(world_.session(), text, parameters);
    ASSERT_EQ(again, answer(fresh, text, parameters))
        << text << " for " << std::get<std::string>(parameters.at("c").data) << " on "
        << std::get<std::string>(parameters.at("day").data);
    rows_ += again.size();
  }

  std::mt19937_64& random() { return random_; }
  std::size_t rows() const { return rows_; }
  std::size_t spoilt() const { return spoilt_; }

 private:
  std::string name(char first) { return fmt::format("{}{}", first, random_() % kNodes); }

  Parameters random_parameters() {
    Parameters parameters;
    parameters.emplace("c", Datum(name('c')));
    parameters.emplace("d", Datum(name('c')));
    parameters.emplace("o", Datum(name('o')));
    parameters.emplace("day", Datum(random_date(random_)));
    parameters.emplace("spell", Datum(fmt::format("199{}/1997", random_() % 7)));
    const auto last = static_cast<std::int64_t>(world_.database().snapshot()->last_seq().raw);
    parameters.emplace("seq", Datum(last - static_cast<std::int64_t>(random_() % 50)));
    return parameters;
  }

  static std::vector<std::string> answer(Session& session, std::string_view text,
                                         const Parameters& parameters) {
    TextSink sink;
    const Status done = session.run(text, parameters, sink);
    if (!done) return {format_error(done.error())};
    return sink.rows;
  }

  std::mt19937_64 random_;
  World world_;
  std::size_t rows_ = 0;
  std::size_t spoilt_ = 0;
};

// What a run leaves to the next is of another node, date, perspective or state, and sometimes of a
// run that failed half-way.
TEST(ResultRowsTest, AStatementAskedAgainAnswersAsIfForTheFirstTime) {
  for (const std::uint64_t seed : tests::test_seeds(4)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    AskedAgain asked(seed);
    for (std::size_t i = 0; i < kQuestions && !testing::Test::HasFatalFailure(); ++i) {
      const std::string_view text = kStatements[asked.random()() % kStatements.size()];
      // For a while nothing is recorded, until the session has an image of the state.
      const bool is_busy = i < kQuestions / 4 || i > kQuestions * 3 / 4;
      if (is_busy && asked.random()() % 50 == 0) asked.record();
      if (asked.random()() % 5 == 0) asked.spoil(text);
      asked.ask(text);
    }
    EXPECT_GT(asked.rows(), kQuestions);
    EXPECT_GT(asked.spoilt(), kQuestions / 20);
  }
}

/// Asks the same statement for each row, so deep.
class AskingSink final : public ResultSink {
 public:
  AskingSink(Session& session, std::string_view text, int depth)
      : session_(session), text_(text), depth_(depth) {}
  Status columns(std::span<const ResultColumn>, RowTags) override { return {}; }
  Status row(std::span<const Datum>, Certainty) override {
    ++rows_;
    if (depth_ == 0) return {};
    AskingSink inner(session_, text_, depth_ - 1);
    const Status done = session_.run(text_, {}, inner);
    rows_ += inner.rows_;
    return done;
  }
  Status message(std::string_view) override { return {}; }
  int rows() const { return rows_; }

 private:
  Session& session_;
  std::string_view text_;
  int depth_;
  int rows_ = 0;
};

TEST(ResultRowsTest, WhoIsGivenRowsMayAskTheSame) {
  constexpr int kRows = 70;  // nodes are looked up for 32 of them at once
  World world;
  world.run(kDefinitions);
  std::string script = "ENTITY Country 'a';";
  for (int i = 0; i < kRows; ++i) {
    script += fmt::format(
        "ENTITY Organisation 'o{0}';"
        "ASSERT (:Country 'a')-[:MEMBER_OF]->(:Organisation 'o{0}') FROM '1990-01-01' TO '..';",
        i);
  }
  world.run(script);
  constexpr std::string_view kText = "MATCH (:Country 'a')-[m:MEMBER_OF]->(o) RETURN o, type(m)";
  for (int i = 0; i < 3; ++i) {
    AskingSink sink(world.session(), kText, 1);
    const Status done = world.session().run(kText, {}, sink);
    EXPECT_TRUE(done) << format_error(done.error());
    EXPECT_EQ(sink.rows(), kRows + kRows * kRows);
  }
}

// The rows of one read fill more than a batch, and are found in a slice of an image.
TEST(ResultRowsTest, NodesOfAnImageGiveAllTheirRows) {
  constexpr int kCountries = 500;
  constexpr int kOrganisations = 6;
  World world;
  world.run(kDefinitions);
  std::string script;
  for (int i = 0; i < kOrganisations; ++i) script += fmt::format("ENTITY Organisation 'o{}';", i);
  for (int i = 0; i < kCountries; ++i) {
    script += fmt::format("ENTITY Country 'c{}';", i);
    for (int j = 0; j < kOrganisations; ++j) {
      script += fmt::format(
          "ASSERT (:Country 'c{}')-[:MEMBER_OF]->(:Organisation 'o{}') FROM '1990-01-01' TO '..';",
          i, j);
    }
  }
  world.run(script);
  for (int i = 0; i < 4; ++i) {
    // From the second on there is an image.
    EXPECT_EQ(world.rows("ALL TIME MATCH ()-[m]->() RETURN count(m.valid)").size(), 1U);
    const auto rows = world.rows(
        "AT '1995-01-01' MATCH (:Organisation 'o1')<-[:MEMBER_OF]-(c)-[m:MEMBER_OF]->(o)"
        " RETURN id(c), id(o)");
    EXPECT_EQ(rows.size(), std::size_t{kCountries} * (kOrganisations - 1));
  }
}

}  // namespace
}  // namespace annals::query
