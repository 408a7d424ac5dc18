// The case that hurts bitemporal databases: a year of daily values for 1,000 entities, all of them
// corrected five times. What must hold: the fifth pass costs at most 1.5 times the first, and what
// holds now is answered as fast as before. Figures go to docs/performance.md.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "query/query_engine.h"
#include "schema/base/limits.h"
#include "schema/time/date.h"
#include "storage/database.h"
#include "tests/support/temp_folder.h"

namespace annals::bench {
namespace {

using Steady = std::chrono::steady_clock;
using storage::CommitBuilder;
using storage::Database;

constexpr std::int64_t kDays = 365;
constexpr int kPasses = 5;

[[noreturn]] void fail(const Error& error) {
  std::cerr << "bench: " << format_error(error) << '\n';
  std::exit(1);
}

template <class T>
T checked(Result<T> result) {
  if (!result) fail(result.error());
  return std::move(*result);
}

void checked(const Status& status) {
  if (!status) fail(status.error());
}

/// CPU time of all threads so far.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Keeps the last value of the first column.
class LastValue final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const query::Datum> cells, Certainty) override {
    const auto* level = std::get_if<double>(&cells.front().data);
    value = level == nullptr ? -1 : *level;
    return {};
  }
  Status message(std::string_view) override { return {}; }
  double value = -1;
};

double value_of(std::int64_t station, std::int64_t day, int pass) {
  return static_cast<double>(station * 1'000 + day) + pass / 8.0;
}

/// One database that is filled and corrected.
class Corrections {
 public:
  Corrections(const std::string& path, std::int64_t stations)
      : path_(path),
        count_(stations),
        database_(checked(Database::open(path, storage::DatabaseOptions(), clock_))),
        session_(*database_, clock_, nullptr, stop_) {
    run("DEFINE ENTITY Station;");
    run("DEFINE RELATION OWNED_BY (Station)->(Station);");
    run("DEFINE EVENT Reading (station Station, level FLOAT) SETS station.level = level;");
  }

  /// Day after day, as readings come in: each touches another timeline than the one before.
  void record_year() {
    auto builder = checked(database_->begin());
    const SymbolId type = checked(builder->symbol("Station"));
    for (std::int64_t i = 0; i < count_; ++i) {
      const std::string name = fmt::format("s{}", i);
      stations_.push_back(checked(builder->entity(name, type, storage::MissingNames::kCreate)));
    }
    const SymbolId kind = checked(builder->symbol("Reading"));
    const SymbolId station_role = checked(builder->symbol("station"));
    level_role_ = checked(builder->symbol("level"));
    first_ = builder->next_seq();
    for (std::int64_t day = 0; day < kDays; ++day) {
      for (std::int64_t station = 0; station < count_; ++station) {
        Occurrence reading;
        reading.kind = kind;
        reading.roles = {{station_role, {stations_[static_cast<std::size_t>(station)]}}};
        reading.attributes = {{level_role_, Value(value_of(station, day, 0))}};
        Event event;
        event.body = std::move(reading);
        event.on = date_of(Instant::exactly(midnight(day)));
        checked(builder->add(std::move(event)));
        commit_when_full(builder);
      }
    }
    checked(database_->commit(std::move(builder)));
  }

  /// One fact that holds for a hundred years.
  void record_old_fact() {
    run("ASSERT (:Station 's0')-[:OWNED_BY]->(:Station 's1') FROM '1925-01-01' TO '..';");
  }

  void correct_year(int pass) {
    auto builder = checked(database_->begin());
    std::uint64_t seq = first_.raw;
    for (std::int64_t day = 0; day < kDays; ++day) {
      for (std::int64_t station = 0; station < count_; ++station, ++seq) {
        Correction correction;
        correction.target = Seq(seq);
        correction.attributes = {{level_role_, Value(value_of(station, day, pass))}};
        checked(builder->correct(std::move(correction), Event()));
        commit_when_full(builder);
      }
    }
    checked(database_->commit(std::move(builder)));
  }

  /// Microseconds for the level of a station at a day, the median of many; checks the answers.
  double ask_now(int pass) {
    const auto prepared =
        checked(session_.prepare("AT $day MATCH (s:Station $name) RETURN s.level AS level"));
    std::mt19937_64 random(11);
    std::vector<double> micros;
    constexpr int kRuns = 4'000;
    for (int i = 0; i < kRuns; ++i) {
      const auto station = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count_));
      const auto day = static_cast<std::int64_t>(random() % kDays);
      const query::Parameters parameters = {{"name", query::Datum(fmt::format("s{}", station))},
                                            {"day", query::Datum(format_micros(midnight(day)))}};
      LastValue answer;
      const auto start = Steady::now();
      checked(prepared->run(parameters, answer));
      // The first half warms the caches.
      if (i >= kRuns / 2) micros.push_back(seconds_since(start) * 1e6);
      const double expected = value_of(station, day, pass);
      if (answer.value == expected) continue;
      std::cerr << fmt::format("bench: wrong answer {}, not {}\n", answer.value, expected);
      std::exit(1);
    }
    std::sort(micros.begin(), micros.end());
    return micros[micros.size() / 2];
  }

  double megabytes() const {
    std::uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(path_)) {
      if (file.is_regular_file()) bytes += file.file_size();
    }
    return static_cast<double>(bytes) / (1 << 20);
  }

  static double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
  }

 private:
  void run(const std::string& statement) {
    LastValue ignored;
    checked(session_.run(statement, {}, ignored));
  }

  static Micros midnight(std::int64_t day) {
    return (days_from_civil(2025, 1, 1) + day) * kMicrosPerDay;
  }

  void commit_when_full(std::unique_ptr<CommitBuilder>& builder) {
    if (builder->event_count() < limits::kBulkCommitEvents) return;
    checked(database_->commit(std::move(builder)));
    builder = checked(database_->begin());
  }

  SystemClock clock_;
  StopFlag stop_;
  std::string path_;
  std::int64_t count_;
  std::unique_ptr<Database> database_;
  query::Session session_;
  std::vector<NodeId> stations_;
  SymbolId level_role_;
  Seq first_;
};

