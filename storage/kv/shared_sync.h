#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "schema/base/result.h"
#include "schema/base/worker_thread.h"

namespace annals::storage {

/// Makes things durable for several threads: one call of `sync` serves all who asked for it before
/// it began. Whoever waits first makes the call, since to be woken takes a while. If others asked
/// meanwhile a thread makes the next ones, until nobody asks: the disk is not idle between them.
/// All members are thread-safe.
class SharedSync {
 public:
  /// `sync` makes durable what was written before it is called, or tells why not; the first failure
  /// is also the answer to everyone after it.
  explicit SharedSync(std::function<Status()> sync) : sync_(std::move(sync)) {}
  SharedSync(const SharedSync&) = delete;
  SharedSync& operator=(const SharedSync&) = delete;

  /// Asks for a sync, of what was written up to now.
  std::uint64_t ask();
  /// Returns when a sync is done that ask() gave this number or a higher one for. Error: that of
  /// `sync`.
  Status wait(std::uint64_t number);
  /// Whether a call of `sync` is under way now, or one that others asked for is about to be.
  bool is_running();

 private:
  void call(std::unique_lock<std::mutex>& lock);
  void go_on();

  const std::function<Status()> sync_;
  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::condition_variable ended_;  // a call
  std::uint64_t asked_ = 0;        // the last number given
  std::uint64_t done_ = 0;         // the last one that is done
  bool is_running_ = false;
  Status status_;

  WorkerThread thread_;  // goes on; dies first
};

}  // namespace annals::storage
