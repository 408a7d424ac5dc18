// Answers that have to agree with each other, whatever is right: the same question asked in two
// ways. Random graphs and questions; a failure prints the seed and both statements.

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/executor/query_runner.h"
#include "query/parser/parser.h"
#include "tests/query/executor/world.h"
#include "tests/support/random_commit.h"

namespace annals::query {
namespace {

using Random = std::mt19937_64;
using Rows = std::vector<std::string>;

// 10,000 pairs of a graph and a question, 2,000 for each of the five laws.
constexpr std::size_t kGraphs = 25;
constexpr std::size_t kQuestions = 80;

template <class Container>
const auto& one_of(const Container& all, Random& random) {
  return all[random() % std::size(all)];
}

void fill(World& world, Random& random) {
  constexpr std::array<std::string_view, 7> kBegins = {
      "2000-01-01", "2000-02", "2000", "2001-05-05", "2001?", "..", "[2000-03-01..2002]"};
  constexpr std::array<std::string_view, 6> kEnds = {"2003-01-01", "2003-02", "2003",
                                                     "2004?",      "..",      "[2002-03-01..]"};
  std::string script(kDefinitions);
  script +=
      "DEFINE ENTITY City; DEFINE RELATION IN (City)->(Country);"
      "DEFINE RELATION NEAR (Entity)->(Entity);";
  for (int i = 0; i < 5; ++i) {
    script +=
        fmt::format("ENTITY Country 'c{0}'; ENTITY City 't{0}'; ENTITY Organisation 'o{0}';", i);
  }
  world.run(script);
  script.clear();
  const auto period = [&] {
    return fmt::format("FROM '{}' TO '{}';", one_of(kBegins, random), one_of(kEnds, random));
  };
  constexpr std::array<std::string_view, 3> kAny = {"Country 'c", "City 't", "Organisation 'o"};
  for (int i = 0; i < 14; ++i) {
    script +=
        fmt::format("ASSERT (:Country 'c{}')-[:{} {{capacity: '{}'}}]->(:Organisation 'o{}') {}",
                    random() % 5, random() % 3 == 0 ? "FORMER_MEMBER_OF" : "MEMBER_OF",
                    random() % 2 == 0 ? "full" : "observer", random() % 3, period());
    script += fmt::format("ASSERT (:City 't{}')-[:IN]->(:Country 'c{}') {}", random() % 5,
                          random() % 5, period());
    script += fmt::format("ASSERT (:{}{}')-[:NEAR]->(:{}{}') {}", one_of(kAny, random),
                          random() % 5, one_of(kAny, random), random() % 5, period());
    if (i % 4 != 0) continue;
    script += fmt::format(
        "RECORD Measure {{subject: 'c{}', indicator: 'size', value: {}}} ON '{}';", random() % 5,
        random() % 9, one_of(kBegins, random) == ".." ? "2000-03" : "2001-06-01");
  }
  world.run(script);
}

/// A path whose nodes are n0, n1, … and whose facts are m0, m1, …
struct Path {
  struct Hop {
    std::string relation;
    int direction = 0;  ///< -1, 0, 1
  };
  std::vector<std::string> labels;
  std::vector<Hop> hops;
};

Path random_path(Random& random) {
  constexpr std::array<std::string_view, 6> kRelations = {
      ":MEMBER_OF", ":IN", ":NEAR", ":MEMBER_OF|FORMER_MEMBER_OF", ":NEAR|IN", ""};
  constexpr std::array<std::string_view, 7> kLabels = {
      "", "", ":Country", ":City", ":Organisation", ":Country|City", ":Country 'c1'"};
  Path path;
  const std::size_t hops = 1 + random() % 3;
  for (std::size_t i = 0; i <= hops; ++i) path.labels.emplace_back(one_of(kLabels, random));
  for (std::size_t i = 0; i < hops; ++i) {
    path.hops.push_back(
        {std::string(one_of(kRelations, random)), static_cast<int>(random() % 3) - 1});
  }
  return path;
}

std::string path_text(const Path& path, bool from_the_end) {
  const std::size_t count = path.hops.size();
  const auto node = [&](std::size_t i) { return fmt::format("(n{}{})", i, path.labels[i]); };
  std::string text = node(from_the_end ? count : 0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t hop = from_the_end ? count - 1 - i : i;
    const int direction = from_the_end ? -path.hops[hop].direction : path.hops[hop].direction;
    text += fmt::format("{}[m{}{}]{}{}", direction < 0 ? "<-" : "-", hop, path.hops[hop].relation,
                        direction > 0 ? "->" : "-", node(from_the_end ? hop : hop + 1));
  }
  return text;
}

/// A condition on the path's variables that is as true in all worlds.
std::string random_predicate(const Path& path, Random& random) {
  const std::string n = fmt::format("n{}", random() % path.labels.size());
  const std::string other = fmt::format("n{}", random() % path.labels.size());
  const std::string m = fmt::format("m{}", random() % path.hops.size());
  const std::array<std::string, 12> all = {
      fmt::format("{}.name > 'c3'", n),
      fmt::format("{}.name STARTS WITH 'c'", n),
      fmt::format("{}.name =~ '[co][0-2]'", n),
      fmt::format("{}.name IN ['c1', 'o1', null]", n),
      fmt::format("{}.name <> {}.name", n, other),
      fmt::format("{}.capacity = 'full'", m),
      fmt::format("type({}) = 'NEAR'", m),
      fmt::format("{} CONTAINS '2001-07-01'", m),
      fmt::format("{} PRECEDES '2003-06-01'", m),
      fmt::format("{}.certainty = 'certain'", m),
      fmt::format("size({}.name) + 1 = 3 AND {}.name < 'n'", n, other),
      fmt::format("{}.capacity IS NULL OR {}.name = 'c2'", m, other),
  };
  return one_of(all, random);
}

struct Question {
  std::string scope;
  Path path;
  std::string where;  ///< Perhaps empty.

