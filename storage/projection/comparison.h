#pragma once

#include <cstdint>
#include <string>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Where two projections of one log first differ in what they tell of a family, for people; empty
/// if they do not. Adds to `rows` how many were compared. Borrows the stores, which nobody may
/// write to meanwhile. Errors: Interrupted, Corruption, IoError.
Result<std::string> first_difference(Family family, const KeyValueStore& live,
                                     const KeyValueStore& rebuilt, std::uint64_t& rows,
                                     const StopFlag& stop);

}  // namespace annals::storage
