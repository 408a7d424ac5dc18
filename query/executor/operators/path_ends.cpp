#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "query/executor/operators/path_operator.h"

namespace annals::query::operators {

namespace {

/// The ends of paths, breadth first. One path to a node is enough if it holds wherever the row
/// does; of those that hold less surely each is followed that comes by no node twice, since what it
/// holds in is of use: see rules::prune_paths().
///
/// Where a hop goes in either direction, one comes back to the start over the fact by which one
/// left it. So there the ways back are sought in the end, as circles that use no fact twice.
class PathEnds final : public PathOperator {
 public:
  using PathOperator::PathOperator;

 private:
  struct Arrival {
    NodeId node;
    DoubtPtr doubt;
    std::size_t before = 0;  ///< The arrival that it goes on from.
    std::size_t hops = 0;
  };
  /// A node on a way back to the start, and what was tried from it.
  struct Turn {
    PathStep step;
    DoubtPtr doubt;
    PathSteps next;  ///< Null: not read yet.
    std::size_t tried = 0;
  };

  Status start(NodeId from, NodeId to, const DoubtPtr& row) override {
    from_ = from;
    to_ = to;
    row_ = row;
    arrivals_.assign(1, {from, row, 0, 0});
    steps_ = nullptr;
    at_ = 0;
    reached_.clear();
    distances_.clear();
    circle_.clear();
    gives_start_ = length().min == 0 && is_end(from);
    start_is_reached_ = length().min == 0;
    is_done_ = false;
    return {};
  }

  bool is_end(NodeId node) const { return !is_into() || node == to_; }

  Result<bool> next_path(FoundPath& path) override {
    if (std::exchange(gives_start_, false)) return give(path, from_, row_);
    while (!is_done_ && at_ < arrivals_.size()) {
      if (steps_ == nullptr) {
        if (arrivals_[at_].hops == length().max && !length().is_open) {
          at_ = arrivals_.size();
          break;
        }
        ANNALS_TRY(steps_, steps_from(arrivals_[at_].node));
        tried_ = 0;
      }
      if (tried_ == steps_->size()) {
        steps_ = nullptr;
        ++at_;
        continue;
      }
      ANNALS_CHECK_OK(context().check_stop());
      const PathStep& step = (*steps_)[tried_++];
      RowUse used = use_step(arrivals_[at_].doubt, step, asked());
      if (!used.holds) continue;
      ANNALS_TRY(const bool is_new, arrive(step.to, used.doubt));
      if (is_new && is_end(step.to)) return give(path, step.to, std::move(used.doubt));
    }
    const bool seeks_circles = is_undirected() && is_end(from_) && !is_done_ && !start_is_reached_;
    return seeks_circles ? next_circle(path) : false;
  }

  bool is_undirected() const { return hop().direction == ast::HopDirection::kEither; }

  bool give(FoundPath& path, NodeId node, DoubtPtr doubt) {
    // Nothing holds more surely than that.
    is_done_ = is_into() && doubt == row_;
    path.to = node;
    path.doubt = std::move(doubt);
    return true;
  }

  /// Whether the node is reached in worlds in which it perhaps was not.
  Result<bool> arrive(NodeId node, const DoubtPtr& doubt) {
    const bool is_sure = doubt == row_;
    if (node == from_) {
      // Its own way back is an end, and leads nowhere else.
      if (start_is_reached_ || is_undirected()) return false;
      start_is_reached_ = is_sure;
      return true;
    }
    if (reached_.contains(node)) return false;
    if (is_sure) {
      reached_.insert(node);
    } else if (is_on_way(node)) {
      return false;
    }
    const std::size_t hops = arrivals_[at_].hops + 1;
    if (hops > length().max) return too_long();
    ANNALS_CHECK_OK(take(sizeof(Arrival) + (is_sure ? 4 * sizeof(NodeId) : memory_of(doubt))));
    arrivals_.push_back({node, doubt, at_, hops});
    if (is_undirected()) distances_.emplace(node, hops);
    return true;
  }

  bool is_on_way(NodeId node) const {
    std::size_t at = at_;
    while (at != 0 && arrivals_[at].node != node) at = arrivals_[at].before;
    return at != 0;
  }

  /// The next way from the start back to itself, depth first; none that is too long, as the way
  /// back is as long as the way there.
  Result<bool> next_circle(FoundPath& path) {
    if (circle_.empty()) circle_.push_back({PathStep{nullptr, from_}, row_, nullptr, 0});
    while (!circle_.empty() && !start_is_reached_) {
      ANNALS_CHECK_OK(context().check_stop());
      Turn& top = circle_.back();
      if (top.next == nullptr) {
        ANNALS_TRY(top.next, steps_from(top.step.to));
      }
      if (top.tried == top.next->size()) {
        circle_.pop_back();
        continue;
      }
      const PathStep& step = (*top.next)[top.tried++];
      if (is_on_circle(step)) continue;
      RowUse used = use_step(top.doubt, step, asked());
      if (!used.holds) continue;
      if (step.to == from_) {
        start_is_reached_ = used.doubt == row_;
        return give(path, from_, std::move(used.doubt));
      }
      const auto back = distances_.find(step.to);
      if (back == distances_.end() || circle_.size() + back->second > length().max) continue;
      circle_.push_back({step, std::move(used.doubt), nullptr, 0});
    }
    is_done_ = true;
    return false;
  }

  bool is_on_circle(const PathStep& step) const {
    return std::any_of(circle_.begin() + 1, circle_.end(), [&step](const Turn& turn) {
      return turn.step.to == step.to || is_same_fact(*turn.step.fact, *step.fact);
    });
  }

  NodeId from_;
  NodeId to_;
  DoubtPtr row_;
  std::vector<Arrival> arrivals_;  // in the order of their hops
  std::size_t at_ = 0;             // the one whose steps are being taken
  PathSteps steps_;                // null: not read yet
  std::size_t tried_ = 0;
  std::unordered_set<NodeId> reached_;                 // as surely as the row holds
  std::unordered_map<NodeId, std::size_t> distances_;  // from the start, of an undirected hop
  std::vector<Turn> circle_;                           // as far as it was followed
  bool gives_start_ = false;
  bool start_is_reached_ = false;
  bool is_done_ = false;
};

}  // namespace

OperatorPtr path_ends(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                      std::unique_ptr<PathStepReader> reader, RunContext& context) {
  return std::make_unique<PathEnds>(step, node, std::move(input), std::move(reader), context);
}

}  // namespace annals::query::operators
