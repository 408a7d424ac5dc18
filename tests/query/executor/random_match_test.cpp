// Random questions about random graphs, answered as plain_evaluator.h says, and by Annals.

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "tests/query/executor/plain_evaluator.h"
#include "tests/query/executor/world.h"
#include "tests/support/environment.h"
#include "tests/support/random_commit.h"

namespace annals::query {
namespace {

using plain::Condition;
using plain::Question;
using tests::pick;
using tests::Random;

/// Pairs of a graph and a question in one run; ANNALS_MATCH_PAIRS sets another number.
constexpr std::size_t kPairs = 10'000;
constexpr std::size_t kQuestionsOfAGraph = 100;
constexpr std::size_t kFailuresMax = 5;

std::size_t pairs() { return tests::number_in_environment("ANNALS_MATCH_PAIRS", kPairs); }

constexpr std::string_view kScript =
    "DEFINE ENTITY A; DEFINE ENTITY B;"
    "DEFINE RELATION R (Entity)->(Entity); DEFINE RELATION S (A)->(B);"
    "DEFINE RELATION T (Entity)->(B);"
    "DEFINE EVENT Start (a Entity, b Entity, w INTEGER?) BEGINS (a)-[:R {w: w}]->(b);"
    "DEFINE EVENT Turn (a A, b B) ENDS (a)-[:R]->(b) BEGINS (a)-[:S]->(b);";

std::string any_node(Random& random) {
  return fmt::format("{}{}", random() % 2 == 0 ? 'a' : 'b', random() % 3);
}

std::string exact_date(Random& random) {
  return fmt::format("199{}-{:02}-01", random() % 10, 1 + random() % 12);
}

/// Facts have bounds that are not known, or, if `is_exact`, all are.
void fill(World& world, Random& random, bool is_exact) {
  std::string script(kScript);
  for (int i = 0; i < 3; ++i) script += fmt::format("ENTITY A 'a{0}'; ENTITY B 'b{0}';", i);
  const auto date = [&] { return is_exact ? exact_date(random) : random_date(random); };
  const auto weight = [&] { return random() % 4; };
  for (int i = 0; i < 14; ++i) {
    const bool planned = !is_exact && random() % 10 == 0;
    if (random() % 3 == 0) {
      script += fmt::format("RECORD Turn {{a: 'a{}', b: 'b{}'}} ON '{}'", random() % 3,
                            random() % 3, date());
    } else {
      script += fmt::format("RECORD Start {{a: '{}', b: '{}', w: {}}} ON '{}'", any_node(random),
                            any_node(random), weight(), date());
    }
    script += planned ? " STATUS planned;" : ";";
  }
  for (int i = 0; i < 6; ++i) {
    script +=
        fmt::format("ASSERT (:A 'a{}')-[:{} {{w: {}}}]->(:B 'b{}') FROM '{}' TO '..';",
                    random() % 3, random() % 2 == 0 ? "S" : "T", weight(), random() % 3, date());
  }
  world.run(script);
}

plain::Hop random_hop(Random& random, std::size_t variables, std::size_t clause) {
  static const std::vector<std::vector<std::string>> kRelations = {
      {"R"}, {"R"}, {"S"}, {"T"}, {"R", "S"}, {"S", "T"}, {}};
  plain::Hop hop;
  // Mostly from a node that is known already to one that is not.
  hop.from = variables == 0 || pick(random, 6) == 0 ? variables : pick(random, variables);
  const std::size_t known = std::max(variables, hop.from + 1);
  hop.to = pick(random, 3) == 0 ? pick(random, known) : known;
  hop.relations = kRelations[pick(random, kRelations.size())];
  const std::size_t direction = pick(random, 3);
  hop.forwards = direction != 1;
  hop.backwards = direction != 0;
  hop.clause = clause;
  return hop;
}

Condition random_condition(const Question& question, bool is_exact, Random& random) {
  using enum Condition::Kind;
  static const std::vector<Condition::Kind> kOfNodes = {kNameBelow, kNameIs, kNamesEqual,
                                                        kNamesInOrder, kSameNode};
  Condition condition;
  const std::size_t what = pick(random, 10);
  const std::size_t variables = question.labels.size();
  condition.a = pick(random, variables);
  condition.b = pick(random, variables);
  if (is_exact && what == 0) {
    condition.kind = pick(random, 2) == 0 ? kExists : kNotExists;
    condition.text = pick(random, 2) == 0 ? "S" : "T";
  } else if (what <= 3 && !question.hops.empty()) {
    condition.kind = pick(random, 2) == 0 ? kWeightBelow : kWeightsEqual;
    condition.a = pick(random, question.hops.size());
    condition.b = pick(random, question.hops.size());
    condition.number = static_cast<int>(pick(random, 5));
  } else {
    condition.kind = kOfNodes[pick(random, kOfNodes.size())];
    condition.text = any_node(random);
  }
  return condition;
}

Question random_question(Random& random, bool is_exact) {
  Question question;
  const std::string date =
      is_exact && pick(random, 2) == 0 ? exact_date(random) : random_date(random);
  question.scope = fmt::format("AT '{}'", date);
  question.at = parse_date(date)->begin;
  if (is_exact) {
    if (!question.at->exact()) {
      question.scope = "ALL TIME";
      question.at.reset();
    }
  }
  const std::size_t hops = 1 + pick(random, 3);
  std::size_t clause = 0;
  std::size_t variables = 0;
  for (std::size_t i = 0; i < hops; ++i) {
    question.hops.push_back(random_hop(random, variables, clause));
    const plain::Hop& hop = question.hops.back();
    variables = std::max({variables, hop.from + 1, hop.to + 1});
    if (pick(random, 5) == 0) ++clause;
  }
  static const std::vector<std::string> kLabels = {"", "", "", "A", "B"};
  for (std::size_t i = 0; i < variables; ++i) {
    question.labels.push_back(kLabels[pick(random, kLabels.size())]);
  }
  // A node that stands alone is an entity: events are nodes too.
  if (pick(random, 6) == 0) question.labels.push_back(pick(random, 2) == 0 ? "A" : "B");
  for (std::size_t i = pick(random, 3); i > 0; --i) {
    question.conditions.push_back({random_condition(question, is_exact, random)});
    if (pick(random, 4) == 0) {
      const Condition other = random_condition(question, false, random);
      using enum Condition::Kind;
      const auto kind = question.conditions.back().front().kind;
      if (kind != kExists && kind != kNotExists) question.conditions.back().push_back(other);
    }
  }
  question.result = static_cast<plain::Result>(pick(random, 5) % 4);
  question.skip = pick(random, 3);
  question.limit = 1 + pick(random, 6);
  return question;
}

std::vector<plain::Row> rows_of(World& world, const Question& question) {
  constexpr std::string_view kTag = " | possible";
  std::vector<plain::Row> rows;
  for (std::string text : world.rows(question.text())) {
    plain::Row row;
    row.is_certain = !text.ends_with(kTag);
    if (!row.is_certain) text.resize(text.size() - kTag.size());
    for (std::size_t at = 0; at != std::string::npos;) {
      const std::size_t end = text.find(" | ", at);
      row.cells.push_back(text.substr(at, end == std::string::npos ? end : end - at));
      at = end == std::string::npos ? end : end + 3;
    }
    rows.push_back(std::move(row));
  }
  if (question.result != plain::Result::kFirst) std::sort(rows.begin(), rows.end());
  return rows;
}

/// Of rows that are as good as each other LIMIT takes any; of DISTINCT rows the evaluator may know
/// too little.
bool agree(const Question& question, const std::vector<plain::Row>& expected,
           const std::vector<plain::Row>& found) {
  if (question.result == plain::Result::kNames || question.result == plain::Result::kCounts) {
    return expected == found;
  }
  const bool is_distinct = question.result == plain::Result::kDistinct;
  return std::equal(expected.begin(), expected.end(), found.begin(), found.end(),
                    [&](const plain::Row& one, const plain::Row& other) {
                      const bool is_known = is_distinct && one.is_certain && !other.is_certain;
                      return one.cells == other.cells && !is_known;
                    });
}

std::string text_of(const std::vector<plain::Row>& rows) {
  std::string text;
  for (const plain::Row& row : rows) {
    for (const std::string& cell : row.cells) text += cell + " ";
    text += row.is_certain ? "\n" : "possible\n";
  }
  return text;
}

TEST(RandomMatchTest, AnswersAreThoseOfAPlainEvaluator) {
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t graphs = (pairs() + kQuestionsOfAGraph - 1) / kQuestionsOfAGraph;
  std::size_t asked = 0;
  std::size_t given = 0;
  std::size_t failures = 0;
  for (const std::uint64_t seed : tests::test_seeds(graphs)) {
    Random random(seed);
    const bool is_exact = seed % 2 == 0;
    World world;
    fill(world, random, is_exact);
    const auto snapshot = world.database().snapshot();
    const plain::Evaluator evaluator(*snapshot);
    for (std::size_t i = 0; i < kQuestionsOfAGraph && failures < kFailuresMax; ++i) {
      const Question question = random_question(random, is_exact);
      const auto expected = evaluator.answer(question);
      const auto found = rows_of(world, question);
      ++asked;
      given += expected.size();
      if (agree(question, expected, found)) continue;
      ++failures;
      ADD_FAILURE() << fmt::format("ANNALS_TEST_SEED={}\n{}\nexpected:\n{}found:\n{}", seed,
                                   question.text(), text_of(expected), text_of(found));
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("seeds 1 to {}: {} pairs, {} rows, {:.0f} pairs a second\n", graphs, asked, given,
             static_cast<double>(asked) / took.count());
  if (failures > 0) return;
  EXPECT_GT(given, asked) << "questions that find nothing test nothing";
}

}  // namespace
}  // namespace annals::query
