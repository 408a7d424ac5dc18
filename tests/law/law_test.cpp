#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/law/random_case.h"
#include "tests/law/recorded_history.h"
#include "tests/law/shrink.h"
#include "tests/law/statements.h"
#include "tests/support/environment.h"
#include "tests/support/oracle/fold.h"

namespace annals::law {
namespace {

using oracle::answer;

/// Pairs of a history and a question in one run; ANNALS_LAW_PAIRS sets another number.
constexpr std::size_t kPairs = 20'000;
constexpr std::size_t kQuestionsOfAHistory = 100;
/// After so many the rest would tell nothing new.
constexpr std::size_t kFailuresMax = 5;

std::size_t pairs() { return tests::number_in_environment("ANNALS_LAW_PAIRS", kPairs); }

Commits commits_of(std::uint64_t seed) {
  return seed % 3 == 0 ? Commits::kOneForAll : Commits::kOneEach;
}

using Rows = std::vector<std::string>;

std::string without_tag(const std::string& row) {
  const std::size_t tag = row.rfind(oracle::kPossibleTag);
  return tag == std::string::npos ? row : row.substr(0, tag);
}

/// Whether Annals only calls a row possible that the law calls certain. It may where facts hold
/// together at some instant of a period for no reason that two of them alone would give.
bool is_only_careful(const oracle::Question& question, Rows law, Rows annals) {
  const bool is_known = std::any_of(
      question.clauses.begin(), question.clauses.end(), [&](const oracle::Clause& clause) {
        const bool joined = clause.hops.size() > 1 || question.clauses.size() > 1;
        return clause.scope.valid == oracle::Valid::kDuring && joined;
      });
  if (!is_known || law.size() != annals.size() || question.mode == oracle::Mode::kCertainly) {
    return false;
  }
  // What both call certain, or both call possible, is settled. Of the rest one side is certain.
  const auto take_out_common = [](Rows& rows, Rows& others) {
    std::erase_if(rows, [&others](const std::string& row) {
      const auto same = std::find(others.begin(), others.end(), row);
      if (same == others.end()) return false;
      others.erase(same);
      return true;
    });
  };
  take_out_common(law, annals);
  const bool law_is_sure = std::all_of(
      law.begin(), law.end(), [](const std::string& row) { return without_tag(row) == row; });
  std::transform(annals.begin(), annals.end(), annals.begin(), without_tag);
  return law_is_sure && law == annals;
}

/// Whether a node ends, or comes to be, in no known order with a fact of it. Annals takes such a
/// bound for an instant of its own, which is not that of the event.
bool has_unordered_bounds(const Case& asked) {
  const auto& events = asked.history.events;
  const bool has_existence =
      std::any_of(events.begin(), events.end(), [](const oracle::Event& event) {
        return event.form == oracle::Form::kOfKind &&
               oracle::kinds()[event.kind].effects.front().relation == oracle::kExistence;
      });
  if (!has_existence) return false;
  const oracle::Graph graph = oracle::fold(asked.history, asked.question.view);
  const auto in_no_order = [&graph](const oracle::Moment& a, const oracle::Moment& b) {
    const oracle::Unknown& x = graph.unknowns[a.unknown];
    const oracle::Unknown& y = graph.unknowns[b.unknown];
    return a.unknown != b.unknown && x.earliest + a.later <= y.latest + b.later &&
           y.earliest + b.later <= x.latest + a.later;
  };
  const auto any_of = [&](const std::vector<oracle::Moment>& moments) {
    for (const oracle::Moment& a : moments) {
      for (const oracle::Moment& b : moments) {
        if (in_no_order(a, b)) return true;
      }
    }
    return false;
  };
  return std::any_of(graph.facts.begin(), graph.facts.end(), [&](const oracle::Fact& fact) {
    return any_of(fact.begins) || any_of(fact.ends);
  });
}

/// Whether Annals only calls rows possible, beyond those of the law, that no world has in which
/// what NOT EXISTS looks for lasted: asked AT one day, it takes into account that facts of the row
/// lasted that surely begin on that day, and not that what is looked for did.
bool is_only_hopeful(const Case& asked, const Rows& law, const Rows& annals) {
  const oracle::Scope& scope = asked.question.clauses.back().scope;
  const bool asks_at_a_day = asked.question.not_exists && scope.valid == oracle::Valid::kAt &&
                             scope.days.first == scope.days.last;
  if (!(asks_at_a_day || has_unordered_bounds(asked)) || law.size() >= annals.size()) return false;
  Rows more;
  std::set_difference(annals.begin(), annals.end(), law.begin(), law.end(),
                      std::back_inserter(more));
  const bool all_possible = std::all_of(
      more.begin(), more.end(), [](const std::string& row) { return without_tag(row) != row; });
  return all_possible && more.size() == annals.size() - law.size();
}

bool disagree(const Case& asked, const Rows& law, const Rows& annals) {
  return law != annals && !is_only_careful(asked.question, law, annals) &&
         !is_only_hopeful(asked, law, annals);
}

bool disagrees(const Case& one, Commits commits) {
  RecordedHistory recorded(one.history, commits);
  const Rows annals = recorded.ask(statement_of(one.question));
  // Without some events KNOWN AT may name one that is not there.
  if (!annals.empty() && annals.front().starts_with("error:")) return false;
  return disagree(one, answer(one.history, one.question), annals);
}

/// The smallest case like this one, as statements that can be pasted.
std::string report(const Case& found, std::uint64_t seed) {
  const Commits commits = commits_of(seed);
  const Case least =
      shrink(found, [&](const Case& smaller) { return disagrees(smaller, commits); });
  RecordedHistory recorded(least.history, commits);
  return fmt::format("ANNALS_TEST_SEED={}{}\n{}\nthe law: {}\nAnnals:  {}\n", seed,
                     commits == Commits::kOneForAll ? ", all in one commit" : "",
                     script_of(least.history, least.question),
                     fmt::join(answer(least.history, least.question), "; "),
                     fmt::join(recorded.ask(statement_of(least.question)), "; "));
}

TEST(LawTest, AnswersAreThoseOfAllWorlds) {
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t histories = (pairs() + kQuestionsOfAHistory - 1) / kQuestionsOfAHistory;
  std::size_t asked = 0;
  std::size_t rows = 0;
  std::size_t failures = 0;
  std::size_t careful = 0;
  for (const std::uint64_t seed : tests::test_seeds(histories)) {
    if (failures == kFailuresMax) break;
    Random random(seed);
    const oracle::History history = random_history(random);
    RecordedHistory recorded(history, commits_of(seed));
    for (std::size_t i = 0; i < kQuestionsOfAHistory; ++i) {
      const oracle::Question question = random_question(random, history);
      const Rows law = answer(history, question);
      const Rows annals = recorded.ask(statement_of(question));
      ++asked;
      rows += law.size();
      if (!disagree({history, question}, law, annals)) {
        if (law != annals) ++careful;
        continue;
      }
      ++failures;
      ADD_FAILURE() << report({history, question}, seed);
      break;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print(
      "seeds 1 to {}: {} pairs, {} rows, {} too careful or too hopeful, {:.0f} pairs a second\n",
      histories, asked, rows, careful, static_cast<double>(asked) / took.count());
  EXPECT_LE(careful, 1 + asked / 1'000);
}

}  // namespace
}  // namespace annals::law
