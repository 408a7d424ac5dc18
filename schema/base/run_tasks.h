#pragma once

#include <functional>
#include <span>

#include "schema/base/result.h"
#include "schema/base/worker_thread.h"

namespace annals::inline schema {

using Task = std::function<Status()>;

/// Calls the tasks, the first ones first: in the caller's thread, and unless it is null in `other`
/// as soon as that has nothing else to do, which nobody waits for. Returns when all that were begun
/// are done: after an error no more are, and it is the result; of several that of the earliest
/// task. What a task throws is thrown here. Thread-safe.
Status run_tasks(WorkerThread* other, std::span<const Task> tasks);

}  // namespace annals::inline schema
