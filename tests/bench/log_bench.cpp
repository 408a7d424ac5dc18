// What the event log costs. docs/event_log_format.md quotes these figures.

#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "schema/event_codec.h"
#include "storage/event_log/event_log.h"
#include "storage/event_log/log_format.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

enum class Texts { kShared, kOwn };

/// Events as bulk loads have them: two roles of one node each, an exact date, a source. Sources
/// and dates repeat, or each event has its own.
CommitContent joins(std::size_t count, Texts texts) {
  CommitContent content;
  content.symbols = {"Join", "member", "organisation"};
  for (int i = 0; i < 200; ++i) {
    content.entities.push_back({SymbolId(1), "entity " + std::to_string(i)});
  }
  for (std::size_t i = 0; i < count; ++i) {
    Event event;
    Occurrence join;
    join.kind = SymbolId(1);
    join.roles = {{SymbolId(2), {NodeId::entity(1 + i % 200)}},
                  {SymbolId(3), {NodeId::entity(1 + i % 7)}}};
    event.body = join;
    const bool own = texts == Texts::kOwn;
    event.on = date_of(
        Instant::exactly(kMicrosPerDay * (8'000 + static_cast<Micros>(own ? 3 * i : i / 20))));
    event.source =
        own ? "https://example.org/document/" + std::to_string(i) : "CIS executive committee";
    content.events.push_back(std::move(event));
  }
  return content;
}

std::string encoded(const CommitContent& content) {
  std::string bytes;
  if (!encode_commit(content, bytes)) std::abort();
  return bytes;
}

void count_events(benchmark::State& state, std::size_t events) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events));
}

void encode(benchmark::State& state, Texts texts) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const CommitContent content = joins(count, texts);
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    benchmark::DoNotOptimize(encode_commit(content, bytes));
  }
  count_events(state, count);
  state.counters["bytes/event"] = static_cast<double>(bytes.size()) / static_cast<double>(count);
}
BENCHMARK_CAPTURE(encode, shared_texts, Texts::kShared)->Arg(1)->Arg(1'000);
BENCHMARK_CAPTURE(encode, own_texts, Texts::kOwn)->Arg(1'000);

void decode(benchmark::State& state, Texts texts) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::string bytes = encoded(joins(count, texts));
  for (auto _ : state) benchmark::DoNotOptimize(decode_commit(bytes));
  count_events(state, count);
}
BENCHMARK_CAPTURE(decode, shared_texts, Texts::kShared)->Arg(1)->Arg(1'000);
BENCHMARK_CAPTURE(decode, own_texts, Texts::kOwn)->Arg(1'000);

void decode_one_of_1000(benchmark::State& state) {
  const std::string bytes = encoded(joins(1'000, Texts::kShared));
  std::size_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(decode_event(bytes, index++ * 37 % 1'000));
}
BENCHMARK(decode_one_of_1000);

void hash(benchmark::State& state) {
  const std::string stored =
      std::string(kCommitHeaderBytes, '\0') +
      encoded(joins(static_cast<std::size_t>(state.range(0)), Texts::kShared));
  for (auto _ : state) benchmark::DoNotOptimize(hash_of(stored));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stored.size()));
}
BENCHMARK(hash)->Arg(1)->Arg(1'000);

/// A log on disk.
class Log {
 public:
  Log(Texts texts, std::size_t events) : content_(joins(events, texts)) {
    store_ = std::move(*open_rocks_store(folder_.path(), {.part = StorePart::kLog}));
    log_ = std::move(*EventLog::open(*store_, clock_));
  }

  void append(std::size_t commits) {
    for (std::size_t i = 0; i < commits; ++i) {
      if (!log_->append(content_)) std::abort();
      content_.first_symbol += static_cast<std::uint32_t>(content_.symbols.size());
      content_.first_entity += content_.entities.size();
      content_.symbols.clear();
      content_.entities.clear();
    }
  }

  const EventLog& operator*() const { return *log_; }
  double bytes_on_disk() {
    if (!store_->flush()) std::abort();
    return static_cast<double>(store_->statistics()[0].bytes_on_disk);
  }

 private:
  CommitContent content_;
  tests::TempFolder folder_;
  tests::ManualClock clock_;
  std::unique_ptr<KeyValueStore> store_;
  std::unique_ptr<EventLog> log_;
};

void append_in_commits_of(benchmark::State& state) {
  const auto events = static_cast<std::size_t>(state.range(0));
  Log log(Texts::kShared, events);
  for (auto _ : state) log.append(1);
  count_events(state, events);
}
BENCHMARK(append_in_commits_of)->Arg(1)->Arg(1'000);

/// 200,000 events in commits of `range` events.
void log_on_disk(benchmark::State& state, Texts texts) {
  constexpr std::size_t kEvents = 200'000;
  const auto events = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    Log log(texts, events);
    log.append(kEvents / events);
    state.counters["disk bytes/event"] = log.bytes_on_disk() / kEvents;
  }
}
BENCHMARK_CAPTURE(log_on_disk, shared_texts, Texts::kShared)->Arg(1)->Arg(1'000)->Iterations(1);
BENCHMARK_CAPTURE(log_on_disk, own_texts, Texts::kOwn)->Arg(1'000)->Iterations(1);

void verify(benchmark::State& state) {
  const auto events = static_cast<std::size_t>(state.range(0));
  Log log(Texts::kShared, events);
  log.append(100'000 / events);
  const StopFlag never;
  for (auto _ : state) benchmark::DoNotOptimize((*log).verify(never));
  count_events(state, 100'000);
}
BENCHMARK(verify)->Arg(1)->Arg(1'000)->Unit(benchmark::kMillisecond);

/// Events one after the other (a stride of 1), or at random, of a log on disk that fits the cache
/// of commits (100,000 events in commits of 1,000) or does not (1,000,000).
void read_event(benchmark::State& state) {
  const auto events = static_cast<std::uint64_t>(state.range(0));
  Log log(Texts::kShared, 1'000);
  log.append(events / 1'000);
  benchmark::DoNotOptimize(log.bytes_on_disk());
  const auto stride = static_cast<std::uint64_t>(state.range(1));
  std::uint64_t place = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize((*log).read(Seq(1 + place % events)));
    place += stride;
  }
}
BENCHMARK(read_event)->Args({100'000, 1})->Args({100'000, 7'919})->Args({1'000'000, 7'919});

}  // namespace
}  // namespace annals::storage

BENCHMARK_MAIN();
