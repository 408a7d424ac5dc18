#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using Random = std::mt19937_64;
using storage::Fact;
using Ends = std::pair<std::string, std::string>;

constexpr int kWorlds = 60;  // of each question that are looked at

void fill(World& world, Random& random) {
  std::string script =
      "DEFINE ENTITY Node; DEFINE RELATION R (Node)->(Node); DEFINE RELATION S (Node)->(Node);"
      "DEFINE EVENT Start (a Node, b Node) BEGINS (a)-[:R]->(b);"
      "DEFINE EVENT Stop (a Node, b Node) ENDS (a)-[:R]->(b);"
      "DEFINE EVENT Turn (a Node, b Node) ENDS (a)-[:R]->(b) BEGINS (b)-[:S]->(a);";
  for (int i = 0; i < 6; ++i) script += fmt::format("ENTITY Node 'n{}';", i);
  for (int i = 0; i < 20; ++i) {
    const std::vector<std::string> kinds = {"Start", "Start", "Stop", "Turn"};
    script += fmt::format("RECORD {} {{a: 'n{}', b: 'n{}'}} ON '{}';", kinds[random() % 4],
                          random() % 6, random() % 6, random_date(random));
  }
  world.run(script);
}

/// A path as a row tells it.
struct Row {
  std::vector<std::int64_t> facts;
  bool is_certain = true;
};

