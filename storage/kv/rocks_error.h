#pragma once

#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace rocksdb {
class Status;
}

namespace annals::storage {

/// The error, of something in the folder or file `path`.
Error placed(Error error, const std::string& path);

/// A failure of RocksDB in our words, with its own behind them: they name the file. `doing`: what
/// failed, as in "reading".
Error to_error(const rocksdb::Status& status, std::string_view doing, const std::string& path);

}  // namespace annals::storage
