#include "storage/event_log/event_log.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "storage/event_log/commit_cache.h"
#include "storage/event_log/log_format.h"
#include "storage/kv/store_folder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/random_commit.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

using testing::HasSubstr;
using tests::ManualClock;
using tests::Random;
using tests::TempFolder;

/// A log in a folder of its own, with a memory of what was appended.
class EventLogTest : public testing::Test {
 protected:
  EventLogTest() { open(); }

  void open() {
    log_.reset();
    store_.reset();
    auto store = open_rocks_store(folder_.path(),
                                  {.part = StorePart::kLog, .memory_bytes = std::size_t{8} << 20});
    ASSERT_TRUE(store) << format_error(store.error());
    store_ = std::move(*store);
    auto log = EventLog::open(*store_, clock_);
    ASSERT_TRUE(log) << format_error(log.error());
    log_ = std::move(*log);
  }

  /// Appends a random commit and remembers it.
  CommitInfo append(std::size_t events_max = 5) {
    CommitContent content = tests::random_commit(random_, known_, events_max);
    const CommitInfo info = append(content);
    for (Event& event : content.events) events_.push_back(std::move(event));
    return info;
  }

  CommitInfo append(const CommitContent& content) {
    auto info = log_->append(content);
    EXPECT_TRUE(info) << (info ? "" : format_error(info.error()));
    return info ? *info : CommitInfo();
  }

  void append_commits(int count) {
    for (int i = 0; i < count; ++i) infos_.push_back(append());
  }

  std::string stored(Seq first) {
    std::string bytes;
    const Result<bool> found = store_->get(Family::kLog, commit_key(first), bytes);
    EXPECT_TRUE(found && *found);
    return bytes;
  }

  /// Changes the stored log behind the back of everyone.
  void put(Seq first, const std::string& bytes) {
    WriteBatch batch;
    batch.put(Family::kLog, commit_key(first), bytes);
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
  }
  void erase(Seq first) {
    WriteBatch batch;
    batch.erase(Family::kLog, commit_key(first));
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
  }

  /// The first bad sequence that verify() names; zero if it finds the log sound.
  std::uint64_t first_bad() {
    const auto report = log_->verify(never_);
    if (report) return 0;
    EXPECT_EQ(report.error().code, ErrorCode::kCorruption) << report.error().message;
    EXPECT_FALSE(report.error().hint.empty());
    return report.error().place.seq;
  }

