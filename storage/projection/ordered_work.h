#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "schema/base/result.h"

namespace annals::storage {

/// Works on a few items at once, each in a thread of its own, and takes what comes of them in their
/// order. For one caller.
template <class Item>
class OrderedWork {
 public:
  /// `work` is called in other threads; `take` in the caller's. After an error of either nothing
  /// more is taken.
  OrderedWork(std::function<Status(Item&)> work, std::function<Status(Item&&)> take)
      : work_(std::move(work)), take_(std::move(take)) {}

  /// Waits until few are being worked on, and until all of them, with this one, are not larger than
  /// `bytes_max`. One that is larger by itself is taken before this returns.
  Status add(Item item, std::size_t bytes, std::size_t bytes_max) {
    // One more than is worked on, so that no thread waits for the caller.
    constexpr std::size_t kItemsMax = 3;
    while (items_.size() >= kItemsMax || (!items_.empty() && bytes_ + bytes > bytes_max)) {
      ANNALS_CHECK_OK(take_first());
    }
    bytes_ += bytes;
    One one{std::make_unique<Item>(std::move(item)), bytes, {}};
    one.done = std::async(std::launch::async, [this, at = one.item.get()] { return work_(*at); });
    items_.push_back(std::move(one));
    return bytes > bytes_max ? take_first() : Status();
  }

  /// Until all are taken.
  Status finish() {
    while (!items_.empty()) ANNALS_CHECK_OK(take_first());
    return {};
  }

 private:
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
  std::deque<One> items_;  // dies first, and waits for what is worked on
};

}  // namespace annals::storage
