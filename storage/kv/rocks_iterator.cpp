#include "storage/kv/rocks_iterator.h"

#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_slice.h"

namespace annals::storage {

namespace {

/// Keeps within its bounds itself: those of RocksDB's iterators are for life, and these are used
/// again.
class RocksIterator final : public KvIterator {
 public:
  RocksIterator(std::unique_ptr<rocksdb::Iterator> rows, Family family, std::string_view lower,
                std::string_view upper, const RocksSnapshot* snapshot, const std::string& path)
      : family_(family),
        lower_(lower),
        upper_(upper),
        snapshot_(snapshot),
        path_(path),
        rows_(std::move(rows)) {}
  ~RocksIterator() override {
    if (snapshot_ != nullptr && rows_->status().ok()) {
      snapshot_->give_back(family_, std::move(rows_));
    }
  }
  RocksIterator(const RocksIterator&) = delete;
  RocksIterator& operator=(const RocksIterator&) = delete;

  bool valid() const override {
    place();
    return rows_->Valid() && (upper_.empty() || rows_->key().compare(slice(upper_)) < 0) &&
           (lower_.empty() || rows_->key().compare(slice(lower_)) >= 0);
  }
  std::string_view key() const override { return view(rows_->key()); }
  std::string_view value() const override { return view(rows_->value()); }
  void next() override { rows_->Next(); }
  void prev() override { rows_->Prev(); }
  void seek(std::string_view key) override {
    is_placed_ = true;
    rows_->Seek(slice(key < lower_ ? std::string_view(lower_) : key));
  }
  void seek_for_prev(std::string_view key) override {
    is_placed_ = true;
    if (upper_.empty() || key < upper_) return rows_->SeekForPrev(slice(key));
    rows_->SeekForPrev(slice(upper_));
    if (rows_->Valid() && view(rows_->key()) == upper_) rows_->Prev();
  }
  Status status() const override {
    place();
    const rocksdb::Status status = rows_->status();
    if (status.ok()) return {};
    return read_error(status, family_, path_);
  }

 private:
  /// Goes to the first key unless someone went elsewhere already: finding it may mean reading a
  /// block, and whoever seeks at once does not want it. key(), value() and next() come after
  /// valid().
  void place() const {
    if (is_placed_) return;
    is_placed_ = true;
    rows_->Seek(slice(lower_));
  }

  const Family family_;
  const std::string lower_;
  const std::string upper_;
  const RocksSnapshot* snapshot_;  // to which the rows go back; may be null
  const std::string& path_;        // the store's
  std::unique_ptr<rocksdb::Iterator> rows_;
  mutable bool is_placed_ = false;
};

}  // namespace

RocksSnapshot::RocksSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}

RocksSnapshot::~RocksSnapshot() {
  for (auto& family : idle_) family.clear();
  db_.ReleaseSnapshot(snapshot_);
}

std::unique_ptr<rocksdb::Iterator> RocksSnapshot::take(Family family,
                                                       rocksdb::ColumnFamilyHandle* handle) const {
  {
    const std::lock_guard lock(mutex_);
    auto& idle = idle_[static_cast<std::size_t>(family)];
    if (!idle.empty()) {
      std::unique_ptr<rocksdb::Iterator> iterator = std::move(idle.back());
      idle.pop_back();
      return iterator;
    }
  }
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return std::unique_ptr<rocksdb::Iterator>(db_.NewIterator(options, handle));
}

void RocksSnapshot::give_back(Family family, std::unique_ptr<rocksdb::Iterator> iterator) const {
  // Each keeps the blocks in memory that it stands on.
  constexpr std::size_t kIdleMax = 8;
  const std::lock_guard lock(mutex_);
  auto& idle = idle_[static_cast<std::size_t>(family)];
  if (idle.size() < kIdleMax) idle.push_back(std::move(iterator));
}

std::unique_ptr<KvIterator> make_rocks_iterator(rocksdb::DB& db, Family family,
                                                rocksdb::ColumnFamilyHandle* handle,
                                                std::string_view lower, std::string_view upper,
                                                const RocksSnapshot* snapshot,
                                                const std::string& path) {
  std::unique_ptr<rocksdb::Iterator> rows(
      snapshot != nullptr
          ? snapshot->take(family, handle)
          : std::unique_ptr<rocksdb::Iterator>(db.NewIterator(rocksdb::ReadOptions(), handle)));
  return std::make_unique<RocksIterator>(std::move(rows), family, lower, upper, snapshot, path);
}

}  // namespace annals::storage
