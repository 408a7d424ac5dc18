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
  if (!is_running_ && done_ < number) {
    is_running_ = true;
    call(lock);
    is_running_ = done_ < asked_;
    if (is_running_) thread_.run([this] { go_on(); });
  }
  ended_.wait(lock, [&] { return done_ >= number; });
  return status_;
}

/// One call, unless one has failed, for all who have asked.
void SharedSync::call(std::unique_lock<std::mutex>& lock) {
  const std::uint64_t last = asked_;
  if (status_) {
    lock.unlock();
    Status status = sync_();
    lock.lock();
    status_ = std::move(status);
  }
  done_ = last;
  ended_.notify_all();
}

/// The thread, as long as somebody asks.
void SharedSync::go_on() {
  std::unique_lock lock(mutex_);
  while (done_ < asked_) call(lock);
  is_running_ = false;
}

}  // namespace annals::storage
