#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include "storage/kv/key_value_store.h"

namespace annals::storage {

std::string_view family_name(Family family) {
  constexpr std::array<std::string_view, kFamilyCount> kNames = {
      "log",           "out",    "in",   "property", "unmatched",
      "participation", "entity", "name", "event_id", "definition", "meta"};
  return kNames[static_cast<std::size_t>(family)];
}

namespace {

namespace fs = std::filesystem;

/// The file that says that a folder is an Annals database, and of which layout.
constexpr const char* kMarkerFile = "ANNALS";
constexpr std::string_view kMarkerText = "annals database, folder format 1\n";
constexpr const char* kIngestPrefix = "ingest-";

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

Error to_error(const rocksdb::Status& status, std::string_view doing, const std::string& path) {
  Place place;
  place.file = path;
  const std::string text = fmt::format("{}: {}", doing, status.ToString());
  if (status.IsNoSpace()) {
    return Error(ErrorCode::kIoError, text,
                 "free space and open it again; nothing acknowledged is lost")
        .at(place);
  }
  if (status.IsIOError()) {
    return Error(ErrorCode::kIoError, text, "nothing acknowledged is lost; open it again").at(place);
  }
  return Error(ErrorCode::kCorruption, text, "keep the folder as it is and restore a backup")
      .at(place);
}

class RocksSnapshot final : public KvSnapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

class RocksIterator final : public KvIterator {
 public:
  RocksIterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string_view lower,
                std::string_view upper, const rocksdb::Snapshot* snapshot,
                const std::string& path)
      : lower_(lower), upper_(upper), lower_slice_(slice(lower_)), upper_slice_(slice(upper_)),
        path_(path) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.total_order_seek = true;
    if (!lower_.empty()) options.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) options.iterate_upper_bound = &upper_slice_;
    iterator_.reset(db.NewIterator(options, family));
    iterator_->SeekToFirst();
  }

  bool valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return view(iterator_->key()); }
  std::string_view value() const override { return view(iterator_->value()); }
  void next() override { iterator_->Next(); }
  void seek(std::string_view key) override { iterator_->Seek(slice(key)); }
  void seek_for_prev(std::string_view key) override { iterator_->SeekForPrev(slice(key)); }
  Status status() const override {
    const rocksdb::Status status = iterator_->status();
    if (status.ok()) return {};
    return to_error(status, "reading", path_);
  }

 private:
  // The bounds must outlive the iterator, which only refers to them.
  const std::string lower_;
  const std::string upper_;
  const rocksdb::Slice lower_slice_;
  const rocksdb::Slice upper_slice_;
  const std::string& path_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = std::size_t{16} << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  // Indexes and filters count against the cache, so that memory has one bound.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  // More than two memory tables meet a flush-retry bug of RocksDB before 7.9.
  options.max_write_buffer_number = 2;
  options.write_buffer_size = std::size_t{64} << 20;
  options.memtable_protection_bytes_per_key = 8;
  options.force_consistency_checks = true;
  return options;
}

rocksdb::DBOptions database_options(const StoreOptions& options,
                                    const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.create_if_missing && !options.read_only;
  db.create_missing_column_families = !options.read_only;
  db.paranoid_checks = true;
  // An acknowledged tail must not vanish because a byte of it changed; the default recovery mode
  // of RocksDB would end the log there and open as if nothing were missing.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  db.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  db.max_bgerror_resume_count = 0;  // fail-stop: no write after a failed one
  db.recycle_log_file_num = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.max_log_file_size = std::size_t{1} << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.max_open_files = 512;
  db.max_file_opening_threads = 1;
  db.max_total_wal_size = std::uint64_t{128} << 20;
  db.max_background_jobs = 2;
  // Half of the memory for what is being written, charged to the cache, the rest for blocks.
  db.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.memory_bytes / 2, cache);
  return db;
}

