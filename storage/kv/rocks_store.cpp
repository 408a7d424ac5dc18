// The store on RocksDB. Only sources in this folder know RocksDB.
//
// What holds here:
//
//  (1) Handles, iterators and snapshots die before the database: Debian's RocksDB aborts otherwise.
//
//  (2) After the first failed write nothing more is written until the store is opened again: what
//  reached the disk is not known, and a retry could succeed where its predecessor was lost.
//
//  (3) What ingest() takes in is newer than everything written before it.
//
//  (4) A folder is looked at before RocksDB sees it, since RocksDB would fill any folder.
//
//  (5) A write of many rows gathers their keys, and inserts them into the memory tables when
//  RocksDB is done with it. Meanwhile nobody else writes, takes a snapshot or begins a memory table
//  anew.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/io_status.h>
#include <rocksdb/options.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/statistics.h>
#include <rocksdb/write_batch.h>

#include "schema/base/contract.h"
#include "schema/base/run_tasks.h"
#include "storage/kv/ingestion.h"
#include "storage/kv/key_value_store.h"
#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_iterator.h"
#include "storage/kv/rocks_options.h"
#include "storage/kv/rocks_slice.h"
#include "storage/kv/run_files.h"
#include "storage/kv/shared_sync.h"
#include "storage/kv/sorted_batch.h"
#include "storage/kv/sorted_files.h"
#include "storage/kv/store_folder.h"
#include "storage/kv/tree_memtable.h"
#include "storage/kv/wal_files.h"

namespace annals::storage {

namespace {

/// Below this a batch is written like any other: a sorted file for each family,
/// its fsync and the manifest's cost more than writing few rows does.
constexpr std::size_t kRowsWorthFiles = 1'000;

/// From so many on, the keys of a write are gathered. That was chosen when another thread was
/// started for them each time; whether it pays for fewer, now that one stays, was not tried.
constexpr std::size_t kRowsWorthThreads = 500;

const RocksSnapshot* raw(const KvSnapshot* snapshot) {
  return static_cast<const RocksSnapshot*>(snapshot);
}

// --- The store -----------------------------------------------------------------------------------

class RocksStore final : public KeyValueStore {
 public:
  static Result<std::unique_ptr<KeyValueStore>> open(const std::string& path,
                                                     const StoreOptions& options);
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  Result<bool> get(Family family, std::string_view key, std::string& value,
                   const KvSnapshot* snapshot) const override;
  std::unique_ptr<KvIterator> iterate(Family family, std::string_view lower, std::string_view upper,
                                      const KvSnapshot* snapshot) const override;
  std::unique_ptr<KvSnapshot> snapshot() const override {
    const std::shared_lock lock(inserting_mutex_);
    return std::make_unique<RocksSnapshot>(*db_);
  }
  Status write(const WriteBatch& batch, Durability durability) override;
  Status ingest(WriteBatch&& batch) override;
  Result<std::unique_ptr<Ingestion>> start_ingestion() override;
  std::uint64_t ask_for_sync() override { return shared_sync_.ask(); }
  Status wait_for_sync(std::uint64_t number) override { return shared_sync_.wait(number); }
  bool is_syncing() override { return shared_sync_.is_running(); }
  Status flush() override;
  void begin_flush(Family family) override;
  Status clear(Family family) override;
  std::vector<FamilyStatistics> statistics() const override;
  CacheStatistics cache_statistics() const override {
    const rocksdb::Statistics& counts = *db_options_.statistics;
    return {counts.getTickerCount(rocksdb::BLOCK_CACHE_HIT),
            counts.getTickerCount(rocksdb::BLOCK_CACHE_MISS)};
  }
  std::uint64_t blocks_read_by_thread() const override {
    // RocksDB counts for each thread unless it is told not to.
    const rocksdb::PerfContext& counts = *rocksdb::get_perf_context();
    return counts.block_cache_hit_count + counts.block_read_count;
  }
  std::uint64_t rows_passed_by_thread() const override {
    return rocksdb::get_perf_context()->internal_delete_skipped_count;
  }

