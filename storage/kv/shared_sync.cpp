#include "storage/kv/shared_sync.h"

namespace annals::storage {

std::uint64_t SharedSync::ask() {
  const std::lock_guard lock(mutex_);
  return ++asked_;
}

bool SharedSync::is_running() {
  const std::lock_guard lock(mutex_);
  return is_running_;
}

Status SharedSync::wait(std::uint64_t number) {
  std::unique_lock lock(mutex_);
  while (done_ < number) {
    if (is_running_) {
      ended_.wait(lock);
      continue;
    }
    const std::uint64_t last = asked_;
    if (status_) {
      is_running_ = true;
      lock.unlock();
      Status status = sync_();
      lock.lock();
      is_running_ = false;
      status_ = std::move(status);
    }
    done_ = last;
    ended_.notify_all();
  }
  return status_;
}

}  // namespace annals::storage
