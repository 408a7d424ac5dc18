#include "storage/kv/rocks_options.h"

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdio>

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include "storage/kv/tree_memtable.h"

namespace annals::storage {

namespace {

/// Whether single keys of the family are looked up, which is what filters help
/// with. The other families are walked.
bool has_lookups(Family family) {
  return family == Family::kEntity || family == Family::kEventId || family == Family::kCorrection;
}

/// Whether rows of the family are so large that walking to one, past up to fifteen others, takes
/// longer than finding it among those whose keys are written out: a tenth of reading a node, for
/// 0.4 % on disk. Every second key is written out there.
bool has_large_rows(Family family) { return family == Family::kOut || family == Family::kIn; }

/// RocksDB's remarks, in a file of bounded size that begins anew with each open. RocksDB's own
/// logger aborts the process at the second remark that a full disk does not take, at least in
/// Debian's build, and writes a hundred kilobytes of settings with each open.
class RemarkLog final : public rocksdb::Logger {
 public:
  explicit RemarkLog(const std::string& path)
      : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), file_(std::fopen(path.c_str(), "we")) {}
  ~RemarkLog() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  RemarkLog(const RemarkLog&) = delete;
  RemarkLog& operator=(const RemarkLog&) = delete;

  void LogHeader(const char*, va_list) override {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    constexpr long kBytesMax = 1L << 20;
    if (file_ == nullptr || bytes_ >= kBytesMax) return;
    const int written = std::vfprintf(file_, format, arguments);
    std::fputc('\n', file_);
    std::fflush(file_);
    bytes_ += std::max(written, 1);
  }

 private:
  std::FILE* const file_;
  std::atomic<long> bytes_{0};
};

/// Counts how often blocks were in the cache, and nothing else: RocksDB's own statistics make
/// hundreds of counters and sixty histograms for each core, which takes milliseconds of a start.
class CacheCounts final : public rocksdb::Statistics {
 public:
  CacheCounts() { set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers); }

  uint64_t getTickerCount(uint32_t ticker) const override {
    const std::atomic<uint64_t>* const count = count_of(ticker);
    return count == nullptr ? 0 : count->load(std::memory_order_relaxed);
  }
  void recordTick(uint32_t ticker, uint64_t more) override {
    if (std::atomic<uint64_t>* const count = count_of(ticker)) {
      count->fetch_add(more, std::memory_order_relaxed);
    }
  }
  void setTickerCount(uint32_t ticker, uint64_t now) override {
    if (std::atomic<uint64_t>* const count = count_of(ticker)) count->store(now);
  }
  uint64_t getAndResetTickerCount(uint32_t ticker) override {
    std::atomic<uint64_t>* const count = count_of(ticker);
    return count == nullptr ? 0 : count->exchange(0);
  }
  void histogramData(uint32_t, rocksdb::HistogramData*) const override {}
  void recordInHistogram(uint32_t, uint64_t) override {}
  bool HistEnabledForType(uint32_t) const override { return false; }

 private:
  std::atomic<uint64_t>* count_of(uint32_t ticker) {
    if (ticker == rocksdb::BLOCK_CACHE_HIT) return &hits_;
    return ticker == rocksdb::BLOCK_CACHE_MISS ? &misses_ : nullptr;
  }
  const std::atomic<uint64_t>* count_of(uint32_t ticker) const {
    return const_cast<CacheCounts*>(this)->count_of(ticker);
  }

  std::atomic<uint64_t> hits_{0};
  std::atomic<uint64_t> misses_{0};
};

}  // namespace

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache,
                                            const std::shared_ptr<GatheredKeys>& gathered,
                                            std::size_t memory_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = std::size_t{has_lookups(family) ? 4U : 16U} << 10;
  if (has_large_rows(family)) table.block_restart_interval = 2;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  if (has_lookups(family)) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Indexes and filters count against the cache, so that memory has one bound.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compaction_style = rocksdb::kCompactionStyleLevel;
  options.level_compaction_dynamic_level_bytes = true;
  options.target_file_size_base = kSortedFileBytes;
  // The log only grows at its end: compressed for good at once, its files are moved from level to
  // level and not written anew.
  const bool is_log = family == Family::kLog;
  options.compression = is_log ? rocksdb::kZSTD : rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  // Packed bits compress as badly at level 7 as at level 1: the facts of a million take 1 to 3 %
  // less. The log takes 2 % less at level 4, which sst_dump wrote as quickly as at level 1.
  const int level = is_log ? 4 : 1;
  options.compression_opts.level = level;
  options.bottommost_compression_opts.level = level;
  options.bottommost_compression_opts.enabled = true;
  options.write_buffer_size =
      std::clamp(memory_bytes / 8, std::size_t{1} << 20, std::size_t{64} << 20);
  // More than two memory tables meet a bug with retried flushes that was mended
  // in RocksDB 7.9.
  options.max_write_buffer_number = 2;
  options.memtable_factory = make_tree_memtables(gathered);
  options.memtable_protection_bytes_per_key = kProtectionBytes;
  options.force_consistency_checks = true;
  options.paranoid_file_checks = true;
  return options;
}

rocksdb::DBOptions database_options(const StoreOptions& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = !options.read_only;
  db.create_missing_column_families = !options.read_only;
  // In the log damage is found, not worked around. The default recovery mode ends the write-ahead
  // log at the first bad byte and opens as if nothing were missing; this one tells a torn tail from
  // damage. The index may end where it can be read no further: nobody waited until it was on disk,
  // so that a power cut may leave holes, and the rest is made of the log.
  const bool is_log = options.part == StorePart::kLog;
  db.wal_recovery_mode = is_log ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.track_and_verify_wals_in_manifest = true;
  db.verify_sst_unique_id_in_manifest = true;
  // Of whole files, beside those of their blocks; it takes a fiftieth of a load.
  if (is_log) db.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  db.paranoid_checks = true;
  db.fail_if_options_file_error = false;  // WalFiles lets it have none
  db.recycle_log_file_num = 0;
  db.wal_compression = rocksdb::kNoCompression;
  db.manual_wal_flush = false;
  db.allow_concurrent_memtable_write = false;  // as trees demand it
  db.max_bgerror_resume_count = 0;             // invariant (2)
  db.max_total_wal_size = std::uint64_t{128} << 20;
  db.allow_data_in_errors = false;
  // The level has another default in builds without NDEBUG, and the log no
  // bound at all.
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.max_log_file_size = std::size_t{1} << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.max_open_files = 512;
  db.max_file_opening_threads = 1;
  db.max_background_jobs = 2;
  db.bytes_per_sync = std::uint64_t{1} << 20;
  return db;
}

// A quarter for what is being written, charged to the cache, which has the rest for reading.
StoreMemory::StoreMemory(std::size_t memory_bytes)
    : bytes(memory_bytes),
      cache(rocksdb::NewLRUCache(memory_bytes)),
      write_buffers(std::make_shared<rocksdb::WriteBufferManager>(memory_bytes / 4, cache)),
      counts(std::make_shared<CacheCounts>()) {}

std::shared_ptr<const StoreMemory> make_store_memory(std::size_t bytes) {
  return std::make_shared<const StoreMemory>(bytes);
}

std::shared_ptr<rocksdb::Logger> remark_log(const std::string& path) {
  return std::make_shared<RemarkLog>(path);
}

}  // namespace annals::storage
