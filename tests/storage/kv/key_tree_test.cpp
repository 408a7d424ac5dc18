#include "storage/kv/key_tree.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

constexpr std::size_t kTrailer = 8;

/// As RocksDB orders internal keys: by user key, then the larger number first.
int compare_internal(std::string_view a, std::string_view b) {
  const std::string_view user_a = a.substr(0, a.size() - kTrailer);
  const std::string_view user_b = b.substr(0, b.size() - kTrailer);
  const int difference = user_a.compare(user_b);
  return difference != 0 ? difference : b.substr(user_b.size()).compare(a.substr(user_a.size()));
}

/// Of entries with the length before, of less than 128 bytes.
class InternalOrder final : public KeyTree::Order {
 public:
  std::string_view internal_key(const char* key) const override {
    return {key + 1, static_cast<std::size_t>(*key)};
  }
  int compare(const char* key, std::string_view internal_key) const override {
    return compare_internal(this->internal_key(key), internal_key);
  }
};

/// A user key with its number, which stands big endian so that bytes compare like numbers.
std::string internal_key(std::string_view user_key, std::uint64_t number) {
  std::string key(user_key);
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
  return key;
}

bool is_less(const std::string& a, const std::string& b) { return compare_internal(a, b) < 0; }

/// A tree, and the memory of its keys and nodes.
class Tree {
 public:
  const char* make_entry(const std::string& internal) {
    std::string entry(1, static_cast<char>(internal.size()));
    return entries_.emplace_back(entry + internal).data();
  }
  void insert(const std::string& internal) { tree_.insert(make_entry(internal)); }

  void insert(const std::vector<std::string>& internals) {
    std::vector<const char*> entries;
    for (const std::string& internal : internals) entries.push_back(make_entry(internal));
    tree_.insert(entries);
  }

  const KeyTree& get() const { return tree_; }
  void insert_entry(const char* entry) { tree_.insert(entry); }

 private:
  InternalOrder order_;
  std::deque<std::string> entries_;
  std::deque<std::vector<char>> memory_;
  KeyTree tree_{order_, [this](std::size_t bytes) { return memory_.emplace_back(bytes).data(); }};
};

std::string key_at(const KeyTree::Cursor& cursor) {
  if (!cursor.valid()) return "nowhere";
  return std::string(InternalOrder().internal_key(cursor.key()));
}

/// The keys in their order, forwards and backwards, and where a seek for each of `wanted` ends.
void expect_same(const KeyTree& tree, std::vector<std::string> keys,
                 const std::vector<std::string>& wanted) {
  std::sort(keys.begin(), keys.end(), is_less);
  KeyTree::Cursor cursor(tree);
  cursor.seek_to_first();
  for (const std::string& key : keys) {
    ASSERT_EQ(key_at(cursor), key);
    cursor.next();
  }
  ASSERT_FALSE(cursor.valid());
  cursor.seek_to_last();
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    ASSERT_EQ(key_at(cursor), *key);
    cursor.prev();
  }
  ASSERT_FALSE(cursor.valid());
  for (const std::string& target : wanted) {
    const auto not_less = std::lower_bound(keys.begin(), keys.end(), target, is_less);
    cursor.seek(target);
    ASSERT_EQ(key_at(cursor), not_less == keys.end() ? "nowhere" : *not_less);
    const auto greater = std::upper_bound(keys.begin(), keys.end(), target, is_less);
    cursor.seek_for_prev(target);
    ASSERT_EQ(key_at(cursor), greater == keys.begin() ? "nowhere" : *(greater - 1));
  }
}

TEST(KeyTreeTest, IsEmptyAtFirst) {
  Tree tree;
  expect_same(tree.get(), {}, {internal_key("a", 1)});
}

/// In the order of the calls, as many as make a tree of three levels; `make` gives the n-th.
template <class Make>
void expect_like_model(Make make) {
  constexpr std::size_t kKeys = 6'000;
  Tree tree;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kKeys; ++i) {
    keys.push_back(make(i));
    tree.insert(keys.back());
    // Each size of a first node, and some afterwards.
    if (i >= 100 && i % 1'000 != 0 && i + 1 < kKeys) continue;
    std::vector<std::string> wanted;
    for (std::size_t near = 0; near <= i; near += 1 + i / 300) {
      wanted.push_back(keys[near]);
      wanted.push_back(keys[near] + '\x01');          // another user key
      wanted.push_back(internal_key(keys[near], 0));  // a longer one
      std::string other = keys[near];
      other.back() = static_cast<char>(other.back() ^ 1);  // another number
      wanted.push_back(other);
    }
    wanted.push_back(internal_key("", 0));
    wanted.push_back(internal_key(std::string(40, '\xff'), 0));
    ASSERT_NO_FATAL_FAILURE(expect_same(tree.get(), keys, wanted)) << "after " << i + 1;
  }
}

