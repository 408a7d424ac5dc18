#include "tests/bench/peers/arrays.h"

#include <array>

#include "tests/bench/peers/child.h"

namespace annals::bench {

Arrays::Arrays(const World& world)
    : out_(runs_of(world, &Fact::source, &Fact::target)),
      in_(runs_of(world, &Fact::target, &Fact::source)),
      first_hop_(static_cast<std::size_t>(world.size.entities())),
      second_hop_(first_hop_),
      search_(static_cast<std::size_t>(world.size.entities())) {}

Arrays::Runs Arrays::runs_of(const World& world, std::int32_t Fact::*owner,
                             std::int32_t Fact::*other) {
  Runs runs;
  runs.first.resize(static_cast<std::size_t>(world.size.entities()) + 1);
  for (const Fact& fact : world.facts) ++runs.first[static_cast<std::size_t>(fact.*owner) + 1];
  for (std::size_t i = 1; i < runs.first.size(); ++i) runs.first[i] += runs.first[i - 1];
  std::vector<std::size_t> next = runs.first;
  runs.edges.resize(world.facts.size());
  for (const Fact& fact : world.facts) {
    const std::size_t place = next[static_cast<std::size_t>(fact.*owner)]++;
    runs.edges[place] = {fact.relation, fact.*other, fact.begin, fact.end};
  }
  return runs;
}

template <class Visit>
void Arrays::for_each_alive(const Runs& runs, std::int32_t entity, Day day, Visit&& visit) {
  const auto number = static_cast<std::size_t>(entity);
  const Edge* const end = runs.edges.data() + runs.first[number + 1];
  for (const Edge* edge = runs.edges.data() + runs.first[number]; edge != end; ++edge) {
    if (edge->begin > day) break;
    if (edge->end > day) visit(*edge);
  }
}

Answer Arrays::ask(Question question, const Pick& pick) {
  switch (question) {
    case Question::kNeighbours:
    case Question::kHub:
    case Question::kHubCount:
    case Question::kDeep: return neighbours(pick.a, pick.day);
    case Question::kTwoHops: return two_hops(pick.a, pick.day);
    case Question::kHistory: return history(pick.a);
    case Question::kSnapshot: return snapshot(pick.day);
    case Question::kTimeline: return timeline(pick.a);
    case Question::kPath: return path(pick);
  }
  return {};
}

/// The sum of fact_sum().
Answer Arrays::neighbours(std::int32_t entity, Day day) const {
  Answer answer;
  for_each_alive(out_, entity, day, [&](const Edge& edge) {
    ++answer.count;
    answer.sum += fact_sum(edge.relation, edge.other);
  });
  return answer;
}

/// The sum of the entities' numbers.
Answer Arrays::two_hops(std::int32_t entity, Day day) {
  Answer answer;
  first_hop_.clear();
  second_hop_.clear();
  for_each_alive(out_, entity, day, [&](const Edge& first) {
    if (!first_hop_.add(first.other)) return;
    for_each_alive(out_, first.other, day, [&](const Edge& second) {
      if (!second_hop_.add(second.other)) return;
      ++answer.count;
      answer.sum += second.other;
    });
  });
  return answer;
}

/// As add_to_history() says.
Answer Arrays::history(std::int32_t entity) const {
  Answer answer;
  const auto number = static_cast<std::size_t>(entity);
  for (std::size_t i = out_.first[number]; i < out_.first[number + 1]; ++i) {
    const Edge& edge = out_.edges[i];
    add_to_history(answer, {entity, edge.relation, edge.other, edge.begin, edge.end});
  }
  return answer;
}

/// The sum of relation times count.
Answer Arrays::snapshot(Day day) const {
  std::array<std::int64_t, kRelations + 1> counts{};
  for (const Edge& edge : out_.edges) {
    counts[static_cast<std::size_t>(edge.relation)] += edge.begin <= day && day < edge.end ? 1 : 0;
  }
  return snapshot_answer(counts);
}

/// The sum of (year + 1) times count.
Answer Arrays::timeline(std::int32_t relation) const {
  YearCounts counts;
  for (const Edge& edge : out_.edges) {
    if (edge.relation == relation) counts.add(edge.begin, edge.end);
  }
  return counts.answer();
}

Answer Arrays::path(const Pick& pick) {
  const auto expand = [&](const Runs& runs) {
    return [&runs, &pick](std::int32_t entity, auto&& met) {
      for_each_alive(runs, entity, pick.day, [&](const Edge& edge) { met(edge.other); });
    };
  };
  return {search_.hops(pick.a, pick.b, expand(out_), expand(in_)), 0};
}

Answer Arrays::path_from_one_side(const Pick& pick) {
  first_hop_.clear();
  first_hop_.add(pick.a);
  std::vector<std::int32_t> frontier = {pick.a};
  for (int hops = 1; hops <= kHopsMax; ++hops) {
    std::vector<std::int32_t> next;
    for (const std::int32_t entity : frontier) {
      for_each_alive(out_, entity, pick.day, [&](const Edge& edge) {
        if (first_hop_.add(edge.other)) next.push_back(edge.other);
      });
    }
    if (first_hop_.has(pick.b)) return {hops, 0};
    frontier = std::move(next);
  }
  return {-1, 0};
}

Answers right_answers(Arrays& arrays, const Picks& picks) {
  Answers answers;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const auto question = static_cast<Question>(i);
    for (const Pick& pick : picks[i]) {
      answers[i].push_back(arrays.ask(question, pick));
      const bool is_path = question == Question::kPath;
      if (is_path && !(arrays.path_from_one_side(pick) == answers[i].back())) {
        fail("the arrays find paths of two lengths");
      }
    }
  }
  return answers;
}

}  // namespace annals::bench