 private:
  class RocksIngestion;

  RocksStore(std::string path, const StoreOptions& options)
      : path_(std::move(path)),
        part_(options.part),
        read_only_(options.read_only),
        memory_(options.memory == nullptr ? make_store_memory(options.memory_bytes)
                                          : options.memory),
        wal_files_(
            options.part == StorePart::kLog ? WalFiles::Tail::kZeros : WalFiles::Tail::kNothing,
            options.when_locked),
        db_options_(database_options(options)) {
    db_options_.env = wal_files_.env();
    db_options_.write_buffer_manager = memory_->write_buffers;
    db_options_.statistics = memory_->counts;
  }

  Status open_database(bool is_new);
  rocksdb::Status open_families(const std::string& data,
                                const std::vector<rocksdb::ColumnFamilyDescriptor>& families);
  Status give_up_families(std::size_t count);
  Error open_error(const rocksdb::Status& status) const;

  /// The families of this part: from first_family() on, so many.
  std::size_t first_family() const { return part_ == StorePart::kLog ? 0 : 1; }
  std::size_t family_count() const { return part_ == StorePart::kLog ? 1 : kFamilyCount - 1; }
  rocksdb::ColumnFamilyHandle*& handle(Family family) {
    const std::size_t index = static_cast<std::size_t>(family) - first_family();
    ANNALS_ASSERT(index < handles_.size());
    return handles_[index];
  }
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return const_cast<RocksStore*>(this)->handle(family);
  }
  rocksdb::ColumnFamilyOptions options_of(Family family) const {
    return family_options(family, memory_->cache, gathered_, memory_->bytes);
  }
  Status check_writable() const;
  Status sync_now();
  /// The result of a write; a failure is the last one: invariant (2).
  Status written(const rocksdb::Status& status, std::string_view doing);

  const std::string path_;  // of the database
  const StorePart part_;
  const bool read_only_;
  const std::shared_ptr<const StoreMemory> memory_;
  WalFiles wal_files_;
  rocksdb::DBOptions db_options_;  // constant after open_database()
  std::unique_ptr<rocksdb::DB> db_;
  // clear() replaces a family, and no one may use its handle meanwhile.
  mutable std::shared_mutex handles_mutex_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  // A large write holds it alone: invariant (5).
  mutable std::shared_mutex inserting_mutex_;
  const std::shared_ptr<GatheredKeys> gathered_ = std::make_shared<GatheredKeys>();
  WorkerThread helper_;                       // of large writes
  std::atomic<std::uint64_t> ingestions_{0};  // so far
  std::atomic<std::uint64_t> ingesting_{0};   // now
  std::atomic<bool> failed_{false};
  mutable std::mutex first_failure_mutex_;
  std::string first_failure_;  // why failed_
  SharedSync shared_sync_{[this] { return sync_now(); }};
};

Error lost_log() {
  return Error(ErrorCode::kCorruption, "the database has lost its log",
               "keep the folder as it is and restore a backup");
}

Error no_index() {
  return Error(ErrorCode::kNotFound, "there is no index here", "it can be made from the log");
}

/// Whether the files of the database may be to blame.
bool is_damage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsPathNotFound() || status.IsNotFound() ||
         status.IsInvalidArgument();
}

Error RocksStore::open_error(const rocksdb::Status& status) const {
  const std::string text = status.ToString();
  if (text.find("lock hold by current process") != std::string::npos) {
    return placed(Error(ErrorCode::kConflict, "the database is open in this process already",
                        "use the one that is open, or close it first"),
                  path_);
  }
  if (text.find("While lock file") != std::string::npos) {
    return placed(Error(ErrorCode::kConflict, "the database is open in another process",
                        "close it there, or open it here for reading only"),
                  path_);
  }
  const bool may_not = text.find("Permission denied") != std::string::npos ||
                       text.find("Read-only file system") != std::string::npos;
  if (may_not) {
    return placed(
        Error(ErrorCode::kIoError, fmt::format("the database cannot be opened ({})", text),
              "look whose files they are; with --read-only nothing is written"),
        path_);
  }
  if (!is_damage(status)) return to_error(status, "opening the database", path_);
  if (part_ == StorePart::kIndex && read_only_) return placed(incomplete_index(), path_);
  return placed(Error(ErrorCode::kCorruption,
                      fmt::format("the {} does not open ({})",
                                  part_ == StorePart::kLog ? "log" : "index", text),
                      "keep the folder as it is and restore a backup"),
                path_);
}