  const StopFlag never_;
  TempFolder folder_;
  ManualClock clock_{1'000};
  std::unique_ptr<KeyValueStore> store_;
  std::unique_ptr<EventLog> log_;
  Random random_{1};
  KnownNumbers known_{0, 0, Seq(1)};
  std::vector<Event> events_;
  std::vector<CommitInfo> infos_;
};

// --- Appending and reading -----------------------------------------------------------------------

TEST_F(EventLogTest, AnEmptyLogHasNoEvents) {
  EXPECT_EQ(log_->last_seq(), Seq());
  EXPECT_EQ(log_->head().count, 0u);
  EXPECT_EQ(log_->read(Seq(1)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(log_->read(Seq()).error().code, ErrorCode::kNotFound);
  StoredCommit commit;
  EXPECT_FALSE(*log_->cursor(Seq(1))->next(commit));
  EXPECT_FALSE(*log_->cursor(Seq())->next(commit));
  const auto report = log_->verify(never_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->events, 0u);
  EXPECT_EQ(report->head, CommitHash{});
}

TEST_F(EventLogTest, SequencesHaveNoGap) {
  append_commits(30);
  std::uint64_t next = 1;
  for (const CommitInfo& info : infos_) {
    EXPECT_EQ(info.first_seq.raw, next);
    next += info.count;
  }
  EXPECT_EQ(log_->last_seq().raw, next - 1);
  EXPECT_EQ(events_.size(), next - 1);
}

TEST_F(EventLogTest, EveryEventIsReadAsItWasAppended) {
  append_commits(30);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const auto event = log_->read(Seq(i + 1));
      ASSERT_TRUE(event) << format_error(event.error());
      EXPECT_EQ(event->event, events_[i]);
      EXPECT_EQ(event->seq, Seq(i + 1));
    }
    open();
  }
  EXPECT_EQ(log_->read(Seq(events_.size() + 1)).error().code, ErrorCode::kNotFound);
}

TEST_F(EventLogTest, WhatWasAppendedIsDurableOnceASyncThatWasAskedForLaterIsDone) {
  append_commits(1);
  EXPECT_EQ(log_->durable_end(), LogEnd());
  const LogEnd first = log_->end();
  const EventLog::Sync sync = log_->ask_for_sync();
  append_commits(1);
  ASSERT_TRUE(log_->wait_for(sync));
  EXPECT_EQ(log_->durable_end(), first);
  ASSERT_TRUE(log_->sync());
  EXPECT_EQ(log_->durable_end(), log_->end());
  append_commits(1);
  open();
  EXPECT_EQ(log_->durable_end(), log_->end()) << "opening reads what is on disk";
}

TEST_F(EventLogTest, AnEndIsOneThatTheLogOnceHad) {
  EXPECT_EQ(log_->has_end(LogEnd()).value(), true);
  std::vector<LogEnd> ends;
  for (int i = 0; i < 5; ++i) {
    append_commits(1);
    ends.push_back(log_->end());
  }
  for (const LogEnd& end : ends) {
    EXPECT_EQ(log_->has_end(end).value(), true);
    LogEnd other = end;
    other.hash[7] ^= 1;
    EXPECT_EQ(log_->has_end(other).value(), false);
    other = {Seq(end.last.raw + 1), end.hash};
    EXPECT_EQ(log_->has_end(other).value(), false);
  }
  erase(infos_.back().first_seq);
  open();
  EXPECT_EQ(log_->has_end(ends.back()).value(), false);
  EXPECT_EQ(log_->has_end(ends[3]).value(), true);
}

TEST_F(EventLogTest, RecordedTimesIncreaseWhateverTheClockDoes) {
  std::vector<Micros> recorded;
  for (const Micros now : {1'000, 1'000, 500, -7, 1'002, 1'002, 9'000, 8'999}) {
    clock_.set(now);
    recorded.push_back(append().recorded);
  }
  EXPECT_THAT(recorded,
              testing::ElementsAre(1'000, 1'001, 1'002, 1'003, 1'004, 1'005, 9'000, 9'001));
  open();
  clock_.set(0);
  EXPECT_EQ(append().recorded, 9'002);
  EXPECT_EQ(log_->read(log_->last_seq())->recorded, 9'002);
}

TEST_F(EventLogTest, TheClockMayNotStandAtTheEndOfTime) {
  clock_.set(kEndOfTime);
  const auto info = log_->append(tests::random_commit(random_, known_, 1));
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kLimitExceeded);
}

TEST_F(EventLogTest, CommitsAreLinkedByTheirHashes) {
  append_commits(5);
  EXPECT_EQ(infos_[0].previous, CommitHash{});
  for (std::size_t i = 1; i < infos_.size(); ++i) EXPECT_EQ(infos_[i].previous, infos_[i - 1].hash);
  EXPECT_EQ(log_->verify(never_)->head, infos_.back().hash);
}

TEST_F(EventLogTest, ReopeningGoesOnWhereItStopped) {
  append_commits(3);
  const CommitInfo before = log_->head();
  open();
  EXPECT_EQ(log_->head().hash, before.hash);
  EXPECT_EQ(log_->head().recorded, before.recorded);
  append_commits(3);
  EXPECT_EQ(infos_[3].previous, before.hash);
  EXPECT_EQ(first_bad(), 0u);
}

TEST_F(EventLogTest, DanglingReferencesAreNotWritten) {
  CommitContent content = tests::random_commit(random_, known_, 1);
  Occurrence occurrence;
  occurrence.kind = SymbolId(1);
  for (const NodeId node : {NodeId::entity(known_.entities + 1), NodeId::event(Seq(1))}) {
    occurrence.roles = {{SymbolId(1), {node}}};
    content.events = {Event()};
    content.events[0].body = occurrence;
    const auto info = log_->append(content);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(log_->last_seq(), Seq());
  }
}

TEST_F(EventLogTest, TooManyEventsAreRefusedWithTheLimitsName) {
  CommitContent content = tests::random_commit(random_, known_, 1);
  content.events.resize(limits::kCommitEventsMax + 1, content.events.front());
  const auto info = log_->append(content);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(info.error().message, HasSubstr("CommitEventsMax"));
}

TEST_F(EventLogTest, ReadersSeeAPrefixWhileOneAppends) {
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      const Seq last = log_->last_seq();
      if (!last) continue;
      EXPECT_TRUE(log_->read(last));
      EXPECT_TRUE(log_->read(Seq(1)));
      const auto report = log_->verify(never_);
      EXPECT_TRUE(report);
      if (report) {
        EXPECT_GE(report->events, last.raw);
      }
    }
  });
  append_commits(40);
  done = true;
  reader.join();
}

