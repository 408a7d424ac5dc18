#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/oracle/fold.h"
#include "tests/support/oracle/question.h"
#include "tests/support/oracle/worlds.h"

/// The oracle itself, against answers that were worked out on paper.
namespace annals::oracle {
namespace {

using Lines = std::vector<std::string>;

std::size_t kind_named(const std::string& name) {
  std::size_t kind = 0;
  while (kinds()[kind].name != name) ++kind;
  return kind;
}

Event event(const std::string& kind, Day first, Day last) {
  Event event;
  event.kind = kind_named(kind);
  event.y = 1;
  event.on = {first, last};
  return event;
}

Question question(const std::string& relations, const Scope& scope) {
  Question question;
  question.clauses = {{{{0, 1, relations}}, scope}};
  question.returned = {0, 1};
  return question;
}

Scope at(Day first, Day last) { return {Valid::kAt, {first, last}}; }

const Lines kCertain = {"a | b"};
const Lines kPossible = {"a | b | possible"};
const Lines kImpossible = {};

/// Begins on day 0, ends and turns into S on one of the days 2 to 4; recorded in the wrong order.
const History kTurned = {{event("Turn", 2, 4), event("Start", 0, 0)}};

TEST(OracleTest, AFactIsCertainBetweenItsLatestBeginAndItsEarliestEnd) {
  EXPECT_EQ(answer(kTurned, question("R", at(0, 0))), kCertain);
  EXPECT_EQ(answer(kTurned, question("R", at(1, 1))), kCertain);
  EXPECT_EQ(answer(kTurned, question("R", at(2, 2))), kPossible);
  EXPECT_EQ(answer(kTurned, question("R", at(3, 3))), kPossible);
  EXPECT_EQ(answer(kTurned, question("R", at(4, 4))), kImpossible);
  EXPECT_EQ(answer(kTurned, question("S", at(1, 1))), kImpossible);
  EXPECT_EQ(answer(kTurned, question("S", at(2, 2))), kPossible);
  EXPECT_EQ(answer(kTurned, question("S", at(4, 4))), kCertain);
  EXPECT_EQ(answer(kTurned, question("R", at(0, 2))), kPossible);
  EXPECT_EQ(answer(kTurned, question("R", {Valid::kAt, {1, 1}, true})), kPossible);
}

TEST(OracleTest, OneOrTheOtherIsCertainAndBothAreImpossible) {
  Question either = question("RS", at(3, 3));
  EXPECT_EQ(answer(kTurned, either).size(), 2U);
  either.distinct = true;
  EXPECT_EQ(answer(kTurned, either), kCertain);
  Question both = question("R", at(0, 5));
  both.clauses.front().hops.push_back({0, 1, "S"});
  EXPECT_EQ(answer(kTurned, both), kImpossible);
  both.clauses.front().scope = {Valid::kDuring, {0, 5}};
  EXPECT_EQ(answer(kTurned, both), kImpossible);
  both.clauses.front().scope = {Valid::kAllTime, {}};
  EXPECT_EQ(answer(kTurned, both), kCertain);
}

TEST(OracleTest, TwoClausesShareTheInstantsOfEvents) {
  Question question;
  question.clauses = {{{{0, 1, "R"}}, at(2, 2)}, {{{0, 1, "S"}}, at(3, 3)}};
  question.returned = {0, 1};
  EXPECT_EQ(answer(kTurned, question), kPossible);
  std::swap(question.clauses[0].scope, question.clauses[1].scope);
  EXPECT_EQ(answer(kTurned, question), kImpossible);
}

TEST(OracleTest, DuringAsksForSomeInstantAndThroughoutForAll) {
  EXPECT_EQ(answer(kTurned, question("R", {Valid::kDuring, {1, 5}})), kCertain);
  EXPECT_EQ(answer(kTurned, question("R", {Valid::kDuring, {2, 5}})), kPossible);
  EXPECT_EQ(answer(kTurned, question("S", {Valid::kDuring, {3, 3}})), kPossible);
  EXPECT_EQ(answer(kTurned, question("S", {Valid::kDuring, {4, 4}})), kCertain);
  EXPECT_EQ(answer(kTurned, question("R", {Valid::kThroughout, {0, 1}})), kCertain);
  EXPECT_EQ(answer(kTurned, question("R", {Valid::kThroughout, {0, 3}})), kPossible);
  EXPECT_EQ(answer(kTurned, question("R", {Valid::kThroughout, {0, 4}})), kImpossible);
}

TEST(OracleTest, ExistsIsCertainIfSomeRowHoldsInEachWorld) {
  Question one = question("RS", at(3, 3));
  one.distinct = true;
  one.exists = Hop{0, 2, "RS"};
  EXPECT_EQ(answer(kTurned, one), kCertain);
  one.not_exists = true;
  EXPECT_EQ(answer(kTurned, one), kImpossible);
  one.exists = Hop{0, 2, "T"};
  EXPECT_EQ(answer(kTurned, one), kCertain);
}

TEST(OracleTest, APlanMakesNothingCertain) {
  History history = {{event("Start", 0, 0), event("Turn", 2, 2)}};
  history.events[1].planned = true;
  EXPECT_EQ(answer(history, question("R", at(5, 5))), kPossible);
  EXPECT_EQ(answer(history, question("S", at(5, 5))), kPossible);
  EXPECT_EQ(answer(history, question("S", {Valid::kAllTime, {}})), kPossible);
  history.events.push_back(event("Stop", 4, 4));
  EXPECT_EQ(answer(history, question("R", at(5, 5))), kImpossible);
}

TEST(OracleTest, WhatIsRecordedToHaveBegunIsNoEmptySpell) {
  // Begins on one of the days 1 to 5, ends on one of 3 to 8.
  const History history = {{event("Start", 1, 5), event("Stop", 3, 8)}};
  EXPECT_EQ(answer(history, question("R", {Valid::kAllTime, {}})), kCertain);
  EXPECT_EQ(answer(history, question("R", {Valid::kDuring, {0, 9}})), kCertain);
  EXPECT_EQ(answer(history, question("R", at(4, 4))), kPossible);
}

TEST(OracleTest, TheFoldTakesBeginsByTheirEarliestAndEndsByTheirLatest) {
  EXPECT_EQ(fold({{event("Start", 3, 5), event("Stop", 0, 4)}}, {}).facts.front().ends.size(), 1U);
  EXPECT_EQ(fold({{event("Start", 3, 5), event("Stop", 0, 2)}}, {}).facts.front().ends.size(), 0U);
  // The second begin is absorbed only if the first had surely happened.
  EXPECT_EQ(fold({{event("Start", 0, 3), event("Start", 3, 3)}}, {}).facts.size(), 1U);
  EXPECT_EQ(fold({{event("Start", 0, 4), event("Start", 3, 3)}}, {}).facts.size(), 2U);
}

TEST(OracleTest, AViewCountsWhatWasRecordedAndSaidByThen) {
  History history = {{event("Start", 0, 2), event("Stop", 4, 4)}};
  history.events[1].said = Days{1, 3};
  View view;
  view.said_by = 1;
  EXPECT_TRUE(fold(history, view).facts.empty());
  view.said_by = 2;
  EXPECT_TRUE(fold(history, view).facts.front().ends.empty());
  view.said_by = 3;
  EXPECT_FALSE(fold(history, view).facts.front().ends.empty());
  EXPECT_TRUE(fold(history, {1, std::nullopt}).facts.front().ends.empty());
}

TEST(OracleTest, ChangesAreBelievedFromThenOnAndCanBeRetracted) {
  History history = {{event("Start", 0, 0), {}, {}}};
  history.events[1].change = Event::Change::kCorrectDate;
  history.events[1].on = {4, 4};
  history.events[2].change = Event::Change::kRetract;
  history.events[2].changes = 1;
  const auto begin = [&](std::size_t known) {
    const Graph graph = fold(history, {known, std::nullopt});
    return graph.unknowns[graph.facts.front().begins.front().unknown].earliest / kTicksADay;
  };
  EXPECT_EQ(begin(1), 0);
  EXPECT_EQ(begin(2), 4);
  EXPECT_EQ(begin(3), 0);
}

}  // namespace
}  // namespace annals::oracle
