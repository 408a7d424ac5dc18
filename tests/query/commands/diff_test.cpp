#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "query/commands/diff_rows.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Random = std::mt19937_64;

void fill(World& world, Random& random) {
  std::string script =
      "DEFINE ENTITY Node; DEFINE RELATION R (Node)->(Node); DEFINE RELATION S (Node)->(Node);"
      "DEFINE EVENT Start (a Node, b Node) BEGINS (a)-[:R]->(b);"
      "DEFINE EVENT Turn (a Node, b Node) ENDS (a)-[:R]->(b) BEGINS (a)-[:S]->(b);"
      "DEFINE EVENT Size (a Node, size INTEGER) SETS a.size = size;";
  for (int i = 0; i < 5; ++i) script += fmt::format("ENTITY Node 'n{}';", i);
  for (int i = 0; i < 30; ++i) {
    const std::string status = random() % 8 == 0 ? " STATUS planned" : "";
    if (random() % 4 == 0) {
      script += fmt::format("RECORD Size {{a: 'n{}', size: {}}} ON '{}'{};", random() % 5,
                            random() % 3, random_date(random), status);
    } else {
      script += fmt::format("RECORD {} {{a: 'n{}', b: 'n{}'}} ON '{}'{};",
                            random() % 3 == 0 ? "Turn" : "Start", random() % 5, random() % 5,
                            random_date(random), status);
    }
  }
  world.run(script);
}