rocksdb::Status RocksStore::open_families(
    const std::string& data, const std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  const auto open = [&] {
    handles_.clear();
    rocksdb::DB* db = nullptr;
    rocksdb::Status opened =
        read_only_ ? rocksdb::DB::OpenForReadOnly(db_options_, data, families, &handles_, &db)
                   : rocksdb::DB::Open(db_options_, data, families, &handles_, &db);
    db_.reset(db);
    return opened;
  };
  rocksdb::Status opened = open();
  // Beside a writer, files may go while they are being opened: another try finds those that took
  // their place. What is missed twice in a row is lost.
  constexpr int kTriesMax = 20;
  for (int tries = 1; read_only_ && is_damage(opened) && tries < kTriesMax; ++tries) {
    const std::string missed = opened.ToString();
    opened = open();
    if (opened.ToString() == missed) break;
  }
  return opened;
}

/// Drops the last families of those that are open: what an older program kept of the index beside
/// the log.
Status RocksStore::give_up_families(std::size_t count) {
  for (; count > 0; --count) {
    rocksdb::ColumnFamilyHandle* const last = handles_.back();
    ANNALS_CHECK_OK(written(db_->DropColumnFamily(last), "dropping an older index"));
    handles_.pop_back();
    ANNALS_CHECK_OK(written(db_->DestroyColumnFamilyHandle(last), "dropping an older index"));
  }
  return {};
}

Status RocksStore::open_database(bool is_new) {
  const bool is_log = part_ == StorePart::kLog;
  // Beside a writer, the remarks are the writer's.
  const std::string remarks = path_ + (is_log ? "/LOG" : "/LOG.index");
  db_options_.info_log = remark_log(read_only_ ? "/dev/null" : remarks);
  // RocksDB insists on its default family; nothing is ever in it.
  std::vector<rocksdb::ColumnFamilyDescriptor> families(1);
  families.front().name = rocksdb::kDefaultColumnFamilyName;
  std::vector<rocksdb::ColumnFamilyDescriptor> ours;
  for (std::size_t i = first_family(); i < first_family() + family_count(); ++i) {
    const auto family = static_cast<Family>(i);
    ours.emplace_back(std::string(family_name(family)), options_of(family));
  }
  // In a new database the families are made together: RocksDB writes its options file once then,
  // and not once for each family.
  if (!is_new) families.insert(families.end(), ours.begin(), ours.end());
  const std::string data = is_log ? data_folder(path_) : index_folder(path_);
  std::size_t older = 0;
  if (is_log && !is_new) {
    // Without a list, opening says what is wrong.
    std::vector<std::string> present;
    if (!rocksdb::DB::ListColumnFamilies(db_options_, data, &present).ok()) present.clear();
    if (!present.empty() &&
        std::find(present.begin(), present.end(), family_name(Family::kLog)) == present.end()) {
      return placed(lost_log(), path_);
    }
    for (const std::string& name : present) {
      const bool is_known = name == families[0].name || name == families[1].name;
      if (is_known || read_only_) continue;
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
      ++older;
    }
  }
  if (rocksdb::Status opened = open_families(data, families); !opened.ok()) {
    return open_error(opened);
  }
  ANNALS_CHECK_OK(give_up_families(older));
  rocksdb::ColumnFamilyHandle* const unused = handles_.front();
  handles_.erase(handles_.begin());
  ANNALS_CHECK_OK(written(db_->DestroyColumnFamilyHandle(unused), "opening the database"));
  if (!is_new) return {};
  return written(db_->CreateColumnFamilies(ours, &handles_), "creating the database");
}

