#include <algorithm>
#include <unordered_map>
#include <utility>

#include "query/executor/operators/path_operator.h"

namespace annals::query::operators {

namespace {

/// Nodes from which the end of a path is sought beforehand, at most: beyond, the search for dead
/// ends costs more than they do.
constexpr std::size_t kNearNodesMax = std::size_t{1} << 16;

/// All paths, depth first. No path uses a fact twice, and each is followed as long as its facts may
/// hold together with the row. If the end is known, a path is left where the end is too far away.
class AllPaths final : public PathOperator {
 public:
  using PathOperator::PathOperator;

 private:
  /// A node on the present path, and what was tried from it.
  struct Level {
    PathStep step;  ///< Which led to it; of the first one without a fact.
    DoubtPtr doubt;
    PathSteps next;  ///< Null: not read yet.
    std::size_t tried = 0;
  };

  Status start(NodeId from, NodeId to, const DoubtPtr& row) override {
    to_ = to;
    levels_.clear();
    levels_.push_back({PathStep{nullptr, from}, row, nullptr, 0});
    gives_start_ = length().min == 0 && (!is_into() || from == to);
    return find_near_nodes();
  }

  Result<bool> next_path(FoundPath& path) override {
    if (std::exchange(gives_start_, false)) return give_path(path);
    while (!levels_.empty()) {
      ANNALS_CHECK_OK(context().check_stop());
      Level& top = levels_.back();
      const std::size_t hops = levels_.size() - 1;
      if (hops == length().max && !length().is_open) {
        levels_.pop_back();
        continue;
      }
      if (top.next == nullptr) {
        ANNALS_TRY(top.next, steps_from(top.step.to));
      }
      if (top.tried == top.next->size()) {
        levels_.pop_back();
        continue;
      }
      const PathStep& step = (*top.next)[top.tried++];
      if (is_on_path(*step.fact)) continue;
      RowUse used = use_step(top.doubt, step, asked());
      if (!used.holds) continue;
      if (hops == length().max) return too_long();
      if (!may_end(step.to, length().max - hops - 1)) continue;
      levels_.push_back({step, std::move(used.doubt), nullptr, 0});
      const bool is_end = hops + 1 >= length().min && (!is_into() || levels_.back().step.to == to_);
      if (is_end) return give_path(path);
    }
    return false;
  }

  bool give_path(FoundPath& path) const {
    path.to = levels_.back().step.to;
    path.doubt = levels_.back().doubt;
    if (!wants_facts()) return true;
    for (std::size_t i = 1; i < levels_.size(); ++i) path.steps.push_back(levels_[i].step);
    return true;
  }

  bool is_on_path(const storage::Fact& fact) const {
    return std::any_of(levels_.begin() + 1, levels_.end(), [&fact](const Level& level) {
      return is_same_fact(*level.step.fact, fact);
    });
  }

  /// How far the end is from the nodes that are near it.
  Status find_near_nodes() {
    near_.clear();
    near_hops_ = 0;
    if (!is_into()) return {};
    near_.emplace(to_, 0);
    std::vector<NodeId> frontier = {to_};
    while (near_hops_ < length().max / 2 && near_.size() < kNearNodesMax && !frontier.empty()) {
      std::vector<NodeId> further;
      for (const NodeId node : frontier) {
        ANNALS_TRY(const PathSteps steps, steps_back(node));
        for (const PathStep& step : *steps) {
          if (near_.emplace(step.to, near_hops_ + 1).second) further.push_back(step.to);
        }
      }
      ANNALS_CHECK_OK(take(further.size() * 4 * sizeof(NodeId)));
      frontier = std::move(further);
      ++near_hops_;
    }
    return {};
  }

  /// Whether the end may be at most `hops` further on.
  bool may_end(NodeId node, std::size_t hops) const {
    if (!is_into() || hops > near_hops_) return true;
    const auto known = near_.find(node);
    return known != near_.end() && known->second <= hops;
  }

  NodeId to_;
  bool gives_start_ = false;
  std::vector<Level> levels_;
  std::unordered_map<NodeId, std::size_t> near_;
  std::size_t near_hops_ = 0;  // near_ has all nodes that are no further from the end
};

}  // namespace

Result<OperatorPtr> expand_paths(const plan::ExpandPaths& step, const plan::Node& node,
                                 OperatorPtr input, RunContext& context) {
  ANNALS_TRY(auto reader, PathStepReader::make(step.hop, context));
  switch (step.hop.search) {
    case ast::PathSearch::kAll: break;
    case ast::PathSearch::kEarliest:
      return earliest_paths(step, node, std::move(input), std::move(reader), context);
    default: return shortest_paths(step, node, std::move(input), std::move(reader), context);
  }
  if (step.ends_only) return path_ends(step, node, std::move(input), std::move(reader), context);
  return OperatorPtr(
      std::make_unique<AllPaths>(step, node, std::move(input), std::move(reader), context));
}

}  // namespace annals::query::operators
