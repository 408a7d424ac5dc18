#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kv/key_value_store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Iterator;
class Snapshot;
}  // namespace rocksdb

namespace annals::storage {

/// A snapshot of RocksDB, and iterators over it that are not in use: making one takes RocksDB
/// longer than a seek does, and a question about a node is little else. Thread-safe.
class RocksSnapshot final : public KvSnapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& db);
  ~RocksSnapshot() override;
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  const rocksdb::Snapshot* get() const { return snapshot_; }

  /// An iterator over all of the family, standing anywhere.
  std::unique_ptr<rocksdb::Iterator> take(Family family, rocksdb::ColumnFamilyHandle* handle) const;
  void give_back(Family family, std::unique_ptr<rocksdb::Iterator> iterator) const;

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
  mutable std::mutex mutex_;  // guards idle_
  mutable std::array<std::vector<std::unique_ptr<rocksdb::Iterator>>, kFamilyCount> idle_;
};

/// The keys of the family in [lower, upper); without a snapshot as of now. `path`, the database's
/// for errors, must outlive it.
std::unique_ptr<KvIterator> make_rocks_iterator(rocksdb::DB& db, Family family,
                                                rocksdb::ColumnFamilyHandle* handle,
                                                std::string_view lower, std::string_view upper,
                                                const RocksSnapshot* snapshot,
                                                const std::string& path);

}  // namespace annals::storage