Result<std::unique_ptr<KeyValueStore>> RocksStore::open(const std::string& path,
                                                        const StoreOptions& options) {
  ANNALS_TRY(const FolderState state, inspect_folder(path));
  const bool has_log = state == FolderState::kDatabase;
  const bool is_log = options.part == StorePart::kLog;
  const bool is_new = is_log ? !has_log : !has_index(path);
  // The log is made first.
  if (is_log && is_new && has_index(path)) return placed(lost_log(), path);
  if (is_new && !has_log && (options.read_only || !options.create_if_missing)) {
    return placed(Error(ErrorCode::kNotFound, "there is no database here",
                        "open it for writing to create one"),
                  path);
  }
  if (is_new && options.read_only) return placed(incomplete_index(), path);
  if (is_new && !is_log && !options.create_if_missing) return placed(no_index(), path);
  if (!has_log && !options.read_only) ANNALS_CHECK_OK(prepare_folder(path));
  if (is_new && !is_log) ANNALS_CHECK_OK(prepare_index_folder(path));
  std::unique_ptr<RocksStore> store(new RocksStore(path, options));
  ANNALS_CHECK_OK(store->open_database(is_new));
  // Only now: the lock is ours, so that they belong to no one who lives.
  if (!options.read_only && !is_log) ANNALS_CHECK_OK(remove_ingest_folders(path));
  return std::unique_ptr<KeyValueStore>(std::move(store));
}

RocksStore::~RocksStore() {
  if (db_ == nullptr) return;
  // Nothing waits in the write-ahead log for the next open to replay. If it
  // fails, the next open does replay it: nothing is lost, and there is no one
  // to tell.
  if (!read_only_ && !failed_) static_cast<void>(flush());
  for (rocksdb::ColumnFamilyHandle* one : handles_) {
    db_->DestroyColumnFamilyHandle(one).PermitUncheckedError();
  }
  if (!read_only_) wal_files_.remove_empty();
  db_->Close().PermitUncheckedError();
}

Status RocksStore::check_writable() const {
  if (read_only_) {
    return placed(Error(ErrorCode::kInvalidArgument, "the database is open for reading only",
                        "open it for writing"),
                  path_);
  }
  if (!failed_) return {};
  const std::lock_guard lock(first_failure_mutex_);
  return placed(Error(ErrorCode::kIoError,
                      fmt::format("nothing is written any more since an earlier write failed: {}",
                                  first_failure_),
                      "open the database again; nothing acknowledged is lost"),
                path_);
}

Status RocksStore::written(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return {};
  Error error = to_error(status, doing, path_);
  const std::lock_guard lock(first_failure_mutex_);
  if (!failed_.exchange(true)) first_failure_ = error.message;
  return error;
}

Result<bool> RocksStore::get(Family family, std::string_view key, std::string& value,
                             const KvSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = raw(snapshot)->get();
  const std::shared_lock lock(handles_mutex_);
  const rocksdb::Status status = db_->Get(options, handle(family), slice(key), &value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return read_error(status, family, path_);
}

std::unique_ptr<KvIterator> RocksStore::iterate(Family family, std::string_view lower,
                                                std::string_view upper,
                                                const KvSnapshot* snapshot) const {
  const std::shared_lock lock(handles_mutex_);
  return make_rocks_iterator(*db_, family, handle(family), lower, upper, raw(snapshot), path_);
}

Status RocksStore::write(const WriteBatch& batch, Durability durability) {
  ANNALS_CHECK_OK(check_writable());
  const std::shared_lock lock(handles_mutex_);
  rocksdb::WriteBatch out(batch.bytes(), 0, kProtectionBytes, 0);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Entry entry = batch[i];
    const rocksdb::Status added =
        entry.is_delete ? out.Delete(handle(entry.family), slice(entry.key))
                        : out.Put(handle(entry.family), slice(entry.key), slice(entry.value));
    // Nothing has been written yet: the store stays usable.
    if (!added.ok()) return to_error(added, "gathering a write", path_);
  }
  if (part_ == StorePart::kLog) {
    // No record ends with a zero byte, as WalFiles demands it.
    const rocksdb::Status marked = out.PutLogData("\xff");
    if (!marked.ok()) return to_error(marked, "gathering a write", path_);
  }
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  if (batch.size() < kRowsWorthThreads) {
    const std::shared_lock writing(inserting_mutex_);
    return written(db_->Write(options, &out), "writing");
  }
  const std::unique_lock writing(inserting_mutex_);
  const GatheredKeys::Gathering gathering(*gathered_, helper_);
  return written(db_->Write(options, &out), "writing");
}

