#include "storage/kv/tree_memtable.h"

#include <cstddef>
#include <new>
#include <string_view>

#include <rocksdb/memtablerep.h>

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
  TreeMemtable(const KeyComparator& order, rocksdb::Allocator* allocator)
      : MemTableRep(allocator), order_(order), tree_(order_, [this](std::size_t bytes) {
          char* memory = nullptr;
          Allocate(bytes, &memory);
          return memory;
        }) {}

  void Insert(rocksdb::KeyHandle handle) override {
    tree_.insert(static_cast<const char*>(handle));
  }
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
  const RocksOrder order_;
  KeyTree tree_;
};

class TreeMemtables final : public rocksdb::MemTableRepFactory {
 public:
  const char* Name() const override { return "AnnalsTreeMemtables"; }
  using MemTableRepFactory::CreateMemTableRep;
  rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator& order,
                                          rocksdb::Allocator* allocator,
                                          const rocksdb::SliceTransform*,
                                          rocksdb::Logger*) override {
    return new TreeMemtable(order, allocator);
  }
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> make_tree_memtables() {
  return std::make_shared<TreeMemtables>();
}

}  // namespace annals::storage
