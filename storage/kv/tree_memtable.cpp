#include "storage/kv/tree_memtable.h"

#include <algorithm>
#include <cstddef>
#include <new>
#include <string_view>
#include <utility>

#include <rocksdb/memtablerep.h>

#include "schema/base/contract.h"
#include "schema/base/run_tasks.h"
#include "storage/kv/key_tree.h"
#include "storage/kv/rocks_slice.h"

namespace annals::storage {

namespace {

class TreeIterator : public rocksdb::MemTableRep::Iterator {
 public:
  explicit TreeIterator(const KeyTree& tree) : cursor_(tree) {}

  bool Valid() const override { return cursor_.valid(); }
  const char* key() const override { return cursor_.key(); }
  void Next() override { cursor_.next(); }
  void Prev() override { cursor_.prev(); }
  void Seek(const rocksdb::Slice& internal_key, const char*) override {
    cursor_.seek(view(internal_key));
  }
  void SeekForPrev(const rocksdb::Slice& internal_key, const char*) override {
    cursor_.seek_for_prev(view(internal_key));
  }
  void SeekToFirst() override { cursor_.seek_to_first(); }
  void SeekToLast() override { cursor_.seek_to_last(); }

 private:
  KeyTree::Cursor cursor_;
};

/// Gives memory back in its destructor. As the first base it is destroyed last.
class OwnMemory {
 public:
  OwnMemory(const OwnMemory&) = delete;
  OwnMemory& operator=(const OwnMemory&) = delete;

 protected:
  explicit OwnMemory(void* memory) : memory_(memory) {}
  ~OwnMemory() { ::operator delete(memory_); }

 private:
  void* const memory_;
};

/// RocksDB destroys what it wants in an arena and does not delete it, and the arena's class is not
/// public.
class SelfFreeingIterator final : private OwnMemory, public TreeIterator {
 public:
  static Iterator* make(const KeyTree& tree) {
    void* const memory = ::operator new(sizeof(SelfFreeingIterator));
    return new (memory) SelfFreeingIterator(memory, tree);
  }

 private:
  SelfFreeingIterator(void* memory, const KeyTree& tree) : OwnMemory(memory), TreeIterator(tree) {}
};

/// For MemTableRep::Get(), which in RocksDB 7.8 never deletes the iterator that it asks for: it
/// gets the same memory again and again, and deleting that does nothing.
class LookupIterator final : public TreeIterator {
 public:
  static Iterator* make(const KeyTree& tree) {
    alignas(LookupIterator) thread_local std::byte memory[sizeof(LookupIterator)];
    return new (memory) LookupIterator(tree);
  }
  static void operator delete(void*) {}

 private:
  static void* operator new(std::size_t, void* memory) { return memory; }
  using TreeIterator::TreeIterator;
};

class RocksOrder final : public KeyTree::Order {
 public:
  explicit RocksOrder(const rocksdb::MemTableRep::KeyComparator& order) : order_(order) {}

  std::string_view internal_key(const char* key) const override {
    return view(order_.decode_key(key));
  }
  int compare(const char* key, std::string_view internal_key) const override {
    return order_(key, slice(internal_key));
  }

 private:
  const rocksdb::MemTableRep::KeyComparator& order_;
};

class TreeMemtable final : public rocksdb::MemTableRep {
 public:
  TreeMemtable(const KeyComparator& order, rocksdb::Allocator* allocator,
               std::shared_ptr<GatheredKeys> gathered)
      : MemTableRep(allocator),
        gathered_(std::move(gathered)),
        order_(order),
        tree_(order_, [this](std::size_t bytes) {
          char* memory = nullptr;
          Allocate(bytes, &memory);
          return memory;
        }) {}

  void Insert(rocksdb::KeyHandle handle) override {
    const auto* const key = static_cast<const char*>(handle);
    if (!gathered_->take(tree_, key)) tree_.insert(key);
  }
  void MarkReadOnly() override { ANNALS_ASSERT(!gathered_->has_of(tree_)); }
  bool Contains(const char* key) const override {
    KeyTree::Cursor cursor(tree_);
    cursor.seek(order_.internal_key(key));
    return cursor.valid() && order_.internal_key(cursor.key()) == order_.internal_key(key);
  }
  // All of it is the allocator's.
  std::size_t ApproximateMemoryUsage() override { return 0; }
  Iterator* GetIterator(rocksdb::Arena* arena) override {
    if (arena != nullptr) return SelfFreeingIterator::make(tree_);
    return new TreeIterator(tree_);
  }
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override {
    if (arena != nullptr) return SelfFreeingIterator::make(tree_);
    return LookupIterator::make(tree_);
  }

 private:
  const std::shared_ptr<GatheredKeys> gathered_;
  const RocksOrder order_;
  KeyTree tree_;
};

class TreeMemtables final : public rocksdb::MemTableRepFactory {
 public:
  explicit TreeMemtables(std::shared_ptr<GatheredKeys> gathered) : gathered_(std::move(gathered)) {}

  const char* Name() const override { return "AnnalsTreeMemtables"; }
  using MemTableRepFactory::CreateMemTableRep;
  rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator& order,
                                          rocksdb::Allocator* allocator,
                                          const rocksdb::SliceTransform*,
                                          rocksdb::Logger*) override {
    return new TreeMemtable(order, allocator, gathered_);
  }

 private:
  const std::shared_ptr<GatheredKeys> gathered_;
};

}  // namespace

bool GatheredKeys::take(KeyTree& tree, const char* key) {
  if (!is_open_) return false;
  // A batch has the rows of a family one after the other, mostly.
  if (trees_.empty() || trees_.back().tree != &tree) {
    const auto known = std::find_if(trees_.begin(), trees_.end(),
                                    [&](const OfTree& one) { return one.tree == &tree; });
    if (known == trees_.end()) {
      trees_.push_back({&tree, {}});
    } else {
      std::iter_swap(known, trees_.end() - 1);
    }
  }
  trees_.back().keys.push_back(key);
  return true;
}

bool GatheredKeys::has_of(const KeyTree& tree) const {
  return std::any_of(trees_.begin(), trees_.end(),
                     [&](const OfTree& one) { return one.tree == &tree; });
}

void GatheredKeys::insert_all(WorkerThread& helper) noexcept {
  is_open_ = false;
  std::sort(trees_.begin(), trees_.end(),
            [](const OfTree& a, const OfTree& b) { return a.keys.size() > b.keys.size(); });
  std::vector<Task> tasks;
  for (const OfTree& one : trees_) {
    tasks.emplace_back([&one]() -> Status {
      one.tree->insert(one.keys);
      return {};
    });
  }
  static_cast<void>(run_tasks(&helper, tasks));
  trees_.clear();
}

std::shared_ptr<rocksdb::MemTableRepFactory> make_tree_memtables(
    std::shared_ptr<GatheredKeys> gathered) {
  return std::make_shared<TreeMemtables>(std::move(gathered));
}

}  // namespace annals::storage
