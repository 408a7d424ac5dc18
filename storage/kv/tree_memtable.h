#pragma once

#include <memory>

namespace rocksdb {
class MemTableRepFactory;
}  // namespace rocksdb

namespace annals::storage {

/// Makes memory tables that are a KeyTree each, instead of RocksDB's skip list: a search in that
/// waits for memory at some twenty keys, in the tree at three or four. They need
/// DBOptions::allow_concurrent_memtable_write to be off. Thread-safe.
std::shared_ptr<rocksdb::MemTableRepFactory> make_tree_memtables();

}  // namespace annals::storage
