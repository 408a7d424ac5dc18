#pragma once

#include <string_view>

namespace rocksdb {
class Slice;
}

namespace annals::storage {

/// The same bytes as RocksDB names them, and back. Both live as long as what they were made of.
rocksdb::Slice slice(std::string_view text);
std::string_view view(const rocksdb::Slice& bytes);

}  // namespace annals::storage