std::string eight_bytes(std::uint64_t number) { return internal_key("", number); }

TEST(KeyTreeTest, Ascending) {
  expect_like_model([](std::size_t i) { return internal_key(eight_bytes(i), i + 1); });
}

TEST(KeyTreeTest, Descending) {
  expect_like_model([](std::size_t i) { return internal_key(eight_bytes(100'000 - i), i + 1); });
}

TEST(KeyTreeTest, InAnyOrder) {
  expect_like_model([random = std::mt19937_64(7)](std::size_t i) mutable {
    return internal_key(eight_bytes(random() % 1'000) + eight_bytes(random() % 3), i + 1);
  });
}

TEST(KeyTreeTest, ThatDifferBehindTheirFirstBytes) {
  expect_like_model([random = std::mt19937_64(8)](std::size_t i) mutable {
    return internal_key("the same for all of them " + eight_bytes(random() % 2'000), i + 1);
  });
}

TEST(KeyTreeTest, VersionsOfOneKey) {
  expect_like_model([](std::size_t i) { return internal_key("one", i + 1); });
}

TEST(KeyTreeTest, ShortOnesAndZeros) {
  expect_like_model([random = std::mt19937_64(9)](std::size_t i) mutable {
    std::string user_key(random() % 20, '\0');
    if (!user_key.empty() && random() % 2 == 0) user_key.back() = '\xff';
    return internal_key(user_key, i + 1);
  });
}

/// Several at a time, from none to more than are looked for together; some fill a leaf more than
/// once.
TEST(KeyTreeTest, ManyAtOnce) {
  Tree tree;
  std::vector<std::string> keys;
  std::mt19937_64 random(11);
  for (std::size_t round = 0; keys.size() < 20'000; ++round) {
    std::vector<std::string> some(round % 7 == 0 ? 700 : round % 41);
    const std::uint64_t near = round % 3 == 0 ? random() : 0;
    for (std::string& key : some) {
      const std::uint64_t number = near == 0 ? random() % 5'000 : near + random() % 100;
      key = internal_key(eight_bytes(number), keys.size() + 1);
      keys.push_back(key);
    }
    tree.insert(some);
    if (round % 50 > 0 && round > 20) continue;
    ASSERT_NO_FATAL_FAILURE(expect_same(tree.get(), keys, some)) << "after " << keys.size();
  }
  ASSERT_NO_FATAL_FAILURE(expect_same(tree.get(), keys, keys));
}

/// Readers go both ways and look keys up while a thread inserts.
TEST(KeyTreeTest, IsReadWhileItIsWritten) {
  constexpr std::size_t kKeys = 300'000;
  constexpr int kReaders = 2;
  Tree tree;
  std::vector<const char*> entries;
  std::mt19937_64 random(10);
  for (std::size_t i = 0; i < kKeys; ++i) {
    entries.push_back(tree.make_entry(internal_key(eight_bytes(random()), i + 1)));
  }
  std::atomic<std::size_t> inserted{0};
  const InternalOrder order;
  const auto read = [&] {
    KeyTree::Cursor cursor(tree.get());
    for (std::size_t round = 0, before = 0; before < kKeys; ++round) {
      before = inserted.load(std::memory_order_acquire);
      const bool forwards = round % 2 == 0;
      std::size_t met = 0;
      const char* last = nullptr;
      for (forwards ? cursor.seek_to_first() : cursor.seek_to_last(); cursor.valid();
           forwards ? cursor.next() : cursor.prev()) {
        ASSERT_TRUE(last == nullptr ||
                    (order.compare(last, order.internal_key(cursor.key())) < 0) == forwards);
        last = cursor.key();
        ++met;
      }
      ASSERT_GE(met, before);
      for (std::size_t i = round % 7; i < before; i += 97) {
        const std::string_view wanted = order.internal_key(entries[i]);
        forwards ? cursor.seek(wanted) : cursor.seek_for_prev(wanted);
        ASSERT_TRUE(cursor.valid());
        ASSERT_EQ(cursor.key(), entries[i]);
      }
    }
  };
  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) readers.emplace_back(read);
  for (std::size_t i = 0; i < kKeys; ++i) {
    tree.insert_entry(entries[i]);
    inserted.store(i + 1, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace annals::storage
