#pragma once

#include <cstdint>

#include "query/executor/row_certainty.h"
#include "storage/graph_index/fact.h"

namespace annals::query {

/// The facts that hold wherever a row does, whatever else it uses, as far as their dates tell by
/// themselves: see (1) and (4) of row_certainty.h. For such a fact use_spell() gives the row as it
/// was, in a scope that asks so. A value.
class FreeFacts {
 public:
  /// None.
  FreeFacts() = default;
  explicit FreeFacts(const ScopeTimes& times) {
    if (times.uncertain || times.event) return;
    if (times.kind == ScopeKind::kAllTime) asked_ = Asked::kAllTime;
    if (times.kind != ScopeKind::kAt || times.window.from != times.window.to) return;
    asked_ = Asked::kInstant;
    at_ = times.window.from;
  }

  bool has(const storage::Fact& fact) const {
    switch (asked_) {
      case Asked::kInstant: return fact.begin.latest <= at_ && at_ < fact.end.earliest;
      case Asked::kAllTime:
        return fact.begin.latest != kEndOfTime && !fact.begin_is_moved &&
               fact.begin.earliest < fact.end.latest;
      case Asked::kOther: break;
    }
    return false;
  }

 private:
  enum class Asked : std::uint8_t { kOther, kInstant, kAllTime };
  Asked asked_ = Asked::kOther;
  Micros at_ = 0;
};

}  // namespace annals::query
