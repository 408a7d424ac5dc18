#include "tests/bench/peers/rocksdb_floor.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "tests/bench/peers/appends.h"
#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

void check(const rocksdb::Status& status) {
  if (!status.ok()) fail(status.ToString());
}

/// Zeros and a number, big-endian: keys in the order of an event log.
std::string key_of(std::uint64_t number) {
  std::string key(16, '\0');
  for (std::size_t i = 0; i < 8; ++i) key[15 - i] = static_cast<char>(number >> (8 * i));
  return key;
}

/// Of 100 bytes, half of them random, as events have texts that repeat.
std::vector<std::string> random_values(std::size_t count) {
  std::mt19937_64 random(2);
  std::vector<std::string> values(count, std::string(100, 'x'));
  for (std::string& value : values) {
    for (std::size_t i = 0; i < 48; i += 8) {
      const std::uint64_t bits = random();
      std::memcpy(value.data() + i, &bits, sizeof(bits));
    }
  }
  return values;
}

class Store {
 public:
  explicit Store(const std::string& path) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(std::size_t{2} << 30);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    rocksdb::Options options;
    options.create_if_missing = true;
    options.error_if_exists = true;
    options.compression = rocksdb::kLZ4Compression;
    options.write_buffer_size = std::size_t{128} << 20;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, path, &opened));
    db_.reset(opened);
  }

  void append(std::size_t count, bool sync) {
    rocksdb::WriteBatch batch;
    for (std::size_t i = 0; i < count; ++i, ++next_) {
      check(batch.Put(key_of(next_), values_[next_ % values_.size()]));
    }
    rocksdb::WriteOptions options;
    options.sync = sync;
    check(db_->Write(options, &batch));
  }

  /// Reads every key, so that all of them are in the cache.
  void warm() {
    check(db_->Flush(rocksdb::FlushOptions()));
    check(db_->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr));
    const std::unique_ptr<rocksdb::Iterator> all(db_->NewIterator(rocksdb::ReadOptions()));
    for (all->SeekToFirst(); all->Valid(); all->Next()) {
    }
    check(all->status());
  }

  /// Microseconds of each of `count` reads.
  std::vector<double> read(std::size_t count) {
    std::vector<double> micros;
    std::string value;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = key_of(random_() % next_);
      const auto start = std::chrono::steady_clock::now();
      const rocksdb::Status found = db_->Get(rocksdb::ReadOptions(), key, &value);
      micros.push_back(micros_since(start));
      check(found);
    }
    return micros;
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<std::string> values_ = random_values(4'096);
  std::mt19937_64 random_{1};
  std::uint64_t next_ = 0;
};

}  // namespace

RocksdbFloor measure_rocksdb(const std::string& path, std::size_t keys) {
  constexpr std::size_t kReads = 100'000;
  Store store(path);
  while (keys > 0) {
    const std::size_t count = std::min<std::size_t>(keys, kBatchEvents);
    store.append(count, false);
    keys -= count;
  }
  store.warm();
  RocksdbFloor floor;
  const Stopwatch reading;
  std::vector<double> micros = store.read(kReads);
  floor.get = timing_of(micros);
  floor.get.cpu = reading.cpu_s() * 1e6 / kReads;
  floor.append_1000 =
      measure_commits(kBatchCommits, kBatchEvents, [&] { store.append(kBatchEvents, true); });
  return floor;
}

class RocksdbCommits::Store : public bench::Store {
 public:
  using bench::Store::Store;
};

RocksdbCommits::RocksdbCommits(const std::string& path) : store_(std::make_unique<Store>(path)) {}

RocksdbCommits::~RocksdbCommits() = default;

void RocksdbCommits::commit() { store_->append(1, true); }

}  // namespace annals::bench
