#pragma once

#include <memory>

// RocksDB's own headers stay in the sources of this folder.
namespace rocksdb {
class Env;
class IOStatus;
}  // namespace rocksdb

namespace annals::storage {

/// Makes RocksDB's write-ahead logs durable without RocksDB, which lets no one write while it does
/// so itself. For one database, and outlives it.
class WalFiles {
 public:
  WalFiles();
  ~WalFiles();
  WalFiles(const WalFiles&) = delete;
  WalFiles& operator=(const WalFiles&) = delete;

  /// What the database must be opened with: it sees here which logs are made.
  rocksdb::Env* env() const;

  /// Makes durable what was written to the logs before the call; others may write meanwhile. Error:
  /// what the system says; what reached the disk is not known then. Thread-safe.
  rocksdb::IOStatus sync();

  /// Deletes the logs that nothing was ever written to; for when the database is about to be
  /// closed, and its lock is still held. RocksDB leaves one with each opening that writes nothing.
  void remove_empty();

 private:
  class WatchingFileSystem;
  std::shared_ptr<WatchingFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace annals::storage
