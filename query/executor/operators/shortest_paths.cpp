#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <unordered_set>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "query/executor/alternatives.h"
#include "query/executor/operators/path_operator.h"
#include "query/executor/world_search.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// The nodes at each distance from one end, as far as they were looked for, and how they were
/// reached: over facts that may hold where the row does, each by itself.
struct Side {
  static constexpr std::uint32_t kNoWay = std::numeric_limits<std::uint32_t>::max();
  struct Way {
    NodeId from;                   ///< The node before.
    const PathStep* step;          ///< From there to the node; lives as long as `steps`.
    std::uint32_t other = kNoWay;  ///< The next of the node's ways.
  };
  struct Visit {
    std::size_t distance = 0;
    std::uint32_t first = kNoWay;  ///< All of the shortest ways, in the order of the search.
    std::uint32_t last = kNoWay;
  };

  NodeId root;
  bool is_start = true;  ///< Of the paths; else their end, and steps lead backwards.
  boost::unordered_flat_map<NodeId, Visit, std::hash<NodeId>> visits;
  std::vector<Way> ways;
  std::vector<PathSteps> steps;  ///< Of all nodes from which it went on.
  std::vector<NodeId> frontier;  ///< All nodes at the distance `depth`.
  std::size_t depth = 0;

  Side() = default;
  Side(NodeId node, bool is_path_start) : root(node), is_start(is_path_start), frontier{node} {
    visits[node] = {};
  }

  void add_way(Visit& visit, NodeId from, const PathStep& step) {
    const auto way = static_cast<std::uint32_t>(ways.size());
    (visit.last == kNoWay ? visit.first : ways[visit.last].other) = way;
    visit.last = way;
    ways.push_back({from, &step});
  }

  /// The first of the ways to a node; null without any.
  const Way* first_way(NodeId node) const { return way_at(visits.at(node).first); }
  const Way* next_way(const Way& way) const { return way_at(way.other); }
  const Way* way_at(std::uint32_t way) const { return way == kNoWay ? nullptr : &ways[way]; }
};

/// Each world has its own shortest paths. A path is an answer in the worlds in which its facts hold
/// and those of no shorter one; of shortestPath(), which gives one, also of none that comes before
/// it: one that holds wherever the row does comes first, the others as they are found.
///
/// (1) A search from both ends over facts that may hold, each by itself, finds the shortest length
///     at which there can be a path, and all paths of that length.
/// (2) If none of these surely holds, longer ones are answers where they do not: paths of each
///     further length are sought by steps that come nearer to the end in time, until one is sure or
///     all together leave no world.
class ShortestPaths final : public PathOperator {
 public:
  ShortestPaths(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                std::unique_ptr<PathStepReader> reader, RunContext& context)
      : PathOperator(step, node, std::move(input), std::move(reader), context),
        gives_all_(step.hop.search == ast::PathSearch::kAllShortest) {}

 private:
  Status start(NodeId from, NodeId to, const DoubtPtr& row) override {
    row_ = row;
    // CERTAINLY and an uncertain date are asked of the answers, not of the facts on the way.
    asked_ = asked();
    asked_.times.certainly = false;
    asked_.times.uncertain = false;
    start_ = Side(from, true);
    answers_.clear();
    given_ = 0;
    steps_.clear();
    ends_.clear();
    next_end_ = 0;
    if (to) {
      ends_.push_back(to);
      return {};
    }
    if (length().min == 0) ends_.push_back(from);
    while (!start_.frontier.empty() && start_.depth < length().max) {
      ANNALS_CHECK_OK(grow(start_));
      ends_.insert(ends_.end(), start_.frontier.begin(), start_.frontier.end());
    }
    return check_open_end();
  }

  /// A search without an upper bound must have come to its end.
  Status check_open_end() {
    if (!length().is_open || start_.frontier.empty()) return {};
    ANNALS_CHECK_OK(grow(start_));
    return start_.frontier.empty() ? Status() : Status(too_long());
  }

  Result<bool> next_path(FoundPath& path) override {
    while (given_ == answers_.size()) {
      if (next_end_ == ends_.size()) return false;
      answers_.clear();
      given_ = 0;
      ANNALS_CHECK_OK(find_answers(ends_[next_end_++]));
    }
    path = std::move(answers_[given_++]);
    return true;
  }

