#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "schema/base/result.h"

namespace annals::inline schema {

using Task = std::function<Status()>;

/// In how many threads tasks are run: in the caller's, or in that and another one. Starting a
/// thread takes some 30 microseconds.
enum class RunIn : std::uint8_t { kOneThread, kTwoThreads };

/// Calls the tasks, the first ones first; in one thread if no other is to be had. Returns when all
/// that were begun are done: after an error no more are, and it is the result; of several that of
/// the earliest task. What a task throws is thrown here. Thread-safe.
Status run_tasks(RunIn threads, std::span<const Task> tasks);

}  // namespace annals::inline schema
