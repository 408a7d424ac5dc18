#pragma once

#include <condition_variable>
#include <mutex>

namespace annals::storage {

/// A mutex that any thread may unlock, for std::unique_lock and std::lock_guard: whoever brings the
/// index up to date lets the next writer in, while the thread that locked it waits for the disk.
class WriterLock {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    unlocked_.wait(lock, [this] { return !is_locked_; });
    is_locked_ = true;
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      is_locked_ = false;
    }
    unlocked_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable unlocked_;
  bool is_locked_ = false;  // guarded by mutex_
};

}  // namespace annals::storage
