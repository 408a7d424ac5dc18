#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>

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
    if (counts_looks_) looks_.fetch_add(1, std::memory_order_relaxed);
    return requested_.load(std::memory_order_relaxed) ||
           (outer_ != nullptr && outer_->requested()) || is_late();
  }

  /// From now on it counts how often somebody looks at it, from zero. For tests, which so see that
  /// a loop looks without waiting for it; only while no other thread looks.
  void count_looks() noexcept {
    counts_looks_ = true;
    looks_.store(0, std::memory_order_relaxed);
  }
  std::uint64_t looks() const noexcept { return looks_.load(std::memory_order_relaxed); }

  /// From now on it stops by itself when `time` is over, or some milliseconds later; zero: no
  /// longer. Only for the thread that runs the statement, while no other looks at the flag.
  void stop_after(std::chrono::milliseconds time) noexcept {
    has_deadline_ = time.count() > 0;
    if (has_deadline_) deadline_ = std::chrono::steady_clock::now() + time;
  }
  /// Whether that time is over.
  bool is_late() const noexcept { return has_deadline_ && last_tick() >= deadline_; }

 private:
  /// The time at the system's last tick, up to ten milliseconds ago. Statements look at it all the
  /// time: to ask for the present would take them ten times as long.
  static std::chrono::steady_clock::time_point last_tick() noexcept {
    timespec tick{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &tick);
    return std::chrono::steady_clock::time_point(std::chrono::seconds(tick.tv_sec) +
                                                 std::chrono::nanoseconds(tick.tv_nsec));
  }

  std::atomic<bool> requested_{false};
  const StopFlag* outer_ = nullptr;
  bool counts_looks_ = false;
  mutable std::atomic<std::uint64_t> looks_{0};
  bool has_deadline_ = false;
  std::chrono::steady_clock::time_point deadline_;
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets the flag");
};

}  // namespace annals::inline schema