class RocksStore final : public KeyValueStore {
 public:
  static Result<std::unique_ptr<KeyValueStore>> open(const std::string& path,
                                                     const StoreOptions& options);
  ~RocksStore() override { close(); }
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  Result<bool> get(Family family, std::string_view key, std::string& value,
                   const KvSnapshot* snapshot) const override;
  std::unique_ptr<KvIterator> iterate(Family family, std::string_view lower, std::string_view upper,
                                      const KvSnapshot* snapshot) const override {
    return std::make_unique<RocksIterator>(*db_, handle(family), lower, upper, raw(snapshot),
                                           path_);
  }
  std::unique_ptr<KvSnapshot> snapshot() const override {
    return std::make_unique<RocksSnapshot>(*db_);
  }
  Status write(const WriteBatch& batch, Durability durability) override;
  Status ingest(WriteBatch&& batch) override;
  Status sync() override;
  Status flush() override;
  Status clear(Family family) override;
  std::vector<FamilyStatistics> statistics() const override;

 private:
  RocksStore(std::string path, bool read_only) : path_(std::move(path)), read_only_(read_only) {}

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }
  static const rocksdb::Snapshot* raw(const KvSnapshot* snapshot) {
    return snapshot == nullptr ? nullptr : static_cast<const RocksSnapshot*>(snapshot)->get();
  }
  Status checked(const rocksdb::Status& status, std::string_view doing);
  Status check_writable() const;
  Result<std::string> write_sorted_file(Family family, const WriteBatch& batch,
                                        const std::vector<std::size_t>& order);
  void close();

  std::string path_;
  bool read_only_;
  std::atomic<bool> failed_{false};  // a write failed: what is on disk is not known
  std::atomic<std::uint64_t> files_written_{0};
  std::shared_ptr<rocksdb::Cache> cache_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // destroyed by close(), before db_
  rocksdb::Options file_options_;
};

/// Refuses folders that hold something else, and makes a new one recognisable.
Status prepare_folder(const std::string& path, const StoreOptions& options) {
  std::error_code code;
  Place place;
  place.file = path;
  const fs::path folder(path);
  const bool exists = fs::exists(folder, code);
  if (!exists && (options.read_only || !options.create_if_missing)) {
    return Error(ErrorCode::kNotFound, "there is no database here",
                 "open it without --read-only to create one")
        .at(place);
  }
  if (exists && !fs::is_directory(folder, code)) {
    return Error(ErrorCode::kInvalidArgument, "this is a file and no database folder",
                 "name a folder; the file was left as it is")
        .at(place);
  }
  const bool has_marker = fs::exists(folder / kMarkerFile, code);
  if (exists && !has_marker && !fs::is_empty(folder, code)) {
    return Error(ErrorCode::kInvalidArgument, "this folder holds something that is no database",
                 "name another folder; this one was left as it is")
        .at(place);
  }
  if (has_marker) {
    std::ifstream in(folder / kMarkerFile);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (text == kMarkerText) return {};
    return Error(ErrorCode::kUnsupported, "this database was made by another version of Annals",
                 "use the program that wrote it; nothing was changed")
        .at(place);
  }
  if (options.read_only) {
    return Error(ErrorCode::kNotFound, "this folder is empty and no database",
                 "open it without --read-only to create one")
        .at(place);
  }
  fs::create_directories(folder, code);
  if (!code) fs::permissions(folder, fs::perms::owner_all, code);
  std::ofstream out(folder / kMarkerFile);
  out << kMarkerText << std::flush;
  if (code || !out) {
    return Error(ErrorCode::kIoError, "the database folder cannot be created",
                 "check the path, its permissions and the free space")
        .at(place);
  }
  return {};
}

void remove_left_over_files(const std::string& path) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path, ignored)) {
    if (entry.path().filename().string().starts_with(kIngestPrefix)) {
      fs::remove(entry.path(), ignored);
    }
  }
}

