#pragma once

#include <cstdint>
#include <vector>

#include "storage/database.h"
#include "tests/bench/peers/annals_names.h"
#include "tests/bench/peers/path_search.h"
#include "tests/bench/peers/world.h"

namespace annals::bench {

/// The questions, asked of Annals through its storage interface: one small function each, so that a
/// cheaper call of the index has one place to go. Each takes a snapshot of its own, as a query
/// does. Of kTogether and behind the index is not asked. One object a thread; must die before the
/// database.
class AnnalsQuestions {
 public:
  AnnalsQuestions(const storage::Database& database, const AnnalsNumbers& numbers);

  Answer ask(Question question, const Pick& pick);

  Answer neighbours(std::int32_t entity, Day day);
  Answer hub_count(std::int32_t entity, Day day);
  Answer two_hops(std::int32_t entity, Day day);
  Answer history(std::int32_t entity);
  Answer snapshot(Day day);
  Answer timeline(std::int32_t relation);
  Answer path(const Pick& pick);

 private:
  template <class Visit>
  void for_each_fact(const storage::GraphSnapshot& snapshot, const storage::FactScan& scan,
                     Visit&& visit);
  template <class Visit>
  void for_each_neighbour(const storage::GraphSnapshot& snapshot, std::int32_t entity, Day day,
                          storage::Direction direction, Visit&& visit);

  const storage::Database& database_;
  const AnnalsNumbers& numbers_;
  std::vector<storage::Fact> batch_;
  Marks first_hop_;
  Marks second_hop_;
  PathSearch search_;
};

}  // namespace annals::bench
