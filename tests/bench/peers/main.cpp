// Annals beside what a user would pick instead, and beside the floors below all of them. README.md
// says what is measured and how. Started by `./run bench --peers`, which installs the peers.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/bench/peers/annals_side.h"
#include "tests/bench/peers/appends.h"
#include "tests/bench/peers/arrays.h"
#include "tests/bench/peers/child.h"
#include "tests/bench/peers/peer_side.h"
#include "tests/bench/peers/rocksdb_floor.h"
#include "tests/bench/peers/table.h"
#include "tests/support/paths.h"

namespace annals::bench {
namespace {

constexpr const char* kUsage =
    "usage: ./run bench --peers [S|M|L] [--json FILE] [--seconds N] [--only PEER,PEER...]\n";

struct Options {
  Size size;
  std::string folder;  ///< Where data, databases and packages are.
  std::string json;    ///< Empty: no file.
  double seconds = 4;  ///< That one question may be asked for.
  std::vector<std::string> peers = all_peers();
};

std::vector<std::string> split(const std::string& names) {
  std::vector<std::string> parts;
  std::istringstream in(names);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  options.size = *size_of('M');
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const Size* size = word.size() == 1 ? size_of(word[0]) : nullptr;
    if (size != nullptr) {
      options.size = *size;
      continue;
    }
    if (i + 1 == arguments.size()) fail(kUsage);
    const std::string& value = arguments[++i];
    if (word == "--folder") {
      options.folder = std::filesystem::absolute(value).string();
    } else if (word == "--json") {
      options.json = value;
    } else if (word == "--seconds") {
      options.seconds = std::atof(value.c_str());
    } else if (word == "--only") {
      options.peers = split(value);
    } else {
      fail(kUsage);
    }
  }
  if (options.folder.empty() || options.seconds <= 0) fail(kUsage);
  return options;
}

void say(const std::string& what) { std::cout << "-- " << what << std::endl; }

template <class Visit>
void for_each_question(Visit&& visit, std::size_t count = kQuestions) {
  for (std::size_t i = 0; i < count; ++i) visit(static_cast<Question>(i));
}

/// One comparison.
class Comparison {
 public:
  explicit Comparison(Options options)
      : options_(std::move(options)),
        data_(fmt::format("{}/{}", options_.folder, options_.size.letter)),
        table_(options_.size) {
    std::filesystem::remove_all(data_);
    std::filesystem::create_directories(data_);
  }
  ~Comparison() {
    std::error_code ignored;
    std::filesystem::remove_all(data_, ignored);
  }
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;

  /// The exit code.
  int run() {
    generate();
    measure_arrays();
    measure_floor();
    measure_annals();
    for (const std::string& peer : options_.peers) {
      say(peer);
      measure_peer(peer,
                   {tests::source_dir() + "/tests/bench/peers", options_.folder + "/npm", data_},
                   options_.size, options_.seconds, table_);
    }
    return report();
  }

 private:
  void generate() {
    say("generating the graph");
    world_ = generate_world(options_.size);
    write_facts(world_.facts, data_ + "/facts.csv");
    write_events(world_.facts, data_ + "/events.csv");
  }

  void measure_arrays() {
    say("plain arrays");
    const Stopwatch loading;
    Arrays arrays(world_);
    table_.put(kLoad, kArrays, single_value(loading.wall_s(), loading.cpu_s()));
    const auto ask = [&](Question question) {
      return [&arrays, question](const Pick& pick) { return arrays.ask(question, pick); };
    };
    picks_ = choose_picks(world_,
                          [&](const Pick& pick) { return ask(Question::kPath)(pick).count > 0; });
    answers_ = right_answers(arrays, picks_);
    write_picks(picks_, answers_, data_ + "/picks.csv");
    for_each_question([&](Question question) {
      const auto number = static_cast<std::size_t>(question);
      const double budget_s = budget_of(question, options_.seconds);
      table_.put(name_of(question), kArrays,
                 measure(picks_[number], answers_[number], budget_s, ask(question)));
    });
  }

  void measure_floor() {
    say("raw RocksDB");
    const RocksdbFloor floor = measure_rocksdb(data_ + "/rocksdb", options_.size.facts);
    std::filesystem::remove_all(data_ + "/rocksdb");
    table_.put(kGet, kRocksdb, floor.get);
    table_.put(kAppendMany, kRocksdb, floor.append_1000);
  }

