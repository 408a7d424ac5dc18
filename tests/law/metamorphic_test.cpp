#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/law/random_case.h"
#include "tests/law/recorded_history.h"
#include "tests/law/statements.h"
#include "tests/support/oracle/fold.h"

/// Laws that relate answers of Annals to each other. They need no oracle to be right.
namespace annals::law {
namespace {

using oracle::Clause;
using oracle::Day;
using oracle::Event;
using oracle::Fact;
using oracle::Graph;
using oracle::History;
using oracle::Mode;
using oracle::Question;
using oracle::Unknown;
using oracle::Valid;

constexpr std::size_t kHistories = 40;
constexpr std::size_t kQuestions = 25;

void shift(std::optional<oracle::Days>& days, Day by) {
  if (days) days = oracle::Days{days->first + by, days->last + by};
}

History shifted(History history, Day by) {
  for (Event& event : history.events) {
    event.on = {event.on.first + by, event.on.last + by};
    if (event.lasts_until) *event.lasts_until += by;
    shift(event.to, by);
    shift(event.said, by);
  }
  return history;
}

Question shifted(Question question, Day by) {
  for (Clause& clause : question.clauses) {
    clause.scope.days = {clause.scope.days.first + by, clause.scope.days.last + by};
  }
  if (question.view.said_by) *question.view.said_by += by;
  return question;
}

TEST(MetamorphicTest, ShiftingAllDatesShiftsTheAnswers) {
  // Over a leap day, into years before 1 and beyond 9999.
  constexpr Day shifts[] = {-1, 53, 365, -40'000, -900'000, 3'000'000};
  for (const std::uint64_t seed : tests::test_seeds(kHistories)) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const History history = random_history(random);
    const Day by = shifts[seed % std::size(shifts)];
    RecordedHistory here(history);
    RecordedHistory there(shifted(history, by));
    for (std::size_t i = 0; i < kQuestions; ++i) {
      Question question = random_question(random, history);
      // What is recorded without SAID counts as said then, and that does not shift.
      if (by > 8'000) question.view.said_by.reset();
      EXPECT_EQ(here.ask(statement_of(question)), there.ask(statement_of(shifted(question, by))))
          << script_of(history, question) << "shifted by " << by;
    }
  }
}

/// A day on which R from node 0 to node 1 surely holds, with begin before and end after it, and
/// nothing else is on that timeline around it; nothing if there is none.
std::optional<Day> place_to_split(const Graph& graph) {
  for (Day day = 1; day < kDays; ++day) {
    const oracle::Tick tick = day * oracle::kTicksADay;
    int around = 0;
    int surely = 0;
    for (const Fact& fact : graph.facts) {
      if (fact.relation != 'R' || fact.source != 0 || fact.target != 1) continue;
      const Unknown& begin = graph.unknowns[fact.begins.front().unknown];
      const bool ends_later =
          std::all_of(fact.ends.begin(), fact.ends.end(), [&](const oracle::Moment& end) {
            return graph.unknowns[end.unknown].earliest + end.later > tick;
          });
      // An end that was given with the fact would not pass to the second half.
      const bool only_one_end = fact.ends.size() <= 1 && fact.begins.size() == 1;
      const bool surely_begun = !begin.perhaps_never && begin.latest < tick;
      ++around;
      if (ends_later && only_one_end && surely_begun) ++surely;
    }
    if (around == 1 && surely == 1) return day;
  }
  return std::nullopt;
}

TEST(MetamorphicTest, SplittingASpellChangesNoAnswerAtAPoint) {
  std::size_t splits = 0;
  for (const std::uint64_t seed : tests::test_seeds(8 * kHistories)) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const History history = random_history(random);
    const bool only_kinds =
        std::all_of(history.events.begin(), history.events.end(), [](const Event& event) {
          return event.form == oracle::Form::kOfKind && event.change == Event::Change::kNone;
        });
    const std::optional<Day> day = place_to_split(fold(history, {}));
    if (!only_kinds || !day) continue;
    ++splits;
    Event split;
    split.kind = 4;
    ASSERT_EQ(oracle::kinds()[split.kind].name, "Renew");
    split.y = 1;
    split.on = {*day, *day};
    History halves = history;
    halves.events.push_back(split);
    RecordedHistory whole(history);
    RecordedHistory in_halves(halves);
    for (std::size_t i = 0; i < kQuestions; ++i) {
      Question question = random_question(random, history);
      question.view = {};
      for (Clause& clause : question.clauses) {
        clause.scope.valid = Valid::kAt;
        clause.scope.days.last = clause.scope.days.first;
      }
      EXPECT_EQ(whole.ask(statement_of(question)), in_halves.ask(statement_of(question)))
          << script_of(halves, question) << "without the last event";
    }
  }
  EXPECT_GE(splits, 10U);
}

TEST(MetamorphicTest, WhatIsCertainIsPossible) {
  for (const std::uint64_t seed : tests::test_seeds(kHistories)) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const History history = random_history(random);
    RecordedHistory recorded(history);
    for (std::size_t i = 0; i < kQuestions; ++i) {
      Question question = random_question(random, history);
      question.mode = Mode::kPossibly;
      std::vector<std::string> possibly = recorded.ask(statement_of(question));
      question.mode = Mode::kCertainly;
      const std::vector<std::string> certainly = recorded.ask(statement_of(question));
      std::erase_if(possibly, [](const std::string& row) { return row.ends_with("possible"); });
      EXPECT_EQ(certainly, possibly) << script_of(history, question);
    }
  }
}

