#pragma once

#include <memory>
#include <string>

#include "schema/base/result.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Both parts of a database, open for writing.
struct OpenParts {
  std::unique_ptr<KeyValueStore> log;
  /// Errors: those of open_rocks_store(), of which NotFound says that there is none yet.
  Result<std::unique_ptr<KeyValueStore>> index;
};

/// Opens the log and, in another thread, the index beside it as soon as the log has the lock of the
/// database: nobody but its holder opens, makes or throws away an index. `options` are those of the
/// log. Errors: those of open_rocks_store() with the log.
Result<OpenParts> open_parts(const std::string& path, const StoreOptions& options);

}  // namespace annals::storage