// --- Cursors -------------------------------------------------------------------------------------

TEST_F(EventLogTest, ACursorWalksFromTheCommitThatHoldsItsBegin) {
  append_commits(20);
  for (std::uint64_t from = 0; from <= events_.size() + 1; ++from) {
    const auto cursor = log_->cursor(Seq(from));
    StoredCommit commit;
    for (const CommitInfo& info : infos_) {
      if (info.last_seq().raw < from) continue;
      const Result<bool> more = cursor->next(commit);
      ASSERT_TRUE(more && *more);
      EXPECT_EQ(commit.info.hash, info.hash);
      EXPECT_EQ(commit.info.recorded, info.recorded);
      ASSERT_EQ(commit.content.events.size(), info.count);
      EXPECT_EQ(commit.content.events[0], events_[info.first_seq.raw - 1]);
    }
    EXPECT_FALSE(*cursor->next(commit));
    EXPECT_FALSE(*cursor->next(commit));
  }
}

TEST_F(EventLogTest, ACursorEndsWhereTheLogEndedWhenItWasMade) {
  append_commits(2);
  const auto cursor = log_->cursor(Seq(1));
  append_commits(1);
  StoredCommit commit;
  EXPECT_TRUE(*cursor->next(commit));
  EXPECT_TRUE(*cursor->next(commit));
  EXPECT_FALSE(*cursor->next(commit));
}

TEST_F(EventLogTest, ACursorFromTheMiddleFindsABrokenLink) {
  append_commits(6);
  // The hash that the header before names is changed, and nothing else.
  std::string bytes = stored(infos_[2].first_seq);
  bytes[70] = static_cast<char>(bytes[70] ^ 1);
  put(infos_[2].first_seq, bytes);
  const auto cursor = log_->cursor(infos_[3].first_seq);
  StoredCommit commit;
  const Result<bool> more = cursor->next(commit);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().place.seq, infos_[3].first_seq.raw);
}

// --- Tampering -----------------------------------------------------------------------------------

TEST_F(EventLogTest, EveryAlteredByteIsFoundInItsCommit) {
  append_commits(5);
  const CommitInfo victim = infos_[2];
  const std::string sound = stored(victim.first_seq);
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string altered = sound;
    altered[at] = static_cast<char>(altered[at] ^ (1 << tests::pick(random_, 8)));
    put(victim.first_seq, altered);
    const auto report = log_->verify(never_);
    ASSERT_FALSE(report) << "byte " << at;
    EXPECT_EQ(report.error().place.seq, victim.first_seq.raw);
  }
  put(victim.first_seq, sound);
  EXPECT_EQ(first_bad(), 0u);
}

TEST_F(EventLogTest, OfADamagedFileItIsSaidHowFarTheLogIsSound) {
  append_commits(1'000);
  ASSERT_TRUE(store_->flush());
  log_.reset();
  store_.reset();
  std::filesystem::path largest;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder(folder_.path()))) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) largest = entry;
  }
  {
    std::fstream file(largest, std::ios::binary | std::ios::in | std::ios::out);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(largest) / 2);
    file.seekg(middle);
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(middle);
    file.put(byte);
  }
  open();
  const auto report = log_->verify(never_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCorruption);
  EXPECT_GT(report.error().place.seq, 1U);
  EXPECT_LT(report.error().place.seq, log_->last_seq().raw);
  EXPECT_THAT(report.error().message,
              HasSubstr(fmt::format("sound up to #{},", report.error().place.seq - 1)));
  EXPECT_THAT(report.error().hint, HasSubstr("backup"));
}

TEST_F(EventLogTest, ADroppedCommitIsFound) {
  append_commits(5);
  for (const std::size_t dropped : {0u, 2u, 4u}) {
    const Seq first = infos_[dropped].first_seq;
    const std::string bytes = stored(first);
    erase(first);
    EXPECT_EQ(first_bad(), first.raw);
    put(first, bytes);
  }
  EXPECT_EQ(first_bad(), 0u);
}

TEST_F(EventLogTest, ExchangedCommitsAreFound) {
  append_commits(6);
  const std::string one = stored(infos_[1].first_seq);
  const std::string other = stored(infos_[3].first_seq);
  put(infos_[1].first_seq, other);
  put(infos_[3].first_seq, one);
  EXPECT_EQ(first_bad(), infos_[1].first_seq.raw);
}

