#pragma once

#include <cstddef>
#include <vector>

#include "tests/bench/peers/measure.h"

/// How appends are measured. harness.mjs does the same for the peers: change both.
namespace annals::bench {

inline constexpr std::size_t kBatchEvents = 1'000;
inline constexpr std::size_t kSingleCommits = 1'000;
inline constexpr std::size_t kBatchCommits = 30;
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

}  // namespace annals::bench
