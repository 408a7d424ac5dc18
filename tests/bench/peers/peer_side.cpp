#include "tests/bench/peers/peer_side.h"

#include <set>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

using Json = nlohmann::json;

/// What a phase of harness.mjs wrote.
struct PhaseRun {
  int exit_code = 0;
  std::vector<Json> lines;

  /// The value that some line has under `key`, or null.
  Json value(const std::string& key) const {
    for (const Json& line : lines) {
      if (line.contains(key)) return line[key];
    }
    return nullptr;
  }
  /// Why it did not do what it was to do.
  std::string why() const {
    for (const char* key : {"missing", "failed"}) {
      if (const Json reason = value(key); reason.is_string()) return reason;
    }
    return fmt::format("node ended with exit code {}", exit_code);
  }
};

Timing timing_from(const Json& line) {
  Timing timing;
  timing.median = line.at("median");
  timing.mean = line.at("mean");
  timing.p99 = line.at("p99");
  timing.cpu = line.at("cpu");
  timing.count = line.at("count");
  timing.wrong = line.at("wrong");
  return timing;
}

class PeerRun {
 public:
  PeerRun(std::string peer, const PeerFolders& folders, const Size& size, double seconds,
          Table& table)
      : peer_(std::move(peer)), folders_(folders), size_(size), seconds_(seconds), table_(table) {}

  void measure() {
    if (!load()) return;
    ask();
    start();
    append();
  }

 private:
  PhaseRun run(const std::string& phase) const {
    const ChildRun child =
        run_child({"node", folders_.scripts + "/harness.mjs", phase, peer_, folders_.data,
                   fmt::format("{}", size_.entities()), fmt::format("{}", seconds_)},
                  folders_.packages);
    PhaseRun run;
    run.exit_code = child.exit_code;
    std::istringstream lines(child.output);
    for (std::string line; std::getline(lines, line);) {
      Json parsed = Json::parse(line, nullptr, false);
      if (!parsed.is_discarded()) run.lines.push_back(std::move(parsed));
    }
    return run;
  }

  bool load() {
    std::vector<double> wall;
    std::vector<double> cpu;
    std::vector<double> memory;
    PhaseRun loaded;
    for (int i = 0; i < kLoads; ++i) {
      loaded = run("load");
      const Json load = loaded.value("load");
      if (loaded.exit_code != 0 || load.is_null()) {
        const Json why = loaded.value("missing");
        table_.add_missing(
            peer_, why.is_null() ? fmt::format("its load ended with exit code {}", loaded.exit_code)
                                 : why.get<std::string>());
        return false;
      }
      wall.push_back(load.at("wall_s"));
      cpu.push_back(load.at("cpu_s"));
      memory.push_back(load.at("memory_mb"));
    }
    table_.add_peer(peer_, loaded.value("version"));
    table_.put(kLoad, peer_, timing_of(wall, cpu));
    table_.put(kMemory, peer_, timing_of(memory));
    table_.put(kDisk, peer_, single_value(megabytes_of(folders_.data + "/" + peer_)));
    return true;
  }

  void ask() {
    const PhaseRun asked = run("ask");
    std::set<std::string> answered;
    for (const Json& line : asked.lines) {
      if (!line.contains("question")) continue;
      const std::string question = line.at("question");
      answered.insert(question);
      if (line.contains("not_asked")) continue;
      if (line.contains("error")) {
        table_.put_failure(question, peer_, line.at("error"));
      } else {
        table_.put(question, peer_, timing_from(line));
      }
    }
    for (std::size_t i = 0; i < kQuestions; ++i) {
      const std::string question(name_of(static_cast<Question>(i)));
      if (!answered.contains(question)) table_.put_failure(question, peer_, asked.why());
    }
  }

  void start() {
    std::vector<double> millis;
    for (int i = 0; i < kStarts; ++i) {
      const PhaseRun first = run("first");
      const Json millis_taken = first.value("first_ms");
      if (!millis_taken.is_number()) return table_.put_failure(kFirst, peer_, first.why());
      millis.push_back(millis_taken);
    }
    table_.put(kFirst, peer_, timing_of(millis));
  }

  void append() {
    const PhaseRun appended = run("append");
    for (const Json& line : appended.lines) {
      if (!line.contains("append")) continue;
      table_.put(line.at("append") == "one" ? kAppendOne : kAppendMany, peer_, timing_from(line));
    }
    if (appended.exit_code != 0) table_.put_failure(kAppendMany, peer_, appended.why());
  }

  std::string peer_;
  const PeerFolders& folders_;
  const Size& size_;
  double seconds_;
  Table& table_;
};

}  // namespace

std::vector<std::string> all_peers() { return {"sqlite", "duckdb", "kuzu"}; }

void measure_peer(const std::string& peer, const PeerFolders& folders, const Size& size,
                  double seconds, Table& table) {
  PeerRun(peer, folders, size, seconds, table).measure();
}

}  // namespace annals::bench
