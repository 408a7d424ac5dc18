#include "schema/base/worker_thread.h"

#include <algorithm>
#include <future>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace annals {
namespace {

TEST(WorkerThreadTest, TasksAreDoneElsewhereInTheirOrder) {
  WorkerThread worker;
  std::vector<int> done;
  std::vector<std::future<std::thread::id>> where;
  for (int i = 0; i < 100; ++i) {
    where.push_back(worker.run([&done, i] {
      done.push_back(i);
      return std::this_thread::get_id();
    }));
  }
  std::set<std::thread::id> threads;
  for (auto& one : where) threads.insert(one.get());
  EXPECT_EQ(threads.size(), 1U);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
  ASSERT_EQ(done.size(), 100U);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(WorkerThreadTest, WhatWasGivenIsDoneBeforeItsEnd) {
  int done = 0;
  {
    WorkerThread worker;
    for (int i = 0; i < 10; ++i) worker.run([&done] { ++done; });
  }
  EXPECT_EQ(done, 10);
}

}  // namespace
}  // namespace annals
