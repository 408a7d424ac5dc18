#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <vector>

#include "tests/bench/peers/world.h"

/// How times are taken. harness.mjs does the same for the peers: change both.
namespace annals::bench {

inline double micros_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

/// Wall and CPU time (of all threads of this process) since it was made.
class Stopwatch {
 public:
  double wall_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double cpu_s() const { return process_cpu_s() - cpu_start_s_; }

 private:
  static double process_cpu_s() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

  double cpu_start_s_ = process_cpu_s();
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What was measured of one thing. Microseconds, unless the row of the table says otherwise.
struct Timing {
  double median = 0;
  double mean = 0;
  double p99 = 0;         ///< Over the questions asked; not the tail of one question.
  double cpu = 0;         ///< Mean of a call.
  std::size_t count = 0;  ///< Questions that were asked.
  std::size_t wrong = 0;  ///< Answers that differ from the arrays'.
};

/// What `micros` tells, which is sorted by this; `cpu` and `wrong` are zero.
Timing timing_of(std::vector<double>& micros);

/// The same of what took so much CPU time each time.
Timing timing_of(std::vector<double>& micros, std::vector<double>& cpu);

/// Something that was measured once.
Timing single_value(double value, double cpu = 0);

inline constexpr int kStarts = 7;  ///< How often a start is measured.
inline constexpr int kLoads = 3;   ///< How often a load is, each time from nothing.
inline constexpr int kRounds = 3;
inline constexpr std::size_t kPicksMin = 5;

/// How long the picks of one question may take, all rounds together. A path may take ten times
/// that, so that everybody is asked the same ones.
double budget_of(Question question, double seconds);

/// Asks `ask` (Pick to Answer) about all picks, three times over: the least time of each pick
/// counts, so that what else the machine does counts least. Fewer picks are asked, but never fewer
/// than kPicksMin, if the first round would take more than a third of `budget_s`.
template <class Ask>
Timing measure(const std::vector<Pick>& picks, const std::vector<Answer>& answers, double budget_s,
               Ask&& ask) {
  std::vector<double> best;
  std::size_t wrong = 0;
  std::size_t calls = 0;
  for (std::size_t i = 0; i < kRounds; ++i) ask(picks[i]);
  const Stopwatch all;
  for (int round = 0; round < kRounds && all.wall_s() < budget_s; ++round) {
    const std::size_t count = round == 0 ? picks.size() : best.size();
    for (std::size_t i = 0; i < count; ++i, ++calls) {
      const auto start = std::chrono::steady_clock::now();
      const Answer answer = ask(picks[i]);
      const double micros = micros_since(start);
      if (round > 0) {
        best[i] = std::min(best[i], micros);
        continue;
      }
      best.push_back(micros);
      wrong += answer == answers[i] ? 0 : 1;
      if (best.size() >= kPicksMin && all.wall_s() > budget_s / kRounds) break;
    }
  }
  const double cpu = all.cpu_s() * 1e6 / static_cast<double>(calls);
  Timing timing = timing_of(best);
  timing.cpu = cpu;
  timing.wrong = wrong;
  return timing;
}

}  // namespace annals::bench