  Status find_answers(NodeId end) {
    end_ = end;
    shorter_.clear();
    of_length_.clear();
    back_.clear();
    on_.clear();
    is_sure_length_ = false;
    is_done_ = false;
    if (start_.root == end) {
      // A way back to where it begins is longer than none.
      return length().min == 0 ? add_answer({}, row_) : Status();
    }
    ANNALS_TRY(const std::vector<NodeId> meetings, meet(end));
    if (meetings.empty() || is_done_) return {};
    const std::size_t shortest = path_length(meetings.front());
    if (!gives_all_) {
      for (const NodeId node : meetings) ANNALS_CHECK_OK(find_sure_path(node));
      if (is_done_) return {};
    }
    for (const NodeId node : meetings) ANNALS_CHECK_OK(walk_back(node, node, row_));
    // Who asks for what is certain is not served by what is an answer in some worlds.
    if (finish_length() || asked().times.certainly) return {};
    return find_longer(shortest);
  }

  // --- The shortest length -----------------------------------------------------------------------

  Result<PathSteps> steps_of(const Side& side, NodeId node) {
    return side.is_start ? steps_from(node) : steps_back(node);
  }

  /// Goes one step further from the side's end. Where it meets `other` on a path that surely holds,
  /// and one is enough, it goes no further: that path is the answer.
  Status grow(Side& side, const Side* other = nullptr) {
    std::vector<NodeId> further;
    for (const NodeId node : side.frontier) {
      ANNALS_TRY(const PathSteps steps, steps_of(side, node));
      side.steps.push_back(steps);
      const std::size_t ways = side.ways.size();
      for (const PathStep& step : *steps) {
        ANNALS_CHECK_OK(context().check_stop());
        if (!use(row_, step).holds) continue;
        const auto [visit, is_new] = side.visits.try_emplace(step.to);
        if (is_new) {
          visit->second.distance = side.depth + 1;
          further.push_back(step.to);
        }
        if (visit->second.distance != side.depth + 1) continue;
        side.add_way(visit->second, node, step);
        if (is_new && other != nullptr && other->visits.contains(step.to)) {
          ANNALS_CHECK_OK(find_sure_path(step.to));
          if (is_done_) return {};
        }
      }
      ANNALS_CHECK_OK(take((side.ways.size() - ways) * (sizeof(Side::Way) + sizeof(Side::Visit))));
    }
    side.frontier = std::move(further);
    ++side.depth;
    return {};
  }

  RowUse use(const DoubtPtr& row, const PathStep& step) const {
    return use_step(row, step, asked_);
  }

  /// The nodes in the middle of paths to `end` of the shortest length; none if there is no path,
  /// or grow() has found the answer.
  Result<std::vector<NodeId>> meet(NodeId end) {
    finish_ = Side(end, false);
    std::vector<NodeId> meetings;
    // Where many ends are sought, the search from the start has come to all of them.
    if (!is_into()) {
      meetings.push_back(end);
      return meetings;
    }
    while (meetings.empty() && start_.depth + finish_.depth < length().max) {
      const bool from_start = start_.frontier.size() <= finish_.frontier.size();
      Side& side = from_start ? start_ : finish_;
      const Side& other = from_start ? finish_ : start_;
      ANNALS_CHECK_OK(grow(side, gives_all_ ? nullptr : &other));
      if (is_done_ || side.frontier.empty()) return meetings;
      for (const NodeId node : side.frontier) {
        if (other.visits.contains(node)) meetings.push_back(node);
      }
    }
    if (meetings.empty() && length().is_open) return too_long();
    return meetings;
  }

  std::size_t path_length(NodeId meeting) const {
    return start_.visits.at(meeting).distance + finish_.visits.at(meeting).distance;
  }

  // --- Paths of that length ----------------------------------------------------------------------

  /// From `node` back to the start, then from `meeting` on to the end: all ways that may hold.
  Status walk_back(NodeId meeting, NodeId node, const DoubtPtr& doubt) {
    ANNALS_CHECK_OK(context().check_stop());
    if (node == start_.root) return walk_on(meeting, doubt);
    for (const auto* way = start_.first_way(node); way != nullptr; way = start_.next_way(*way)) {
      if (is_done_) return {};
      const RowUse used = use(doubt, *way->step);
      if (!used.holds) continue;
      back_.push_back(*way->step);
      ANNALS_CHECK_OK(walk_back(meeting, way->from, used.doubt));
      back_.pop_back();
    }
    return {};
  }