std::array<std::size_t, kFamilyCount> largest_first(
    const std::array<ChangeOrder, kFamilyCount>& changes) {
  std::array<std::size_t, kFamilyCount> order{};
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&changes](std::size_t a, std::size_t b) {
    return changes[a].size() > changes[b].size();
  });
  return order;
}

class RocksStore::RocksIngestion final : public Ingestion {
 public:
  RocksIngestion(RocksStore& store, std::uint64_t number)
      : store_(store), folder_(store.path_, number) {
    // Memory has one bound: what an ingestion takes, the cache gives up. Else it would fill with
    // what RocksDB reads of each file once more to check it.
    if (store_.ingesting_++ == 0) store_.memory_->cache->SetCapacity(store_.memory_->bytes / 16);
  }
  ~RocksIngestion() override {
    if (--store_.ingesting_ == 0) store_.memory_->cache->SetCapacity(store_.memory_->bytes);
  }
  RocksIngestion(const RocksIngestion&) = delete;
  RocksIngestion& operator=(const RocksIngestion&) = delete;

  Status add(WriteBatch&& batch) override {
    const WriteBatch consumed = std::exchange(batch, {});
    ANNALS_CHECK_OK(store_.check_writable());
    const std::shared_lock lock(store_.handles_mutex_);
    std::array<ChangeOrder, kFamilyCount> changes = changes_by_family(consumed);
    // Families share nothing: sorting and compressing them is most of a bulk load's time, and two
    // threads halve it. The largest first, so that none is left for the end.
    std::vector<Task> tasks;
    for (const std::size_t family : largest_first(changes)) {
      if (changes[family].empty()) continue;
      tasks.emplace_back([&, family] {
        sort_by_key(consumed, changes[family]);
        return store_.written(write(family, consumed, changes[family]), "writing a sorted file");
      });
    }
    return run_tasks(&helper_, tasks);
  }

  std::unique_ptr<SortedRuns> make_runs() override {
    return make_run_files(fmt::format("{}/{}", folder_.path(), ++runs_));
  }

  Status finish() override {
    ANNALS_CHECK_OK(store_.check_writable());
    const std::shared_lock lock(store_.handles_mutex_);
    std::vector<rocksdb::IngestExternalFileArg> present;
    for (Sorted& sorted : families_) {
      if (sorted.files == nullptr) continue;
      ANNALS_CHECK_OK(
          store_.written(sorted.files->finish(present.emplace_back()), "writing a sorted file"));
    }
    if (present.empty()) return {};
    // What the files go on from must not be lost when they are not.
    ANNALS_CHECK_OK(store_.sync());
    const std::shared_lock inserting(store_.inserting_mutex_);
    return store_.written(store_.db_->IngestExternalFiles(present), "taking in sorted files");
  }

 private:
  /// The files of one family.
  struct Sorted {
    std::mutex mutex;
    rocksdb::Options options;
    std::unique_ptr<SortedFiles> files;  // made when it is needed
  };

  rocksdb::Status write(std::size_t index, const WriteBatch& batch, const ChangeOrder& changes) {
    Sorted& sorted = families_[index];
    const std::lock_guard lock(sorted.mutex);
    if (sorted.files == nullptr) {
      const auto family = static_cast<Family>(index);
      sorted.options = rocksdb::Options(store_.db_options_, store_.options_of(family));
      sorted.files =
          std::make_unique<SortedFiles>(sorted.options, store_.handle(family),
                                        fmt::format("{}/{}", folder_.path(), family_name(family)));
    }
    return sorted.files->write(batch, changes);
  }

