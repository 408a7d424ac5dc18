// How long a statement goes on after it was asked to stop. Ctrl-C and a deadline promise 100 ms;
// docs/performance.md has the figures with machine and date.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "query/query_engine.h"
#include "storage/database.h"
#include "tests/support/long_statements.h"
#include "tests/support/temp_folder.h"

namespace annals::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr std::chrono::milliseconds kBefore{50};

class NoRows final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const query::Datum>, Certainty) override { return {}; }
  Status message(std::string_view) override { return {}; }
};

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

/// Milliseconds from the request to the end of the statement.
double stop_ms(query::Session& session, StopFlag& stop, std::string_view statement) {
  Steady::time_point asked;
  std::thread other([&] {
    std::this_thread::sleep_for(kBefore);
    asked = Steady::now();
    stop.request();
  });
  NoRows sink;
  const Status done = session.run(statement, {}, sink);
  const auto end = Steady::now();
  other.join();
  stop.clear();
  if (done) fail(fmt::format("was over before it was stopped: {}", statement));
  return std::chrono::duration<double, std::milli>(end - asked).count();
}

void run() {
  const tests::TempFolder folder;
  const SystemClock clock;
  auto database = storage::Database::open(folder.path(), {}, clock);
  if (!database) fail(format_error(database.error()));
  StopFlag stop;
  query::Session session(**database, clock, nullptr, stop);
  NoRows sink;
  for (const std::string& statement : tests::long_statement_graph()) {
    const Status done = session.run(statement, {}, sink);
    if (!done) fail(format_error(done.error()));
  }
  fmt::print("From the request to stop to the end of the statement, ms ({} rounds)\n", kRounds);
  fmt::print("{:>8} {:>8}\n", "median", "longest");
  double longest = 0;
  for (const std::string_view statement : tests::long_statements()) {
    std::vector<double> times;
    for (int i = 0; i < kRounds; ++i) times.push_back(stop_ms(session, stop, statement));
    std::sort(times.begin(), times.end());
    longest = std::max(longest, times.back());
    fmt::print("{:>8.2f} {:>8.2f}  {}\n", times[times.size() / 2], times.back(),
               statement.substr(0, 80));
  }
  fmt::print("longest of all: {:.2f} ms; promised are 100\n", longest);
}

}  // namespace
}  // namespace annals::bench

int main() { annals::bench::run(); }
