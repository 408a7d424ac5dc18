#include "query/executor/node_groups.h"

#include <cstddef>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annals::query {
namespace {

// Entities whose numbers lie close together, others that lie far apart, events and null, in such
// numbers that the array is made and grows while some are in the table already.
TEST(NodeGroupsTest, NumbersAreThoseOfTheOrderInWhichNodesCame) {
  std::mt19937_64 random(7);
  MemoryBudget memory(std::size_t{1} << 26);
  NodeGroups groups(memory);
  std::unordered_map<NodeId, std::size_t> expected;
  std::vector<NodeId> order;
  for (int i = 0; i < 60'000; ++i) {
    NodeId node;
    switch (random() % 8) {
      case 0: node = NodeId::event(Seq(random() % 5'000 + 1)); break;
      case 1: node = NodeId::entity(random() % (std::size_t{1} << 40)); break;
      case 2: break;
      default: node = NodeId::entity(random() % (static_cast<std::size_t>(i) + 10) + 1);
    }
    const auto known = expected.find(node);
    const auto number = groups.find(node);
    ASSERT_EQ(number.has_value(), known != expected.end()) << node.raw;
    if (number) {
      ASSERT_EQ(*number, known->second);
    }
    const auto added = groups.add(node);
    ASSERT_TRUE(added.has_value());
    const auto [entry, is_new] = expected.try_emplace(node, order.size());
    if (is_new) order.push_back(node);
    ASSERT_EQ(*added, std::pair(entry->second, is_new)) << node.raw;
  }
  ASSERT_EQ(groups.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(groups.node(i), order[i]);
    EXPECT_EQ(groups.find(order[i]), std::optional(i));
  }
}

TEST(NodeGroupsTest, WhatItHoldsCounts) {
  MemoryBudget memory(std::size_t{1} << 14);
  NodeGroups groups(memory);
  std::uint64_t number = 1;
  while (number < 10'000 && groups.add(NodeId::entity(number)).has_value()) ++number;
  EXPECT_LT(number, 400U);
}

}  // namespace
}  // namespace annals::query
