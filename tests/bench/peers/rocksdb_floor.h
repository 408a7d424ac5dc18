#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "tests/bench/peers/measure.h"

namespace annals::bench {

/// What RocksDB itself takes on this disk, with keys of 16 and values of 100 bytes.
struct RocksdbFloor {
  Timing get;          ///< A random key out of as many as the world has facts, all in the cache.
  Timing append_1000;  ///< 1,000 keys in one batch, synced; of one key.
};

/// `path` must not be there; it is left for the caller to remove.
RocksdbFloor measure_rocksdb(const std::string& path, std::size_t keys);

/// RocksDB with nothing in it, to which keys are committed one by one. `path` likewise.
class RocksdbCommits {
 public:
  explicit RocksdbCommits(const std::string& path);
  ~RocksdbCommits();
  RocksdbCommits(const RocksdbCommits&) = delete;
  RocksdbCommits& operator=(const RocksdbCommits&) = delete;

  /// One key, synced.
  void commit();

 private:
  class Store;
  std::unique_ptr<Store> store_;
};

}  // namespace annals::bench