  Status walk_on(NodeId node, const DoubtPtr& doubt) {
    ANNALS_CHECK_OK(context().check_stop());
    if (node == end_) return add_path(present_path(), doubt);
    for (const auto* way = finish_.first_way(node); way != nullptr; way = finish_.next_way(*way)) {
      if (is_done_) return {};
      const RowUse used = use(doubt, *way->step);
      if (!used.holds) continue;
      on_.push_back({way->step->fact, way->from});
      ANNALS_CHECK_OK(walk_on(way->from, used.doubt));
      on_.pop_back();
    }
    return {};
  }

  std::vector<PathStep> present_path() const {
    std::vector<PathStep> steps(back_.rbegin(), back_.rend());
    steps.insert(steps.end(), on_.begin(), on_.end());
    return steps;
  }

  /// A path through `meeting` of which each fact holds wherever the row does.
  Status find_sure_path(NodeId meeting) {
    if (is_done_) return {};
    std::unordered_set<NodeId> dead_ends;
    ANNALS_TRY(const bool from_start, find_sure_part(start_, meeting, dead_ends, back_));
    if (!from_start) return {};
    dead_ends.clear();
    ANNALS_TRY(const bool to_end, find_sure_part(finish_, meeting, dead_ends, on_));
    if (to_end) {
      std::reverse(back_.begin(), back_.end());
      std::reverse(on_.begin(), on_.end());
      ANNALS_CHECK_OK(add_path(present_path(), row_));
    }
    back_.clear();
    on_.clear();
    return {};
  }

  /// From `node` to the side's end; the steps as a path takes them, those next to the end first.
  Result<bool> find_sure_part(const Side& side, NodeId node, std::unordered_set<NodeId>& dead_ends,
                              std::vector<PathStep>& steps) const {
    if (node == side.root) return true;
    for (const auto* way = side.first_way(node); way != nullptr; way = side.next_way(*way)) {
      if (dead_ends.contains(way->from)) continue;
      ANNALS_CHECK_OK(context().check_stop());
      if (use(row_, *way->step).doubt != row_) continue;
      ANNALS_TRY(const bool found, find_sure_part(side, way->from, dead_ends, steps));
      if (found) {
        steps.push_back({way->step->fact, side.is_start ? node : way->from});
        return true;
      }
      dead_ends.insert(way->from);
    }
    return false;
  }

  // --- Longer ones -------------------------------------------------------------------------------

  Status find_longer(std::size_t shortest) {
    while (!finish_.frontier.empty() && finish_.depth < length().max) {
      ANNALS_CHECK_OK(grow(finish_));
    }
    for (length_ = shortest + 1; length_ <= length().max && !is_done_; ++length_) {
      is_cut_ = false;
      ANNALS_CHECK_OK(check_alternatives());
      ANNALS_CHECK_OK(extend(start_.root, row_));
      if (finish_length() || !is_cut_) return {};
    }
    return length().is_open && !is_done_ ? Status(too_long()) : Status();
  }

  /// Paths of exactly length_ that begin with back_, which ends at `node`.
  Status extend(NodeId node, const DoubtPtr& doubt) {
    ANNALS_CHECK_OK(context().check_stop());
    ANNALS_TRY(const PathSteps steps, kept_steps_from(node));
    const std::size_t hops_left = length_ - back_.size() - 1;
    for (const PathStep& step : *steps) {
      if (is_done_) return {};
      const auto known = finish_.visits.find(step.to);
      if (known == finish_.visits.end() || is_on_way(step.to)) continue;
      const RowUse used = use(doubt, step);
      if (!used.holds) continue;
      if (known->second.distance > hops_left) {
        is_cut_ = true;
        continue;
      }
      if (step.to == end_ && hops_left > 0) continue;
      back_.push_back(step);
      Status done = step.to == end_ ? add_path(back_, used.doubt) : extend(step.to, used.doubt);
      back_.pop_back();
      ANNALS_CHECK_OK(done);
    }
    return {};
  }

