#pragma once

#include <string_view>

#include <rocksdb/slice.h>

namespace annals::storage {

/// The same bytes as RocksDB names them, and back. Both live as long as what they were made of.
inline rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace annals::storage
