#include "storage/graph_index/group_keys.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr NodeId kNode = NodeId::entity(7);
constexpr NodeId kOther = NodeId::entity(8);

SpellName name(std::uint32_t relation, std::uint64_t neighbour, Micros begin) {
  return {SymbolId(relation), NodeId::entity(neighbour), begin, {Seq(3), 1}};
}

/// What a group may have, in the order in which it is walked.
std::vector<std::string> ordered_keys(NodeId node) {
  return {
      tail_key(node, 2, name(1, 5, -4)),
      tail_key(node, 2, name(4'000'000'000, 5, 0)),
      tail_end_key(node, 2),
      tail_key(node, 1, name(1, 5, 0)),
      tail_end_key(node, 1),
      tail_key(node, 0, name(1, 4, 9)),
      tail_key(node, 0, name(1, 5, 9)),
      tail_key(node, 0, name(2, 1, 9)),
      page_key(node, 100, 1),
      page_key(node, 100, 1, name(1, 5, 0)),
      page_key(node, 100, 0),
      page_key(node, 100, 0, name(1, 5, 0)),
      page_key(node, kEndOfTime, 300),
      page_key(node, kEndOfTime, 299, name(1, 5, 0)),
      page_key(node, kEndOfTime, 0),
  };
}

TEST(GroupKeysTest, WhatIsNewerLiesBeforeWhatItTookThePlaceOf) {
  std::vector<std::string> keys = ordered_keys(kNode);
  const std::vector<std::string> of_other = ordered_keys(kOther);
  keys.insert(keys.end(), of_other.begin(), of_other.end());
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  for (const std::string& key : ordered_keys(kNode)) {
    EXPECT_TRUE(key.starts_with(group_prefix(kNode)));
    EXPECT_LT(key, after_group(kNode));
  }
}

TEST(GroupKeysTest, KeysTellTheirParts) {
  const GroupKey tail = read_group_key(Family::kOut, tail_key(kNode, 2, name(1, 5, -4))).value();
  EXPECT_EQ(tail.node, kNode);
  EXPECT_FALSE(tail.is_page || tail.is_tail_end);
  EXPECT_EQ(tail.generation, 2U);
  EXPECT_EQ(tail.name, name(1, 5, -4));
  const GroupKey first = read_group_key(Family::kOut, tail_key(kNode, 0, name(1, 5, 9))).value();
  EXPECT_EQ(first.generation, 0U);
  EXPECT_EQ(first.name, name(1, 5, 9));
  const GroupKey end = read_group_key(Family::kOut, tail_end_key(kNode, 70'000)).value();
  EXPECT_TRUE(end.is_tail_end);
  EXPECT_EQ(end.generation, 70'000U);
  EXPECT_EQ(end.node, kNode);
  const GroupKey page = read_group_key(Family::kOut, page_key(kNode, 100, 4)).value();
  EXPECT_TRUE(page.is_first_page());
  EXPECT_EQ(page.block_end, 100);
  EXPECT_EQ(page.generation, 4U);
  const std::string later = page_key(kNode, -100, 0, name(2, 1, 9));
  const GroupKey second = read_group_key(Family::kOut, later).value();
  EXPECT_TRUE(second.is_page && !second.is_first_page());
  EXPECT_EQ(second.block_end, -100);
  EXPECT_EQ(second.name, name(2, 1, 9));
  EXPECT_TRUE(is_page_key(later));
  EXPECT_FALSE(is_page_key(tail_end_key(kNode, 1)));
}

TEST(GroupKeysTest, OtherKeysAreCorruption) {
  for (const std::string& key : ordered_keys(kNode)) {
    EXPECT_TRUE(read_group_key(Family::kOut, key)) << "the test's own";
    EXPECT_FALSE(read_group_key(Family::kOut, key + '\0'));
    EXPECT_FALSE(read_group_key(Family::kOut, key.substr(0, key.size() - 1)));
  }
  std::string other_tag = tail_key(kNode, 0, name(1, 5, 9));
  other_tag[sizeof(NodeId)] = 3;
  EXPECT_FALSE(read_group_key(Family::kOut, other_tag));
  // The first generation is not written.
  std::string no_generation = tail_key(kNode, 1, name(1, 5, 9));
  for (std::size_t i = 0; i < sizeof(Generation); ++i)
    no_generation[sizeof(NodeId) + 1 + i] = '\xFF';
  EXPECT_FALSE(read_group_key(Family::kOut, no_generation));
  std::string no_end = tail_end_key(kNode, 1);
  no_end.back() = 0;
  EXPECT_FALSE(read_group_key(Family::kOut, no_end));
}

TEST(GroupKeysTest, AWalkNeverEndsAtTheEndOfATail) {
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
  const NodeId without_pages = NodeId::entity(2);
  const std::vector<std::string> rows = {
      tail_key(kNode, 2, name(1, 5, 0)),
      page_key(kNode, 100, 1),
      page_key(kNode, kEndOfTime, 0),
      page_key(kOther, kEndOfTime, 3),
  };
  WriteBatch batch;
  for (const std::string& row : rows) batch.put(Family::kOut, row, "x");
  batch.put(Family::kOut, tail_end_key(without_pages, 1), "");
  batch.put(Family::kOut, tail_end_key(kNode, 2), "");
  batch.put(Family::kOut, tail_end_key(kOther, 5), "");
  ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
  const auto iterator = store->iterate(Family::kOut, {}, {});
  const auto key_after = [&](auto move) {
    move();
    return iterator->valid() ? std::string(iterator->key()) : std::string();
  };
  EXPECT_EQ(key_after([&] { seek_group(*iterator, without_pages); }), rows[0]);
  EXPECT_EQ(key_after([&] { seek_group(*iterator, kNode); }), rows[0]);
  EXPECT_EQ(key_after([&] { next_in_group(*iterator); }), rows[1]);
  EXPECT_EQ(key_after([&] { pass_block(*iterator, {kNode, true, false, 1, 100, {}}); }), rows[2]);
  EXPECT_EQ(key_after([&] {
              pass_block(*iterator, {kNode, true, false, 0, kEndOfTime, {}});
            }),
            rows[3]);
  EXPECT_EQ(key_after([&] { seek_block(*iterator, kNode, 99); }), rows[1]);
  EXPECT_EQ(key_after([&] { seek_block(*iterator, kNode, 100); }), rows[2]);
  EXPECT_EQ(key_after([&] { seek_block(*iterator, without_pages, 0); }), rows[0]);
  EXPECT_EQ(key_after([&] { seek_group(*iterator, kOther); }), rows[3]);
  EXPECT_EQ(key_after([&] { next_in_group(*iterator); }), "");
}

}  // namespace
}  // namespace annals::storage
