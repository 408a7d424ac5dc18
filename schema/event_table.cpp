#include "schema/event_table.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace annals::inline schema {

namespace {

constexpr std::size_t kEventsMin = 8;

bool has_only_nodes(const Event& event) {
  if (const auto* occurrence = std::get_if<Occurrence>(&event.body)) {
    return occurrence->attributes.empty();
  }
  const auto* assertion = std::get_if<Assertion>(&event.body);
  return assertion != nullptr && assertion->properties.empty();
}

/// Requires has_only_nodes() of both.
bool are_alike(const Event& a, const Event& b) {
  if (a.body.index() != b.body.index()) return false;
  if (const auto* fact = std::get_if<Assertion>(&a.body)) {
    const auto& other = std::get<Assertion>(b.body);
    return fact->relation == other.relation && fact->momentary == other.momentary;
  }
  const auto& one = std::get<Occurrence>(a.body);
  const auto& other = std::get<Occurrence>(b.body);
  const auto same_shape = [](const RoleFilling& x, const RoleFilling& y) {
    return x.role == y.role && x.nodes.size() == y.nodes.size();
  };
  return one.kind == other.kind && std::equal(one.roles.begin(), one.roles.end(),
                                              other.roles.begin(), other.roles.end(), same_shape);
}

std::size_t nodes_in(const Event& event) {
  const auto* occurrence = std::get_if<Occurrence>(&event.body);
  if (occurrence == nullptr) return 2;
  std::size_t count = 0;
  for (const RoleFilling& filling : occurrence->roles) count += filling.nodes.size();
  return count;
}

/// The same for events that are alike. Requires has_only_nodes().
std::size_t shape_hash(const Event& event) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = event.body.index();
  const auto add = [&hash](std::uint64_t number) { hash = (hash ^ number) * kFactor; };
  if (const auto* fact = std::get_if<Assertion>(&event.body)) {
    add(fact->relation.raw);
    add(fact->momentary ? 1 : 0);
  } else {
    const auto& occurrence = std::get<Occurrence>(event.body);
    add(occurrence.kind.raw);
    for (const RoleFilling& filling : occurrence.roles) {
      add(filling.role.raw);
      add(filling.nodes.size());
    }
  }
  return static_cast<std::size_t>(hash ^ hash >> 32);
}

}  // namespace

std::vector<EventGroup> table_groups(std::span<const Event> events) {
  std::vector<EventGroup> groups;
  if (events.size() < kEventsMin) return groups;
  std::unordered_multimap<std::size_t, std::size_t> by_shape;  // into groups
  const auto group_of = [&](const Event& event) {
    const std::size_t hash = shape_hash(event);
    const auto [first, last] = by_shape.equal_range(hash);
    const auto same = std::find_if(first, last, [&](const auto& entry) {
      return are_alike(events[groups[entry.second].places.front()], event);
    });
    if (same != last) return same->second;
    by_shape.emplace(hash, groups.size());
    groups.push_back({{}, nodes_in(event)});
    return groups.size() - 1;
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (has_only_nodes(events[i])) groups[group_of(events[i])].places.push_back(i);
  }
  std::erase_if(groups, [](const EventGroup& group) { return group.places.size() < kEventsMin; });
  return groups;
}

}  // namespace annals::inline schema