TEST_F(EventLogTest, ATruncatedCommitIsFound) {
  append_commits(4);
  const Seq first = infos_[2].first_seq;
  const std::string sound = stored(first);
  for (const std::size_t size :
       {sound.size() - 8, kCommitHeaderBytes, std::size_t{40}, std::size_t{0}}) {
    put(first, sound.substr(0, size));
    EXPECT_EQ(first_bad(), first.raw) << size;
  }
}

TEST_F(EventLogTest, ACommitRewrittenWithAFreshHashIsFoundByTheNext) {
  for (int i = 0; i < 5; ++i) {
    clock_.advance(10);
    append_commits(1);
  }
  std::string bytes = stored(infos_[2].first_seq);
  CommitInfo forged = infos_[2];
  forged.recorded += 1;
  write_commit_header(forged, bytes);
  put(infos_[2].first_seq, bytes);
  EXPECT_EQ(first_bad(), infos_[3].first_seq.raw);
}

/// Rewrites all commits from `from` on with right hashes, as someone with the program could.
void forge_chain(KeyValueStore& store, std::vector<CommitInfo> infos, std::size_t from,
                 const std::function<void(CommitInfo&)>& alter) {
  for (std::size_t i = from; i < infos.size(); ++i) {
    std::string bytes;
    ASSERT_TRUE(*store.get(Family::kLog, commit_key(infos[i].first_seq), bytes));
    if (i == from) alter(infos[i]);
    if (i > 0) infos[i].previous = infos[i - 1].hash;
    write_commit_header(infos[i], bytes);
    WriteBatch batch;
    batch.put(Family::kLog, commit_key(infos[i].first_seq), bytes);
    ASSERT_TRUE(store.write(batch, Durability::kRelaxed));
  }
}

TEST_F(EventLogTest, AForgedChainStillHasToKeepItsOrder) {
  append_commits(5);
  forge_chain(*store_, infos_, 2, [](CommitInfo& info) { info.recorded = 0; });
  EXPECT_EQ(first_bad(), infos_[2].first_seq.raw);
}

TEST_F(EventLogTest, AForgedChainIsNotTheOneThatWasOpened) {
  append_commits(5);
  forge_chain(*store_, infos_, 4, [](CommitInfo& info) { info.recorded += 7; });
  EXPECT_EQ(first_bad(), infos_[4].first_seq.raw);
}

TEST_F(EventLogTest, ContentThatDoesNotFollowIsFoundBehindARightHash) {
  append_commits(3);
  // The second commit with the first one's content: numbers begin anew.
  std::string bytes = stored(infos_[1].first_seq).substr(0, kCommitHeaderBytes) +
                      std::string(commit_content(stored(infos_[0].first_seq)));
  CommitInfo forged = infos_[1];
  forged.count = infos_[0].count;
  write_commit_header(forged, bytes);
  put(infos_[1].first_seq, bytes);
  EXPECT_EQ(first_bad(), infos_[1].first_seq.raw);
}

TEST_F(EventLogTest, AnotherNumberOfEventsThanSaidIsFound) {
  append_commits(3);
  forge_chain(*store_, infos_, 2, [](CommitInfo& info) { info.count += 1; });
  EXPECT_EQ(first_bad(), infos_[2].first_seq.raw);
}

// --- Opening -------------------------------------------------------------------------------------

TEST_F(EventLogTest, ADamagedLastCommitIsFoundOnOpening) {
  append_commits(3);
  std::string bytes = stored(infos_[2].first_seq);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  put(infos_[2].first_seq, bytes);
  const auto log = EventLog::open(*store_, clock_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kCorruption);
  EXPECT_EQ(log.error().place.seq, infos_[2].first_seq.raw);
}

TEST_F(EventLogTest, ANewerFormatIsRefusedWithBothVersions) {
  append_commits(2);
  std::string bytes = stored(infos_[1].first_seq);
  bytes[4] = static_cast<char>(kLogFormat + 1);
  put(infos_[1].first_seq, bytes);
  const auto log = EventLog::open(*store_, clock_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(log.error().message, HasSubstr(fmt::format("format {}", kLogFormat + 1)));
  EXPECT_THAT(log.error().message, HasSubstr(fmt::format("up to {}", kLogFormat)));
}

TEST_F(EventLogTest, AStrayKeyIsNotTakenForACommit) {
  append_commits(2);
  WriteBatch batch;
  batch.put(Family::kLog, "stray", "bytes");
  ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
  EXPECT_EQ(EventLog::open(*store_, clock_).error().code, ErrorCode::kCorruption);
}

TEST_F(EventLogTest, DamageIsAnErrorWhenAnEventIsRead) {
  append_commits(3);
  const Seq first = infos_[1].first_seq;
  const std::string sound = stored(first);
  // Hashes are not looked at for single events; bytes that cannot be read are still refused.
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string altered = sound;
    altered[at] = static_cast<char>(~altered[at]);
    put(first, altered);
    open();
    const auto event = log_->read(first);
    if (!event) {
      EXPECT_EQ(event.error().place.seq, first.raw) << at;
    }
    if (at % 20 != 0) at += 6;
  }
}

