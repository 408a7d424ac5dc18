#pragma once

#include <cstddef>
#include <vector>

#include "schema/time/instant.h"

namespace annals::query {

/// `before` + gap <= `after`, both unknowns; the gap is 0 or 1.
struct Order {
  std::size_t before = 0;
  std::size_t after = 0;
  Micros gap = 0;

  /// What holds exactly where this does not.
  constexpr Order negated() const { return {after, before, 1 - gap}; }
};

/// Unknown instants within bounds, of which some are not after others. Solved by moving the bounds
/// until nothing moves; if something still moves after as many rounds as there are unknowns, the
/// unknowns go in a circle. Instants are plain integers here, kEndOfTime the last of them: nothing
/// is after it. A value.
class OrderSystem {
 public:
  /// The number of a new unknown. Requires low <= high.
  std::size_t add_unknown(Micros low, Micros high);

  /// Demands it; false if the system has no solution any more, and then it is of no further use.
  bool add(const Order& order);

  /// Whether the bounds alone say so: no solution is without it.
  bool implies(const Order& order) const;

 private:
  struct Bounds {
    Micros low;
    Micros high;
  };
  bool settle();

  std::vector<Bounds> unknowns_;
  std::vector<Order> orders_;
};

}  // namespace annals::query
