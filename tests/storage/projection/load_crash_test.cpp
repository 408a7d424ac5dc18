// A process that is killed in the middle of a bulk load: what is there afterwards is a prefix of
// the load, index and all, and the same load again records the rest and nothing twice. And one that
// is killed in the middle of a commit, whose event the log may have and the index not.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/database.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr std::size_t kEvents = 3'000;
constexpr std::size_t kCommitEvents = 250;

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  std::abort();  // not reached
}

/// Loads, and dies: after so many commits, or at some moment of the end of the load.
struct Death {
  std::size_t commits = kEvents;
  std::size_t yields = 0;     ///< Of another thread, from the begin of the end on.
  bool waits_for_log = true;  ///< Before it dies; else a part of the commits is on its way there.
};

std::ostream& operator<<(std::ostream& out, const Death& death) {
  return out << "after " << death.commits << " commits, " << death.yields << " yields"
             << (death.waits_for_log ? "" : ", not all logged");
}

void load(Database& database, const Death& death) {
  auto builder = database.begin().value();
  std::size_t commits = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    add_event(*builder, i);
    if (builder->event_count() < kCommitEvents) continue;
    ASSERT_TRUE(database.load_commit(*builder));
    if (++commits < death.commits) continue;
    if (death.waits_for_log) wait_for_log(database, commits * kCommitEvents);
    die();
  }
  if (death.yields > 0) wait_for_log(database, kEvents);
  std::thread killer;
  if (death.yields > 0) {
    killer = std::thread([yields = death.yields] {
      for (std::size_t i = 0; i < yields; ++i) std::this_thread::yield();
      die();
    });
  }
  ASSERT_TRUE(database.finish_load(std::move(builder)));
  if (killer.joinable()) killer.join();
}

constexpr const char* kFolderVariable = "ANNALS_TEST_CRASH_FOLDER";

/// What the process that dies does: a death test runs it in a program of its own.
void load_in_the_child(const Death& death) {
  tests::ManualClock clock;
  clock.set(5'000'000);
  const auto database = opened(std::getenv(kFolderVariable), clock);
  load(*database, death);
}

/// One death for each test: the child runs its test from the begin.
class LoadCrashTest : public testing::TestWithParam<Death> {};

TEST_P(LoadCrashTest, APrefixIsThereAndTheLoadGoesOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const tests::TempFolder folder;
  tests::ManualClock clock;
  clock.set(1'000'000);
  // A death test runs this function up to the statement that dies once more, in the child.
  if (std::getenv(kFolderVariable) == nullptr) define(*opened(folder.path(), clock));
  ::setenv(kFolderVariable, folder.path().c_str(), 0);
  EXPECT_EXIT(load_in_the_child(GetParam()), testing::KilledBySignal(SIGKILL), "");
  ::unsetenv(kFolderVariable);

  clock.set(9'000'000);
  {
    const auto database = opened(folder.path(), clock);
    const std::uint64_t events = database->statistics().graph.events;
    EXPECT_EQ(events, database->snapshot()->last_seq().raw);
    // What was appended outlives the process: only a power cut could take it away.
    const std::size_t commits = std::min(GetParam().commits, kEvents / kCommitEvents);
    if (GetParam().waits_for_log) {
      EXPECT_EQ(events, kDefinitions + commits * kCommitEvents) << "the index has caught up";
    }
    EXPECT_LE(events, kDefinitions + commits * kCommitEvents);
    EXPECT_EQ((events - kDefinitions) % kCommitEvents, 0U) << "whole commits";
    expect_whole(*database);
    load(*database, Death());
    EXPECT_EQ(database->snapshot()->last_seq().raw, kDefinitions + kEvents) << "nothing twice";
    expect_whole(*database);
  }
  expect_whole(*opened(folder.path(), clock));
}

INSTANTIATE_TEST_SUITE_P(AfterCommits, LoadCrashTest,
                         testing::Values(Death{1, 0}, Death{7, 0}, Death{7, 0, false}));
INSTANTIATE_TEST_SUITE_P(AtSomeMomentOfTheEnd, LoadCrashTest,
                         testing::Values(Death{kEvents, 1}, Death{kEvents, 1'000},
                                         Death{kEvents, 4'000}));

constexpr std::size_t kAcknowledgedMin = 20;

/// Commits one event after the other, keeps in a file how many were acknowledged, and dies at some
/// moment after the first of them.
void commit_in_the_child(std::size_t yields) {
  const std::string folder = std::getenv(kFolderVariable);
  tests::ManualClock clock;
  clock.set(5'000'000);
  const auto database = opened(folder + "/database", clock);
  std::ofstream acknowledged(folder + "/acknowledged", std::ios::binary);
  std::atomic<std::size_t> commits{0};
  const std::thread killer([yields, &commits] {
    while (commits < kAcknowledgedMin) std::this_thread::yield();
    for (std::size_t i = 0; i < yields; ++i) std::this_thread::yield();
    die();
  });
  for (std::size_t i = 0;; ++i) {
    auto builder = database->begin().value();
    add_event(*builder, i);
    ASSERT_TRUE(database->commit(std::move(builder)));
    acknowledged.put('x').flush();
    ++commits;
  }
}

class CommitCrashTest : public testing::TestWithParam<std::size_t> {};

TEST_P(CommitCrashTest, WhatWasAcknowledgedIsThereAndTheIndexIsThatOfTheLog) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const tests::TempFolder folder;
  tests::ManualClock clock;
  clock.set(1'000'000);
  if (std::getenv(kFolderVariable) == nullptr) define(*opened(folder.path() + "/database", clock));
  ::setenv(kFolderVariable, folder.path().c_str(), 0);
  EXPECT_EXIT(commit_in_the_child(GetParam()), testing::KilledBySignal(SIGKILL), "");
  ::unsetenv(kFolderVariable);

  clock.set(9'000'000);
  const auto database = opened(folder.path() + "/database", clock);
  const auto acknowledged = std::filesystem::file_size(folder.path() + "/acknowledged");
  const std::uint64_t events = database->snapshot()->last_seq().raw;
  EXPECT_GE(acknowledged, kAcknowledgedMin);
  EXPECT_GE(events, kDefinitions + acknowledged);
  EXPECT_LE(events, kDefinitions + acknowledged + 1) << "the one that was not acknowledged";
  EXPECT_EQ(events, database->statistics().graph.events);
  expect_whole(*database);
}

INSTANTIATE_TEST_SUITE_P(AtSomeMoment, CommitCrashTest, testing::Values(0, 100, 1'000));

}  // namespace
}  // namespace annals::storage
