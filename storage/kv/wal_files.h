#pragma once

#include <cstdint>
#include <functional>
#include <memory>

// RocksDB's own headers stay in the sources of this folder.
namespace rocksdb {
class Env;
class IOStatus;
}  // namespace rocksdb

namespace annals::storage {

/// Makes RocksDB's write-ahead logs durable without RocksDB, which lets no one write while it does
/// so itself, and keeps it from writing files of settings. For one database, and outlives it.
class WalFiles {
 public:
  /// What a sync leaves behind the end of a log. Up to the end of a page of the disk there are
  /// zeros: what is written next takes their place, so that the size of the file, which lies
  /// elsewhere on the disk, need not be synced each time. Whoever reads the log through env() does
  /// not see them, provided that no record ends with a zero byte.
  enum class Tail : std::uint8_t { kNothing, kZeros };

  /// Calls `when_locked`, if it is one, when the database has its lock.
  WalFiles(Tail tail, std::function<void()> when_locked);
  ~WalFiles();
  WalFiles(const WalFiles&) = delete;
  WalFiles& operator=(const WalFiles&) = delete;

  /// What the database must be opened with: it sees here which logs are made, and their ends.
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
