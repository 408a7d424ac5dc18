#include "storage/kv/rocks_iterator.h"

#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "schema/base/contract.h"
#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_slice.h"

namespace annals::storage {

namespace {

/// Keeps behind its lower bound itself; RocksDB keeps before the upper one.
class RocksIterator final : public KvIterator {
 public:
  RocksIterator(std::unique_ptr<BoundedRows> rows, Family family, std::string_view lower,
                const RocksSnapshot* snapshot, const std::string& path)
      : family_(family), lower_(lower), snapshot_(snapshot), path_(path), rows_(std::move(rows)) {}
  ~RocksIterator() override {
    if (snapshot_ != nullptr && rows()->status().ok()) {
      snapshot_->give_back(family_, std::move(rows_));
    }
  }
  RocksIterator(const RocksIterator&) = delete;
  RocksIterator& operator=(const RocksIterator&) = delete;

  bool valid() const override {
    place();
    return rows()->Valid() && (lower_.empty() || rows()->key().compare(slice(lower_)) >= 0);
  }
  std::string_view key() const override { return view(rows()->key()); }
  std::string_view value() const override { return view(rows()->value()); }
  void next() override { rows()->Next(); }
  void prev() override { rows()->Prev(); }
  void seek(std::string_view key) override {
    is_placed_ = true;
    rows()->Seek(slice(key < lower_ ? std::string_view(lower_) : key));
  }
  void seek_for_prev(std::string_view key) override {
    is_placed_ = true;
    rows()->SeekForPrev(slice(key));
  }
  void restrict_to(std::string_view lower, std::string_view upper) override {
    ANNALS_ASSERT(rows_->is_bounded() && !upper.empty());
    lower_ = lower;
    rows_->set_upper(upper);
    is_placed_ = false;
  }
  Status status() const override {
    place();
    const rocksdb::Status status = rows()->status();
    if (status.ok()) return {};
    return read_error(status, family_, path_);
  }

 private:
  const BoundedRows& rows() const { return *rows_; }

  /// Goes to the first key unless someone went elsewhere already: finding it may mean reading a
  /// block, and whoever seeks at once does not want it. key(), value() and next() come after
  /// valid().
  void place() const {
    if (is_placed_) return;
    is_placed_ = true;
    rows()->Seek(slice(lower_));
  }

  const Family family_;
  std::string lower_;
  const RocksSnapshot* snapshot_;  // to which the rows go back; may be null
  const std::string& path_;        // the store's
  std::unique_ptr<BoundedRows> rows_;
  mutable bool is_placed_ = false;
};

}  // namespace

BoundedRows::BoundedRows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* handle,
                         const rocksdb::Snapshot* snapshot, bool is_bounded)
    : is_bounded_(is_bounded), bound_(std::make_unique<rocksdb::Slice>()) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  if (is_bounded) options.iterate_upper_bound = bound_.get();
  rows_.reset(db.NewIterator(options, handle));
}

BoundedRows::~BoundedRows() = default;

void BoundedRows::set_upper(std::string_view upper) {
  upper_ = upper;
  *bound_ = slice(upper_);
}

RocksSnapshot::RocksSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}

RocksSnapshot::~RocksSnapshot() {
  for (Idle& family : bounded_) family.clear();
  for (Idle& family : unbounded_) family.clear();
  db_.ReleaseSnapshot(snapshot_);
}

std::unique_ptr<BoundedRows> RocksSnapshot::take(Family family, rocksdb::ColumnFamilyHandle* handle,
                                                 bool is_bounded) const {
  {
    const std::lock_guard lock(mutex_);
    Idle& idle = (is_bounded ? bounded_ : unbounded_)[static_cast<std::size_t>(family)];
    if (!idle.empty()) {
      std::unique_ptr<BoundedRows> iterator = std::move(idle.back());
      idle.pop_back();
      return iterator;
    }
  }
  return std::make_unique<BoundedRows>(db_, handle, snapshot_, is_bounded);
}

void RocksSnapshot::give_back(Family family, std::unique_ptr<BoundedRows> iterator) const {
  // Each keeps the blocks in memory that it stands on.
  constexpr std::size_t kIdleMax = 8;
  const std::lock_guard lock(mutex_);
  Idle& idle = (iterator->is_bounded() ? bounded_ : unbounded_)[static_cast<std::size_t>(family)];
  if (idle.size() < kIdleMax) idle.push_back(std::move(iterator));
}

std::unique_ptr<KvIterator> make_rocks_iterator(rocksdb::DB& db, Family family,
                                                rocksdb::ColumnFamilyHandle* handle,
                                                std::string_view lower, std::string_view upper,
                                                const RocksSnapshot* snapshot,
                                                const std::string& path) {
  const bool is_bounded = !upper.empty();
  std::unique_ptr<BoundedRows> rows =
      snapshot != nullptr ? snapshot->take(family, handle, is_bounded)
                          : std::make_unique<BoundedRows>(db, handle, nullptr, is_bounded);
  if (is_bounded) rows->set_upper(upper);
  return std::make_unique<RocksIterator>(std::move(rows), family, lower, snapshot, path);
}

}  // namespace annals::storage
