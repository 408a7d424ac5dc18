#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "query/executor/run_context.h"
#include "schema/base/result.h"
#include "schema/ids.h"

namespace annals::query {

/// Different nodes, zero among them, in the order in which they came: KeyTable for keys of one
/// node, without a datum for each. Not thread-safe. What it holds counts against the budget, which
/// must outlive it. Errors: LimitExceeded.
///
/// Entities have small numbers: once there are many nodes, an array by number finds those whose
/// numbers lie close enough together, and a hash table the others.
class NodeGroups {
 public:
  explicit NodeGroups(MemoryBudget& memory) : memory_(memory) {}

  /// The number of the node, and whether it is new.
  Result<std::pair<std::size_t, bool>> add(NodeId node) {
    // Scans and expansions give the rows of a node one after the other.
    if (!nodes_.empty() && node == nodes_[last_]) return std::pair(last_, false);
    if (const auto known = find(node)) {
      last_ = *known;
      return std::pair(last_, false);
    }
    ANNALS_CHECK_OK(take_memory());
    last_ = nodes_.size();
    nodes_.push_back(node);
    ANNALS_CHECK_OK(remember(node));
    return std::pair(last_, true);
  }

  /// Adds a node that is not there. find() and add() need not know it: for who has seen all others.
  Result<std::size_t> append(NodeId node) {
    ANNALS_CHECK_OK(take_memory());
    nodes_.push_back(node);
    return nodes_.size() - 1;
  }

  /// The number of the node, if it is there.
  std::optional<std::size_t> find(NodeId node) const {
    if (is_in_array(node)) {
      const std::uint32_t behind = by_number_[node.entity_number()];
      return behind == 0 ? std::nullopt : std::optional<std::size_t>(behind - 1);
    }
    const auto known = numbers_.find(node.raw);
    return known == numbers_.end() ? std::nullopt : std::optional(known->second);
  }

  std::size_t size() const { return nodes_.size(); }
  NodeId node(std::size_t number) const { return nodes_[number]; }

 private:
  /// An entry of the table, which is half empty after it grew, and of the list.
  static constexpr std::size_t kEntryBytes = 48;
  static constexpr std::size_t kEntriesAtOnce = 32;  ///< Taken from the budget, which is shared.
  static constexpr std::size_t kArrayFrom = 256;     ///< So many nodes; fewer are found as fast.
  static constexpr std::size_t kArraySpread = 16;    ///< Places of the array for each node at most.

  /// For one more entry.
  Status take_memory() {
    if (nodes_.size() % kEntriesAtOnce != 0) return {};
    return memory_.take(kEntriesAtOnce * kEntryBytes);
  }

  bool is_in_array(NodeId node) const {
    return node && !node.is_event() && node.entity_number() < by_number_.size();
  }

  /// The last of the nodes is new.
  Status remember(NodeId node) {
    const std::size_t places = kArraySpread * nodes_.size();
    // It doubles at least, so that growing costs little on the whole.
    const bool may_grow = nodes_.size() >= kArrayFrom && nodes_.size() < kArrayNodesMax &&
                          places >= 2 * by_number_.size();
    if (may_grow && node && !node.is_event() && node.entity_number() < places &&
        !is_in_array(node)) {
      ANNALS_CHECK_OK(memory_.take((places - by_number_.size()) * sizeof(std::uint32_t)));
      by_number_.resize(places);
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (is_in_array(nodes_[i])) {
          by_number_[nodes_[i].entity_number()] = static_cast<std::uint32_t>(i + 1);
        }
      }
    }
    if (is_in_array(node)) {
      by_number_[node.entity_number()] = static_cast<std::uint32_t>(nodes_.size());
    } else {
      numbers_.emplace(node.raw, nodes_.size() - 1);
    }
    return {};
  }

  static constexpr std::size_t kArrayNodesMax = std::size_t{1} << 27;  ///< Numbers stay small.

  MemoryBudget& memory_;
  boost::unordered_flat_map<std::uint64_t, std::size_t> numbers_;
  std::vector<std::uint32_t> by_number_;  ///< Of an entity the number behind its own; zero: none.
  std::vector<NodeId> nodes_;
  std::size_t last_ = 0;
};

}  // namespace annals::query
