#include "schema/base/run_tasks.h"

#include <atomic>
#include <cstddef>
#include <future>
#include <system_error>
#include <utility>
#include <vector>

namespace annals::inline schema {

Status run_tasks(RunIn threads, std::span<const Task> tasks) {
  std::vector<Status> statuses(tasks.size());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size() && !failed; i = next++) {
      statuses[i] = tasks[i]();
      if (!statuses[i]) failed = true;
    }
  };
  std::future<void> other;  // waits for its thread when it is destroyed
  if (threads == RunIn::kTwoThreads && tasks.size() > 1) {
    try {
      other = std::async(std::launch::async, work);
    } catch (const std::system_error&) {
      // All of it in this thread, then.
    }
  }
  work();
  if (other.valid()) other.get();
  for (Status& status : statuses) ANNALS_CHECK_OK(std::move(status));
  return {};
}

}  // namespace annals::inline schema
