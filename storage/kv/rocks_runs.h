#pragma once

#include <memory>
#include <string>

#include "storage/kv/ingestion.h"

namespace annals::storage {

/// Runs in RocksDB's sorted files, called `name_begin` with a number behind it; deleting them is
/// left to whoever made the folder.
std::unique_ptr<SortedRuns> make_rocks_runs(std::string name_begin);

}  // namespace annals::storage
