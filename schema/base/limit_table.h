#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schema/base/limits.h"
#include "schema/base/result.h"

namespace annals::limits {

/// The limits that whoever asks may set for the statements of a session. The others keep formats
/// readable and the stack bounded.
struct StatementLimits {
  std::size_t memory_bytes = kStatementMemoryBytesMax;
  std::size_t spill_bytes = kStatementSpillBytesMax;
  std::size_t image_bytes = kFactImageBytes;
  std::size_t milliseconds = kStatementTimeMax;  ///< Zero: none.
  std::size_t timeline_steps = kTimelineStepsMax;

  std::chrono::milliseconds time() const { return std::chrono::milliseconds(milliseconds); }
};

/// A limit with its name, which is that of its constant without the k.
struct NamedLimit {
  std::string_view name;
  std::size_t value;                                        ///< Unless it is set.
  std::size_t StatementLimits::*where_it_is_set = nullptr;  ///< Null: it is as it is.

  std::size_t value_in(const StatementLimits& limits) const {
    return where_it_is_set == nullptr ? value : limits.*where_it_is_set;
  }
};

/// All limits of limits.h, in its order. Thread-safe.
std::span<const NamedLimit> all_limits();

/// Sets one by `NAME=VALUE`, in which the name is read in any case and the value is a whole number,
/// of bytes perhaps with K, M or G behind it, of time with ms, s or min (without one:
/// milliseconds). InvalidArgument, with "did you mean", if it is anything else, not a limit, one
/// that cannot be set, or zero (which for the time is none).
Status set_limit(std::string_view assignment, StatementLimits& limits);

}  // namespace annals::limits
