#pragma once

#include <atomic>

#include "schema/base/clock.h"

namespace annals::tests {

/// A clock that shows what it is told. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros now = 0) : now_(now) {}
  Micros now() const override { return now_.load(); }
  void set(Micros now) { now_.store(now); }
  void advance(Micros by) { now_.fetch_add(by); }

 private:
  std::atomic<Micros> now_;
};

}  // namespace annals::tests
