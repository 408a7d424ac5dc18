#pragma once

#include <memory>
#include <string>

#include "storage/kv/ingestion.h"

namespace annals::storage {

/// Runs in files of their own, called `name_begin` with a number behind it, and deleted with what
/// this gives; the folder is the caller's. They are not synced: after a crash nobody wants them. A
/// file is written once and read once, from its begin to its end. Damage to it is noticed when it
/// is read, wherever that is (Corruption, by read() or the reader).
std::unique_ptr<SortedRuns> make_run_files(std::string name_begin);

}  // namespace annals::storage
