#pragma once

#include <atomic>

namespace annals::inline schema {

/// A flag with which another thread or a signal handler asks a running statement to stop. Long
/// loops look at it at least once per batch and then return ErrorCode::kInterrupted.
class StopFlag {
 public:
  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  void clear() noexcept { requested_.store(false, std::memory_order_relaxed); }
  bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets the flag");
};

}  // namespace annals::inline schema
