#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace annals::storage {

/// The keys of a memory table in their order, as a B+-tree. Borrows the keys, which are encoded as
/// RocksDB does it and must not change; takes memory that it never gives back.
///
/// One thread may insert, and any number may read meanwhile: they never keep the writer waiting,
/// and look again where it has just been (V. Leis, M. Haubenschild, T. Neumann: "Optimistic Lock
/// Coupling: A Scalable and Efficient General-Purpose Synchronization Method", IEEE Data
/// Engineering Bulletin 42(1), 2019).
class KeyTree {
 public:
  /// What the tree has to know of keys. Thread-safe.
  class Order {
   public:
    virtual ~Order() = default;
    /// The internal key of an entry: a user key, and behind it eight bytes that tell its versions
    /// apart.
    virtual std::string_view internal_key(const char* key) const = 0;
    /// Less than zero if the entry comes before. Of different user keys as their bytes do.
    virtual int compare(const char* key, std::string_view internal_key) const = 0;
  };
  /// Gives so many bytes, which live as long as the tree.
  using Allocate = std::function<char*(std::size_t)>;

  /// Borrows `order`.
  KeyTree(const Order& order, Allocate allocate);
  KeyTree(const KeyTree&) = delete;
  KeyTree& operator=(const KeyTree&) = delete;

  /// Requires that the tree does not have the key.
  void insert(const char* key);
  /// Likewise of all keys, in any order: quicker than one by one, since the waits for memory of
  /// several searches fall together.
  void insert(std::span<const char* const> keys);

  class Cursor;

 private:
  // Nodes of a kilobyte, of which a search touches some six cache lines.
  static constexpr std::size_t kKeysMax = 32;
  // Of nodes that are half full, this is more than memory could hold.
  static constexpr std::size_t kHeightMax = 16;

  struct Node;
  struct Inner;
  class Locks;
  struct Target;
  struct Splinter;

  template <class Made>
  Made* make_node();
  Target target_of(const char* key) const;
  int compare(const Node& node, std::size_t index, const Target& target) const;
  std::size_t count_before(const Node& node, const Target& target, bool with_equal) const;
  void fetch_leaves(std::span<const char* const> keys) const;
  Splinter split_leaf(Node& leaf, std::size_t index, const Target& target, const char* key);
  Splinter split_inner(Inner& inner, std::size_t index, const Splinter& added);

  const Order& order_;
  const Allocate allocate_;
  std::atomic<Node*> root_;
};

/// A place among the keys. Keys that are inserted meanwhile may be met or not, all others are. Not
/// thread-safe; borrows the tree.
class KeyTree::Cursor {
 public:
  explicit Cursor(const KeyTree& tree) : tree_(&tree) {}

  bool valid() const { return at_ < count_; }
  const char* key() const { return keys_[at_]; }  ///< Requires valid().
  void next();                                    ///< Requires valid().
  void prev();                                    ///< Requires valid().
  /// To the first key that is not less than this internal key.
  void seek(std::string_view internal_key);
  /// To the last key that is not greater.
  void seek_for_prev(std::string_view internal_key);
  void seek_to_first();
  void seek_to_last();

 private:
  struct Fences;

  void fetch_ahead(std::size_t distance) const;
  void go_forward(Target target, bool behind_equal);
  void go_back(Target target, bool with_equal);
  Fences copy_leaf(const Target& target, bool with_equal);
  bool try_copy_leaf(const Target& target, bool with_equal, Fences& fences);

  const KeyTree* tree_;
  // Of the leaf at which it stands, as that was then.
  std::array<const char*, kKeysMax> keys_;
  std::size_t count_ = 0;
  std::size_t at_ = 0;
};

}  // namespace annals::storage
