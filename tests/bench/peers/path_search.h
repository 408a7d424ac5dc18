#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/bench/peers/world.h"

namespace annals::bench {

/// The entities that a search has met from one side. Emptied without touching all of them.
class Marks {
 public:
  explicit Marks(std::size_t entities) : seen_in_(entities) {}

  void clear() { ++search_; }
  bool has(std::int32_t entity) const {
    return seen_in_[static_cast<std::size_t>(entity)] == search_;
  }
  /// False if it was there.
  bool add(std::int32_t entity) {
    return std::exchange(seen_in_[static_cast<std::size_t>(entity)], search_) != search_;
  }

 private:
  std::vector<std::uint32_t> seen_in_;
  std::uint32_t search_ = 0;
};

/// Finds how many hops a shortest path has, from both of its ends at once: the side with fewer
/// entities to expand goes on.
class PathSearch {
 public:
  explicit PathSearch(std::size_t entities) : from_start_(entities), from_goal_(entities) {}

  /// `expand_out` and `expand_in` call the second argument with each neighbour of the first, along
  /// facts and against them. -1 if there is no path of at most kHopsMax. Requires start != goal.
  template <class ExpandOut, class ExpandIn>
  int hops(std::int32_t start, std::int32_t goal, ExpandOut&& expand_out, ExpandIn&& expand_in) {
    from_start_.begin(start);
    from_goal_.begin(goal);
    for (int hops = 1; hops <= kHopsMax; ++hops) {
      if (from_start_.frontier.empty() || from_goal_.frontier.empty()) return -1;
      const bool forward = from_start_.frontier.size() <= from_goal_.frontier.size();
      const bool met = forward ? from_start_.expand(from_goal_, expand_out)
                               : from_goal_.expand(from_start_, expand_in);
      if (met) return hops;
    }
    return -1;
  }

 private:
  struct Side {
    explicit Side(std::size_t entities) : marks(entities) {}

    void begin(std::int32_t entity) {
      marks.clear();
      marks.add(entity);
      frontier.assign(1, entity);
    }

    /// One hop further. Whether that met the other side: every meeting within one expansion has
    /// the same length, because a shorter one would have been met before.
    template <class Expand>
    bool expand(const Side& other, Expand& expand_entity) {
      next.clear();
      bool met = false;
      for (const std::int32_t entity : frontier) {
        expand_entity(entity, [&](std::int32_t neighbour) {
          if (!marks.add(neighbour)) return;
          next.push_back(neighbour);
          met = met || other.marks.has(neighbour);
        });
        if (met) return true;
      }
      frontier.swap(next);
      return false;
    }

    Marks marks;
    std::vector<std::int32_t> frontier;
    std::vector<std::int32_t> next;
  };

  Side from_start_;
  Side from_goal_;
};

}  // namespace annals::bench
