#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "tests/bench/peers/measure.h"

/// How appends are measured. harness.mjs does the same for the peers: change both.
namespace annals::bench {

inline constexpr std::size_t kBatchEvents = 1'000;
inline constexpr std::size_t kSingleCommits = 1'000;
inline constexpr std::size_t kBatchCommits = 100;
inline constexpr std::size_t kWritersTogether = 4;
inline constexpr double kAppendSeconds = 20;  ///< Fewer commits are made if they take longer.

/// Calls `commit` (which makes one commit of `events` events durable) `count` times. Times are
/// those of one event.
template <class Commit>
Timing measure_commits(std::size_t count, std::size_t events, Commit&& commit) {
  std::vector<double> micros;
  const Stopwatch all;
  while (micros.size() < count && all.wall_s() < kAppendSeconds) {
    const auto start = std::chrono::steady_clock::now();
    commit();
    micros.push_back(micros_since(start) / static_cast<double>(events));
  }
  const double cpu = all.cpu_s() * 1e6 / static_cast<double>(micros.size() * events);
  Timing timing = timing_of(micros);
  timing.cpu = cpu;
  return timing;
}

/// The commits of one of two stores that take turns.
class CommitTurns {
 public:
  template <class Commit>
  void take(Commit& commit) {
    constexpr std::size_t kTurn = 50;
    const Stopwatch turn;
    for (std::size_t i = 0; i < kTurn; ++i) {
      const auto start = std::chrono::steady_clock::now();
      commit();
      micros_.push_back(micros_since(start));
    }
    cpu_s_ += turn.cpu_s();
  }
  std::size_t count() const { return micros_.size(); }
  Timing timing() {
    Timing timing = timing_of(micros_);
    timing.cpu = cpu_s_ * 1e6 / static_cast<double>(micros_.size());
    return timing;
  }

 private:
  std::vector<double> micros_;
  double cpu_s_ = 0;
};

/// Commits of one event by two stores in turns of a few, so that both meet the same disk: what it
/// takes to sync changes tenfold from one minute to the next.
template <class CommitA, class CommitB>
std::pair<Timing, Timing> measure_by_turns(std::size_t count, CommitA&& commit_a,
                                           CommitB&& commit_b) {
  CommitTurns a;
  CommitTurns b;
  const Stopwatch all;
  while (a.count() < count && all.wall_s() < 2 * kAppendSeconds) {
    a.take(commit_a);
    b.take(commit_b);
  }
  return {a.timing(), b.timing()};
}

}  // namespace annals::bench
