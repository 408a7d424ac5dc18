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
class Slice;
class Snapshot;
}  // namespace rocksdb

namespace annals::storage {

/// An iterator of RocksDB's, with an upper bound or without. RocksDB's bounds are where its
/// iterators stop, however much that is gone lies behind. They are read at each seek, so that a
/// bound may be changed before one.
class BoundedRows {
 public:
  BoundedRows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* handle,
              const rocksdb::Snapshot* snapshot, bool is_bounded);
  ~BoundedRows();
  BoundedRows(const BoundedRows&) = delete;
  BoundedRows& operator=(const BoundedRows&) = delete;

  bool is_bounded() const { return is_bounded_; }
  /// Requires is_bounded(); the next call for the iterator must be a seek.
  void set_upper(std::string_view upper);

  rocksdb::Iterator* operator->() const { return rows_.get(); }

 private:
  const bool is_bounded_;
  std::string upper_;
  const std::unique_ptr<rocksdb::Slice> bound_;  // of upper_; RocksDB has its address
  std::unique_ptr<rocksdb::Iterator> rows_;      // dies first
};

/// A snapshot of RocksDB, and iterators over it that are not in use: making one takes RocksDB
/// longer than a seek does, and a question about a node is little else. Thread-safe.
class RocksSnapshot final : public KvSnapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& db);
  ~RocksSnapshot() override;
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  const rocksdb::Snapshot* get() const { return snapshot_; }

  /// An iterator over the family, standing anywhere; with any bound, if it has one.
  std::unique_ptr<BoundedRows> take(Family family, rocksdb::ColumnFamilyHandle* handle,
                                    bool is_bounded) const;
  void give_back(Family family, std::unique_ptr<BoundedRows> iterator) const;

 private:
  using Idle = std::vector<std::unique_ptr<BoundedRows>>;

  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
  mutable std::mutex mutex_;  // guards both
  mutable std::array<Idle, kFamilyCount> bounded_, unbounded_;
};

/// The keys of the family in [lower, upper); without a snapshot as of now. `path`, the database's
/// for errors, must outlive it.
std::unique_ptr<KvIterator> make_rocks_iterator(rocksdb::DB& db, Family family,
                                                rocksdb::ColumnFamilyHandle* handle,
                                                std::string_view lower, std::string_view upper,
                                                const RocksSnapshot* snapshot,
                                                const std::string& path);

}  // namespace annals::storage
