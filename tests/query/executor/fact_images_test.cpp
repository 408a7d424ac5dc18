#include "query/executor/fact_images.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/executor/query_runner.h"
#include "query/parser/parser.h"
#include "tests/query/executor/world.h"

namespace annals::query {
namespace {

using storage::Direction;

constexpr int kFacts = 40;

/// The images of a session that asks about a few facts.
class FactImagesTest : public testing::Test {
 protected:
  FactImagesTest() {
    world_.run(kDefinitions);
    add_facts(0, kFacts);
  }

  /// One of each country.
  void add_facts(int first, int end) {
    std::string script;
    for (int i = first; i < end; ++i) {
      script += fmt::format(
          "ENTITY Country 'c{0}'; ENTITY Organisation 'o{0}';"
          "ASSERT (:Country 'c{0}')-[:MEMBER_OF]->(:Organisation 'o{1}') FROM '2000' TO '..';",
          i, i / 3);
    }
    world_.run(script);
  }

  /// Looks for one; without one a scan reads all there is, or as many facts as are given.
  bool has_image(Direction direction, NodeId node, std::optional<std::uint64_t> read = {}) {
    return has_image(images_, direction, node, read);
  }
  bool has_image(FactImages& images, Direction direction, NodeId node,
                 std::optional<std::uint64_t> read = {}) {
    const auto snapshot = world_.database().snapshot();
    const auto found = images.find(*snapshot, direction, node, StopFlag());
    EXPECT_TRUE(found);
    const bool has = found && *found != nullptr;
    if (!has && !node) {
      images.note_read(*snapshot, direction, read.value_or(snapshot->statistics().facts));
    }
    return has;
  }
  /// How many looks at a node find none.
  std::size_t reads_until_image(FactImages& images, Direction direction, std::size_t reads_max) {
    std::size_t reads = 0;
    while (reads < reads_max && !has_image(images, direction, NodeId::entity(1))) ++reads;
    return reads;
  }

