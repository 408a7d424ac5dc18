#include "tests/bench/peers/annals_side.h"

#include <atomic>
#include <iostream>
#include <thread>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "tests/bench/peers/appends.h"
#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

using storage::CommitBuilder;
using storage::Database;

std::unique_ptr<Database> open_database(const std::string& folder, const Clock& clock,
                                        bool read_only = false) {
  storage::DatabaseOptions options;
  options.read_only = read_only;
  options.memory_bytes = storage::default_memory_bytes();
  return checked(Database::open(folder + "/annals", options, clock));
}

/// Entities are made in order: whoever loads knows their nodes without a table of them, as it
/// knows their numbers for the peers.
NodeId node_of(std::int32_t entity) {
  return NodeId::entity(static_cast<std::uint64_t>(entity) + 1);
}

}  // namespace

void load_annals(const std::string& folder, std::int32_t entities) {
  const SystemClock clock;
  const auto database = open_database(folder, clock);
  auto builder = checked(database->begin());
  const AnnalsNames names = AnnalsNames::define(*builder);
  for (std::int32_t entity = 0; entity < entities; ++entity) {
    const NodeId node = checked(
        builder->entity(node_name(entity), names.node_type, storage::MissingNames::kCreate));
    ANNALS_ASSERT(node == node_of(entity));
  }
  EventReader events(folder + "/events.csv");
  GraphEvent event;
  Day day = -1;
  Date on;
  while (events.next(event)) {
    // They come in the order of time, some fifty a day.
    if (event.day != day) on = date_of_day(day = event.day);
    checked(builder->add(names.event(event, node_of(event.source), node_of(event.target), on)));
    if (builder->event_count() < limits::kBulkCommitEvents) continue;
    checked(database->load_commit(*builder));
  }
  checked(database->finish_load(std::move(builder)));
}

void first_answer_of_annals(const std::string& folder, std::int32_t entity, Day day,
                            bool read_only) {
  const SystemClock clock;
  const auto database = open_database(folder, clock, read_only);
  const auto snapshot = database->snapshot();
  storage::FactScan scan;
  scan.node = checked(snapshot->find_entities(node_name(entity))).front();
  scan.window = storage::Window::of(Instant::exactly(midnight(day)));
  std::vector<storage::Fact> facts;
  checked(snapshot->facts(scan)->next(facts, 1'000));
  // Whoever waits for the answer need not wait until the database is closed.
  std::cout << facts.size() << std::endl;
}

AnnalsSide::AnnalsSide(const std::string& folder, const World& world)
    : database_(open_database(folder, clock_)),
      numbers_(*database_->snapshot(), world.size.entities()),
      questions_(*database_, numbers_),
      language_(*database_, clock_) {
  for (std::int32_t entity = 0; entity < world.size.entities(); ++entity) {
    if (numbers_.node(entity)) known_.push_back(entity);
  }
}

Timing AnnalsSide::ask(Question question, const Picks& picks, const Answers& answers,
                       double seconds) {
  const auto number = static_cast<std::size_t>(question);
  return measure(picks[number], answers[number], budget_of(question, seconds),
                 [&](const Pick& pick) { return questions_.ask(question, pick); });
}

Timing AnnalsSide::ask_in_language(Question question, const Picks& picks, const Answers& answers,
                                   double seconds) {
  const auto number = static_cast<std::size_t>(question);
  return measure(picks[number], answers[number], budget_of(question, seconds),
                 [&](const Pick& pick) { return language_.ask(question, pick); });
}

Timing AnnalsSide::append(std::size_t commits, std::size_t events) {
  return measure_commits(commits, events, [&] { commit(events); });
}

/// Facts that begin after all others, between entities that are scattered: strides that are prime
/// to their number meet no pair twice before all have been met. Several threads may call this:
/// `appended_` is theirs while they have the builder.
void AnnalsSide::commit(std::size_t events) {
  auto builder = checked(database_->begin());
  for (std::size_t i = 0; i < events; ++i, ++appended_) {
    GraphEvent event;
    event.source = known_[appended_ * 7'919 % known_.size()];
    event.target = known_[(appended_ * 104'729 + 1) % known_.size()];
    event.relation = static_cast<std::int32_t>(appended_ / known_.size() % kRelations) + 1;
    event.day = kDays + static_cast<Day>(appended_ / kBatchEvents);
    checked(builder->add(numbers_.names().event(
        event, numbers_.node(event.source), numbers_.node(event.target), date_of_day(event.day))));
  }
  checked(database_->commit(std::move(builder)));
}

Timing AnnalsSide::append_together(std::size_t writers, std::size_t commits) {
  const Stopwatch all;
  std::vector<std::thread> threads;
  for (std::size_t writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < commits; ++i) commit(1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto each = 1e6 / static_cast<double>(writers * commits);
  return single_value(all.wall_s() * each, all.cpu_s() * each);
}

AnnalsSide::Together AnnalsSide::read_and_append(const std::vector<Pick>& picks, double seconds) {
  constexpr std::size_t kReaders = 2;
  std::atomic<bool> stop = false;
  std::array<std::vector<double>, kReaders> read;
  std::vector<std::thread> readers;
  for (std::vector<double>& micros : read) {
    readers.emplace_back([&] {
      AnnalsQuestions questions(*database_, numbers_);
      for (std::size_t i = 0; !stop; ++i) {
        const auto start = std::chrono::steady_clock::now();
        questions.ask(Question::kNeighbours, picks[i % picks.size()]);
        micros.push_back(micros_since(start));
      }
    });
  }
  std::vector<double> committed;
  for (const Stopwatch all; all.wall_s() < seconds;) {
    const auto start = std::chrono::steady_clock::now();
    commit(1);
    committed.push_back(micros_since(start));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  read[0].insert(read[0].end(), read[1].begin(), read[1].end());
  return {timing_of(committed), timing_of(read[0])};
}

}  // namespace annals::bench