TEST_F(EventLogTest, VerifyingStopsWhenAsked) {
  append_commits(2);
  StopFlag stop;
  stop.request();
  EXPECT_EQ(log_->verify(stop).error().code, ErrorCode::kInterrupted);
}

// --- The cache -----------------------------------------------------------------------------------

std::shared_ptr<const CommitCache::Entry> entry(std::uint64_t first, std::size_t bytes) {
  auto made = std::make_shared<CommitCache::Entry>();
  made->info.first_seq = Seq(first);
  made->info.count = 10;
  made->stored.resize(bytes);
  return made;
}

TEST(CommitCacheTest, KeepsThoseReadLast) {
  CommitCache cache;
  for (std::uint64_t i = 0; i < CommitCache::kEntriesMax; ++i) cache.add(entry(1 + 10 * i, 100));
  EXPECT_NE(cache.find(Seq(1)), nullptr);
  cache.add(entry(1'000'001, 100));
  EXPECT_EQ(cache.find(Seq(11)), nullptr);
  EXPECT_EQ(cache.find(Seq(20)), nullptr);
  EXPECT_NE(cache.find(Seq(10)), nullptr);
  EXPECT_NE(cache.find(Seq(21)), nullptr);
  EXPECT_NE(cache.find(Seq(1'000'010)), nullptr);
  EXPECT_EQ(cache.find(Seq(1'000'011)), nullptr);
  EXPECT_EQ(cache.find(Seq()), nullptr);
}

TEST(CommitCacheTest, KeepsNoMoreThanItsBytes) {
  CommitCache cache;
  cache.add(entry(1, CommitCache::kBytesMax / 2));
  cache.add(entry(11, CommitCache::kBytesMax / 2));
  EXPECT_NE(cache.find(Seq(1)), nullptr);
  cache.add(entry(21, 100));
  EXPECT_EQ(cache.find(Seq(11)), nullptr);
  EXPECT_NE(cache.find(Seq(1)), nullptr);
  cache.add(entry(31, CommitCache::kBytesMax + 1));
  EXPECT_EQ(cache.find(Seq(31)), nullptr);
  EXPECT_NE(cache.find(Seq(21)), nullptr);
}

// --- The format ----------------------------------------------------------------------------------

TEST(LogFormatTest, KeysSortLikeSequences) {
  EXPECT_EQ(commit_key(Seq(1)), std::string("\0\0\0\0\0\0\0\1", 8));
  EXPECT_LT(commit_key(Seq(255)), commit_key(Seq(256)));
  EXPECT_EQ(seq_of_commit_key(commit_key(Seq(0x0102030405060708))), Seq(0x0102030405060708));
  EXPECT_EQ(seq_of_commit_key("short"), Seq());
}

TEST(LogFormatTest, TheHeaderStandsWhereTheDocumentSays) {
  CommitInfo info;
  info.first_seq = Seq(0x0102030405060708);
  info.count = 0x0000A1A2;
  info.recorded = -2;
  info.previous.fill(0xCC);
  std::string stored(kCommitHeaderBytes, '\0');
  stored += "content.";
  write_commit_header(info, stored);
  EXPECT_EQ(stored.substr(0, 4), "ANCM");
  EXPECT_EQ(stored.substr(4, 4), std::string("\1\0\0\0", 4));
  EXPECT_EQ(stored.substr(8, 8), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(stored.substr(16, 8), std::string("\xA2\xA1\0\0\0\0\0\0", 8));
  EXPECT_EQ(stored.substr(24, 8), "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
  EXPECT_EQ(stored.substr(32, 32), std::string(32, '\xCC'));
  EXPECT_EQ(stored.substr(96), "content.");
  EXPECT_EQ(hash_of(stored), info.hash);
  const auto read = read_commit_header(stored);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->first_seq, info.first_seq);
  EXPECT_EQ(read->count, info.count);
  EXPECT_EQ(read->recorded, info.recorded);
  EXPECT_EQ(read->previous, info.previous);
  EXPECT_EQ(read->hash, info.hash);
}

}  // namespace
}  // namespace annals::storage
