// How one thread writes while others read:
//
//  (1) A node's version is odd while the node is being changed, and another one afterwards. Whoever
//  reads a node looks at its version before and after, and begins anew at the root if it changed.
//
//  (2) All that readers look at is atomic: loads acquire and stores release. So a reader that sees
//  something of a change sees the version that came before it.
//
//  (3) A child is told from its parent's version to be the right one once the child's own version
//  is known: nodes that change together are all locked before any of them is changed.

#include "storage/kv/key_tree.h"

#include <algorithm>
#include <memory>
#include <new>
#include <thread>
#include <utility>

#include <boost/container/static_vector.hpp>

#include "storage/kv/key_head.h"

namespace annals::storage {

namespace {

/// Of so many keys that are inserted together: a processor waits for some ten lines of memory at
/// once, and what was fetched must not be gone when its turn comes.
constexpr std::size_t kSearchesAtOnce = 16;

/// Of the user key.
using Head = KeyHead<2>;

Head head_of(std::string_view internal_key) {
  constexpr std::size_t kTrailer = 8;
  return KeyHead<2>::of(internal_key.substr(0, internal_key.size() - kTrailer));
}

}  // namespace

/// A leaf; Inner has children as well.
struct alignas(64) KeyTree::Node {
  explicit Node(bool has_children = false) : is_inner(has_children) {}

  std::size_t size() const { return count.load(std::memory_order_acquire); }
  void set_size(std::size_t size) {
    count.store(static_cast<std::uint32_t>(size), std::memory_order_release);
  }
  const char* key(std::size_t index) const { return keys[index].load(std::memory_order_acquire); }
  void set_key(std::size_t index, const char* key, const Head& head) {
    firsts[index].store(head.numbers[0], std::memory_order_release);
    seconds[index].store(head.numbers[1], std::memory_order_release);
    keys[index].store(key, std::memory_order_release);
  }
  Head head(std::size_t index) const {
    return {firsts[index].load(std::memory_order_acquire),
            seconds[index].load(std::memory_order_acquire)};
  }
  void copy_key(std::size_t to, const Node& from, std::size_t index) {
    set_key(to, from.key(index), from.head(index));
  }

  /// Lets the processor fetch it as a whole, instead of line by line as the search goes.
  void prefetch() const {
    const auto* const bytes = reinterpret_cast<const char*>(this);
    for (std::size_t at = 0; at < sizeof(Node); at += 64) __builtin_prefetch(bytes + at);
  }
  /// Puts the key at the index and, in an inner node, the child behind it. Requires room.
  void insert(std::size_t index, const char* key, const Head& head, Node* behind);

  std::atomic<std::uint32_t> version{0};
  std::atomic<std::uint32_t> count{0};
  const bool is_inner;
  std::array<std::atomic<std::uint64_t>, kKeysMax> firsts;
  std::array<std::atomic<std::uint64_t>, kKeysMax> seconds;
  std::array<std::atomic<const char*>, kKeysMax> keys;
};

/// Child i has the keys from key i - 1 on that are less than key i.
struct KeyTree::Inner : Node {
  Inner() : Node(true) {}

  Node* child(std::size_t index) const { return children[index].load(std::memory_order_acquire); }
  void set_child(std::size_t index, Node* child) {
    children[index].store(child, std::memory_order_release);
  }

  std::array<std::atomic<Node*>, kKeysMax + 1> children;
};

/// Nodes that are being changed.
class KeyTree::Locks {
 public:
  Locks() = default;
  ~Locks() {
    for (std::size_t i = 0; i < count_; ++i) step(*nodes_[i], std::memory_order_release);
  }
  Locks(const Locks&) = delete;
  Locks& operator=(const Locks&) = delete;

  void add(Node& node) {
    step(node, std::memory_order_relaxed);
    nodes_[count_++] = &node;
  }

 private:
  static void step(Node& node, std::memory_order order) {
    node.version.store(node.version.load(std::memory_order_relaxed) + 1, order);
  }