  World world_;
  FactImages images_;
};

TEST_F(FactImagesTest, TheSecondScanOfAStateMakesOne) {
  EXPECT_FALSE(has_image(Direction::kOut, NodeId()));
  EXPECT_TRUE(has_image(Direction::kOut, NodeId()));
  EXPECT_TRUE(has_image(Direction::kOut, NodeId::entity(1)));
  world_.run("ENTITY Country 'new';");
  EXPECT_FALSE(has_image(Direction::kOut, NodeId()));
  EXPECT_TRUE(has_image(Direction::kOut, NodeId()));
}

TEST_F(FactImagesTest, ScansThatAreCutShortMakeOneWhenTheyHaveReadAsMuch) {
  const std::uint64_t facts = world_.database().snapshot()->statistics().facts;
  ASSERT_GT(facts, 4U);
  for (std::uint64_t i = 0; i < facts; ++i) EXPECT_FALSE(has_image(Direction::kOut, NodeId(), 1));
  EXPECT_TRUE(has_image(Direction::kOut, NodeId()));
}

TEST_F(FactImagesTest, AQuestionWithALimitDoesNotPayForOne) {
  // Each reads a batch.
  add_facts(kFacts, 4 * static_cast<int>(limits::kBatchRows));
  const auto snapshot = world_.database().snapshot();
  const auto ask = [&](std::string_view text) {
    const auto statement = parse_statement(text);
    const auto plan = PlannedQuery::plan(std::get<ast::Query>(statement->body), text, *snapshot);
    ASSERT_TRUE(plan);
    StopFlag stop;
    const Parameters none;
    const limits::StatementLimits limits;
    TextSink sink;
    ASSERT_TRUE(
        (*plan)->run(*snapshot, {none, world_.clock().now(), stop, limits, {}, &images_}, sink));
  };
  for (int i = 0; i < 3; ++i) ask("ALL TIME MATCH (a)-[m]->(b) RETURN a.name LIMIT 1");
  EXPECT_FALSE(has_image(Direction::kOut, NodeId::entity(1)));
  for (int i = 0; i < 2; ++i) ask("ALL TIME MATCH (a)-[m]->(b) RETURN count(m.since)");
  EXPECT_TRUE(has_image(Direction::kOut, NodeId::entity(1)));
}

TEST_F(FactImagesTest, AFewNodesNeverPayForOne) {
  const auto until_image = [&] { return reads_until_image(images_, Direction::kIn, 2'000); };
  const std::size_t reads = until_image();
  EXPECT_GE(reads, FactImages::kReadsFree);
  EXPECT_LT(reads, FactImages::kReadsFree + kFacts);
  world_.run("ENTITY Country 'new';");
  EXPECT_EQ(until_image(), reads) << "of a new state they are counted anew";
}

TEST_F(FactImagesTest, ForWhoLooksAtNodesItIsMadeBeside) {
  FactImages images({.made_beside = 1});
  const std::size_t reads_max = FactImages::kReadsFree + kFacts;
  // The last look has it made, and does not wait for it.
  const auto snapshot = world_.database().snapshot();
  for (std::size_t reads = 0; reads < reads_max; ++reads) {
    ASSERT_TRUE(images.find(*snapshot, Direction::kOut, NodeId::entity(1), StopFlag()));
  }
  images.wait();
  EXPECT_TRUE(has_image(images, Direction::kOut, NodeId::entity(1)));
  EXPECT_FALSE(has_image(images, Direction::kIn, NodeId::entity(1)));
  images.wait();
  EXPECT_FALSE(has_image(images, Direction::kIn, NodeId::entity(1)))
      << "each direction is paid for by itself";
}

TEST_F(FactImagesTest, WhatIsMadeBesideIsNotOfAnotherState) {
  FactImages images({.made_beside = 1});
  const std::size_t reads_max = FactImages::kReadsFree + kFacts;
  const auto make = [&] {
    const auto snapshot = world_.database().snapshot();
    for (std::size_t reads = 0; reads < reads_max; ++reads) {
      ASSERT_TRUE(images.find(*snapshot, Direction::kOut, NodeId::entity(1), StopFlag()));
    }
  };
  for (int round = 0; round < 5; ++round) {
    make();
    world_.run(fmt::format(
        "ENTITY Country 'n{0}';"
        "ASSERT (:Country 'n{0}')-[:MEMBER_OF]->(:Organisation 'o1') FROM '2001' TO '..';",
        round));
    EXPECT_FALSE(has_image(images, Direction::kOut, NodeId::entity(1)));
    images.wait();
    EXPECT_FALSE(has_image(images, Direction::kOut, NodeId::entity(1))) << "it is of the past";
  }
  make();
  images.forget();
  EXPECT_FALSE(has_image(images, Direction::kOut, NodeId::entity(1)));
  make();
  images.wait();
  const auto snapshot = world_.database().snapshot();
  const auto image = images.find(*snapshot, Direction::kOut, NodeId::entity(1), StopFlag());
  ASSERT_TRUE(image && *image != nullptr);
  EXPECT_EQ((*image)->all().size(), snapshot->statistics().facts);
}

TEST_F(FactImagesTest, AsManyAsThereIsRoomFor) {
  const auto has_both = [&](std::size_t bytes_max) {
    images_.begin_statement(bytes_max);
    for (int i = 0; i < 2; ++i) {
      has_image(Direction::kOut, NodeId());
      has_image(Direction::kIn, NodeId());
    }
    return std::pair(has_image(Direction::kOut, NodeId()), has_image(Direction::kIn, NodeId()));
  };
  EXPECT_EQ(has_both(limits::kFactImageBytes), std::pair(true, true));
  const std::size_t one =
      (*images_.find(*world_.database().snapshot(), Direction::kOut, NodeId(), StopFlag()))
          ->bytes();
  EXPECT_GT(one, 0U);
  EXPECT_EQ(has_both(2 * one), std::pair(true, true));
  EXPECT_EQ(has_both(2 * one - 1), std::pair(true, false)) << "who comes first has it";
  EXPECT_EQ(has_both(one - 1), std::pair(false, false));
  EXPECT_EQ(has_both(2 * one), std::pair(true, true)) << "with more room it is tried again";
}

TEST_F(FactImagesTest, NoneOfEntitiesThatBeginAndEnd) {
  world_.run("DEFINE EVENT Dissolution (body Organisation) ENDS (body);");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(has_image(Direction::kOut, NodeId()));
}

}  // namespace
}  // namespace annals::query