  Result<PathSteps> kept_steps_from(NodeId node) {
    PathSteps& steps = steps_[node];
    if (steps == nullptr) {
      ANNALS_TRY(steps, steps_from(node));
    }
    return steps;
  }

  bool is_on_way(NodeId node) const {
    return node == start_.root ||
           std::any_of(back_.begin(), back_.end(),
                       [node](const PathStep& step) { return step.to == node; });
  }

  // --- Answers -----------------------------------------------------------------------------------

  /// Whether it holds wherever the row does.
  bool is_sure(const DoubtPtr& doubt) const {
    return doubt == row_ || find_world(row_, {&doubt, 1}, context().scopes) == WorldFound::kNone;
  }

  /// A path whose facts hold where `doubt` does: an answer where nothing before it holds.
  Status add_path(std::vector<PathStep> steps, const DoubtPtr& doubt) {
    RowUse answer{true, doubt};
    if (!shorter_.empty()) {
      answer = use_condition(doubt, none_of(shorter_), context().scopes);
    }
    const bool sure = is_sure(doubt);
    if (answer.holds) ANNALS_CHECK_OK(add_answer(std::move(steps), std::move(answer.doubt)));
    if (sure) {
      is_sure_length_ = true;
      is_done_ = !gives_all_;
      return {};
    }
    std::vector<DoubtPtr>& before = gives_all_ ? of_length_ : shorter_;
    before.push_back(doubt);
    ANNALS_CHECK_OK(take(memory_of(doubt)));
    return gives_all_ ? Status() : check_alternatives();
  }

  Status check_alternatives() {
    if (shorter_.size() <= limits::kAlternativesMax || asked().times.certainly) return {};
    return context().placed(
        Error(ErrorCode::kLimitExceeded,
              fmt::format("more than AlternativesMax ({}) paths are only possible, and none is "
                          "certain that is as short",
                          limits::kAlternativesMax),
              "ask AT an exact date, or CERTAINLY"),
        hop().range);
  }

  /// All paths of a length were found: whether there is a world left for longer ones.
  bool finish_length() {
    shorter_.insert(shorter_.end(), of_length_.begin(), of_length_.end());
    of_length_.clear();
    is_done_ = is_done_ || std::exchange(is_sure_length_, false);
    if (is_done_ || shorter_.empty()) return is_done_;
    is_done_ = find_world(row_, shorter_, context().scopes) == WorldFound::kNone;
    return is_done_;
  }

  Status add_answer(std::vector<PathStep> steps, DoubtPtr doubt) {
    const ScopeTimes& times = asked().times;
    if (times.certainly && (times.uncertain || !is_sure(doubt))) return {};
    if (times.uncertain && !steps.empty()) {
      doubt = use_condition(doubt, plain_doubt(), context().scopes).doubt;
    }
    ANNALS_CHECK_OK(take(sizeof(FoundPath) + steps.size() * sizeof(PathStep)));
    answers_.push_back({end_, std::move(steps), std::move(doubt)});
    return {};
  }

  bool gives_all_;
  DoubtPtr row_;
  AskedScope asked_;
  Side start_;
  boost::unordered_flat_map<NodeId, PathSteps, std::hash<NodeId>> steps_;  // of longer paths
  std::vector<NodeId> ends_;                                               // that are sought
  std::size_t next_end_ = 0;
  std::vector<FoundPath> answers_;  // for the end before that
  std::size_t given_ = 0;

  // Of the search for one end:
  NodeId end_;
  Side finish_;
  std::vector<PathStep> back_;       // from the start to a node, in whatever order says who uses it
  std::vector<PathStep> on_;         // from a node to the end
  std::vector<DoubtPtr> shorter_;    // where the paths hold that come before
  std::vector<DoubtPtr> of_length_;  // and those of the present length, which do not exclude it
  std::size_t length_ = 0;
  bool is_sure_length_ = false;  // a path of the present length is sure
  bool is_cut_ = false;          // there may be paths that are longer still
  bool is_done_ = false;
};

}  // namespace

OperatorPtr shortest_paths(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                           std::unique_ptr<PathStepReader> reader, RunContext& context) {
  return std::make_unique<ShortestPaths>(step, node, std::move(input), std::move(reader), context);
}

}  // namespace annals::query::operators
