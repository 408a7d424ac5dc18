#include "tests/bench/peers/arrays.h"

#include <algorithm>
#include <array>
#include <utility>

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
    case Question::kDeep: return neighbours(pick.a, pick.day);
    case Question::kHubCount: return hub_count(pick.a, pick.day);
    case Question::kTwoHops: return two_hops(pick.a, pick.day);
    case Question::kHistory: return history(pick.a);
    case Question::kSnapshot: return snapshot(pick.day);
    case Question::kTimeline: return timeline(pick.a);
    case Question::kPath: return path(pick);
    case Question::kTogether: return together(pick);
    case Question::kTriangles: return triangles(pick);
    case Question::kTop: return top(pick.day);
    case Question::kNever: return never(pick);
    case Question::kOverlap: return overlap(pick);
    case Question::kReach: return reach(pick);
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

/// The sum of the targets' numbers.
Answer Arrays::hub_count(std::int32_t entity, Day day) const {
  Answer answer;
  for_each_alive(out_, entity, day, [&](const Edge& edge) {
    ++answer.count;
    answer.sum += edge.other;
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

/// The sum of (year + 1) times count.
Answer Arrays::together(const Pick& pick) {
  Answer answer;
  for (int year = 0; year < kYears; ++year) {
    first_hop_.clear();
    second_hop_.clear();
    for_each_alive(out_, pick.a, new_year(year),
                   [&](const Edge& edge) { first_hop_.add(edge.other); });
    for_each_alive(out_, pick.b, new_year(year), [&](const Edge& edge) {
      if (!first_hop_.has(edge.other) || !second_hop_.add(edge.other)) return;
      ++answer.count;
      answer.sum += year + 1;
    });
  }
  return answer;
}

/// Each circle from each of its facts, as a pattern finds it; no fact twice, which only that of an
/// entity with itself could be.
Answer Arrays::triangles(const Pick& pick) const {
  const auto for_each = [&](std::int32_t source, auto&& visit) {
    for_each_alive(out_, source, pick.day, [&](const Edge& edge) {
      if (edge.relation == pick.a) visit(edge.other);
    });
  };
  Answer answer;
  const auto entities = static_cast<std::int32_t>(out_.first.size() - 1);
  for (std::int32_t a = 0; a < entities; ++a) {
    for_each(a, [&](std::int32_t b) {
      for_each(b, [&](std::int32_t c) {
        for_each(
            c, [&](std::int32_t end) { answer.count += end == a && !(a == b && b == c) ? 1 : 0; });
      });
    });
  }
  return answer;
}

/// Counts their facts; the sum of rank times number, of equal ones the lower number first.
Answer Arrays::top(Day day) const {
  std::vector<std::pair<std::int64_t, std::int32_t>> degrees;
  const auto entities = static_cast<std::int32_t>(out_.first.size() - 1);
  for (std::int32_t entity = 0; entity < entities; ++entity) {
    std::int64_t degree = 0;
    for_each_alive(out_, entity, day, [&](const Edge&) { ++degree; });
    if (degree > 0) degrees.emplace_back(-degree, entity);
  }
  const std::size_t count = std::min<std::size_t>(degrees.size(), kTopCount);
  std::partial_sort(degrees.begin(), degrees.begin() + static_cast<std::ptrdiff_t>(count),
                    degrees.end());
  Answer answer;
  for (std::size_t rank = 0; rank < count; ++rank) {
    answer.count -= degrees[rank].first;
    answer.sum += static_cast<std::int64_t>(rank + 1) * degrees[rank].second;
  }
  return answer;
}

/// The sum of the entities' numbers.
Answer Arrays::never(const Pick& pick) {
  first_hop_.clear();
  const auto number = static_cast<std::size_t>(pick.b);
  for (std::size_t i = in_.first[number]; i < in_.first[number + 1]; ++i) {
    first_hop_.add(in_.edges[i].other);
  }
  Answer answer;
  for_each_alive(in_, pick.a, pick.day, [&](const Edge& edge) {
    if (!first_hop_.add(edge.other)) return;
    ++answer.count;
    answer.sum += edge.other;
  });
  return answer;
}

/// The sum of the targets' numbers.
Answer Arrays::overlap(const Pick& pick) const {
  Answer answer;
  for (const Edge& edge : out_.edges) {
    if (edge.relation != pick.a || edge.begin >= pick.end || edge.end <= pick.day) continue;
    ++answer.count;
    answer.sum += edge.other;
  }
  return answer;
}

/// The sum of the entities' numbers.
Answer Arrays::reach(const Pick& pick) {
  Answer answer;
  first_hop_.clear();
  first_hop_.add(pick.a);
  std::vector<std::int32_t> frontier = {pick.a};
  for (int hops = 1; hops <= kReachHops; ++hops) {
    std::vector<std::int32_t> next;
    for (const std::int32_t entity : frontier) {
      for_each_alive(out_, entity, pick.day, [&](const Edge& edge) {
        if (!first_hop_.add(edge.other)) return;
        next.push_back(edge.other);
        ++answer.count;
        answer.sum += edge.other;
      });
    }
    frontier = std::move(next);
  }
  return answer;
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