  RocksStore& store_;
  const IngestFolder folder_;  // outlives the files in it
  std::atomic<std::size_t> runs_{0};
  WorkerThread helper_;  // of add()
  std::array<Sorted, kFamilyCount> families_;
};

Result<std::unique_ptr<Ingestion>> RocksStore::start_ingestion() {
  ANNALS_CHECK_OK(check_writable());
  return std::make_unique<RocksIngestion>(*this, ++ingestions_);
}

Status RocksStore::ingest(WriteBatch&& batch) {
  WriteBatch consumed = std::exchange(batch, {});
  if (consumed.size() < kRowsWorthFiles) return write(consumed, Durability::kSynced);
  ANNALS_TRY(const std::unique_ptr<Ingestion> ingestion, start_ingestion());
  ANNALS_CHECK_OK(ingestion->add(std::move(consumed)));
  return ingestion->finish();
}

Status RocksStore::sync_now() {
  ANNALS_CHECK_OK(check_writable());
  // Not by RocksDB: DB::SyncWAL() and tracked write-ahead logs do not go together before RocksDB
  // 7.10, and a synced write keeps others from writing.
  return written(wal_files_.sync(), "syncing");
}

Status RocksStore::flush() {
  ANNALS_CHECK_OK(check_writable());
  const std::shared_lock lock(handles_mutex_);
  const std::shared_lock inserting(inserting_mutex_);
  return written(db_->Flush(rocksdb::FlushOptions(), handles_), "flushing");
}

void RocksStore::begin_flush(Family family) {
  if (!check_writable()) return;
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;  // else it would wait for what is being flushed already
  const std::shared_lock lock(handles_mutex_);
  const std::shared_lock inserting(inserting_mutex_);
  db_->Flush(options, handle(family)).PermitUncheckedError();
}

Status RocksStore::clear(Family family) {
  ANNALS_CHECK_OK(check_writable());
  // Dropping a family and making it anew takes the same time however much is in
  // it, and frees the space at once. Deleting key by key would take as long as
  // writing did, and DeleteRange has bugs before RocksDB 8.7. A crash between
  // the two leaves no family, which the next open makes.
  const std::unique_lock lock(handles_mutex_);
  const std::shared_lock inserting(inserting_mutex_);
  rocksdb::ColumnFamilyHandle*& current = handle(family);
  ANNALS_CHECK_OK(written(db_->DropColumnFamily(current), "clearing"));
  rocksdb::ColumnFamilyHandle* replacement = nullptr;
  ANNALS_CHECK_OK(written(
      db_->CreateColumnFamily(options_of(family), std::string(family_name(family)), &replacement),
      "clearing"));
  return written(db_->DestroyColumnFamilyHandle(std::exchange(current, replacement)), "clearing");
}

std::vector<KeyValueStore::FamilyStatistics> RocksStore::statistics() const {
  using Properties = rocksdb::DB::Properties;
  const std::shared_lock lock(handles_mutex_);
  std::vector<FamilyStatistics> statistics;
  for (std::size_t i = 0; i < family_count(); ++i) {
    FamilyStatistics one;
    one.name = family_name(static_cast<Family>(first_family() + i));
    std::uint64_t in_memory = 0;
    db_->GetIntProperty(handles_[i], Properties::kEstimateNumKeys, &one.keys_estimate);
    db_->GetIntProperty(handles_[i], Properties::kLiveSstFilesSize, &one.bytes_on_disk);
    db_->GetIntProperty(handles_[i], Properties::kCurSizeAllMemTables, &in_memory);
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

std::size_t default_memory_bytes() {
  constexpr std::size_t kBytesMax = std::size_t{1} << 30;
  constexpr std::size_t kBytesIfUnknown = std::size_t{512} << 20;
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page_bytes <= 0) return kBytesIfUnknown;
  return std::min(kBytesMax,
                  static_cast<std::size_t>(pages) / 4 * static_cast<std::size_t>(page_bytes));
}

}  // namespace annals::storage
