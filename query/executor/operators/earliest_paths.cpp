#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "query/executor/alternatives.h"
#include "query/executor/operators/path_operator.h"

namespace annals::query::operators {

namespace {

/// Paths along which one may go in time, arriving as early as can be: each fact is taken at an
/// instant at which it holds, not before the one before it, all of them in the scope's period.
/// Where dates are vague there may be two for a node: one that surely is such a path, by its latest
/// bounds, and one that perhaps arrives before, by its earliest.
///
/// Whoever arrives earlier can go on wherever those can who arrive later. So it is enough to know
/// of each node the earliest arrival after each number of hops: they are found hop by hop.
class EarliestPaths final : public PathOperator {
 public:
  using PathOperator::PathOperator;

 private:
  enum class Bounds : std::uint8_t { kEarliest, kLatest };

  struct Arrival {
    PathStep step;  ///< The last one; of the first arrival without a fact.
    Micros at = 0;
    std::size_t before = 0;  ///< The arrival that it goes on from.
  };
  struct Search {
    std::vector<Arrival> arrivals;                    ///< The first one stands at the start.
    std::unordered_map<NodeId, std::size_t> best_at;  ///< Each node: which of them.
    std::vector<NodeId> reached;                      ///< In the order of their hops.
  };

  Status start(NodeId from, NodeId to, const DoubtPtr& row) override {
    row_ = row;
    answers_.clear();
    given_ = 0;
    steps_.clear();
    // What perhaps holds is looked at too: a sure path may be a later one.
    asked_ = asked();
    ANNALS_TRY(const Search sure, search(from, Bounds::kLatest));
    ANNALS_TRY(const Search possible, search(from, Bounds::kEarliest));
    if (length().min == 0 && (!is_into() || from == to)) {
      ANNALS_CHECK_OK(add_answer(from, {}, true));
    }
    for (const NodeId node : possible.reached) {
      if (!is_into() || node == to) ANNALS_CHECK_OK(add_answers(node, sure, possible));
    }
    return {};
  }

  Result<bool> next_path(FoundPath& path) override {
    if (given_ == answers_.size()) return false;
    path = std::move(answers_[given_++]);
    return true;
  }

  /// When one arrives over a fact who stands before it at `at`; nothing if that cannot be.
  std::optional<Micros> arrival(const storage::Fact& fact, Micros at, Bounds bounds) const {
    const SpellBounds spell = bounds_of(fact);
    const bool sure = bounds == Bounds::kLatest;
    const Micros begin = sure ? spell.begin.latest : spell.begin.earliest;
    const Micros end = sure ? spell.end.earliest : spell.end.latest;
    if (begin == kEndOfTime) return std::nullopt;
    const Micros arrived = std::max(at, begin);
    if (arrived > asked_.times.window.to) return std::nullopt;
    // Who waits for what begins is there when it does, and what is recorded to have begun was.
    const bool waits = at <= spell.begin.earliest && spell.begun_by && !spell.may_be_empty();
    if (arrived >= end && !(sure && waits)) return std::nullopt;
    return arrived;
  }

  Result<Search> search(NodeId from, Bounds bounds) {
    Search search;
    search.arrivals.push_back({PathStep{nullptr, from}, asked_.times.window.from, 0});
    search.best_at.emplace(from, 0);
    std::vector<std::size_t> frontier = {0};
    for (std::size_t hops = 0; !frontier.empty(); ++hops) {
      const bool is_beyond = hops == length().max;
      if (is_beyond && !length().is_open) break;
      std::vector<std::size_t> further;
      const std::size_t first_further = search.arrivals.size();
      for (const std::size_t index : frontier) {
        // Another way with as many hops may have arrived before. One with more does not count: what
        // lies behind may be too far for it.
        const std::size_t best = search.best_at.at(search.arrivals[index].step.to);
        if (best != index && best < first_further) continue;
        ANNALS_CHECK_OK(go_on(search, index, bounds, further));
      }
      if (is_beyond && !further.empty()) return too_long();
      frontier = std::move(further);
    }
    return search;
  }

  Status go_on(Search& search, std::size_t index, Bounds bounds,
               std::vector<std::size_t>& further) {
    const NodeId node = search.arrivals[index].step.to;
    const Micros at = search.arrivals[index].at;
    ANNALS_TRY(const PathSteps steps, steps_from(node));
    steps_.push_back(steps);
    for (const PathStep& step : *steps) {
      ANNALS_CHECK_OK(context().check_stop());
      const std::optional<Micros> arrived = arrival(*step.fact, at, bounds);
      if (!arrived) continue;
      const auto [best, is_new] = search.best_at.try_emplace(step.to, search.arrivals.size());
      if (!is_new && search.arrivals[best->second].at <= *arrived) continue;
      if (is_new) search.reached.push_back(step.to);
      best->second = search.arrivals.size();
      further.push_back(search.arrivals.size());
      search.arrivals.push_back({step, *arrived, index});
      ANNALS_CHECK_OK(take(sizeof(Arrival) + 4 * sizeof(NodeId)));
    }
    return {};
  }

  static std::vector<PathStep> path_of(const Search& search, std::size_t arrival) {
    std::vector<PathStep> steps;
    for (; arrival != 0; arrival = search.arrivals[arrival].before) {
      steps.push_back(search.arrivals[arrival].step);
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  Status add_answers(NodeId node, const Search& sure, const Search& possible) {
    const std::size_t first = possible.best_at.at(node);
    std::vector<PathStep> steps = path_of(possible, first);
    const auto surely = sure.best_at.find(node);
    if (surely == sure.best_at.end()) return add_answer(node, std::move(steps), false);
    std::vector<PathStep> sure_steps = path_of(sure, surely->second);
    const bool may_be_earlier = possible.arrivals[first].at < sure.arrivals[surely->second].at;
    const bool is_other = may_be_earlier && !is_same(steps, sure_steps);
    ANNALS_CHECK_OK(add_answer(node, std::move(sure_steps), true));
    if (!is_other) return {};
    const bool is_sure = is_sure_path(steps);
    return add_answer(node, std::move(steps), is_sure);
  }

  static bool is_same(const std::vector<PathStep>& a, const std::vector<PathStep>& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const PathStep& x, const PathStep& y) { return is_same_fact(*x.fact, *y.fact); });
  }

  /// Whether one surely can go along it.
  bool is_sure_path(const std::vector<PathStep>& steps) const {
    std::optional<Micros> at = asked_.times.window.from;
    for (const PathStep& step : steps) {
      at = arrival(*step.fact, *at, Bounds::kLatest);
      if (!at) return false;
    }
    return true;
  }

  Status add_answer(NodeId node, std::vector<PathStep> steps, bool is_sure) {
    is_sure = is_sure && (steps.empty() || !asked_.times.uncertain);
    if (asked_.times.certainly && !is_sure) return {};
    const DoubtPtr doubt =
        is_sure ? row_ : use_condition(row_, plain_doubt(), context().scopes).doubt;
    ANNALS_CHECK_OK(take(sizeof(FoundPath) + steps.size() * sizeof(PathStep)));
    answers_.push_back({node, std::move(steps), doubt});
    return {};
  }

  DoubtPtr row_;
  AskedScope asked_;
  std::vector<PathSteps> steps_;  // those of arrivals and answers among them
  std::vector<FoundPath> answers_;
  std::size_t given_ = 0;
};

}  // namespace

OperatorPtr earliest_paths(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                           std::unique_ptr<PathStepReader> reader, RunContext& context) {
  return std::make_unique<EarliestPaths>(step, node, std::move(input), std::move(reader), context);
}

}  // namespace annals::query::operators