Result<std::unique_ptr<KeyValueStore>> RocksStore::open(const std::string& path,
                                                        const StoreOptions& options) {
  ANNALS_CHECK_OK(prepare_folder(path, options));
  std::unique_ptr<RocksStore> store(new RocksStore(path, options.read_only));
  store->cache_ = rocksdb::NewLRUCache(options.memory_bytes);
  const rocksdb::DBOptions db_options = database_options(options, store->cache_);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    families.emplace_back(std::string(family_name(static_cast<Family>(i))),
                          family_options(store->cache_));
  }
  store->file_options_ = rocksdb::Options(db_options, families.back().options);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const std::string data = path + "/data";
  const rocksdb::Status opened =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(db_options, data, families, &handles, &db)
          : rocksdb::DB::Open(db_options, data, families, &handles, &db);
  if (!opened.ok()) {
    if (opened.ToString().find("LOCK") != std::string::npos) {
      Place place;
      place.file = path;
      return Error(ErrorCode::kConflict, "the database is open in another process",
                   "close it there, or open it here with --read-only")
          .at(place);
    }
    return to_error(opened, "the database cannot be opened", path);
  }
  store->db_.reset(db);
  if (!options.read_only) remove_left_over_files(path);
  // The default family holds nothing; its handle is not needed.
  db->DestroyColumnFamilyHandle(handles.front());
  store->handles_.assign(handles.begin() + 1, handles.end());
  return std::unique_ptr<KeyValueStore>(std::move(store));
}

void RocksStore::close() {
  if (db_ == nullptr) return;
  // Nothing waits in the write-ahead log for the next open to replay.
  if (!read_only_ && !failed_) static_cast<void>(flush());
  for (rocksdb::ColumnFamilyHandle* family : handles_) db_->DestroyColumnFamilyHandle(family);
  handles_.clear();
  static_cast<void>(db_->Close());
  db_.reset();
}

Status RocksStore::checked(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return {};
  failed_ = true;
  return to_error(status, doing, path_);
}

Status RocksStore::check_writable() const {
  Place place;
  place.file = path_;
  if (read_only_) {
    return Error(ErrorCode::kConflict, "the database is open for reading only").at(place);
  }
  if (!failed_) return {};
  return Error(ErrorCode::kIoError, "an earlier write failed, and this process writes no more",
               "open the database again; nothing acknowledged is lost")
      .at(place);
}

Result<bool> RocksStore::get(Family family, std::string_view key, std::string& value,
                             const KvSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  options.snapshot = raw(snapshot);
  rocksdb::PinnableSlice found;
  const rocksdb::Status status = db_->Get(options, handle(family), slice(key), &found);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return to_error(status, "reading", path_);
  value.assign(found.data(), found.size());
  return true;
}

Status RocksStore::write(const WriteBatch& batch, Durability durability) {
  ANNALS_CHECK_OK(check_writable());
  rocksdb::WriteBatch out(batch.bytes(), 0, 8 /* protection bytes a key */, 0);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Entry entry = batch[i];
    const rocksdb::Status added =
        entry.is_delete ? out.Delete(handle(entry.family), slice(entry.key))
                        : out.Put(handle(entry.family), slice(entry.key), slice(entry.value));
    if (!added.ok()) return to_error(added, "gathering a write", path_);
  }
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  return checked(db_->Write(options, &out), "writing");
}

Result<std::string> RocksStore::write_sorted_file(Family family, const WriteBatch& batch,
                                                  const std::vector<std::size_t>& order) {
  std::string file = fmt::format("{}/{}{}-{}.sst", path_, kIngestPrefix, family_name(family),
                                 files_written_++);
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), file_options_, handle(family));
  ANNALS_CHECK_OK(checked(writer.Open(file), "creating a sorted file"));
  for (std::size_t i = 0; i < order.size(); ++i) {
    const WriteBatch::Entry entry = batch[order[i]];
    // Equal keys stand in the order of their calls: the last one wins.
    if (i + 1 < order.size() && batch[order[i + 1]].key == entry.key) continue;
    const rocksdb::Status added = entry.is_delete
                                      ? writer.Delete(slice(entry.key))
                                      : writer.Put(slice(entry.key), slice(entry.value));
    ANNALS_CHECK_OK(checked(added, "filling a sorted file"));
  }
  ANNALS_CHECK_OK(checked(writer.Finish(), "finishing a sorted file"));
  return file;
}

