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
class NodeGroups {
 public:
  explicit NodeGroups(MemoryBudget& memory) : memory_(memory) {}

  /// The number of the node, and whether it is new.
  Result<std::pair<std::size_t, bool>> add(NodeId node) {
    // Scans and expansions give the rows of a node one after the other.
    if (!nodes_.empty() && node == nodes_[last_]) return std::pair(last_, false);
    const auto [known, is_new] = numbers_.try_emplace(node.raw, nodes_.size());
    if (is_new) {
      if (nodes_.size() % kEntriesAtOnce == 0) {
        ANNALS_CHECK_OK(memory_.take(kEntriesAtOnce * kEntryBytes));
      }
      nodes_.push_back(node);
    }
    last_ = known->second;
    return std::pair(last_, is_new);
  }

  /// The number of the node, if it is there.
  std::optional<std::size_t> find(NodeId node) const {
    const auto known = numbers_.find(node.raw);
    return known == numbers_.end() ? std::nullopt : std::optional(known->second);
  }

  std::size_t size() const { return nodes_.size(); }
  NodeId node(std::size_t number) const { return nodes_[number]; }

 private:
  /// An entry of the table, which is half empty after it grew, and of the list.
  static constexpr std::size_t kEntryBytes = 48;
  static constexpr std::size_t kEntriesAtOnce = 32;  ///< Taken from the budget, which is shared.

  MemoryBudget& memory_;
  boost::unordered_flat_map<std::uint64_t, std::size_t> numbers_;
  std::vector<NodeId> nodes_;
  std::size_t last_ = 0;
};

}  // namespace annals::query
