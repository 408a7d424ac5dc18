// What was known at an earlier event is what the graph showed then: random histories with late
// events, corrections and retractions, asked in hindsight in three ways.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/query/commands/session_fixture.h"
#include "tests/support/random_commit.h"

namespace annals::tests {
namespace {

using storage::GraphSnapshot;
using storage::Perspective;

/// All facts and properties, whatever their dates, in words and sorted.
std::vector<std::string> state_of(const GraphSnapshot& graph, std::size_t entities) {
  std::vector<std::string> lines;
  const auto bounds = [](Instant begin, Instant end) {
    return fmt::format("{}..{} {}..{}", begin.earliest, begin.latest, end.earliest, end.latest);
  };
  const auto add_facts = [&](storage::Direction direction) {
    storage::FactScan scan;
    scan.direction = direction;
    const auto cursor = graph.facts(scan);
    std::vector<storage::Fact> batch;
    do {
      ASSERT_TRUE(cursor->next(batch, 100));
      for (const storage::Fact& fact : batch) {
        lines.push_back(fmt::format("{} {} {} {} {}#{} ended by #{} {}",
                                    direction == storage::Direction::kOut ? "out" : "in",
                                    fact.source.raw, fact.relation.raw, fact.target.raw,
                                    fact.id.begun_by.raw, fact.id.ordinal, fact.ended_by.raw,
                                    bounds(fact.begin, fact.end)));
      }
    } while (!batch.empty());
  };
  add_facts(storage::Direction::kOut);
  add_facts(storage::Direction::kIn);
  for (std::size_t i = 1; i <= entities; ++i) {
    const auto found = graph.properties(NodeId::entity(i), SymbolId(), storage::Window());
    EXPECT_TRUE(found);
    for (const storage::PropertyFact& one : *found) {
      lines.push_back(fmt::format("property {} {} {} {}", i, one.id.begun_by.raw,
                                  format_value(one.value), bounds(one.begin, one.end)));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// Statements of a random history, each an event.
class History {
 public:
  explicit History(Random& random) : random_(random) {}

  /// `last` is the last event so far; events up to `definitions` define.
  std::string next(std::uint64_t definitions, std::uint64_t last) {
    const std::size_t what = pick(random_, 12);
    if (what == 10) return definition();
    if (what == 11) return "REPLAY;";
    if (last == definitions || what < 6) return record();
    const std::uint64_t target = definitions + 1 + pick(random_, last - definitions);
    if (what == 6) return fmt::format("RETRACT #{};", target);
    if (what == 7) return fmt::format("CORRECT #{} SET STATUS planned;", target);
    return fmt::format("CORRECT #{} SET ON '{}';", target, date());
  }

 private:
  /// Joining may end what was a former membership, or not; for what is recorded from then on.
  std::string definition() {
    const char* const ends =
        pick(random_, 2) == 0 ? "ENDS (member)-[:FORMER_MEMBER_OF]->(organisation)" : "";
    return fmt::format(
        "DEFINE EVENT Join (member Country, organisation Organisation) "
        "BEGINS (member)-[:MEMBER_OF]->(organisation) {};",
        ends);
  }
  std::string date() {
    const std::size_t year = 1990 + pick(random_, 6);
    if (pick(random_, 3) == 0) return fmt::format("{}", year);
    return fmt::format("{}-0{}-01", year, 1 + pick(random_, 3));
  }
  std::string record() {
    const char* const member = pick(random_, 2) == 0 ? "A" : "B";
    switch (pick(random_, 8)) {
      case 6:
        return fmt::format("RECORD {} {{of: '{}'}} ON '{}';",
                           pick(random_, 2) == 0 ? "Founding" : "Closing",
                           pick(random_, 2) == 0 ? "X" : member, date());
      case 0:
        return fmt::format("RECORD Measure {{subject: '{}', value: {}}} ON '{}';", member,
                           pick(random_, 3), date());
      case 1:
        return fmt::format("RECORD Visit {{member: '{}', organisation: 'X'}} ON '{}';", member,
                           date());
      case 2:
      case 3:
        return fmt::format("RECORD Leave {{member: '{}', organisation: 'X'}} ON '{}';", member,
                           date());
      default:
        return fmt::format("RECORD Join {{member: '{}', organisation: 'X'}} ON '{}';", member,
                           date());
    }
  }

  Random& random_;
};

class PastTest : public SessionTest {
 protected:
  static constexpr std::size_t kEntities = 3;
  static constexpr std::uint64_t kDefinitions = 13;

  void define_world() {
    run_all({"DEFINE ENTITY Country;", "DEFINE ENTITY Organisation;",
             "DEFINE RELATION MEMBER_OF (Country)->(Organisation);",
             "DEFINE RELATION FORMER_MEMBER_OF (Country)->(Organisation);",
             "DEFINE EVENT Join (member Country, organisation Organisation) BEGINS "
             "(member)-[:MEMBER_OF]->(organisation);",
             "DEFINE EVENT Leave (member Country, organisation Organisation) ENDS "
             "(member)-[:MEMBER_OF]->(organisation) BEGINS "
             "(member)-[:FORMER_MEMBER_OF]->(organisation);",
             "DEFINE EVENT Visit (member Country, organisation Organisation) MARKS "
             "(member)-[:MEMBER_OF]->(organisation);",
             "DEFINE EVENT Measure (subject Entity, value INTEGER) SETS subject.size = value;",
             "DEFINE EVENT Founding (of Entity) BEGINS (of);",
             "DEFINE EVENT Closing (of Entity) ENDS (of);", "ENTITY Country 'A';",
             "ENTITY Country 'B';", "ENTITY Organisation 'X';"});
  }

  /// Events one after the other; states[i] is what the graph showed after the event i.
  std::vector<std::vector<std::string>> live(Random& random, std::size_t events) {
    define_world();
    History history(random);
    std::vector<std::vector<std::string>> states(kDefinitions);
    for (std::size_t i = 0; i < events; ++i) {
      const std::uint64_t last = database_->snapshot()->last_seq().raw;
      const std::string statement = history.next(kDefinitions, last);
      ResultLines lines;
      // Some are refused, such as the correction of a retraction.
      static_cast<void>(session_->run(statement, {}, lines));
      if (database_->snapshot()->last_seq().raw == last) continue;
      told_ += statement + "\n";
      states.resize(last + 1);
      states.push_back(state_of(*database_->snapshot(), kEntities));
    }
    return states;
  }

  void expect_past(const std::vector<std::vector<std::string>>& states, Perspective perspective) {
    const auto now = database_->snapshot();
    for (std::size_t seq = kDefinitions + 1; seq < states.size(); ++seq) {
      perspective.known_at = Seq(seq);
      const auto past = now->seen_from(perspective);
      ASSERT_TRUE(past);
      ASSERT_EQ(state_of(**past, kEntities), states[seq]) << "as known at #" << seq << " of\n"
                                                          << told_;
    }
  }

  /// The values of a property in a window of the present are looked for from the last one before
  /// it; as known at the last event all of them are read.
  void expect_same_values(Random& random) {
    const auto now = database_->snapshot();
    const auto past = now->seen_from({now->last_seq()});
    ASSERT_TRUE(past);
    const SymbolId name = now->vocabulary().find_symbol("size");
    const auto moment = [&random] {
      if (pick(random, 8) == 0) return kEndOfTime;
      if (pick(random, 8) == 0) return kBeginningOfTime;
      const auto day = static_cast<Micros>(pick(random, 8 * 365));
      return (days_from_civil(1989, 1, 1) + day) * kMicrosPerDay;
    };
    for (int i = 0; i < 50; ++i) {
      const auto node = NodeId::entity(1 + pick(random, kEntities));
      storage::Window window{moment(), moment()};
      if (window.from > window.to || pick(random, 2) == 0) window.to = window.from;
      const auto here = now->properties(node, name, window);
      const auto there = (*past)->properties(node, name, window);
      ASSERT_TRUE(here && there);
      ASSERT_EQ(*here, *there) << node.raw << " from " << window.from << " to " << window.to
                               << " of\n"
                               << told_;
    }
  }

  std::string told_;
};

TEST_F(PastTest, WhatWasKnownIsWhatWasShown) {
  for (const std::uint64_t seed : test_seeds(60)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    Random random(seed);
    session_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_.path());
    reopen();
    told_.clear();
    const auto states = live(random, 20);
    ASSERT_NO_FATAL_FAILURE(expect_past(states, {}));
    ASSERT_NO_FATAL_FAILURE(expect_same_values(random));
    // Everything had been said by then: the same, folded anew from the events.
    ASSERT_NO_FATAL_FAILURE(expect_past(states, {Seq(), kEndOfTime - 1}));
    const auto report = database_->replay_compare(stop_);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->first_difference, "") << told_;
    ASSERT_TRUE(database_->rebuild(stop_));
    ASSERT_NO_FATAL_FAILURE(expect_past(states, {}));
  }
}

TEST_F(PastTest, WhatHadBeenSaidCountsFromItsLatestDay) {
  define_world();
  run_all({"RECORD Join {member: 'A', organisation: 'X'} ON '1993-12-03';",
           "RECORD Leave {member: 'A', organisation: 'X'} ON '2009-08-18' SAID '2008-08-18';"});
  const auto members = [this](const char* said_by) {
    const Micros at = parse_date(said_by)->begin.latest;
    const auto seen = database_->snapshot()->seen_from({Seq(), at});
    EXPECT_TRUE(seen);
    return state_of(**seen, 0).size() / 2;
  };
  EXPECT_EQ(members("1993-12-02"), 0U);
  EXPECT_EQ(members("2008-08-17"), 1U) << "member";
  EXPECT_EQ(members("2008-08-18"), 2U) << "member, and later a former one";
}

TEST_F(PastTest, ACorrectionCountsFromWhenItWasSaidAndThatOfSaidAlways) {
  define_world();
  run_all({"RECORD Join {member: 'A', organisation: 'X'} ON '1993' SAID '1993' ID 'join';",
           "CORRECT 'join' SET ON '1994-01-01' SAID '2000-01-01' ID 'later';",
           "CORRECT 'join' SET SAID '1990-01-01';"});
  const auto begin_said_by = [this](const char* said_by) {
    const auto seen = database_->snapshot()->seen_from({Seq(), parse_date(said_by)->begin.latest});
    EXPECT_TRUE(seen);
    const auto cursor = (*seen)->facts({});
    std::vector<storage::Fact> facts;
    EXPECT_TRUE(cursor->next(facts, 10));
    return facts.empty() ? std::string("none") : format_instant(facts.front().begin);
  };
  EXPECT_EQ(begin_said_by("1989-12-31"), "none");
  EXPECT_EQ(begin_said_by("1990-01-01"), "1993");
  EXPECT_EQ(begin_said_by("2000-01-01"), "1994-01-01");
  run_all({"RETRACT 'later';"});
  EXPECT_EQ(begin_said_by("2023-01-01"), "1994-01-01") << "retracted only today";
}

TEST_F(PastTest, TheLastEventOfAMomentIsFound) {
  define_world();
  const auto now = database_->snapshot();
  const Micros first = now->recorded_event(Seq(1))->recorded;
  EXPECT_EQ(*now->last_seq_at(first - 1), Seq());
  EXPECT_EQ(*now->last_seq_at(first), Seq(1));
  EXPECT_EQ(*now->last_seq_at(kEndOfTime), now->last_seq());
  EXPECT_FALSE(now->seen_from({Seq(999), kEndOfTime}));
}

}  // namespace
}  // namespace annals::tests
