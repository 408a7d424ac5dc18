#include "query/executor/aggregate_state.h"

#include <utility>

#include <fmt/format.h>

#include "query/executor/datum_comparison.h"

namespace annals::query {

AggregateState::AggregateState(FunctionId function, bool distinct, MemoryBudget& memory)
    : function_(function), memory_(memory) {
  if (distinct) seen_ = std::make_unique<KeyTable>(1, memory);
}

Status AggregateState::add_number(const Datum& value) {
  const auto* whole = std::get_if<std::int64_t>(&value.data);
  const auto* real = std::get_if<double>(&value.data);
  if (whole == nullptr && real == nullptr) {
    return Error(
        ErrorCode::kInvalidArgument,
        fmt::format("{}() takes numbers, not a value of type {}",
                    function_ == FunctionId::kSum ? "sum" : "avg", datum_type_name(value.type())));
  }
  if (function_ == FunctionId::kAvg) {
    real_ += whole != nullptr ? static_cast<double>(*whole) : *real;
  } else if (real != nullptr) {
    real_ += *real;
    has_real_ = true;
  } else if (__builtin_add_overflow(whole_, *whole, &whole_)) {
    return Error(ErrorCode::kInvalidArgument, "integer overflow in sum()",
                 "sum(toFloat(...)) adds up larger numbers, rounded");
  }
  return {};
}

Status AggregateState::add(const Datum& value) {
  if (value.is_null()) return {};
  if (seen_ != nullptr) {
    const Datum* const key = &value;
    ANNALS_TRY(const auto added, seen_->add(std::span(&key, 1)));
    if (!added.second) return {};
  }
  ++count_;
  switch (function_) {
    case FunctionId::kSum:
    case FunctionId::kAvg: return add_number(value);
    case FunctionId::kMin:
      if (count_ == 1 || order(value, extreme_) < 0) extreme_ = value;
      break;
    case FunctionId::kMax:
      if (count_ == 1 || order(value, extreme_) > 0) extreme_ = value;
      break;
    case FunctionId::kCollect:
      ANNALS_CHECK_OK(memory_.take(memory_of(value)));
      items_.push_back(value);
      break;
    default: break;  // count
  }
  return {};
}

Datum AggregateState::result() {
  switch (function_) {
    case FunctionId::kCount: return Datum(count_);
    case FunctionId::kSum:
      return has_real_ ? Datum(real_ + static_cast<double>(whole_)) : Datum(whole_);
    case FunctionId::kAvg:
      return count_ == 0 ? Datum() : Datum(real_ / static_cast<double>(count_));
    case FunctionId::kCollect: return list_datum(std::move(items_));
    default: return std::move(extreme_);
  }
}

}  // namespace annals::query
