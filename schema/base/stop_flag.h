#pragma once

#include <atomic>
#include <chrono>

namespace annals::inline schema {

/// A flag with which another thread or a signal handler asks a running statement to stop. Long
/// loops look at it at least once per batch and then return ErrorCode::kInterrupted.
class StopFlag {
 public:
  StopFlag() = default;
  /// Stops too when `outer` does, which it borrows.
  explicit StopFlag(const StopFlag* outer) : outer_(outer) {}
  StopFlag(const StopFlag&) = delete;
  StopFlag& operator=(const StopFlag&) = delete;

  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  void clear() noexcept { requested_.store(false, std::memory_order_relaxed); }
  bool requested() const noexcept {
    return requested_.load(std::memory_order_relaxed) ||
           (outer_ != nullptr && outer_->requested()) || is_late();
  }

  /// From now on it stops by itself when `time` is over; zero: no longer. Only for the thread that
  /// runs the statement, while no other looks at the flag.
  void stop_after(std::chrono::milliseconds time) noexcept {
    has_deadline_ = time.count() > 0;
    if (has_deadline_) deadline_ = std::chrono::steady_clock::now() + time;
  }
  /// Whether that time is over.
  bool is_late() const noexcept {
    return has_deadline_ && std::chrono::steady_clock::now() >= deadline_;
  }

 private:
  std::atomic<bool> requested_{false};
  const StopFlag* outer_ = nullptr;
  bool has_deadline_ = false;
  std::chrono::steady_clock::time_point deadline_;
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets the flag");
};

}  // namespace annals::inline schema
