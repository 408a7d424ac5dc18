#pragma once

#include <memory>
#include <vector>

#include "schema/base/worker_thread.h"

namespace rocksdb {
class MemTableRepFactory;
}  // namespace rocksdb

namespace annals::storage {

class KeyTree;

/// The keys of a large write on their way into memory tables. RocksDB hands over row after row, in
/// one thread; searching their places in the trees waits for memory, which two threads that know
/// all keys do in a third of the time.
///
/// Not thread-safe: while keys are gathered, one thread writes, nothing is flushed, and who reads
/// may miss them.
class GatheredKeys {
 public:
  /// While it lives keys are gathered, and in the end they are inserted, with the help of another
  /// thread. If they cannot be, the process ends: RocksDB takes them to be there.
  class Gathering {
   public:
    Gathering(GatheredKeys& keys, WorkerThread& helper) : keys_(keys), helper_(helper) {
      keys_.is_open_ = true;
    }
    ~Gathering() { keys_.insert_all(helper_); }
    Gathering(const Gathering&) = delete;
    Gathering& operator=(const Gathering&) = delete;

   private:
    GatheredKeys& keys_;
    WorkerThread& helper_;
  };

  /// False, and it is not taken: keys are not gathered. Borrows the tree and the key until they are
  /// no more.
  bool take(KeyTree& tree, const char* key);
  bool has_of(const KeyTree& tree) const;  ///< Whether keys of the tree are not inserted yet.

 private:
  void insert_all(WorkerThread& helper) noexcept;

  struct OfTree {
    KeyTree* tree;
    std::vector<const char*> keys;
  };

  bool is_open_ = false;
  std::vector<OfTree> trees_;
};

/// Makes memory tables that are a KeyTree each, instead of RocksDB's skip list: a search in that
/// waits for memory at some twenty keys, in the tree at three or four. They need
/// DBOptions::allow_concurrent_memtable_write to be off. Their keys go through `gathered`.
/// Thread-safe.
std::shared_ptr<rocksdb::MemTableRepFactory> make_tree_memtables(
    std::shared_ptr<GatheredKeys> gathered);

}  // namespace annals::storage
