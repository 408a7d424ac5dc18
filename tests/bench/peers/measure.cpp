#include "tests/bench/peers/measure.h"

#include <algorithm>
#include <numeric>

namespace annals::bench {

Timing timing_of(std::vector<double>& micros) {
  Timing timing;
  timing.count = micros.size();
  if (micros.empty()) return timing;
  std::sort(micros.begin(), micros.end());
  timing.mean =
      std::accumulate(micros.begin(), micros.end(), 0.0) / static_cast<double>(micros.size());
  timing.median = micros[micros.size() / 2];
  timing.p99 = micros[micros.size() * 99 / 100];
  return timing;
}

Timing timing_of(std::vector<double>& micros, std::vector<double>& cpu) {
  Timing timing = timing_of(micros);
  timing.cpu = timing_of(cpu).mean;
  return timing;
}

Timing single_value(double value, double cpu) {
  Timing timing;
  timing.median = timing.mean = timing.p99 = value;
  timing.cpu = cpu;
  timing.count = 1;
  return timing;
}

double budget_of(Question question, double seconds) {
  return question == Question::kPath ? 10 * seconds : seconds;
}

}  // namespace annals::bench