/// Facts by id, and what a question about paths gave, by ends.
class Paths {
 public:
  explicit Paths(const storage::GraphSnapshot& snapshot) {
    const auto cursor = snapshot.facts({});
    std::vector<Fact> batch;
    for (;;) {
      if (!cursor->next(batch, 1'000) || batch.empty()) break;
      for (const Fact& fact : batch) {
        const auto id = static_cast<std::int64_t>(fact.id.begun_by.raw << 16 | fact.id.ordinal);
        facts_.emplace(id, fact);
        for (const NodeId node : {fact.source, fact.target}) {
          names_.try_emplace(node, snapshot.entity(node)->name);
        }
      }
    }
  }

  const std::map<std::int64_t, Fact>& facts() const { return facts_; }
  const std::string& name(NodeId node) const { return names_.at(node); }

  /// Of rows "a | b | [ids]" and, perhaps, "| possible".
  static std::multimap<Ends, Row> read(const std::vector<std::string>& lines) {
    std::multimap<Ends, Row> rows;
    for (const std::string& line : lines) {
      Row row;
      row.is_certain = line.find("possible") == std::string::npos;
      const std::size_t open = line.find('[');
      for (std::size_t at = open + 1; line[at] != ']';) {
        row.facts.push_back(std::stoll(line.substr(at)));
        at = line.find_first_of(",]", at);
        if (line[at] == ',') at += 2;
      }
      rows.emplace(Ends(line.substr(0, 2), line.substr(5, 2)), row);
    }
    return rows;
  }

 private:
  std::map<std::int64_t, Fact> facts_;
  std::map<NodeId, std::string> names_;
};

/// One choice of instants: of the events that bound facts, and of the date asked about.
class Choice {
 public:
  Choice(const Paths& paths, Random& random) : paths_(paths), random_(random) {
    for (const auto& [id, fact] : paths.facts()) {
      begins_[id] = instant(fact.begin_event, fact.begin);
      ends_[id] = instant(fact.end_event, fact.end);
    }
  }

  Micros within(Instant bounds) {
    if (bounds.latest == kEndOfTime) return kEndOfTime;
    const auto days = static_cast<std::uint64_t>((bounds.latest - bounds.earliest) / kMicrosPerDay);
    return bounds.earliest + static_cast<Micros>(random_() % (days + 1)) * kMicrosPerDay;
  }
  bool holds(std::int64_t fact, Micros at) const {
    return begins_.at(fact) <= at && at < ends_.at(fact);
  }
  Micros begin(std::int64_t fact) const { return begins_.at(fact); }
  Micros end(std::int64_t fact) const { return ends_.at(fact); }
  /// Whether no fact is over before it began: at the instant of an exact begin Annals thinks of no
  /// other worlds.
  bool is_sane() const {
    return std::all_of(begins_.begin(), begins_.end(),
                       [this](const auto& one) { return one.second < ends_.at(one.first); });
  }

  /// Of each two nodes the number of facts on the shortest ways, at an instant.
  std::map<Ends, std::size_t> distances(Micros at, std::size_t max) const {
    std::map<Ends, std::size_t> found;
    for (const auto& [id, start] : paths_.facts()) {
      const std::string from = paths_.name(start.source);
      std::vector<std::string> level = {from};
      for (std::size_t hops = 1; hops <= max; ++hops) {
        std::vector<std::string> next;
        for (const std::string& node : level) {
          for (const auto& [step, fact] : paths_.facts()) {
            const std::string& to = paths_.name(fact.target);
            if (paths_.name(fact.source) != node || !holds(step, at) || to == from) continue;
            if (found.emplace(Ends(from, to), hops).second) next.push_back(to);
          }
        }
        level = std::move(next);
      }
    }
    return found;
  }

  /// When who begins at `from` is first at the end of a path; nothing if it cannot be gone along.
  std::optional<Micros> arrival(const std::vector<std::int64_t>& facts, Micros from,
                                Micros to) const {
    Micros at = from;
    for (const std::int64_t fact : facts) {
      at = std::max(at, begins_.at(fact));
      if (at > to || at >= ends_.at(fact)) return std::nullopt;
    }
    return at;
  }

  /// The first arrivals at all nodes from a node, over at most `max` facts.
  std::map<std::string, Micros> arrivals(const std::string& from, Micros begin, Micros end,
                                         std::size_t max) const {
    std::map<std::string, Micros> best = {{from, begin}};
    for (std::size_t hops = 0; hops < max; ++hops) {
      std::map<std::string, Micros> next = best;
      for (const auto& [id, fact] : paths_.facts()) {
        const auto known = best.find(paths_.name(fact.source));
        if (known == best.end()) continue;
        const Micros at = std::max(known->second, begins_.at(id));
        if (at > end || at >= ends_.at(id)) continue;
        const auto [there, is_new] = next.try_emplace(paths_.name(fact.target), at);
        there->second = std::min(there->second, at);
      }
      best = std::move(next);
    }
    return best;
  }

 private:
  Micros instant(Seq event, Instant bounds) {
    if (!event) return within(bounds);
    const auto [known, is_new] = events_.try_emplace(event, 0);
    if (is_new) known->second = within(bounds);
    return known->second;
  }

  const Paths& paths_;
  Random& random_;
  std::map<Seq, Micros> events_;
  std::map<std::int64_t, Micros> begins_;
  std::map<std::int64_t, Micros> ends_;
};

std::string question(const std::string& scope, const std::string& call) {
  return fmt::format(
      "{} MATCH p = {} WHERE a.name <> b.name RETURN a.name, b.name, [f IN relations(p) | id(f)]",
      scope, call);
}

class RandomPathsTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  RandomPathsTest() : random_(GetParam()) {
    fill(world_, random_);
    snapshot_ = world_.database().snapshot();
  }

  std::vector<std::string> sorted(const std::string& query) {
    std::vector<std::string> rows = world_.rows(query);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  Random random_;
  World world_;
  std::shared_ptr<const storage::GraphSnapshot> snapshot_;
};

TEST_P(RandomPathsTest, AHopOfALengthIsSoManyHops) {
  for (int i = 0; i < 8; ++i) {
    const std::string scope = fmt::format("AT '{}'", random_date(random_));
    const std::string relation = std::vector<std::string>{":R", ":S", ""}[random_() % 3];
    const std::string begin = random_() % 3 == 0 ? "<-[" : "-[";
    const std::string end = random_() % 2 == 0 ? "]-" : begin == "-[" ? "]->" : "]-";
    const auto hop = [&](const std::string& length) {
      return fmt::format("{}{}{}{}", begin, relation, length, end);
    };
    std::vector<std::string> written;
    std::string path = "(a)";
    for (std::size_t hops = 1; hops <= 3; ++hops) {
      path += hop("") + (hops == 3 ? "(b)" : "()");
      const std::string whole = hops == 3 ? path : path.substr(0, path.size() - 2) + "(b)";
      for (std::string& row :
           world_.rows(fmt::format("{} MATCH {} RETURN a.name, b.name", scope, whole))) {
        written.push_back(std::move(row));
      }
    }
    std::sort(written.begin(), written.end());
    const std::string query =
        fmt::format("{} MATCH (a){}(b) RETURN a.name, b.name", scope, hop("*1..3"));
    EXPECT_EQ(sorted(query), written) << query;
    // Both ends are there before: from them inwards, over paths that may come to the end.
    const std::string into = fmt::format(
        "{} MATCH (a:Node), (b:Node) MATCH (a){}(b) RETURN a.name, b.name", scope, hop("*1..3"));
    EXPECT_EQ(sorted(into), written) << into;
  }
}

TEST_P(RandomPathsTest, EndsAreThoseOfAllPaths) {
  for (int i = 0; i < 12; ++i) {
    const std::string scope = fmt::format("AT '{}'", random_date(random_));
    const std::string hop = std::vector<std::string>{
        "-[*1..3]->", "<-[*1..4]-", "-[*0..2]-", "-[:R*0..3]->", "-[*1..4]-", "-[:R*1..3]-"}[i % 6];
    const std::string ends =
        fmt::format("{} MATCH (a){}(b) RETURN DISTINCT a.name, b.name", scope, hop);
    std::string all = hop;
    all.insert(all.find('[') + 1, "r");
    const std::string whole = fmt::format(
        "{} MATCH (a){}(b) WITH a, b, r RETURN DISTINCT a.name, b.name, size(r) * 0 AS n", scope,
        all);
    std::vector<std::string> expected = sorted(whole);
    for (std::string& row : expected) row.erase(row.find(" | 0"), 4);
    EXPECT_EQ(sorted(ends), expected) << ends;
  }
}

TEST_P(RandomPathsTest, ShortestPathsAreThoseOfEachWorld) {
  const Paths paths(*snapshot_);
  for (int i = 0; i < 4; ++i) {
    const std::string date = random_date(random_);
    const std::string scope = fmt::format("AT '{}'", date);
    const std::string one = question(scope, "shortestPath((a)-[*..4]->(b))");
    const std::string every = question(scope, "allShortestPaths((a)-[*..4]->(b))");
    const std::multimap<Ends, Row> ones = Paths::read(world_.rows(one));
    const std::multimap<Ends, Row> all = Paths::read(world_.rows(every));
    for (int w = 0; w < kWorlds; ++w) {
      Choice choice(paths, random_);
      if (!choice.is_sane()) continue;
      const Micros at = choice.within(parse_date(date)->begin);
      const std::map<Ends, std::size_t> distances = choice.distances(at, 4);
      const auto holds = [&](const Row& row) {
        return std::all_of(row.facts.begin(), row.facts.end(),
                           [&](std::int64_t fact) { return choice.holds(fact, at); });
      };
      // Whatever is certain is a shortest path here; and here there is one.
      for (const auto* rows : {&ones, &all}) {
        for (const auto& [ends, row] : *rows) {
          if (!row.is_certain) continue;
          ASSERT_TRUE(holds(row)) << ends.first << ends.second << " " << one;
          EXPECT_EQ(distances.at(ends), row.facts.size()) << ends.first << ends.second << one;
        }
        for (const auto& [ends, distance] : distances) {
          const auto [begin, end] = rows->equal_range(ends);
          const std::size_t shortest = distance;
          EXPECT_TRUE(std::any_of(begin, end,
                                  [&](const auto& entry) {
                                    return entry.second.facts.size() == shortest &&
                                           holds(entry.second);
                                  }))
              << ends.first << ends.second << " " << distance << " " << one;
        }
      }
    }
  }
}

TEST_P(RandomPathsTest, EarliestPathsCanBeGoneAlong) {
  const Paths paths(*snapshot_);
  const Instant begin = parse_date("1993-01-01")->begin;
  const Instant end = parse_date("1997-12-31")->begin;
  const std::string query = question("DURING '1993-01-01/1997-12-31'", "earliest((a)-[*..4]->(b))");
  const std::multimap<Ends, Row> rows = Paths::read(world_.rows(query));
  for (int w = 0; w < kWorlds; ++w) {
    const Choice choice(paths, random_);
    if (!choice.is_sane()) continue;
    const Micros from = begin.earliest;
    const Micros to = end.latest + kMicrosPerDay - 1;
    std::map<Ends, Micros> first;
    for (const auto& [ends, row] : rows) {
      const std::optional<Micros> arrived = choice.arrival(row.facts, from, to);
      if (row.is_certain) {
        EXPECT_TRUE(arrived) << ends.first << ends.second;
      }
      if (!arrived) continue;
      const auto [known, is_new] = first.emplace(ends, *arrived);
      known->second = std::min(known->second, *arrived);
    }
    for (const auto& [node, name] : std::map<std::string, int>{{"n0", 0}, {"n1", 1}, {"n2", 2}}) {
      for (const auto& [other, at] : choice.arrivals(node, from, to, 4)) {
        if (other == node) continue;
        // Some path is told of, and none told of arrives before the first.
        EXPECT_GT(rows.count(Ends(node, other)), 0u) << node << other;
        const auto told = first.find(Ends(node, other));
        if (told != first.end()) {
          EXPECT_GE(told->second, at) << node << other;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPathsTest,
                         testing::Range(std::uint64_t{1}, std::uint64_t{9}));

}  // namespace
}  // namespace annals::query
