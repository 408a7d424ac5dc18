#include "schema/base/run_tasks.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace annals {
namespace {

/// With another thread, or without.
class RunTasksTest : public testing::TestWithParam<bool> {
 protected:
  Status run(const std::vector<Task>& tasks) {
    return run_tasks(GetParam() ? &worker_ : nullptr, tasks);
  }

 private:
  WorkerThread worker_;
};

TEST_P(RunTasksTest, EachIsCalledOnce) {
  std::vector<int> calls(50);
  std::vector<Task> tasks;
  for (int& count : calls) {
    tasks.emplace_back([&count] {
      ++count;
      return Status();
    });
  }
  EXPECT_TRUE(run(tasks));
  EXPECT_EQ(calls, std::vector<int>(50, 1));
  EXPECT_TRUE(run({}));
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
  const Status status = run(tasks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the second");
  EXPECT_LT(later, 998);
}

TEST_P(RunTasksTest, WhatIsThrownArrives) {
  const Task throws = []() -> Status { throw std::runtime_error("thrown"); };
  EXPECT_THROW(static_cast<void>(run(std::vector<Task>{throws, throws})), std::runtime_error);
}

INSTANTIATE_TEST_SUITE_P(Threads, RunTasksTest, testing::Bool());

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
  WorkerThread worker;
  EXPECT_TRUE(run_tasks(&worker, tasks));
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
  WorkerThread worker;
  const Status status = run_tasks(&worker, tasks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the first");
}

/// What the other thread comes to only later is not waited for, and it finds nothing to do.
TEST(RunTasksInTwoThreadsTest, ABusyThreadKeepsNobodyWaiting) {
  std::promise<void> is_done;
  int calls = 0;
  {
    WorkerThread worker;
    worker.run([&is_done] { is_done.get_future().wait(); });
    const Task counts = [&calls] {
      ++calls;
      return Status();
    };
    EXPECT_TRUE(run_tasks(&worker, std::vector<Task>(10, counts)));
    EXPECT_EQ(calls, 10);
    is_done.set_value();
  }
  EXPECT_EQ(calls, 10);
}

/// Nor does it find those that an error left, which may be no more.
TEST(RunTasksInTwoThreadsTest, AThreadThatComesAfterAnErrorBeginsNothing) {
  std::promise<void> is_done;
  std::atomic<int> calls{0};
  {
    WorkerThread worker;
    worker.run([&is_done] { is_done.get_future().wait(); });
    {
      const Task fails = [] { return Status(Error(ErrorCode::kIoError, "the first")); };
      const Task counts = [&calls] {
        ++calls;
        return Status();
      };
      EXPECT_FALSE(run_tasks(&worker, std::vector<Task>{fails, counts, counts}));
    }
    is_done.set_value();
  }
  EXPECT_EQ(calls, 0);
}

/// What the other thread throws arrives as well, once this one is done.
TEST(RunTasksInTwoThreadsTest, WhatIsThrownElsewhereArrives) {
  std::promise<void> thrown;
  const auto here = std::this_thread::get_id();
  const Task task = [&]() -> Status {
    if (std::this_thread::get_id() == here) {
      thrown.get_future().wait();
      return {};
    }
    thrown.set_value();
    throw std::runtime_error("thrown");
  };
  WorkerThread worker;
  EXPECT_THROW(static_cast<void>(run_tasks(&worker, std::vector<Task>{task, task})),
               std::runtime_error);
}

}  // namespace
}  // namespace annals