  std::string text(std::string_view pattern, std::string_view condition,
                   std::string_view result) const {
    return fmt::format("{} MATCH {}{}{} {}", scope, pattern, condition.empty() ? "" : " WHERE ",
                       condition, result);
  }
  std::string columns() const {
    std::string text = "RETURN n0.name";
    for (std::size_t i = 1; i < path.labels.size(); ++i) text += fmt::format(", n{}.name", i);
    for (std::size_t i = 0; i < path.hops.size(); ++i) text += fmt::format(", m{}.valid", i);
    return text;
  }
};

Question random_question(Random& random) {
  constexpr std::array<std::string_view, 9> kScopes = {"",
                                                       "AT '2001-07-01'",
                                                       "AT '2000'",
                                                       "AT '2003-02'",
                                                       "CERTAINLY AT '2002-01-01'",
                                                       "ALL TIME",
                                                       "DURING '2001/2002'",
                                                       "THROUGHOUT '2002-01-01/2002-02-01'",
                                                       "AT '2001?'"};
  Question question{std::string(one_of(kScopes, random)), random_path(random), ""};
  if (random() % 2 == 0) question.where = random_predicate(question.path, random);
  return question;
}

class MetamorphicTest : public testing::Test {
 protected:
  /// Asks `check` about random questions of random graphs.
  template <class Check>
  void for_each_question(Check check) {
    for (const std::uint64_t seed : tests::test_seeds(kGraphs)) {
      SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
      Random random(seed);
      World world;
      fill(world, random);
      for (std::size_t i = 0; i < kQuestions && !HasFailure(); ++i) {
        check(world, random_question(random), random);
      }
    }
    std::cout << asked_ << " statements gave " << given_ << " rows\n";
    if (HasFailure()) return;
    EXPECT_GT(given_, asked_) << "questions that find nothing test nothing";
  }

  Rows sorted_rows(World& world, const std::string& query, const Parameters& parameters = {}) {
    Rows rows = world.rows(query, parameters);
    return counted(std::move(rows));
  }
  /// By a plan that nobody made faster.
  Rows rows_as_written(World& world, const std::string& query) {
    const auto statement = parse_statement(query);
    const auto snapshot = world.database().snapshot();
    TextSink sink;
    const auto plan = PlannedQuery::plan(std::get<ast::Query>(statement->body), query, *snapshot,
                                         Planning::kAsWritten);
    EXPECT_TRUE(plan) << query;
    const Status done = (*plan)->run(
        *snapshot, {{}, world.clock().now(), world.stop(), world.session().limits(), {}}, sink);
    EXPECT_TRUE(done) << format_error(done.error());
    return counted(std::move(sink.rows));
  }

 private:
  Rows counted(Rows rows) {
    std::sort(rows.begin(), rows.end());
    ++asked_;
    given_ += rows.size();
    return rows;
  }

