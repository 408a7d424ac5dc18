#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace annals::inline schema {

/// A thread that does one task after the other, for those who have something else to do meanwhile.
/// It is started by the first task: waking it takes less than starting one for each.
class WorkerThread {
 public:
  WorkerThread() = default;
  /// Waits for the tasks that were given.
  ~WorkerThread();
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  /// Calls `task` there, behind those given before, and gives what it returns. Thread-safe. Throws
  /// std::system_error if the thread cannot be started; then nothing is called.
  template <class Task>
  std::future<std::invoke_result_t<Task&>> run(Task task) {
    // Shared, since std::function copies what it holds.
    using Packaged = std::packaged_task<std::invoke_result_t<Task&>()>;
    auto packaged = std::make_shared<Packaged>(std::move(task));
    auto result = packaged->get_future();
    add([packaged] { (*packaged)(); });
    return result;
  }

 private:
  void add(std::function<void()> task);
  void work();

  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ends_ = false;
  std::thread thread_;  // made when it is needed
};

}  // namespace annals::inline schema
