#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <semaphore>
#include <utility>

#include "schema/base/result.h"

namespace annals::storage {

/// Works on a few items at once, each in a thread of its own, and takes what comes of them in their
/// order. For one caller.
///
/// More may wait, worked on or done, than are worked on at once: an item that takes long keeps
/// those behind it from being taken, and must not keep their threads from working.
template <class Item>
class OrderedWork {
 public:
  /// `work` is called in other threads; `take` in the caller's. After an error of either nothing
  /// more is taken.
  OrderedWork(std::function<Status(Item&)> work, std::function<Status(Item&&)> take)
      : work_(std::move(work)), take_(std::move(take)) {}

  /// Waits until few are there, and until all of them, with this one, are not larger than
  /// `bytes_max`. One that is larger by itself is taken before this returns.
  Status add(Item item, std::size_t bytes, std::size_t bytes_max) {
    constexpr std::size_t kItemsMax = 20;
    while (items_.size() >= kItemsMax || (!items_.empty() && bytes_ + bytes > bytes_max)) {
      ANNALS_CHECK_OK(take_first());
    }
    bytes_ += bytes;
    One one{std::make_unique<Item>(std::move(item)), bytes, {}};
    one.done = std::async(std::launch::async, [this, at = one.item.get()] {
      const Working working(at_work_);
      return work_(*at);
    });
    items_.push_back(std::move(one));
    return bytes > bytes_max ? take_first() : Status();
  }

  /// Until all are taken.
  Status finish() {
    while (!items_.empty()) ANNALS_CHECK_OK(take_first());
    return {};
  }

 private:
  // One more than the cores of a small machine, so that none waits for the caller.
  static constexpr std::ptrdiff_t kWorkersMax = 3;
  using Semaphore = std::counting_semaphore<kWorkersMax>;

  class Working {
   public:
    explicit Working(Semaphore& at_work) : at_work_(at_work) { at_work_.acquire(); }
    ~Working() { at_work_.release(); }
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;

   private:
    Semaphore& at_work_;
  };

  struct One {
    std::unique_ptr<Item> item;  // outlives the work on it
    std::size_t bytes = 0;
    std::future<Status> done;
  };

  Status take_first() {
    One first = std::move(items_.front());
    items_.pop_front();
    bytes_ -= first.bytes;
    ANNALS_CHECK_OK(first.done.get());
    return take_(std::move(*first.item));
  }

  std::function<Status(Item&)> work_;
  std::function<Status(Item&&)> take_;
  std::size_t bytes_ = 0;
  Semaphore at_work_{kWorkersMax};
  std::deque<One> items_;  // dies first, and waits for what is worked on
};

}  // namespace annals::storage
