// A store of any make against the obvious model of one, a map for each family.

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/kv/key_value_store.h"
#include "tests/support/random_commit.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

using tests::pick;
using tests::Random;
using tests::TempFolder;

using Model = std::array<std::map<std::string, std::string>, kFamilyCount>;

const StoreOptions kSmall{.memory_bytes = std::size_t{8} << 20};

/// Of the index.
Family random_family(Random& random) {
  return static_cast<Family>(1 + pick(random, kFamilyCount - 1));
}

/// Short keys of few letters, so that they collide, and with bytes at both ends of the order.
std::string random_key(Random& random) {
  constexpr std::string_view kLetters(
      "\0\x01"
      "ab\x7f\x80\xff",
      7);
  std::string key(1 + pick(random, 4), '\0');
  for (char& byte : key) byte = kLetters[pick(random, kLetters.size())];
  return key;
}

std::string random_value(Random& random) {
  return std::string(pick(random, 20) == 0 ? 5'000 : pick(random, 30),
                     static_cast<char>('a' + pick(random, 26)));
}

class Harness {
 public:
  explicit Harness(std::uint64_t seed) : random_(seed) { reopen(); }

  void step() {
    const std::size_t what = pick(random_, 100);
    if (what < 38) return change(1 + pick(random_, 8));
    if (what < 40) return change(500 + pick(random_, 2'000));
    if (what < 60) return compare_gets();
    if (what < 85) return compare_walk();
    if (what < 90) return compare_snapshot();
    if (what < 94) return ingest(pick(random_, 3'000));
    if (what < 96) return clear();
    if (what < 98) return settle();
    reopen();
  }

  void compare_everything() {
    for (std::size_t i = 1; i < kFamilyCount; ++i) {
      const auto iterator = store_->iterate(static_cast<Family>(i), {}, {});
      for (const auto& [key, value] : model_[i]) {
        ASSERT_TRUE(iterator->valid());
        ASSERT_EQ(iterator->key(), key);
        ASSERT_EQ(iterator->value(), value);
        iterator->next();
      }
      ASSERT_FALSE(iterator->valid());
      ASSERT_TRUE(iterator->status());
    }
  }

 private:
  std::map<std::string, std::string>& model(Family family) {
    return model_[static_cast<std::size_t>(family)];
  }

  /// A batch of `count` changes, made in the model too.
  WriteBatch random_batch(std::size_t count) {
    WriteBatch batch;
    for (; count > 0; --count) {
      const Family family = random_family(random_);
      std::string key = random_key(random_);
      if (pick(random_, 3) == 0) {
        batch.erase(family, key);
        model(family).erase(key);
      } else {
        const std::string value = random_value(random_);
        batch.put(family, key, value);
        model(family)[key] = value;
      }
    }
    return batch;
  }

  void change(std::size_t count) {
    const auto durability = pick(random_, 10) == 0 ? Durability::kSynced : Durability::kRelaxed;
    ASSERT_TRUE(store_->write(random_batch(count), durability));
  }

  void ingest(std::size_t count) {
    WriteBatch batch = random_batch(count);
    ASSERT_TRUE(store_->ingest(std::move(batch)));
  }

  void clear() {
    const Family family = random_family(random_);
    ASSERT_TRUE(store_->clear(family));
    model(family).clear();
  }

  void settle() { ASSERT_TRUE(pick(random_, 2) == 0 ? store_->flush() : store_->sync()); }

  void reopen() {
    store_.reset();
    auto store = open_rocks_store(folder_.path(), kSmall);
    ASSERT_TRUE(store) << format_error(store.error());
    store_ = std::move(*store);
    compare_everything();
  }

  void compare_gets() {
    for (int i = 0; i < 10; ++i) {
      const Family family = random_family(random_);
      const std::string key = random_key(random_);
      const auto known = model(family).find(key);
      std::string value = "before";
      const Result<bool> found = store_->get(family, key, value);
      ASSERT_TRUE(found);
      ASSERT_EQ(*found, known != model(family).end());
      if (*found) {
        ASSERT_EQ(value, known->second);
      }
    }
  }

  struct Bounds {
    std::string lower;
    std::string upper;
  };
  Bounds random_bounds() {
    Bounds bounds;
    if (pick(random_, 3) > 0) bounds.lower = random_key(random_);
    if (pick(random_, 3) > 0) bounds.upper = random_key(random_);
    if (!bounds.upper.empty() && bounds.upper < bounds.lower) std::swap(bounds.lower, bounds.upper);
    return bounds;
  }

  /// A walk between random bounds, with jumps forwards and back.
  void compare_walk() { compare_walk(model_, nullptr); }
  void compare_walk(const Model& model, const KvSnapshot* snapshot) {
    const Family family = random_family(random_);
    const auto& all = model[static_cast<std::size_t>(family)];
    Bounds bounds = random_bounds();
    const auto iterator = store_->iterate(family, bounds.lower, bounds.upper, snapshot);
    compare_steps(all, bounds, *iterator);
    while (!bounds.upper.empty()) {
      bounds = random_bounds();
      if (bounds.upper.empty()) break;
      iterator->restrict_to(bounds.lower, bounds.upper);
      compare_steps(all, bounds, *iterator);
    }
    ASSERT_TRUE(iterator->status());
  }

  /// The iterator stands at the first key within its bounds.
  void compare_steps(const std::map<std::string, std::string>& all, const Bounds& bounds,
                     KvIterator& iterator) {
    const std::map<std::string, std::string> in_bounds(
        all.lower_bound(bounds.lower),
        bounds.upper.empty() ? all.end() : all.lower_bound(bounds.upper));
    auto expected = in_bounds.begin();
    for (int i = 0; i < 30; ++i) {
      ASSERT_EQ(iterator.valid(), expected != in_bounds.end());
      if (iterator.valid()) {
        ASSERT_EQ(iterator.key(), expected->first);
        ASSERT_EQ(iterator.value(), expected->second);
      }
      const std::string key = random_key(random_);
      const auto before = [&](auto position) {
        return position == in_bounds.begin() ? in_bounds.end() : std::prev(position);
      };
      switch (pick(random_, iterator.valid() ? 6 : 2)) {
        case 0:
          iterator.seek(key);
          expected = in_bounds.lower_bound(key);
          break;
        case 1:
          iterator.seek_for_prev(key);
          expected = before(in_bounds.upper_bound(key));
          break;
        case 2:
          iterator.prev();
          expected = before(expected);
          break;
        default: iterator.next(); ++expected;
      }
    }
  }

  /// A snapshot shows what was, whatever is written meanwhile.
  void compare_snapshot() {
    const Model before = model_;
    const auto snapshot = store_->snapshot();
    change(50);
    ingest(1'500);
    for (std::size_t i = 1; i < kFamilyCount; ++i) {
      const auto family = static_cast<Family>(i);
      const auto iterator = store_->iterate(family, {}, {}, snapshot.get());
      for (const auto& [key, value] : before[i]) {
        ASSERT_TRUE(iterator->valid());
        ASSERT_EQ(iterator->key(), key);
        std::string read;
        const Result<bool> found = store_->get(family, key, read, snapshot.get());
        ASSERT_TRUE(found && *found);
        ASSERT_EQ(read, value);
        iterator->next();
      }
      ASSERT_FALSE(iterator->valid());
    }
    // Iterators over one snapshot are used again, with other bounds.
    for (int i = 0; i < 20; ++i) compare_walk(before, snapshot.get());
  }

  Random random_;
  TempFolder folder_;
  Model model_;
  std::unique_ptr<KeyValueStore> store_;
};

TEST(StoreConformanceTest, RocksDbBehavesLikeAMapForEachFamily) {
  for (const std::uint64_t seed : tests::test_seeds(4)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    Harness harness(seed);
    for (int i = 0; i < 250 && !testing::Test::HasFatalFailure(); ++i) harness.step();
    harness.compare_everything();
  }
}

}  // namespace
}  // namespace annals::storage
