#include "schema/base/worker_thread.h"

namespace annals::inline schema {

WorkerThread::~WorkerThread() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void WorkerThread::add(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    // First, since it throws where no thread is to be had: then the task is not kept either.
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void WorkerThread::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ends_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace annals::inline schema
