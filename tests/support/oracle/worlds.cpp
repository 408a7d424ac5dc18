#include "tests/support/oracle/worlds.h"

#include <algorithm>
#include <set>

namespace annals::oracle {

namespace {

/// Puts each unknown of `free`, from number `next` on, on each of its ticks, and visits the worlds
/// that come out until a visit says that it has seen enough. Whether it did.
bool for_each_world(const Graph& graph, const std::vector<std::size_t>& free, std::size_t next,
                    World& world, const std::function<bool(const World&)>& visit) {
  if (next == free.size()) return visit(world);
  const Unknown& unknown = graph.unknowns[free[next]];
  Tick& tick = world.ticks[free[next]];
  for (tick = unknown.earliest; tick <= unknown.latest; ++tick) {
    if (for_each_world(graph, free, next + 1, world, visit)) return true;
  }
  tick = kNever;
  return unknown.perhaps_never && for_each_world(graph, free, next + 1, world, visit);
}

void add_unknowns(const Fact& fact, std::set<std::size_t>& unknowns) {
  for (const Moment& begin : fact.begins) unknowns.insert(begin.unknown);
  for (const Moment& end : fact.ends) unknowns.insert(end.unknown);
  for (const Moment& begin : fact.not_before) unknowns.insert(begin.unknown);
}

World empty_world(const Graph& graph) { return {std::vector<Tick>(graph.unknowns.size(), kNever)}; }

}  // namespace

Tick World::at(const Moment& moment) const {
  const Tick tick = ticks[moment.unknown];
  return tick == kNever ? kNever : tick + moment.later;
}

Tick World::begin_of(const Fact& fact) const {
  Tick begin = at(fact.begins.front());
  for (const Moment& one : fact.begins) begin = std::max(begin, at(one));
  return begin;
}

bool World::begins_too_soon(const Fact& fact) const {
  return std::any_of(fact.not_before.begin(), fact.not_before.end(),
                     [&](const Moment& begin) { return at(fact.begins.front()) < at(begin); });
}

Tick World::end_of(const Fact& fact) const {
  Tick end = kNever;
  for (const Moment& one : fact.ends) end = std::min(end, at(one));
  return end;
}

bool World::holds_at(const Fact& fact, Tick tick) const {
  return begin_of(fact) <= tick && tick < end_of(fact);
}

bool can_last(const Graph& graph, const Fact& fact) {
  std::set<std::size_t> free;
  add_unknowns(fact, free);
  World world = empty_world(graph);
  return for_each_world(graph, {free.begin(), free.end()}, 0, world,
                        [&](const World& one) { return one.begin_of(fact) < one.end_of(fact); });
}

Verdict decide(const Graph& graph, const std::vector<std::size_t>& facts,
               const std::vector<std::size_t>& more, const std::vector<std::size_t>& lasting,
               const std::function<bool(const World&)>& holds) {
  std::set<std::size_t> free(more.begin(), more.end());
  for (const std::size_t index : facts) add_unknowns(graph.facts[index], free);
  std::vector<const Fact*> never_empty;
  for (const std::size_t index : lasting) {
    const Fact& fact = graph.facts[index];
    // Of what began before its node nothing may be left.
    const bool is_moved = fact.begins.size() > 1;
    const bool surely_begun =
        !is_moved && !graph.unknowns[fact.begins.front().unknown].perhaps_never;
    if (surely_begun && can_last(graph, fact)) never_empty.push_back(&fact);
  }
  bool in_some = false;
  bool in_all = true;
  World world = empty_world(graph);
  for_each_world(graph, {free.begin(), free.end()}, 0, world, [&](const World& one) {
    for (const Fact* fact : never_empty) {
      if (one.begin_of(*fact) >= one.end_of(*fact)) return false;
    }
    for (const std::size_t index : facts) {
      if (one.begins_too_soon(graph.facts[index])) return false;
    }
    const bool holds_here = holds(one);
    in_some = in_some || holds_here;
    in_all = in_all && holds_here;
    return in_some && !in_all;
  });
  if (!in_some) return Verdict::kImpossible;
  return in_all ? Verdict::kCertain : Verdict::kPossible;
}

}  // namespace annals::oracle