  std::array<Node*, kHeightMax> nodes_;
  std::size_t count_ = 0;
};

/// What is looked for.
struct KeyTree::Target {
  enum class Edge : std::uint8_t { kNone, kBeforeAll, kBehindAll };

  explicit Target(Edge which) : edge(which) {}
  explicit Target(std::string_view internal_key) : key(internal_key), head(head_of(key)) {}

  std::string_view key;
  Head head;
  Edge edge = Edge::kNone;
};

/// What a node gave to one that now stands behind it.
struct KeyTree::Splinter {
  const char* separator;  // its keys are not less
  Node* node;
};

template <class Made>
Made* KeyTree::make_node() {
  std::size_t bytes = sizeof(Made) + alignof(Made);
  void* memory = allocate_(bytes);
  std::align(alignof(Made), sizeof(Made), memory, bytes);
  return new (memory) Made();
}

KeyTree::KeyTree(const Order& order, Allocate allocate)
    : order_(order), allocate_(std::move(allocate)), root_(make_node<Node>()) {}

KeyTree::Target KeyTree::target_of(const char* key) const {
  return Target(order_.internal_key(key));
}

/// Less than zero if the node's key comes before the target.
int KeyTree::compare(const Node& node, std::size_t index, const Target& target) const {
  const Head head = node.head(index);
  if (head != target.head) return head < target.head ? -1 : 1;
  return order_.compare(node.key(index), target.key);
}

/// How many keys of the node are less than the target, or equal to it.
std::size_t KeyTree::count_before(const Node& node, const Target& target, bool with_equal) const {
  std::size_t end = node.size();
  if (target.edge != Target::Edge::kNone) {
    return target.edge == Target::Edge::kBeforeAll ? 0 : end;
  }
  std::size_t begin = 0;
  while (begin < end) {
    const std::size_t middle = (begin + end) / 2;
    const int difference = compare(node, middle, target);
    if (difference < 0 || (with_equal && difference == 0)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// --- Writing -------------------------------------------------------------------------------------

void KeyTree::Node::insert(std::size_t index, const char* key, const Head& head, Node* behind) {
  const std::size_t old_size = size();
  for (std::size_t i = old_size; i > index; --i) copy_key(i, *this, i - 1);
  set_key(index, key, head);
  if (is_inner) {
    auto& inner = static_cast<Inner&>(*this);
    for (std::size_t i = old_size + 1; i > index + 1; --i) inner.set_child(i, inner.child(i - 1));
    inner.set_child(index + 1, behind);
  }
  set_size(old_size + 1);
}

/// Splits a full leaf and puts the key, which belongs at the index, into one of the halves.
KeyTree::Splinter KeyTree::split_leaf(Node& leaf, std::size_t index, const Target& target,
                                      const char* key) {
  auto* const right = make_node<Node>();
  // Keys that come in order fill their leaves.
  const std::size_t kept = index == kKeysMax ? kKeysMax : kKeysMax / 2;
  for (std::size_t i = kept; i < kKeysMax; ++i) right->copy_key(i - kept, leaf, i);
  right->set_size(kKeysMax - kept);
  leaf.set_size(kept);
  if (index < kept) {
    leaf.insert(index, key, target.head, nullptr);
  } else {
    right->insert(index - kept, key, target.head, nullptr);
  }
  return {right->key(0), right};
}

/// Likewise a full inner node, which gets a child. The separator of the halves is in neither.
KeyTree::Splinter KeyTree::split_inner(Inner& inner, std::size_t index, const Splinter& added) {
  auto* const right = make_node<Inner>();
  const Head head = target_of(added.separator).head;
  if (index == kKeysMax) {
    right->set_child(0, added.node);
    return {added.separator, right};
  }
  constexpr std::size_t kMiddle = kKeysMax / 2;
  const char* const separator = inner.key(kMiddle);
  for (std::size_t i = kMiddle + 1; i < kKeysMax; ++i) {
    right->copy_key(i - kMiddle - 1, inner, i);
    right->set_child(i - kMiddle - 1, inner.child(i));
  }
  right->set_child(kKeysMax - kMiddle - 1, inner.child(kKeysMax));
  right->set_size(kKeysMax - kMiddle - 1);
  inner.set_size(kMiddle);
  if (index <= kMiddle) {
    inner.insert(index, added.separator, head, added.node);
  } else {
    right->insert(index - kMiddle - 1, added.separator, head, added.node);
  }
  return {separator, right};
}

void KeyTree::insert(const char* key) {
  const Target target = target_of(key);
  struct Step {
    Inner* node;
    std::size_t child;
  };
  std::array<Step, kHeightMax> path;
  std::size_t depth = 0;
  Node* node = root_.load(std::memory_order_relaxed);
  while (node->is_inner) {
    auto* const inner = static_cast<Inner*>(node);
    const std::size_t child = count_before(*inner, target, true);
    path[depth++] = {inner, child};
    node = inner->child(child);
    node->prefetch();
  }
  const std::size_t index = count_before(*node, target, false);
  Locks locks;
  locks.add(*node);
  if (node->size() < kKeysMax) return node->insert(index, key, target.head, nullptr);
  // All that will change, before any of it does: invariant (3).
  for (std::size_t i = depth; i-- > 0;) {
    locks.add(*path[i].node);
    if (path[i].node->size() < kKeysMax) break;
  }
  Splinter added = split_leaf(*node, index, target, key);
  while (depth > 0) {
    const Step& parent = path[--depth];
    node = parent.node;
    if (parent.node->size() < kKeysMax) {
      const Head head = target_of(added.separator).head;
      return parent.node->insert(parent.child, added.separator, head, added.node);
    }
    added = split_inner(*parent.node, parent.child, added);
  }
  auto* const root = make_node<Inner>();
  root->set_child(0, node);
  root->insert(0, added.separator, target_of(added.separator).head, added.node);
  root_.store(root, std::memory_order_release);
}

/// Lets the processor fetch the leaves to which the keys belong, at most kSearchesAtOnce: goes down
/// in step, so that none waits for a node that was not asked for a while ago. For the writer.
void KeyTree::fetch_leaves(std::span<const char* const> keys) const {
  struct Search {
    Target target;
    const Node* node;
  };
  boost::container::static_vector<Search, kSearchesAtOnce> searches;
  const Node* const root = root_.load(std::memory_order_relaxed);
  for (const char* const key : keys) searches.push_back({target_of(key), root});
  // All leaves are equally far from the root.
  while (searches.front().node->is_inner) {
    for (Search& search : searches) {
      const auto& inner = static_cast<const Inner&>(*search.node);
      search.node = inner.child(count_before(inner, search.target, true));
      search.node->prefetch();
    }
  }
}

void KeyTree::insert(std::span<const char* const> keys) {
  while (!keys.empty()) {
    const auto some = keys.first(std::min(keys.size(), kSearchesAtOnce));
    fetch_leaves(some);
    for (const char* const key : some) insert(key);
    keys = keys.subspan(some.size());
  }
}

// --- Reading -------------------------------------------------------------------------------------

namespace {

/// A node's version once nobody is changing it. A change takes some hundred nanoseconds, unless its
/// thread has to wait for a processor.
template <class Node>
std::uint32_t settled_version(const Node& node) {
  constexpr int kTries = 100;
  for (int tries = 0;; ++tries) {
    const std::uint32_t version = node.version.load(std::memory_order_acquire);
    if (version % 2 == 0) return version;
    if (tries >= kTries) std::this_thread::yield();
  }
}

template <class Node>
bool is_still(const Node& node, std::uint32_t version) {
  return node.version.load(std::memory_order_acquire) == version;
}

}  // namespace

/// Between which keys a leaf lies; null where nothing lies beyond.
struct KeyTree::Cursor::Fences {
  const char* lower = nullptr;
  const char* upper = nullptr;
};

/// Copies the leaf to which the target belongs, and stands behind all keys that come before it.
KeyTree::Cursor::Fences KeyTree::Cursor::copy_leaf(const Target& target, bool with_equal) {
  Fences fences;
  while (!try_copy_leaf(target, with_equal, fences)) fences = {};
  return fences;
}

/// False: something changed meanwhile.
bool KeyTree::Cursor::try_copy_leaf(const Target& target, bool with_equal, Fences& fences) {
  const Node* node = tree_->root_.load(std::memory_order_acquire);
  std::uint32_t version = settled_version(*node);
  if (tree_->root_.load(std::memory_order_acquire) != node) return false;
  while (node->is_inner) {
    const auto& inner = static_cast<const Inner&>(*node);
    const std::size_t index = tree_->count_before(inner, target, with_equal);
    if (index > 0) fences.lower = inner.key(index - 1);
    if (index < inner.size()) fences.upper = inner.key(index);
    const Node* const child = inner.child(index);
    child->prefetch();
    const std::uint32_t child_version = settled_version(*child);
    // Only now: had it changed before, this could be half of the child that was meant.
    if (!is_still(inner, version)) return false;
    node = child;
    version = child_version;
  }
  at_ = tree_->count_before(*node, target, with_equal);
  count_ = node->size();
  for (std::size_t i = 0; i < count_; ++i) keys_[i] = node->key(i);
  return is_still(*node, version);
}

/// To the first key behind all that are less than the target, or (`behind_equal`) equal to it.
void KeyTree::Cursor::go_forward(Target target, bool behind_equal) {
  Fences fences = copy_leaf(target, behind_equal);
  while (!valid() && fences.upper != nullptr) {
    target = tree_->target_of(fences.upper);
    // A leaf begins with the key that separates it from the one before.
    fences = copy_leaf(target, true);
    --at_;
  }
}

/// To the last key that is less than the target, or (`with_equal`) equal to it.
void KeyTree::Cursor::go_back(Target target, bool with_equal) {
  Fences fences = copy_leaf(target, with_equal);
  while (at_ == 0 && fences.lower != nullptr) {
    target = tree_->target_of(fences.lower);
    fences = copy_leaf(target, false);
  }
  // Before the first: nowhere.
  at_ = at_ == 0 ? count_ : at_ - 1;
}

/// Fetches the entry that many places on, if it is in the leaf: who goes through a memory table, as
/// a flush does, would wait for each entry of it.
void KeyTree::Cursor::fetch_ahead(std::size_t distance) const {
  constexpr std::size_t kCacheLine = 64;
  if (at_ + distance >= count_) return;
  __builtin_prefetch(keys_[at_ + distance]);
  __builtin_prefetch(keys_[at_ + distance] + kCacheLine);
}

void KeyTree::Cursor::next() {
  constexpr std::size_t kAhead = 6;
  if (at_ + 1 < count_) {
    ++at_;
    fetch_ahead(kAhead);
  } else {
    go_forward(tree_->target_of(key()), true);
    for (std::size_t i = 0; i <= kAhead; ++i) fetch_ahead(i);
  }
}

void KeyTree::Cursor::prev() {
  if (at_ > 0) {
    --at_;
  } else {
    go_back(tree_->target_of(key()), false);
  }
}

void KeyTree::Cursor::seek(std::string_view internal_key) {
  go_forward(Target(internal_key), false);
}
void KeyTree::Cursor::seek_for_prev(std::string_view internal_key) {
  go_back(Target(internal_key), true);
}
void KeyTree::Cursor::seek_to_first() { go_forward(Target(Target::Edge::kBeforeAll), false); }
void KeyTree::Cursor::seek_to_last() { go_back(Target(Target::Edge::kBehindAll), true); }

}  // namespace annals::storage
