#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "schema/base/result.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// What becomes of the short rows that new events bring, and that readers have to look through.
enum class Folding : std::uint8_t {
  kWhenMany,  ///< Where there are many, they are folded into longer ones. For commits.
  kLater,     ///< None are, before fold_touched(). For a part of a bulk load, whose others touch
              ///< most groups again.
  kAtOnce,    ///< All are, of each group that is touched. For a bulk load in one part.
};

/// Says when the writer looks how many short rows a group of rows (a node's facts, a list of
/// events) has gathered, which costs about what some changes do: at one change in so many. Groups
/// that change often are looked at often. Not thread-safe.
template <class Group>
class FoldLooks {
 public:
  /// `changes` more of them were made in the group.
  bool is_due(Group group, std::size_t changes, std::size_t changes_per_look) {
    const auto waiting = waiting_.find(group);
    if (waiting != waiting_.end()) {
      if (waiting->second > changes) {
        waiting->second -= changes;
        return false;
      }
      waiting_.erase(waiting);
      return true;
    }
    changes_ += changes;
    // The first changes after a start all look: programs that make one commit and end must fold,
    // too.
    if (looks_ >= changes_per_look && changes_ < changes_per_look) return false;
    ++looks_;
    changes_ = 0;
    return true;
  }

  /// Not before so many more.
  void wait(Group group, std::size_t changes) {
    constexpr std::size_t kGroupsMax = 100'000;
    if (waiting_.size() >= kGroupsMax) waiting_.clear();
    waiting_[group] = changes;
  }

 private:
  std::size_t changes_ = 0;  // since a look
  std::size_t looks_ = 0;
  std::unordered_map<Group, std::size_t> waiting_;
};

/// Groups that kLater left, each once. Not thread-safe.
template <class Group>
class LeftForLater {
 public:
  void add(Group group) { touched_.insert(group); }

  /// Folds them in ascending order by fold(group), which puts rows into `batch`, until that has
  /// about `bytes_max`. False: there are no more. What is added meanwhile comes later.
  template <class Fold>
  Result<bool> fold_some(const WriteBatch& batch, std::size_t bytes_max, const Fold& fold) {
    if (due_.empty()) {
      due_.assign(touched_.begin(), touched_.end());
      touched_.clear();
      // Descending, so that what is done can be taken off the end.
      std::sort(due_.begin(), due_.end(), std::greater());
    }
    for (; !due_.empty(); due_.pop_back()) {
      if (batch.bytes() >= bytes_max) return true;
      ANNALS_CHECK_OK(fold(due_.back()));
    }
    return false;
  }

 private:
  std::unordered_set<Group> touched_;
  std::vector<Group> due_;  // of these, what is being folded
};

}  // namespace annals::storage
