#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "storage/kv/key_value_store.h"

// RocksDB's own headers stay in the sources of this folder.
namespace rocksdb {
class Cache;
class Logger;
class Statistics;
class WriteBufferManager;
struct ColumnFamilyOptions;
struct DBOptions;
}  // namespace rocksdb

namespace annals::storage {

class GatheredKeys;

/// Sorted files are cut here, so that compactions have pieces to work with.
inline constexpr std::uint64_t kSortedFileBytes = std::uint64_t{64} << 20;

/// Bytes of checksum for each key on its way through memory: what RAM alters is found.
inline constexpr std::size_t kProtectionBytes = 8;

/// How RocksDB keeps a family. `cache` and `gathered` are shared by all of them.
rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache,
                                            const std::shared_ptr<GatheredKeys>& gathered,
                                            std::size_t memory_bytes);

/// How RocksDB keeps a part of the database: nothing is repaired silently, and the first failed
/// write is the last. Without a logger, and without what bounds memory tables and counts the use of
/// the cache.
rocksdb::DBOptions database_options(const StoreOptions& options);

/// What several stores share that share their memory.
struct StoreMemory {
  explicit StoreMemory(std::size_t memory_bytes);

  const std::size_t bytes;
  const std::shared_ptr<rocksdb::Cache> cache;
  const std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
  const std::shared_ptr<rocksdb::Statistics> counts;  ///< Of the cache's use.
};

/// RocksDB's warnings, in a file of bounded size that begins anew here. Nothing that happens to the
/// file does any harm.
std::shared_ptr<rocksdb::Logger> remark_log(const std::string& path);

}  // namespace annals::storage
