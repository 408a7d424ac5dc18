#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/bench/peers/path_search.h"
#include "tests/bench/peers/world.h"

namespace annals::bench {

/// The floor in memory: facts in plain arrays, by source and by target, each run in order of begin.
/// Nothing is durable, nothing is logged. Its answers are what all others are checked against.
class Arrays {
 public:
  explicit Arrays(const World& world);

  Answer ask(Question question, const Pick& pick);

  /// Hops of a path by the simplest search there is, from one side: what ask() is checked against.
  Answer path_from_one_side(const Pick& pick);

 private:
  struct Edge {
    std::int32_t relation = 0;
    std::int32_t other = 0;  ///< The end that is not the entity whose run it is in.
    Day begin = 0;
    Day end = kOpen;
  };
  /// The facts of each entity, one run behind the other.
  struct Runs {
    std::vector<std::size_t> first;  ///< One more than there are entities.
    std::vector<Edge> edges;
  };
  static Runs runs_of(const World& world, std::int32_t Fact::*owner, std::int32_t Fact::*other);

  template <class Visit>
  static void for_each_alive(const Runs& runs, std::int32_t entity, Day day, Visit&& visit);

  Answer neighbours(std::int32_t entity, Day day) const;
  Answer hub_count(std::int32_t entity, Day day) const;
  Answer two_hops(std::int32_t entity, Day day);
  Answer history(std::int32_t entity) const;
  Answer snapshot(Day day) const;
  Answer timeline(std::int32_t relation) const;
  Answer path(const Pick& pick);
  Answer together(const Pick& pick);
  Answer triangles(const Pick& pick) const;
  Answer top(Day day) const;
  Answer never(const Pick& pick);
  Answer overlap(const Pick& pick) const;
  Answer reach(const Pick& pick);

  Runs out_;
  Runs in_;
  Marks first_hop_;
  Marks second_hop_;
  PathSearch search_;
};

/// All answers, and whether ask() and the simple search agree about paths (else this gives up).
Answers right_answers(Arrays& arrays, const Picks& picks);

}  // namespace annals::bench
