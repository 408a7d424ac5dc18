#pragma once

#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "storage/kv/key_value_store.h"

namespace rocksdb {
class Status;
}

namespace annals::storage {

/// The error, of something in the folder or file `path`.
Error placed(Error error, const std::string& path);

/// A failure of RocksDB in our words, with its own behind them: they name the file. `doing`: what
/// failed, as in "reading".
Error to_error(const rocksdb::Status& status, std::string_view doing, const std::string& path);

/// The same of reading a family: what the index has lost the log can make anew.
Error read_error(const rocksdb::Status& status, Family family, const std::string& path);

}  // namespace annals::storage
