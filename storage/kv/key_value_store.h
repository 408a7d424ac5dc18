#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "storage/kv/family.h"
#include "storage/kv/write_batch.h"

namespace annals::storage {

/// Whether a write survives power loss.
enum class Durability : std::uint8_t {
  kSynced,   ///< On disk.
  kRelaxed,  ///< With the operating system; sync() makes it durable.
};

/// Walks the keys of one family within [lower, upper) in byte order, as of its creation (or of its
/// snapshot). It passes over what is gone within its bounds, which takes longer the more that is,
/// and over nothing behind the upper one. Not shareable between threads; must die before its
/// snapshot and its store. key() and value() are valid until the next call that is not const.
class KvIterator {
 public:
  virtual ~KvIterator() = default;
  virtual bool valid() const = 0;
  virtual std::string_view key() const = 0;              ///< Requires valid().
  virtual std::string_view value() const = 0;            ///< Requires valid().
  virtual void next() = 0;                               ///< Requires valid().
  virtual void prev() = 0;                               ///< Requires valid().
  virtual void seek(std::string_view key) = 0;           ///< To the first key >= `key` in bounds.
  virtual void seek_for_prev(std::string_view key) = 0;  ///< To the last key <= `key` in bounds.
  /// Walks [lower, upper) from now on, and stands at its first key: costs less than another
  /// iterator. Requires that both upper bounds, that until now and this, are not empty.
  virtual void restrict_to(std::string_view lower, std::string_view upper) = 0;
  /// Corruption or IoError if the walk ended for another reason than the end of the range. Look at
  /// it when valid() turns false.
  virtual Status status() const = 0;
};

/// One consistent state of the whole store. Const members are thread-safe. Must die before its
/// store.
class KvSnapshot {
 public:
  virtual ~KvSnapshot() = default;
};

class Ingestion;  // ingestion.h

/// Ordered bytes on disk: the only thing that Annals knows of RocksDB. Requires that only families
/// of its part are named. All members are thread-safe. Errors: IoError, Corruption. After a failed
/// write, with which what is on disk is not known, the store refuses further ones.
class KeyValueStore {
 public:
  virtual ~KeyValueStore() = default;

  /// Copies the value of `key` into `value`; false if there is none. Without a snapshot: as of now.
  virtual Result<bool> get(Family family, std::string_view key, std::string& value,
                           const KvSnapshot* snapshot = nullptr) const = 0;

  /// The keys in [lower, upper); an empty upper has no end. Positioned at the first.
  virtual std::unique_ptr<KvIterator> iterate(Family family, std::string_view lower,
                                              std::string_view upper,
                                              const KvSnapshot* snapshot = nullptr) const = 0;

  virtual std::unique_ptr<KvSnapshot> snapshot() const = 0;  ///< Waits for a large write.

  /// Applies the batch, whole or not at all; who reads meanwhile without a snapshot may see a part.
  virtual Status write(const WriteBatch& batch, Durability durability) = 0;

  /// Applies many changes cheaply: sorts them by (family, key), later ones winning, writes them as
  /// sorted files and takes these in, all families at once, durable on return. Consumes `batch`.
  virtual Status ingest(WriteBatch&& batch) = 0;
  /// The same for changes that come one batch after the other. No family may be cleared meanwhile.
  virtual Result<std::unique_ptr<Ingestion>> start_ingestion() = 0;

  /// Asks that all that is written be made durable, and returns at once a number for
  /// wait_for_sync(), which sees to it or waits for a thread that does, or tells why not.
  virtual std::uint64_t ask_for_sync() = 0;
  virtual Status wait_for_sync(std::uint64_t number) = 0;
  /// Both.
  Status sync() { return wait_for_sync(ask_for_sync()); }
  /// Whether a thread is making something durable now.
  virtual bool is_syncing() = 0;

  /// Writes memory tables to files, so that the next open has nothing to replay.
  virtual Status flush() = 0;
  /// Begins to, in another thread, with that of one family. What goes wrong the next write tells.
  virtual void begin_flush(Family family) = 0;

  /// Deletes all keys of the family.
  virtual Status clear(Family family) = 0;

  struct FamilyStatistics {
    std::string name;
    std::uint64_t keys_estimate = 0;
    std::uint64_t bytes_on_disk = 0;  ///< Live files, plus what is still in memory.
  };
  virtual std::vector<FamilyStatistics> statistics() const = 0;

  /// How often a block that was needed was in the cache, since the store was opened.
  struct CacheStatistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };
  virtual CacheStatistics cache_statistics() const = 0;

  /// How many blocks the calling thread has looked up, in the cache or on disk, since it began: for
  /// the difference that a read makes.
  virtual std::uint64_t blocks_read_by_thread() const = 0;
  /// The same of deleted rows that iterators passed over in search of one that is there.
  virtual std::uint64_t rows_passed_by_thread() const = 0;
};

/// What a program on this machine may well take for StoreOptions::memory_bytes: a quarter of its
/// memory, at most 1 GiB.
std::size_t default_memory_bytes();

/// Block cache and memory tables of stores that have one bound for both. Thread-safe.
struct StoreMemory;
std::shared_ptr<const StoreMemory> make_store_memory(std::size_t bytes);

struct StoreOptions {
  StorePart part = StorePart::kIndex;
  bool read_only = false;         ///< Opens beside a writer; fails if the folder does not exist.
  bool create_if_missing = true;  ///< The folder; in one that has a log, its index.
  std::size_t memory_bytes = std::size_t{512} << 20;  ///< Used without `memory`.
  std::shared_ptr<const StoreMemory> memory = nullptr;
  /// Called once whoever writes has the lock of the part. Must not throw.
  std::function<void()> when_locked = nullptr;
};

/// That what is derived from the log is not all there, or of another form: Unsupported.
Error incomplete_index();

/// Opens a part of the database in the folder `path` in RocksDB. Whoever writes opens the log
/// first, whose lock is that of the database; whoever reads beside a writer opens the index first,
/// which is then no further than the log. Errors: Conflict when another process writes (naming what
/// to do), NotFound, InvalidArgument for a folder that holds something else (left untouched),
/// Unsupported (a newer format; an index that is opened for reading and is not there, or damaged:
/// incomplete_index()), Corruption, IoError.
Result<std::unique_ptr<KeyValueStore>> open_rocks_store(const std::string& path,
                                                        const StoreOptions& options);

/// Throws away the index of the database at `path`, damaged as it may be. Requires that the
/// log is open for writing, and the index is not open.
Status remove_index(const std::string& path);

}  // namespace annals::storage
