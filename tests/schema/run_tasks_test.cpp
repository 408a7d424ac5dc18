#include "schema/base/run_tasks.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace annals {
namespace {

class RunTasksTest : public testing::TestWithParam<RunIn> {};

TEST_P(RunTasksTest, EachIsCalledOnce) {
  std::vector<int> calls(50);
  std::vector<Task> tasks;
  for (int& count : calls) {
    tasks.emplace_back([&count] {
      ++count;
      return Status();
    });
  }
  EXPECT_TRUE(run_tasks(GetParam(), tasks));
  EXPECT_EQ(calls, std::vector<int>(50, 1));
  EXPECT_TRUE(run_tasks(GetParam(), {}));
}

TEST_P(RunTasksTest, AfterAnErrorNoneIsBegun) {
  std::atomic<int> later{0};
  const Task succeeds = [] { return Status(); };
  const Task fails = [] { return Status(Error(ErrorCode::kIoError, "the second")); };
  const Task counts = [&later] {
    ++later;
    return Status();
  };
  std::vector<Task> tasks{succeeds, fails};
  tasks.resize(1'000, counts);
  const Status status = run_tasks(GetParam(), tasks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the second");
  EXPECT_LT(later, 998);
}

TEST_P(RunTasksTest, WhatIsThrownArrives) {
  const Task throws = []() -> Status { throw std::runtime_error("thrown"); };
  EXPECT_THROW(static_cast<void>(run_tasks(GetParam(), std::vector<Task>{throws, throws})),
               std::runtime_error);
}

INSTANTIATE_TEST_SUITE_P(Threads, RunTasksTest,
                         testing::Values(RunIn::kOneThread, RunIn::kTwoThreads));

/// Each waits for the other: one thread alone would wait for ever.
TEST(RunTasksInTwoThreadsTest, TwoAreWorkedOnAtOnce) {
  std::promise<void> first;
  std::promise<void> second;
  const std::vector<Task> tasks{[&] {
                                  first.set_value();
                                  second.get_future().wait();
                                  return Status();
                                },
                                [&] {
                                  second.set_value();
                                  first.get_future().wait();
                                  return Status();
                                }};
  EXPECT_TRUE(run_tasks(RunIn::kTwoThreads, tasks));
}

/// Of two errors that of the earlier task is told, whichever came first.
TEST(RunTasksInTwoThreadsTest, TheEarlierTasksErrorIsTold) {
  std::promise<void> second_failed;
  const std::vector<Task> tasks{[&] {
                                  second_failed.get_future().wait();
                                  return Status(Error(ErrorCode::kIoError, "the first"));
                                },
                                [&] {
                                  second_failed.set_value();
                                  return Status(Error(ErrorCode::kIoError, "the second"));
                                }};
  const Status status = run_tasks(RunIn::kTwoThreads, tasks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the first");
}

}  // namespace
}  // namespace annals
