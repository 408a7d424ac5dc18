#include "query/executor/order_system.h"

#include <algorithm>

namespace annals::query {

std::size_t OrderSystem::add_unknown(Micros low, Micros high) {
  unknowns_.push_back({low, high});
  return unknowns_.size() - 1;
}

bool OrderSystem::add(const Order& order) {
  if (implies(order)) return true;
  orders_.push_back(order);
  return settle();
}

bool OrderSystem::implies(const Order& order) const {
  const Micros high = unknowns_[order.before].high;
  const Micros low = unknowns_[order.after].low;
  return order.gap == 0 ? high <= low : high < low;
}

bool OrderSystem::settle() {
  for (std::size_t round = 0; round <= unknowns_.size(); ++round) {
    bool moved = false;
    for (const Order& order : orders_) {
      Bounds& before = unknowns_[order.before];
      Bounds& after = unknowns_[order.after];
      // Nothing is after the last instant or before the first: no overflow below.
      const bool at_edge = before.low == kEndOfTime || after.high == kBeginningOfTime;
      if (order.gap != 0 && at_edge) return false;
      if (after.low < before.low + order.gap) {
        after.low = before.low + order.gap;
        moved = true;
      }
      if (before.high > after.high - order.gap) {
        before.high = after.high - order.gap;
        moved = true;
      }
      if (before.low > before.high || after.low > after.high) return false;
    }
    if (!moved) return true;
  }
  return false;
}

}  // namespace annals::query
