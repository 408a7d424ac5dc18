#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <boost/unordered/unordered_flat_map.hpp>

namespace annals::storage {

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
  boost::unordered_flat_map<Group, std::size_t, std::hash<Group>> waiting_;
};

}  // namespace annals::storage