struct Took {
  double wall = 0;
  double cpu = 0;
};

template <class Work>
Took time_of(const Work& work) {
  const auto start = Steady::now();
  const double cpu = cpu_seconds();
  work();
  return {Corrections::seconds_since(start), cpu_seconds() - cpu};
}

void run(const std::string& path, std::int64_t stations) {
  Corrections corrections(path, stations);
  const auto print = [&](const std::string& what, Took took, double now_us) {
    fmt::print("{:<34} {:>7.2f} s {:>7.2f} s CPU {:>9.0f} events/s {:>6.0f} MB {:>8.1f} us now\n",
               what, took.wall, took.cpu, static_cast<double>(stations * kDays) / took.wall,
               corrections.megabytes(), now_us);
    std::fflush(stdout);
  };
  const Took recorded = time_of([&] { corrections.record_year(); });
  print(fmt::format("a year of {} entities", stations), recorded, corrections.ask_now(0));
  corrections.record_old_fact();
  std::vector<Took> passes;
  for (int pass = 1; pass <= kPasses; ++pass) {
    passes.push_back(time_of([&] { corrections.correct_year(pass); }));
    print(fmt::format("all of them corrected, pass {}", pass), passes.back(),
          corrections.ask_now(pass));
  }
  fmt::print("the last pass took {:.2f} times the first, {:.2f} times its CPU time\n",
             passes.back().wall / passes.front().wall, passes.back().cpu / passes.front().cpu);
}

}  // namespace
}  // namespace annals::bench

/// The number of entities may be given; the case itself is that of 1,000.
int main(int argc, char** argv) {
  const std::int64_t stations = argc > 1 ? std::atoll(argv[1]) : 1'000;
  const annals::tests::TempFolder folder;
  std::filesystem::create_directories(folder.path());
  annals::bench::run(folder.path() + "/readings", stations);
  return 0;
}
