// What a user waits for: loading files, opening a database, asking for neighbours as of a date.
// Drives the program for loads (so that its memory is measured, not ours) and the C++ interface for
// questions. Figures go to docs/performance.md with machine and date.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "query/query_engine.h"
#include "schema/time/date.h"
#include "storage/database.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace annals::bench {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

[[noreturn]] void fail(const std::string& what) {
  std::cerr << "bench: " << what << '\n';
  std::exit(1);
}

/// What one run of the program took.
struct ChildRun {
  double wall_s = 0;
  double cpu_s = 0;
  double memory_mb = 0;
};

ChildRun run_program(const std::vector<std::string>& arguments) {
  const auto start = Steady::now();
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> raw;
    std::string program = tests::built_program();
    raw.push_back(program.data());
    for (const std::string& argument : arguments)
      raw.push_back(const_cast<char*>(argument.c_str()));
    raw.push_back(nullptr);
    execv(program.c_str(), raw.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("the program failed");
  ChildRun run;
  run.wall_s = seconds_since(start);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  run.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  run.memory_mb = static_cast<double>(usage.ru_maxrss) / 1024;
  return run;
}

void print_load(const std::string& what, double events, const ChildRun& run) {
  fmt::print("{:<44} {:>9.0f} events/s  {:>6.2f} s wall  {:>6.2f} s CPU  {:>5.0f} MB\n", what,
             events / run.wall_s, run.wall_s, run.cpu_s, run.memory_mb);
}

/// A million facts between 50,000 entities under 20 relations: power-law degrees, most closed after
/// about fifteen years. Written as a file for LOAD FACTS.
void write_facts(const std::string& path, std::size_t count) {
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> unit(1e-9, 1.0);
  constexpr double kEntities = 50'000;
  constexpr std::int64_t kLastDay = 45'656;
  const auto first = days_from_civil(1900, 1, 1);
  std::ofstream out(path);
  out << "src\trel\tdst\tfrom\tto\n";
  for (std::size_t i = 0; i < count; ++i) {
    const auto entity = [&] { return static_cast<int>(kEntities * std::pow(unit(random), 2.5)); };
    const auto begin = 1 + static_cast<std::int64_t>(unit(random) * (kLastDay - 1));
    const auto length = 1 + static_cast<std::int64_t>(-15 * 365.25 * std::log(unit(random)));
    const bool open = unit(random) < 0.3 || begin + length >= kLastDay;
    out << 'n' << entity() << "\tR" << random() % 20 << "\tn" << entity() << '\t'
        << format_micros((first + begin) * kMicrosPerDay) << '\t'
        << (open ? ".." : format_micros((first + begin + length) * kMicrosPerDay)) << '\n';
  }
}

/// Counts rows and forgets them.
class Counter final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const query::Datum>, Certainty) override {
    ++rows;
    return {};
  }
  Status message(std::string_view) override { return {}; }
  std::size_t rows = 0;
};

void print_times(const std::string& what, std::vector<double>& micros, double rows) {
  std::sort(micros.begin(), micros.end());
  fmt::print("{:<44} {:>9.1f} us median {:>9.1f} us p99  {:>6.1f} rows\n", what,
             micros[micros.size() / 2], micros[micros.size() * 99 / 100], rows);
}

/// The same question about many entities and dates, prepared once: first as after a start, when
/// most blocks must be read and unpacked, then the same ones again.
void bench_question(query::Session& session, const std::string& what, const std::string& text,
                    const std::function<query::Parameters(std::mt19937_64&)>& parameters) {
  auto prepared = session.prepare(text);
  if (!prepared) fail(format_error(prepared.error()));
  constexpr int kRuns = 2'000;
  for (const std::string when : {"first time", "again"}) {
    std::mt19937_64 random(7);
    std::vector<double> micros;
    Counter counter;
    for (int i = 0; i < kRuns; ++i) {
      const query::Parameters chosen = parameters(random);
      const auto start = Steady::now();
      const Status done = (*prepared)->run(chosen, counter);
      micros.push_back(seconds_since(start) * 1e6);
      if (!done) fail(format_error(done.error()));
    }
    print_times(what + ", " + when, micros, static_cast<double>(counter.rows) / kRuns);
  }
}

std::string random_day(std::mt19937_64& random) {
  const auto day = days_from_civil(1905, 1, 1) + static_cast<std::int64_t>(random() % 42'000);
  return format_micros(day * kMicrosPerDay);
}

void bench_generated(const std::string& folder) {
  constexpr std::size_t kFacts = 1'000'000;
  const std::string file = folder + "/facts.tsv";
  const std::string path = folder + "/generated";
  write_facts(file, kFacts);
  const ChildRun load = run_program(
      {path, "-c",
       "DEFINE ENTITY Node; LOAD FACTS FROM '" + file +
           "' (subject: src OF Node, relation: rel, object: dst OF Node, FROM: from, TO: to) "
           "CREATING MISSING;"});
  print_load("LOAD FACTS, 1,000,000 generated", kFacts, load);

  const SystemClock clock;
  const StopFlag stop;
  std::unique_ptr<storage::Database> database;
  std::vector<double> opens;
  for (int i = 0; i < 5; ++i) {
    database.reset();
    const auto start = Steady::now();
    auto opened = storage::Database::open(path, storage::DatabaseOptions(), clock);
    if (!opened) fail(format_error(opened.error()));
    opens.push_back(seconds_since(start) * 1e3);
    database = std::move(*opened);
  }
  std::sort(opens.begin(), opens.end());
  fmt::print("{:<44} {:>9.1f} ms median\n", "open, 1,000,000 facts", opens[opens.size() / 2]);

  query::Session session(*database, clock, nullptr, stop);
  bench_question(session, "neighbours of a median entity",
                 "AT $day MATCH (:Node $name)-[]->(n) RETURN n.name", [](std::mt19937_64& random) {
                   return query::Parameters{
                       {"name", query::Datum("n" + std::to_string(8'000 + random() % 20'000))},
                       {"day", query::Datum(random_day(random))}};
                 });
  bench_question(
      session, "neighbours of a hub by one relation",
      "AT $day MATCH (:Node $name)-[:R3]->(n) RETURN n.name", [](std::mt19937_64& random) {
        return query::Parameters{{"name", query::Datum("n" + std::to_string(random() % 5))},
                                 {"day", query::Datum(random_day(random))}};
      });
}

void bench_votes(const std::string& folder) {
  const std::string data = tests::shared_data() + "/un-votes/votes.tsv.zst";
  if (!std::filesystem::exists(data)) {
    std::cout << "un-votes is not here: its load is left out\n";
    return;
  }
  const ChildRun load = run_program(
      {folder + "/votes", "-c",
       "DEFINE ENTITY Country; DEFINE ENTITY RollCall; "
       "DEFINE RELATION VOTED_ON (Country)->(RollCall); "
       "DEFINE EVENT Vote (voter Country, rollcall RollCall, choice TEXT) "
       "MARKS (voter)-[:VOTED_ON {choice: choice}]->(rollcall); "
       "LOAD EVENTS FROM '" +
           data + "' AS Vote (voter: country, rollcall: rcid, choice: vote) CREATING MISSING;"});
  print_load("LOAD EVENTS, 870,109 UN votes", 870'109, load);
}

}  // namespace
}  // namespace annals::bench

int main() {
  const annals::tests::TempFolder folder;
  std::filesystem::create_directories(folder.path());
  annals::bench::bench_generated(folder.path());
  annals::bench::bench_votes(folder.path());
  return 0;
}
