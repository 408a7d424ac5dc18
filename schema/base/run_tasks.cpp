#include "schema/base/run_tasks.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace annals::inline schema {

namespace {

/// Tasks that up to two threads take in turn. The other thread may come when the caller is gone,
/// and the tasks with it: then all were begun, or one failed, so that none is looked at.
class Turns {
 public:
  explicit Turns(std::span<const Task> tasks) : tasks_(tasks), statuses_(tasks.size()) {}

  void work() {
    for (std::size_t i = next_++; i < tasks_.size() && !failed_; i = next_++) {
      try {
        statuses_[i] = tasks_[i]();
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (thrown_ == nullptr) thrown_ = std::current_exception();
        failed_ = true;
      }
      if (!statuses_[i]) failed_ = true;
    }
  }

  /// For the other thread.
  void work_beside() {
    {
      const std::lock_guard lock(mutex_);
      is_beside_ = true;
    }
    work();
    {
      const std::lock_guard lock(mutex_);
      is_beside_ = false;
    }
    left_.notify_one();
  }

  /// For the caller, once there is nothing more to begin.
  Status finish() {
    std::unique_lock lock(mutex_);
    left_.wait(lock, [this] { return !is_beside_; });
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
    for (Status& status : statuses_) ANNALS_CHECK_OK(std::move(status));
    return {};
  }

 private:
  const std::span<const Task> tasks_;
  std::vector<Status> statuses_;  // each is that of one thread until finish()
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::condition_variable left_;
  bool is_beside_ = false;
  std::exception_ptr thrown_;
};

}  // namespace

Status run_tasks(WorkerThread* other, std::span<const Task> tasks) {
  const auto turns = std::make_shared<Turns>(tasks);
  if (other != nullptr && tasks.size() > 1) {
    try {
      other->run([turns] { turns->work_beside(); });
    } catch (const std::system_error&) {
      // No thread is to be had: all of it in this one, then.
    }
  }
  turns->work();
  return turns->finish();
}

}  // namespace annals::inline schema