/// Rows of a state, sorted: "row | certain" or "row | possible".
std::vector<std::string> state_of(World& world, const std::string& date, const std::string& match,
                                  const std::string& columns) {
  std::vector<std::string> rows =
      world.rows(fmt::format("AT '{}' {} RETURN {}", date, match, columns));
  for (std::string& row : rows) {
    if (!row.ends_with(" | possible")) row += " | certain";
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

void take_out(std::vector<std::string>& rows, const std::string& row) {
  const auto found = std::find(rows.begin(), rows.end(), row);
  ASSERT_NE(found, rows.end()) << row << " is not there";
  rows.erase(found);
}

/// What the rows of a difference make of a state. Each is "change | row | certainty".
void apply(const std::vector<std::string>& difference, std::vector<std::string>& state) {
  constexpr std::string_view arrow = " -> ";
  for (const std::string& line : difference) {
    const std::size_t first = line.find(" | ");
    const std::size_t last = line.rfind(" | ");
    const std::string change = line.substr(0, first);
    const std::string row = line.substr(first + 3, last - first - 3);
    const std::string certainty = line.substr(last + 3);
    if (change == "added") state.push_back(row + " | " + certainty);
    if (change == "removed") take_out(state, row + " | " + certainty);
    if (change != "changed") continue;
    const std::size_t between = certainty.find(arrow);
    ASSERT_NE(between, std::string::npos) << line;
    take_out(state, row + " | " + certainty.substr(0, between));
    state.push_back(row + " | " + certainty.substr(between + arrow.size()));
  }
  std::sort(state.begin(), state.end());
}

std::string swapped(std::string line) {
  if (line.starts_with("added")) return "removed" + line.substr(5);
  if (line.starts_with("removed")) return "added" + line.substr(7);
  const std::string to_possible = "certain -> possible";
  const std::string to_certain = "possible -> certain";
  const bool is_less = line.ends_with(to_possible);
  line.erase(line.size() - to_possible.size());
  return line + (is_less ? to_certain : to_possible);
}

struct Question {
  std::string match;
  std::string columns;
};

std::vector<std::string> difference_of(World& world, const std::string& from, const std::string& to,
                                       const Question& question) {
  return world.rows(fmt::format("DIFF AT '{}' AND AT '{}' {} RETURN change, {}", from, to,
                                question.match, question.columns));
}

TEST(DiffTest, AppliedToTheFirstStateItGivesTheSecond) {
  const std::vector<Question> questions = {
      {"MATCH (a)-[:R]->(b)", "a.name, b.name"},   {"MATCH (a)-[m]->(b)", "type(m)"},
      {"MATCH (a)-[:R]->(b)-[:R|S]->(c)", "a, c"}, {"MATCH (a)-[:R]->(b)", "a.name, count(b)"},
      {"MATCH (a:Node)", "a.name, a.size"},
  };
  Random random(3);
  for (int history = 0; history < 6; ++history) {
    World world;
    fill(world, random);
    for (int i = 0; i < 30; ++i) {
      const Question& question = questions[random() % questions.size()];
      const std::string first = random_date(random);
      const std::string second = random() % 10 == 0 ? first : random_date(random);
      SCOPED_TRACE(
          fmt::format("{} to {}: {} RETURN {}", first, second, question.match, question.columns));
      const std::vector<std::string> difference = difference_of(world, first, second, question);
      std::vector<std::string> state = state_of(world, first, question.match, question.columns);
      apply(difference, state);
      EXPECT_EQ(state, state_of(world, second, question.match, question.columns));
      if (first == second) {
        EXPECT_THAT(difference, IsEmpty());
      }
      std::vector<std::string> back = difference_of(world, second, first, question);
      std::transform(back.begin(), back.end(), back.begin(), swapped);
      EXPECT_THAT(back, ::testing::UnorderedElementsAreArray(difference));
    }
  }
}

/// Rows of one column.
void give(DiffRows& rows, const std::vector<std::pair<int, Certainty>>& values) {
  const std::vector<ResultColumn> columns = {{"a"}};
  ASSERT_TRUE(rows.columns(columns, RowTags::kTagged));
  for (const auto& [value, certainty] : values) {
    const std::vector<Datum> cells = {Datum(std::int64_t{value})};
    ASSERT_TRUE(rows.row(cells, certainty));
  }
}

TEST(DiffRowsTest, EqualRowsCountAsOftenAsTheyAreThere) {
  constexpr auto kCertain = Certainty::kCertain;
  constexpr auto kPossible = Certainty::kPossible;
  DiffRows rows(std::size_t{1} << 20);
  rows.begin(DiffRows::Side::kFirst);
  give(rows, {{1, kCertain}, {1, kCertain}, {1, kPossible}, {2, kPossible}});
  rows.begin(DiffRows::Side::kSecond);
  give(rows, {{3, kCertain}, {2, kCertain}, {2, kCertain}, {1, kCertain}});
  const auto difference = rows.difference();
  ASSERT_TRUE(difference);
  std::vector<std::string> texts;
  for (const DiffRow& row : *difference) {
    texts.push_back(fmt::format("{} {} {} {}", datum_text(rows.values(row.key)[0]),
                                static_cast<int>(row.change), static_cast<int>(row.before),
                                static_cast<int>(row.after)));
  }
  // The value; 0 added, 1 removed, 2 changed; 0 not there, 1 possible, 2 certain.
  EXPECT_THAT(texts, ElementsAre("1 1 2 0", "1 1 1 0", "2 2 1 2", "2 0 0 2", "3 0 0 2"));
}

TEST(DiffTest, ItsColumnsAreThoseReturnedAndTheCertainty) {
  World world;
  world.run(kDefinitions);
  TextSink sink;
  ASSERT_TRUE(
      world.session().run("DIFF AT '2001' AND AT '2002' MATCH (c:Country) "
                          "RETURN c.name, change AS what, c AS country",
                          {}, sink));
  EXPECT_THAT(sink.names, ElementsAre("c.name", "what", "country", "certainty"));
  EXPECT_EQ(sink.tags, RowTags::kUntagged);
}

TEST(DiffTest, TakesParametersForItsSidesAndItsCounts) {
  World world;
  world.run(kDefinitions);
  world.run("RECORD Join {member: 'a', organisation: 'x'} ON '2000-01-01' CREATING MISSING");
  const Parameters given = {{"from", Datum(std::string("1999"))},
                            {"to", Datum(std::string("2001"))},
                            {"n", Datum(std::int64_t{1})}};
  const std::string text =
      "DIFF AT $from AND AT $to MATCH (c)-[:MEMBER_OF]->() RETURN change, c.name LIMIT $n";
  EXPECT_THAT(world.rows(text, given), ElementsAre("added | a | certain"));
  EXPECT_THAT(world.error(text), HasSubstr("$n was not given"));
}

TEST(DiffTest, StopsWhenAsked) {
  World world;
  world.run(kDefinitions);
  world.stop().request();
  EXPECT_THAT(world.error("DIFF AT '2001' AND AT '2002' MATCH (c:Country) RETURN change, c"),
              HasSubstr("stopped"));
}

}  // namespace
}  // namespace annals::query
