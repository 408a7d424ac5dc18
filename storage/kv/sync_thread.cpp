#include "storage/kv/sync_thread.h"

namespace annals::storage {

void SyncThread::end() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wanted_more_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t SyncThread::start() {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++wanted_;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  wanted_more_.notify_one();
  return number;
}

Status SyncThread::finish(std::uint64_t number) {
  std::unique_lock lock(mutex_);
  done_more_.wait(lock, [&] { return done_ >= number; });
  return status_;
}

void SyncThread::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_more_.wait(lock, [&] { return ends_ || wanted_ > done_; });
    if (ends_) return;
    const std::uint64_t number = wanted_;
    if (status_) {
      lock.unlock();
      Status status = sync_();
      lock.lock();
      status_ = std::move(status);
    }
    done_ = number;
    done_more_.notify_all();
  }
}

}  // namespace annals::storage
