#include "query/executor/aggregate_state.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "query/executor/datum_comparison.h"

namespace annals::query {

namespace {

std::string_view name_of(FunctionId function) {
  switch (function) {
    case FunctionId::kSum: return "sum";
    case FunctionId::kStDev: return "stDev";
    case FunctionId::kStDevP: return "stDevP";
    case FunctionId::kPercentileCont: return "percentileCont";
    case FunctionId::kPercentileDisc: return "percentileDisc";
    default: return "avg";
  }
}

Error sum_overflow() {
  return {ErrorCode::kInvalidArgument, "integer overflow in sum()",
          "sum(toFloat(...)) adds up larger numbers, rounded"};
}

double as_float(const Datum& datum) {
  const auto* whole = std::get_if<std::int64_t>(&datum.data);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(datum.data);
}

}  // namespace

AggregateState::AggregateState(FunctionId function, bool distinct, double share,
                               MemoryBudget& memory)
    : function_(function), share_(share), memory_(memory) {
  if (distinct) seen_ = std::make_unique<KeyTable>(1, memory);
}

Status AggregateState::add_number(const Datum& value) {
  const auto* whole = std::get_if<std::int64_t>(&value.data);
  const auto* real = std::get_if<double>(&value.data);
  if (whole == nullptr && real == nullptr) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("{}() takes numbers, not a value of type {}", name_of(function_),
                             datum_type_name(value.type())));
  }
  if (function_ == FunctionId::kPercentileCont || function_ == FunctionId::kPercentileDisc) {
    ANNALS_CHECK_OK(memory_.take(memory_of(value)));
    items_.push_back(value);
    return {};
  }
  if (function_ == FunctionId::kStDev || function_ == FunctionId::kStDevP) {
    const double number = as_float(value);
    const double before = number - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (number - mean_);
    return {};
  }
  if (function_ == FunctionId::kAvg) {
    real_ += whole != nullptr ? static_cast<double>(*whole) : *real;
  } else if (real != nullptr) {
    real_ += *real;
    has_real_ = true;
  } else if (__builtin_add_overflow(whole_, *whole, &whole_)) {
    return sum_overflow();
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
    case FunctionId::kAvg:
    case FunctionId::kStDev:
    case FunctionId::kStDevP:
    case FunctionId::kPercentileCont:
    case FunctionId::kPercentileDisc: return add_number(value);
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

bool AggregateState::can_add_integers(FunctionId function, bool distinct) {
  return !distinct && (function == FunctionId::kCount || function == FunctionId::kSum);
}

Status AggregateState::add_integers(std::span<const std::int64_t> values) {
  add_rows(values.size());
  if (function_ == FunctionId::kCount) return {};
  for (const std::int64_t value : values) {
    if (__builtin_add_overflow(whole_, value, &whole_)) return sum_overflow();
  }
  return {};
}

bool AggregateState::can_merge(FunctionId function, bool distinct) {
  if (distinct) return false;
  return function == FunctionId::kCount || function == FunctionId::kSum ||
         function == FunctionId::kMin || function == FunctionId::kMax ||
         function == FunctionId::kCollect;
}

Result<bool> AggregateState::merge(AggregateState&& other) {
  if (has_real_ || other.has_real_ || __builtin_add_overflow(whole_, other.whole_, &whole_)) {
    return false;
  }
  const bool takes_extreme = function_ == FunctionId::kMin || function_ == FunctionId::kMax;
  if (takes_extreme && other.count_ > 0) {
    const std::weak_ordering compared = order(other.extreme_, extreme_);
    const bool is_better = function_ == FunctionId::kMin ? compared < 0 : compared > 0;
    if (count_ == 0 || is_better) extreme_ = std::move(other.extreme_);
  }
  for (Datum& item : other.items_) {
    ANNALS_CHECK_OK(memory_.take(memory_of(item)));
    items_.push_back(std::move(item));
  }
  count_ += other.count_;
  return true;
}

/// As openCypher: by steps, or between the two nearest.
Datum AggregateState::percentile() {
  if (items_.empty()) return {};
  std::sort(items_.begin(), items_.end(),
            [](const Datum& a, const Datum& b) { return order(a, b) < 0; });
  const auto last = static_cast<double>(items_.size() - 1);
  if (function_ == FunctionId::kPercentileDisc) {
    const double rank = std::ceil(share_ * static_cast<double>(items_.size()));
    return items_[rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1];
  }
  const double at = share_ * last;
  const double low = std::floor(at);
  const double below = as_float(items_[static_cast<std::size_t>(low)]);
  const double above = as_float(items_[static_cast<std::size_t>(std::ceil(at))]);
  return Datum(below + (above - below) * (at - low));
}

Datum AggregateState::deviation() const {
  const std::int64_t degrees = function_ == FunctionId::kStDev ? count_ - 1 : count_;
  return Datum(degrees < 1 ? 0.0 : std::sqrt(squares_ / static_cast<double>(degrees)));
}

Datum AggregateState::result() {
  switch (function_) {
    case FunctionId::kCount: return Datum(count_);
    case FunctionId::kSum:
      return has_real_ ? Datum(real_ + static_cast<double>(whole_)) : Datum(whole_);
    case FunctionId::kAvg:
      return count_ == 0 ? Datum() : Datum(real_ / static_cast<double>(count_));
    case FunctionId::kStDev:
    case FunctionId::kStDevP: return deviation();
    case FunctionId::kPercentileCont:
    case FunctionId::kPercentileDisc: return percentile();
    case FunctionId::kCollect: return list_datum(std::move(items_));
    default: return std::move(extreme_);
  }
}

}  // namespace annals::query
