#include "tests/bench/peers/annals_questions.h"

#include <algorithm>
#include <array>

namespace annals::bench {

namespace {

using storage::Direction;
using storage::FactScan;
using storage::GraphSnapshot;
using storage::Window;

constexpr std::size_t kBatch = 1'000;

Window on(Day day) { return Window::of(Instant::exactly(midnight(day))); }

}  // namespace

AnnalsQuestions::AnnalsQuestions(const storage::Database& database, const AnnalsNumbers& numbers)
    : database_(database),
      numbers_(numbers),
      first_hop_(numbers.entity_count()),
      second_hop_(numbers.entity_count()),
      search_(numbers.entity_count()) {}

Answer AnnalsQuestions::ask(Question question, const Pick& pick) {
  switch (question) {
    case Question::kNeighbours:
    case Question::kHub:
    case Question::kDeep: return neighbours(pick.a, pick.day);
    case Question::kHubCount: return hub_count(pick.a, pick.day);
    case Question::kTwoHops: return two_hops(pick.a, pick.day);
    case Question::kHistory: return history(pick.a);
    case Question::kSnapshot: return snapshot(pick.day);
    case Question::kTimeline: return timeline(pick.a);
    case Question::kPath: return path(pick);
    default: return {};
  }
}

template <class Visit>
void AnnalsQuestions::for_each_fact(const GraphSnapshot& snapshot, const FactScan& scan,
                                    Visit&& visit) {
  const auto cursor = snapshot.facts(scan);
  for (;;) {
    checked(cursor->next(batch_, kBatch));
    if (batch_.empty()) return;
    for (const storage::Fact& fact : batch_) visit(fact);
  }
}

/// Dates are exact, so that what may hold on a day does.
template <class Visit>
void AnnalsQuestions::for_each_neighbour(const GraphSnapshot& snapshot, std::int32_t entity,
                                         Day day, Direction direction, Visit&& visit) {
  const FactScan scan = {numbers_.node(entity), direction, {}, {}, on(day)};
  for_each_fact(snapshot, scan, [&](const storage::Fact& fact) {
    visit(numbers_.entity(direction == Direction::kOut ? fact.target : fact.source));
  });
}

Answer AnnalsQuestions::neighbours(std::int32_t entity, Day day) {
  Answer answer;
  const FactScan scan = {numbers_.node(entity), Direction::kOut, {}, {}, on(day)};
  for_each_fact(*database_.snapshot(), scan, [&](const storage::Fact& fact) {
    ++answer.count;
    answer.sum += fact_sum(numbers_.relation_number(fact.relation), numbers_.entity(fact.target));
  });
  return answer;
}

Answer AnnalsQuestions::hub_count(std::int32_t entity, Day day) {
  Answer answer;
  for_each_neighbour(*database_.snapshot(), entity, day, Direction::kOut,
                     [&](std::int32_t neighbour) {
                       ++answer.count;
                       answer.sum += neighbour;
                     });
  return answer;
}

Answer AnnalsQuestions::two_hops(std::int32_t entity, Day day) {
  const auto snapshot = database_.snapshot();
  std::vector<std::int32_t> first;
  first_hop_.clear();
  for_each_neighbour(*snapshot, entity, day, Direction::kOut, [&](std::int32_t neighbour) {
    if (first_hop_.add(neighbour)) first.push_back(neighbour);
  });
  Answer answer;
  second_hop_.clear();
  for (const std::int32_t middle : first) {
    for_each_neighbour(*snapshot, middle, day, Direction::kOut, [&](std::int32_t neighbour) {
      if (!second_hop_.add(neighbour)) return;
      ++answer.count;
      answer.sum += neighbour;
    });
  }
  return answer;
}

Answer AnnalsQuestions::history(std::int32_t entity) {
  std::vector<Fact> facts;
  FactScan scan;
  scan.node = numbers_.node(entity);
  for_each_fact(*database_.snapshot(), scan, [&](const storage::Fact& fact) {
    facts.push_back({entity, numbers_.relation_number(fact.relation), numbers_.entity(fact.target),
                     day_of(fact.begin.earliest), day_of(fact.end.earliest)});
  });
  std::sort(facts.begin(), facts.end(),
            [](const Fact& a, const Fact& b) { return a.begin < b.begin; });
  Answer answer;
  for (const Fact& fact : facts) add_to_history(answer, fact);
  return answer;
}

Answer AnnalsQuestions::snapshot(Day day) {
  std::array<std::int64_t, kRelations + 1> counts{};
  const auto snapshot = database_.snapshot();
  const Micros at = midnight(day);
  for (std::int32_t relation = 1; relation <= kRelations; ++relation) {
    counts[static_cast<std::size_t>(relation)] =
        checked(snapshot->count_facts(numbers_.relation(relation), {&at, 1})).front().possible;
  }
  return snapshot_answer(counts);
}

Answer AnnalsQuestions::timeline(std::int32_t relation) {
  std::vector<Micros> dates;
  for (int year = 0; year < kYears; ++year) {
    dates.push_back(midnight(new_year(year)));
  }
  Answer answer;
  const auto alive = checked(database_.snapshot()->count_facts(numbers_.relation(relation), dates));
  for (std::size_t year = 0; year < alive.size(); ++year) {
    answer.count += alive[year].possible;
    answer.sum += static_cast<std::int64_t>(year + 1) * alive[year].possible;
  }
  return answer;
}

Answer AnnalsQuestions::path(const Pick& pick) {
  const auto snapshot = database_.snapshot();
  const auto expand = [&](Direction direction) {
    return [&, direction](std::int32_t entity, auto&& met) {
      for_each_neighbour(*snapshot, entity, pick.day, direction, met);
    };
  };
  return {search_.hops(pick.a, pick.b, expand(Direction::kOut), expand(Direction::kIn)), 0};
}

}  // namespace annals::bench
