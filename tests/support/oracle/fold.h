#pragma once

#include <cstddef>
#include <vector>

#include "tests/support/oracle/history.h"

namespace annals::oracle {

/// Half days: the start of day d is 2d. The odd one between stands for all moments between two
/// starts of days. Two are enough to tell worlds apart, since no row here needs three instants in
/// order within one day.
using Tick = int;
inline constexpr Tick kTicksADay = 2;
inline constexpr Tick kNever = 1'000'000;

/// One instant that nobody knows: a tick of these, both included, or perhaps none.
struct Unknown {
  Tick earliest = 0;
  Tick latest = 0;
  bool perhaps_never = false;
};

/// `later` after an unknown instant.
struct Moment {
  std::size_t unknown = 0;
  Tick later = 0;
  bool operator==(const Moment&) const = default;
};

/// Holds from the last of its begins until the first of its ends, that instant no longer. The begin
/// of the fact itself comes first; those of its nodes follow that may be later.
struct Fact {
  std::size_t id = 0;  ///< The same for all times of the same fact.
  char relation = 'R';
  int source = 0;
  int target = 0;
  std::vector<Moment> begins;
  std::vector<Moment> ends;
  /// Begins of its nodes before which it did not begin itself, if there is a choice.
  std::vector<Moment> not_before;
};

/// Facts, and the instants on which they hang.
struct Graph {
  std::vector<Unknown> unknowns;
  std::vector<Fact> facts;
};

/// The facts that the events of a view bring about. Which end belongs to which begin is decided
/// here, by the bounds of the dates, and holds in every world. Of a node that exists several times
/// each fact is there once for each.
Graph fold(const History& history, const View& view);

}  // namespace annals::oracle
