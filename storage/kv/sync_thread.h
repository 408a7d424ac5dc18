#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "schema/base/result.h"

namespace annals::storage {

/// Makes things durable on a thread of its own, so that whoever wrote them can go on meanwhile. One
/// call of `sync` serves all who asked for it before it began. All members are thread-safe.
class SyncThread {
 public:
  /// `sync` makes durable what was written before it is called, or tells why not; the first failure
  /// is also the answer to everyone after it.
  explicit SyncThread(std::function<Status()> sync) : sync_(std::move(sync)) {}
  ~SyncThread() { end(); }
  SyncThread(const SyncThread&) = delete;
  SyncThread& operator=(const SyncThread&) = delete;

  /// Asks for a sync and returns at once.
  std::uint64_t start();
  /// Waits for the sync that start() gave this number for. Error: that of `sync`.
  Status finish(std::uint64_t number);

  /// Waits for a sync that has begun; none begins any more, and no one may wait for one.
  void end();

 private:
  void run();

  const std::function<Status()> sync_;
  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::condition_variable wanted_more_;
  std::condition_variable done_more_;
  std::uint64_t wanted_ = 0;  // the last number given
  std::uint64_t done_ = 0;    // the last one that is done
  Status status_;
  bool ends_ = false;
  std::thread thread_;  // made when it is needed
};

}  // namespace annals::storage
