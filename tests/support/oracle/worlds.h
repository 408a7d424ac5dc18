#pragma once

#include <functional>
#include <vector>

#include "tests/support/oracle/fold.h"

namespace annals::oracle {

/// One way how everything may have been: a tick for each unknown; kNever for what never happened.
struct World {
  std::vector<Tick> ticks;

  Tick at(const Moment& moment) const;
  /// kNever if one of its begins never happened.
  Tick begin_of(const Fact& fact) const;
  /// Whether it begins before a node in whose time it is said to begin.
  bool begins_too_soon(const Fact& fact) const;
  /// kNever if nothing ends it.
  Tick end_of(const Fact& fact) const;
  bool holds_at(const Fact& fact, Tick tick) const;
};

enum class Verdict { kImpossible, kPossible, kCertain };

/// The law: possible is what `holds` in some world, certain what holds in all of them. The worlds
/// are all choices of instants for the unknowns of `facts` (indexes into the graph's) and for
/// `more` (indexes into its unknowns). But no world has one of `lasting`, recorded without doubt to
/// have begun, end before it lasted for a moment, if it can do otherwise.
Verdict decide(const Graph& graph, const std::vector<std::size_t>& facts,
               const std::vector<std::size_t>& more, const std::vector<std::size_t>& lasting,
               const std::function<bool(const World&)>& holds);

/// Whether some choice of instants lets the fact last for a moment.
bool can_last(const Graph& graph, const Fact& fact);

}  // namespace annals::oracle
