#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "schema/base/clock.h"
#include "storage/database.h"

namespace annals::storage {

/// What define() records.
inline constexpr std::uint64_t kDefinitions = 5;

/// The database in the folder, with small blocks.
std::unique_ptr<Database> opened(const std::string& path, const Clock& clock);

/// Records what add_event() needs.
void define(Database& database);

/// The event number `i` of a load: facts between nodes begin, and end a while later.
void add_event(CommitBuilder& builder, std::size_t i);

/// Until the log has all events of the load, to which another thread appends them.
void wait_for_log(const Database& database, std::uint64_t events);

/// The log is whole, and the index that of the log.
void expect_whole(Database& database);

}  // namespace annals::storage