  std::size_t asked_ = 0;
  std::size_t given_ = 0;
};

/// TLP: a row makes a condition true, false or null.
TEST_F(MetamorphicTest, AConditionCutsTheRowsIntoThreeParts) {
  for_each_question([this](World& world, const Question& question, Random& random) {
    const std::string pattern = path_text(question.path, false);
    const std::string p = random_predicate(question.path, random);
    Rows parts;
    for (const std::string& condition :
         {p, fmt::format("NOT ({})", p), fmt::format("({}) IS NULL", p)}) {
      const Rows part = sorted_rows(world, question.text(pattern, condition, question.columns()));
      parts.insert(parts.end(), part.begin(), part.end());
    }
    std::sort(parts.begin(), parts.end());
    const std::string all = question.text(pattern, "", question.columns());
    EXPECT_EQ(sorted_rows(world, all), parts) << all << "\n cut by " << p;
  });
}

/// NoREC: the rows are those of the plan that follows the text, without any rule.
TEST_F(MetamorphicTest, APlanByCostGivesTheRowsOfThePlanAsWritten) {
  for_each_question([this](World& world, const Question& question, Random& random) {
    const std::array<std::string, 7> results = {
        question.columns(),
        "RETURN count(*), count(m0)",
        "RETURN DISTINCT n0.name",
        "RETURN n0.name, n1.size, count(*)",
        "MATCH (n0)-[x:NEAR]-(y) RETURN n0.name, y.name, x.valid",
        "OPTIONAL MATCH (n1)<-[x:IN]-(y:City) RETURN n0.name, n1.name, y.name",
        "WITH n1 AS k, count(*) AS c WHERE c > 1 MATCH (k)-[:NEAR]->(z) RETURN k.name, c, z.name",
    };
    std::string result = one_of(results, random);
    // That needs a scope of its own under DURING.
    if (question.scope.starts_with("DURING") && result.starts_with("OPTIONAL")) {
      result = question.columns();
    }
    std::string condition = question.where;
    if (random() % 3 == 0) {
      condition = fmt::format("{}{}EXISTS {{(n1)-[:NEAR]->(:Country) AT '2001-09-01'}}", condition,
                              condition.empty() ? "" : " AND ");
    } else if (random() % 3 == 0) {
      condition = "n0.size > 3 OR " + random_predicate(question.path, random);
    }
    const std::string query = question.text(path_text(question.path, false), condition, result);
    EXPECT_EQ(sorted_rows(world, query), rows_as_written(world, query)) << query;
    const std::string best = question.text(
        path_text(question.path, false), condition,
        "RETURN n0.name AS a, n1.name AS b, m0.valid AS c ORDER BY a DESC, b, c SKIP 1 LIMIT 4");
    EXPECT_EQ(sorted_rows(world, best).size(), rows_as_written(world, best).size()) << best;
  });
}

TEST_F(MetamorphicTest, APathReadFromItsEndIsTheSamePath) {
  for_each_question([this](World& world, const Question& question, Random&) {
    const auto ask = [&](bool from_the_end) {
      return question.text(path_text(question.path, from_the_end), question.where,
                           question.columns());
    };
    EXPECT_EQ(sorted_rows(world, ask(false)), sorted_rows(world, ask(true))) << ask(false) << "\n"
                                                                             << ask(true);
  });
}

TEST_F(MetamorphicTest, AParameterIsTheLiteral) {
  for_each_question([this](World& world, const Question& question, Random&) {
    const std::string literal =
        question.text(path_text(question.path, false), question.where, question.columns());
    std::string with_parameters;
    Parameters parameters;
    for (std::size_t at = 0; at < literal.size();) {
      const std::size_t end = literal[at] == '\'' ? literal.find('\'', at + 1) : at;
      if (end == at) {
        with_parameters += literal[at++];
        continue;
      }
      const std::string name = fmt::format("p{}", parameters.size());
      parameters.emplace(name, Datum(literal.substr(at + 1, end - at - 1)));
      with_parameters += "$" + name;
      at = end + 1;
    }
    EXPECT_EQ(sorted_rows(world, literal), sorted_rows(world, with_parameters, parameters))
        << literal << "\n"
        << with_parameters;
  });
}

TEST_F(MetamorphicTest, ALabelIsAConditionOnLabels) {
  for_each_question([this](World& world, const Question& question, Random&) {
    Question relaxed = question;
    for (std::size_t i = 0; i < relaxed.path.labels.size(); ++i) {
      std::string& label = relaxed.path.labels[i];
      if (label.empty() || label.find('\'') != std::string::npos) continue;
      const std::string condition = label == ":Country|City"
                                        ? fmt::format("labels(n{})[0] IN ['Country', 'City']", i)
                                        : fmt::format("'{}' IN labels(n{})", label.substr(1), i);
      relaxed.where =
          relaxed.where.empty() ? condition : fmt::format("({}) AND {}", relaxed.where, condition);
      label.clear();
    }
    const auto text = [](const Question& one) {
      return one.text(path_text(one.path, false), one.where, one.columns());
    };
    EXPECT_EQ(sorted_rows(world, text(question)), sorted_rows(world, text(relaxed)))
        << text(question) << "\n"
        << text(relaxed);
  });
}

}  // namespace
}  // namespace annals::query