  void measure_annals() {
    say("Annals");
    load_annals_apart();
    start_annals_apart();
    AnnalsSide annals(data_, world_);
    // Each question in both ways within a second: the machine is quicker now and slower then.
    for_each_question([&](Question question) {
      if (static_cast<std::size_t>(question) < kIndexQuestions) {
        table_.put(name_of(question), kAnnals,
                   annals.ask(question, picks_, answers_, options_.seconds));
      }
      table_.put(name_of(question), kLanguage,
                 annals.ask_in_language(question, picks_, answers_, options_.seconds));
    });
    // By now the session has scanned the facts, and keeps an image of them.
    for_each_question(
        [&](Question question) {
          table_.put(name_of(question), kImage,
                     annals.ask_in_language(question, picks_, answers_, options_.seconds));
        },
        kIndexQuestions);
    RocksdbCommits beside(data_ + "/rocksdb");
    const auto [floor, ours] = measure_by_turns(
        kSingleCommits, [&] { beside.commit(); }, [&] { annals.commit(1); });
    table_.put(kAppendOne, kRocksdb, floor);
    table_.put(kAppendOne, kAnnals, ours);
    table_.put(kAppendMany, kAnnals, annals.append(kBatchCommits, kBatchEvents));
    table_.put(kWriters, kAnnals, annals.append_together(kWritersTogether, kSingleCommits));
    const auto together = annals.read_and_append(picks_.front(), options_.seconds);
    table_.put(kWriter, kAnnals, together.commit);
    table_.put(kReader, kAnnals, together.read);
  }

  ChildRun run_role(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {this_program(), "--role"});
    ChildRun run = run_child(arguments, data_);
    if (run.exit_code != 0) fail("a part of this program failed");
    return run;
  }

  void load_annals_apart() {
    std::vector<double> wall;
    std::vector<double> cpu;
    std::vector<double> memory;
    for (int i = 0; i < kLoads; ++i) {
      std::filesystem::remove_all(data_ + "/annals");
      const ChildRun run = run_role({"load", data_, fmt::format("{}", options_.size.entities())});
      wall.push_back(run.wall_s);
      cpu.push_back(run.cpu_s);
      memory.push_back(std::atof(run.output.c_str()));
    }
    table_.put(kLoad, kAnnals, timing_of(wall, cpu));
    table_.put(kMemory, kAnnals, timing_of(memory));
    table_.put(kDisk, kAnnals, single_value(megabytes_of(data_ + "/annals")));
  }

  void start_annals_apart() {
    table_.put(kFirst, kAnnals, time_of_start("first"));
    table_.put(kFirstReading, kAnnals, time_of_start("first-reading"));
  }

  Timing time_of_start(const char* role) {
    const Pick& pick = picks_.front().front();
    const std::string right = fmt::format("{}\n", answers_.front().front().count);
    std::vector<double> millis;
    for (int i = 0; i < kStarts; ++i) {
      const ChildRun run =
          run_role({role, data_, fmt::format("{}", pick.a), fmt::format("{}", pick.day)});
      if (run.output != right) fail("the first answer of Annals is wrong");
      millis.push_back(run.answer_s * 1e3);
    }
    return timing_of(millis);
  }

  int report() {
    std::cout << '\n' << table_.text();
    if (!options_.json.empty()) {
      std::ofstream out(options_.json);
      out << table_.json();
      if (!out.flush()) fail("cannot write " + options_.json);
    }
    if (table_.wrong_answers() > 0) std::cerr << "bench: answers are wrong\n";
    if (!table_.has_peers()) std::cerr << "bench: no peer could be measured\n";
    return table_.wrong_answers() == 0 && table_.has_peers() ? 0 : 1;
  }

  Options options_;
  std::string data_;
  World world_;
  Picks picks_;
  Answers answers_;
  Table table_;
};

/// What the program is started again for, so that memory and start are measured apart.
void play_role(const std::vector<std::string>& arguments) {
  if (arguments.size() == 4 && arguments[1] == "load") {
    load_annals(arguments[2], std::atoi(arguments[3].c_str()));
    std::cout << peak_megabytes() << std::endl;
  } else if (arguments.size() == 5 && arguments[1].starts_with("first")) {
    first_answer_of_annals(arguments[2], std::atoi(arguments[3].c_str()),
                           std::atoi(arguments[4].c_str()), arguments[1] == "first-reading");
  } else {
    fail(kUsage);
  }
}

}  // namespace
}  // namespace annals::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "--role") {
    annals::bench::play_role(arguments);
    return 0;
  }
  return annals::bench::Comparison(annals::bench::parse(arguments)).run();
}