Status RocksStore::ingest(WriteBatch&& batch) {
  // A sorted file for each family costs more than writing few rows does.
  constexpr std::size_t kRowsWorthFiles = 2'000;
  const WriteBatch consumed = std::move(batch);
  if (consumed.size() < kRowsWorthFiles) return write(consumed, Durability::kSynced);
  ANNALS_CHECK_OK(check_writable());
  std::array<std::vector<std::size_t>, kFamilyCount> by_family;
  for (std::size_t i = 0; i < consumed.size(); ++i) {
    by_family[static_cast<std::size_t>(consumed[i].family)].push_back(i);
  }
  std::vector<rocksdb::IngestExternalFileArg> arguments;
  for (std::size_t f = 0; f < kFamilyCount; ++f) {
    std::vector<std::size_t>& order = by_family[f];
    if (order.empty()) continue;
    std::sort(order.begin(), order.end(), [&consumed](std::size_t a, std::size_t b) {
      const int difference = consumed[a].key.compare(consumed[b].key);
      return difference != 0 ? difference < 0 : a < b;
    });
    const auto family = static_cast<Family>(f);
    ANNALS_TRY(std::string file, write_sorted_file(family, consumed, order));
    rocksdb::IngestExternalFileArg argument;
    argument.column_family = handle(family);
    argument.external_files.push_back(std::move(file));
    argument.options.move_files = true;
    arguments.push_back(std::move(argument));
  }
  return checked(db_->IngestExternalFiles(arguments), "taking in sorted files");
}

Status RocksStore::sync() {
  ANNALS_CHECK_OK(check_writable());
  // DB::SyncWAL() and the tracking of write-ahead logs do not go together before RocksDB 7.10; an
  // empty synced write makes everything before it durable.
  rocksdb::WriteBatch nothing;
  const rocksdb::Status added = nothing.PutLogData("sync");
  if (!added.ok()) return to_error(added, "syncing", path_);
  rocksdb::WriteOptions options;
  options.sync = true;
  return checked(db_->Write(options, &nothing), "syncing");
}

Status RocksStore::flush() {
  ANNALS_CHECK_OK(check_writable());
  return checked(db_->Flush(rocksdb::FlushOptions(), handles_), "flushing");
}

Status RocksStore::clear(Family family) {
  ANNALS_CHECK_OK(check_writable());
  // Key by key: DeleteRange has a bug before RocksDB 8.7 that can bring rows back.
  WriteBatch batch;
  const auto rows = iterate(family, {}, {}, nullptr);
  constexpr std::size_t kBytesAtOnce = std::size_t{16} << 20;
  for (; rows->valid(); rows->next()) {
    batch.erase(family, rows->key());
    if (batch.bytes() < kBytesAtOnce) continue;
    ANNALS_CHECK_OK(write(batch, Durability::kRelaxed));
    batch.clear();
  }
  ANNALS_CHECK_OK(rows->status());
  return write(batch, Durability::kSynced);
}

std::vector<KeyValueStore::FamilyStatistics> RocksStore::statistics() const {
  std::vector<FamilyStatistics> statistics;
  for (std::size_t f = 0; f < kFamilyCount; ++f) {
    FamilyStatistics one;
    one.name = family_name(static_cast<Family>(f));
    std::uint64_t in_memory = 0;
    db_->GetIntProperty(handles_[f], rocksdb::DB::Properties::kEstimateNumKeys,
                        &one.keys_estimate);
    db_->GetIntProperty(handles_[f], rocksdb::DB::Properties::kLiveSstFilesSize,
                        &one.bytes_on_disk);
    db_->GetIntProperty(handles_[f], rocksdb::DB::Properties::kCurSizeAllMemTables, &in_memory);
    one.bytes_on_disk += in_memory;
    statistics.push_back(std::move(one));
  }
  return statistics;
}

}  // namespace

Result<std::unique_ptr<KeyValueStore>> open_rocks_store(const std::string& path,
                                                        const StoreOptions& options) {
  return RocksStore::open(path, options);
}

}  // namespace annals::storage