TEST(MetamorphicTest, WhatWasKnownNeverChanges) {
  for (const std::uint64_t seed : tests::test_seeds(kHistories / 2)) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const History history = random_history(random);
    RecordedHistory recorded(History{});
    std::vector<std::string> questions;
    std::vector<std::vector<std::string>> answers;
    for (std::size_t place = 0; place < history.events.size(); ++place) {
      recorded.record(statement_of(history, place));
      for (int i = 0; i < 5; ++i) {
        Question question = random_question(random, history);
        question.view.known.reset();
        answers.push_back(recorded.ask(statement_of(question)));
        question.view.known = place + 1;
        questions.push_back(statement_of(question));
      }
    }
    const auto expect_the_same = [&](const char* after) {
      for (std::size_t i = 0; i < questions.size(); ++i) {
        EXPECT_EQ(recorded.ask(questions[i]), answers[i])
            << script_of(history, random_question(random, history)) << questions[i] << "\nafter "
            << after;
      }
    };
    expect_the_same("later events");
    recorded.reopen();
    expect_the_same("closing it");
    ASSERT_TRUE(recorded.database().rebuild(StopFlag()));
    expect_the_same("building the graph anew");
    recorded.record("REPLAY");
    expect_the_same("REPLAY");
  }
}

TEST(MetamorphicTest, AnswersOutliveClosingAndRebuilding) {
  for (const std::uint64_t seed : tests::test_seeds(kHistories / 4)) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const History history = random_history(random);
    RecordedHistory recorded(history);
    std::vector<std::string> questions;
    std::vector<std::vector<std::string>> answers;
    for (std::size_t i = 0; i < kQuestions; ++i) {
      questions.push_back(statement_of(random_question(random, history)));
      answers.push_back(recorded.ask(questions.back()));
    }
    const auto expect_the_same = [&] {
      for (std::size_t i = 0; i < kQuestions; ++i) {
        EXPECT_EQ(recorded.ask(questions[i]), answers[i]) << questions[i];
      }
    };
    recorded.reopen();
    expect_the_same();
    ASSERT_TRUE(recorded.database().rebuild(StopFlag()));
    expect_the_same();
  }
}

}  // namespace
}  // namespace annals::law
