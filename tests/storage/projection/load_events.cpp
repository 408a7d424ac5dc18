#include "tests/storage/projection/load_events.h"

#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/small_blocks.h"

namespace annals::storage {

std::unique_ptr<Database> opened(const std::string& path, const Clock& clock) {
  auto database = Database::open(path, tests::with_small_blocks(), clock);
  EXPECT_TRUE(database) << (database ? "" : format_error(database.error()));
  return database ? std::move(*database) : nullptr;
}

void define(Database& database) {
  auto builder = database.begin().value();
  const SymbolId node = *builder->symbol("Node");
  ASSERT_TRUE(builder->define(EntityType{node, {}}));
  const SymbolId relation = *builder->symbol("R");
  ASSERT_TRUE(builder->define(Relation{relation, {}, node, node}));
  for (const auto& [name, type] :
       {std::pair("Begin", EffectType::kBegins), {"End", EffectType::kEnds}}) {
    Effect effect;
    effect.type = type;
    effect.source = {0};
    effect.target = {1};
    effect.name = relation;
    ASSERT_TRUE(builder->define(Kind{*builder->symbol(name),
                                     {},
                                     {{*builder->symbol("a"), RoleType::kNode, node, false, false},
                                      {*builder->symbol("b"), RoleType::kNode, node, false, false}},
                                     {effect}}));
  }
  // One event more, so that a prefix of the load is told by the last sequence.
  ASSERT_TRUE(builder->define(EntityType{*builder->symbol("Other"), {}}));
  ASSERT_TRUE(database.commit(std::move(builder)));
}

void add_event(CommitBuilder& builder, std::size_t i) {
  const bool ends = i % 3 == 2;
  const std::size_t fact = ends ? i - 2 : i;
  const Kind kind = *builder.vocabulary().find_kind(*builder.symbol(ends ? "End" : "Begin"));
  Event event;
  Occurrence occurrence;
  occurrence.kind = kind.name;
  // Some have many facts, and many a few: chunks of several nodes, folded side by side.
  const Value a(fmt::format("node {}", fact % 2 == 0 ? fact % 7 : 200 + fact % 211));
  const Value b(fmt::format("node {}", 10 + fact % 101));
  for (const auto& [role, value] : {std::pair(0, a), {1, b}}) {
    ASSERT_TRUE(builder.fill_role(kind, static_cast<std::size_t>(role), value,
                                  MissingNames::kCreate, false, occurrence));
  }
  event.body = std::move(occurrence);
  event.on = date_of(Instant::exactly(static_cast<Micros>(i) * kMicrosPerDay));
  event.id = fmt::format("row {}", i);
  ASSERT_TRUE(builder.add(std::move(event)));
}

void wait_for_log(const Database& database, std::uint64_t events) {
  const auto logged = [&] {
    const DatabaseStatistics now = database.statistics();
    return now.last_seq.raw + now.unindexed;
  };
  while (logged() < kDefinitions + events) std::this_thread::yield();
}

void expect_whole(Database& database) {
  const StopFlag stop;
  EXPECT_TRUE(database.verify_log(stop));
  const auto report = database.replay_compare(stop);
  ASSERT_TRUE(report) << format_error(report.error());
  EXPECT_EQ(report->first_difference, "");
}

}  // namespace annals::storage
