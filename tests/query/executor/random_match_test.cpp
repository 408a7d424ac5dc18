#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using Random = std::mt19937_64;
using storage::Fact;

/// What a query must give, found the plain way: every combination of facts, and every world by its
/// bounds. Knows nothing of plans, batches and doubts.
class PlainEvaluator {
 public:
  PlainEvaluator(const storage::GraphSnapshot& snapshot, Instant asked) : asked_(asked) {
    const auto cursor = snapshot.facts({});
    std::vector<Fact> batch;
    for (;;) {
      if (!cursor->next(batch, 1'000) || batch.empty()) break;
      facts_.insert(facts_.end(), batch.begin(), batch.end());
    }
    for (const Fact& fact : facts_) {
      for (const NodeId node : {fact.source, fact.target}) {
        names_.try_emplace(node, snapshot.entity(node)->name);
      }
      relations_.try_emplace(fact.relation, snapshot.vocabulary().symbol_name(fact.relation));
    }
  }

  /// One hop of a path: from the node before it, along the arrow or against it.
  struct Hop {
    std::string relation;  ///< Empty: any.
    bool forwards = true;
    bool backwards = false;
  };

  /// Rows "a | b | c" for all paths, sorted, tagged as TextSink does.
  std::vector<std::string> paths(const std::vector<Hop>& hops) const {
    std::vector<std::string> rows;
    std::vector<const Fact*> used;
    for (const auto& [node, name] : names_) walk(hops, node, name, used, rows);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

 private:
  void walk(const std::vector<Hop>& hops, NodeId node, const std::string& row,
            std::vector<const Fact*>& used, std::vector<std::string>& rows) const {
    if (used.size() == hops.size()) {
      const Certainty certainty = certainty_of(used);
      if (certainty == Certainty::kImpossible) return;
      rows.push_back(certainty == Certainty::kCertain ? row : row + " | possible");
      return;
    }
    const Hop& hop = hops[used.size()];
    for (const Fact& fact : facts_) {
      if (std::find(used.begin(), used.end(), &fact) != used.end()) continue;
      if (!hop.relation.empty() && relations_.at(fact.relation) != hop.relation) continue;
      const auto go = [&](NodeId from, NodeId to) {
        if (from != node) return;
        used.push_back(&fact);
        walk(hops, to, row + " | " + names_.at(to), used, rows);
        used.pop_back();
      };
      if (hop.forwards) go(fact.source, fact.target);
      const bool seen = hop.forwards && fact.source == fact.target;
      if (hop.backwards && !seen) go(fact.target, fact.source);
    }
  }

  /// DESIGN.md: an event that ends one fact and begins the other is one instant; otherwise each
  /// begin does best early and each end late.
  Certainty certainty_of(const std::vector<const Fact*>& used) const {
    Micros low = asked_.earliest;
    Micros high = kEndOfTime;
    bool certain = true;
    for (const Fact* fact : used) {
      low = std::max(low, fact->begin.earliest);
      high = std::min(high, fact->end.latest);
      certain =
          certain && fact->begin.latest <= asked_.earliest && asked_.latest < fact->end.earliest;
      for (const Fact* other : used) {
        if (fact->ended_by && fact->ended_by == other->id.begun_by) return Certainty::kImpossible;
      }
    }
    if (low > asked_.latest || low >= high) return Certainty::kImpossible;
    return certain ? Certainty::kCertain : Certainty::kPossible;
  }

  Instant asked_;
  std::vector<Fact> facts_;
  std::map<NodeId, std::string> names_;
  std::map<SymbolId, std::string> relations_;
};

void fill(World& world, Random& random) {
  std::string script =
      "DEFINE ENTITY Node; DEFINE RELATION R (Node)->(Node); DEFINE RELATION S (Node)->(Node);"
      "DEFINE EVENT Start (a Node, b Node) BEGINS (a)-[:R]->(b);"
      "DEFINE EVENT Turn (a Node, b Node) ENDS (a)-[:R]->(b) BEGINS (a)-[:S]->(b);";
  for (int i = 0; i < 5; ++i) script += fmt::format("ENTITY Node 'n{}';", i);
  for (int i = 0; i < 25; ++i) {
    script += fmt::format("RECORD {} {{a: 'n{}', b: 'n{}'}} ON '{}'{};",
                          random() % 3 == 0 ? "Turn" : "Start", random() % 5, random() % 5,
                          random_date(random), random() % 10 == 0 ? " STATUS planned" : "");
  }
  world.run(script);
}

std::string pattern_of(const std::vector<PlainEvaluator::Hop>& hops) {
  std::string pattern = "(v0)";
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const std::string relation = hops[i].relation.empty() ? "" : ":" + hops[i].relation;
    pattern += fmt::format("{}-[{}]-{}(v{})", hops[i].forwards ? "" : "<", relation,
                           hops[i].backwards ? "" : ">", i + 1);
  }
  return pattern;
}

TEST(RandomMatchTest, PathsAgreeWithAPlainEvaluator) {
  Random random(1);
  for (int world_number = 0; world_number < 6; ++world_number) {
    World world;
    fill(world, random);
    const auto snapshot = world.database().snapshot();
    for (int question = 0; question < 25; ++question) {
      const std::string date = random_date(random);
      std::vector<PlainEvaluator::Hop> hops(1 + random() % 3);
      std::string columns = "v0";
      for (std::size_t i = 0; i < hops.size(); ++i) {
        hops[i].relation = std::vector<std::string>{"R", "S", ""}[random() % 3];
        const auto direction = random() % 3;
        hops[i].forwards = direction != 1;
        hops[i].backwards = direction == 1 || direction == 2;
        columns += fmt::format(", v{}", i + 1);
      }
      const std::string query =
          fmt::format("AT '{}' MATCH {} RETURN {}", date, pattern_of(hops), columns);
      std::vector<std::string> found = world.rows(query);
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, PlainEvaluator(*snapshot, parse_date(date)->begin).paths(hops)) << query;
    }
  }
}

}  // namespace
}  // namespace annals::query
