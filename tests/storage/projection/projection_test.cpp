#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/database.h"
#include "tests/support/environment.h"
#include "tests/support/manual_clock.h"
#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

using tests::ManualClock;
using tests::TempFolder;

/// One event of a random history, in terms that do not depend on when it is recorded.
struct Spec {
  std::string kind;
  std::string member;
  std::string organisation;
  std::string on;
  EventStatus status = EventStatus::kHappened;
};

/// A fact without what depends on the order of recording.
using FactView = std::tuple<std::string, std::string, std::string, Instant, Instant>;

class Graph {
 public:
  Graph() : Graph(tests::with_small_blocks().load_part_bytes) {}
  /// A bulk load goes down in parts of that size.
  explicit Graph(std::size_t load_part_bytes) : load_part_bytes_(load_part_bytes) {
    clock_.set(1'000'000);
    open();
    commit([](CommitBuilder& builder) {
      const SymbolId country = *builder.symbol("Country");
      const SymbolId organisation = *builder.symbol("Organisation");
      ASSERT_TRUE(builder.define(EntityType{country, {}}));
      ASSERT_TRUE(builder.define(EntityType{organisation, {}}));
      const SymbolId member_of = *builder.symbol("MEMBER_OF");
      const SymbolId former = *builder.symbol("FORMER_MEMBER_OF");
      ASSERT_TRUE(builder.define(Relation{member_of, {}, country, organisation}));
      ASSERT_TRUE(builder.define(Relation{former, {}, country, organisation}));
      const Role member{*builder.symbol("member"), RoleType::kNode, country, false, false};
      const Role in{*builder.symbol("organisation"), RoleType::kNode, organisation, false, false};
      const Role level{*builder.symbol("level"), RoleType::kInteger, {}, true, false};
      const auto effect = [](EffectType type, SymbolId relation) {
        Effect made;
        made.type = type;
        made.source = {0};
        made.target = {1};
        made.name = relation;
        return made;
      };
      const auto define = [&](const char* name, std::vector<Effect> effects) {
        ASSERT_TRUE(builder.define(
            Kind{*builder.symbol(name), {}, {member, in, level}, std::move(effects)}));
      };
      define("Join", {effect(EffectType::kBegins, member_of)});
      define("Withdrawal",
             {effect(EffectType::kEnds, member_of), effect(EffectType::kBegins, former)});
      define("Visit", {effect(EffectType::kMarks, member_of)});
      Effect sets = effect(EffectType::kSets, *builder.symbol("rank"));
      sets.target = {2};
      define("Ranking", {sets});
    });
  }

  void open() {
    database_.reset();
    DatabaseOptions options = tests::with_small_blocks();
    options.load_part_bytes = load_part_bytes_;
    auto opened = Database::open(folder_.path(), options, clock_);
    ASSERT_TRUE(opened) << format_error(opened.error());
    database_ = std::move(*opened);
  }

  /// Overwrites the family's rows with nonsense.
  void damage(Family family, std::size_t rows_max = std::numeric_limits<std::size_t>::max()) {
    database_.reset();
    {
      StoreOptions options;
      if (family == Family::kLog) options.part = StorePart::kLog;
      const auto store = open_rocks_store(folder_.path(), options);
      ASSERT_TRUE(store);
      WriteBatch nonsense;
      const auto rows = (*store)->iterate(family, {}, {});
      for (; rows->valid() && nonsense.size() < rows_max; rows->next()) {
        nonsense.put(family, rows->key(), "\xff");
      }
      ASSERT_FALSE(nonsense.empty());
      ASSERT_TRUE((*store)->write(nonsense, Durability::kSynced));
    }
    open();
  }

  template <class Fill>
  void commit(Fill fill) {
    auto builder = database_->begin();
    ASSERT_TRUE(builder) << format_error(builder.error());
    fill(**builder);
    const auto done = database_->commit(std::move(*builder));
    ASSERT_TRUE(done) << format_error(done.error());
  }

  static void add(CommitBuilder& builder, const Spec& spec) {
    const Kind kind = *builder.vocabulary().find_kind(*builder.symbol(spec.kind));
    Event event;
    Occurrence occurrence;
    occurrence.kind = kind.name;
    const auto fill = [&](std::size_t role, Value value) {
      const Status filled =
          builder.fill_role(kind, role, value, MissingNames::kCreate, false, occurrence);
      ASSERT_TRUE(filled) << format_error(filled.error());
    };
    fill(0, Value(spec.member));
    fill(1, Value(spec.organisation));
    if (spec.kind == "Ranking") fill(2, Value(std::int64_t{7}));
    event.body = std::move(occurrence);
    event.on = *parse_date(spec.on);
    event.status = spec.status;
    const auto added = builder.add(std::move(event));
    ASSERT_TRUE(added) << format_error(added.error());
  }

  /// All events one after the other, in commits of up to `size` events each.
  void record(const std::vector<Spec>& specs, std::size_t size) {
    for (std::size_t first = 0; first < specs.size(); first += size) {
      commit([&](CommitBuilder& builder) {
        for (std::size_t i = first; i < std::min(first + size, specs.size()); ++i) {
          add(builder, specs[i]);
        }
      });
    }
  }

  void load(const std::vector<Spec>& specs, std::size_t commit_size) {
    auto builder = database_->begin();
    ASSERT_TRUE(builder);
    for (std::size_t i = 0; i < specs.size(); ++i) {
      add(**builder, specs[i]);
      if ((*builder)->event_count() < commit_size) continue;
      ASSERT_TRUE(database_->load_commit(**builder));
    }
    const Status done = database_->finish_load(std::move(*builder));
    ASSERT_TRUE(done) << format_error(done.error());
  }

  void expect_same_as_replay() {
    const StopFlag stop;
    const auto report = database_->replay_compare(stop);
    ASSERT_TRUE(report) << format_error(report.error());
    EXPECT_EQ(report->first_difference, "");
    EXPECT_GT(report->rows, 0U);
    EXPECT_TRUE(database_->verify_log(stop));
  }

  std::vector<FactView> facts() const {
    const auto snapshot = database_->snapshot();
    const auto cursor = snapshot->facts(FactScan());
    std::vector<FactView> views;
    std::vector<Fact> batch;
    do {
      EXPECT_TRUE(cursor->next(batch, 100));
      for (const Fact& fact : batch) {
        views.emplace_back(snapshot->entity(fact.source)->name,
                           snapshot->vocabulary().symbol_name(fact.relation),
                           snapshot->entity(fact.target)->name, fact.begin, fact.end);
      }
    } while (!batch.empty());
    std::sort(views.begin(), views.end());
    return views;
  }

  Database& database() { return *database_; }

 private:
  TempFolder folder_;
  ManualClock clock_;
  std::size_t load_part_bytes_;
  std::unique_ptr<Database> database_;
};

std::uint64_t seed() {
  return tests::number_in_environment("ANNALS_TEST_SEED", std::random_device()());
}

/// Several spells, ends before begins, equal dates, coarse dates and plans.
std::vector<Spec> random_history(std::mt19937_64& random, std::size_t count,
                                 std::size_t members = 3, std::size_t organisations = 2) {
  const auto pick = [&random](std::size_t n) { return random() % n; };
  std::vector<Spec> specs;
  for (std::size_t i = 0; i < count; ++i) {
    Spec spec;
    constexpr const char* kKinds[] = {"Join",       "Join",  "Withdrawal",
                                      "Withdrawal", "Visit", "Ranking"};
    spec.kind = kKinds[pick(std::size(kKinds))];
    spec.member = fmt::format("country {}", pick(members));
    spec.organisation = fmt::format("organisation {}", pick(organisations));
    const std::string year = fmt::format("{}", 1990 + pick(12));
    switch (pick(5)) {
      case 0: spec.on = year; break;
      case 1: spec.on = fmt::format("{}-{:02}", year, 1 + pick(12)); break;
      default: spec.on = fmt::format("{}-{:02}-{:02}", year, 1 + pick(12), 1 + pick(28)); break;
    }
    if (pick(8) == 0) spec.status = EventStatus::kPlanned;
    specs.push_back(std::move(spec));
  }
  return specs;
}

TEST(ProjectionTest, IncrementalBulkAndReplayedIndexesAreTheSame) {
  const std::uint64_t first = seed();
  RecordProperty("seed", std::to_string(first));
  for (std::uint64_t round = 0; round < 4; ++round) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first + round));
    std::mt19937_64 random(first + round);
    const std::vector<Spec> specs = random_history(random, 60);
    Graph one_by_one;
    one_by_one.record(specs, 1);
    one_by_one.expect_same_as_replay();
    Graph grouped;
    grouped.record(specs, 7);
    grouped.expect_same_as_replay();
    Graph loaded;
    loaded.load(specs, 11);
    loaded.expect_same_as_replay();
    Graph at_once(100'000);
    at_once.load(specs, 11);
    at_once.expect_same_as_replay();
    for (const Graph* const other : {&grouped, &loaded, &at_once}) {
      EXPECT_EQ(one_by_one.facts(), other->facts());
    }
    const std::vector<Spec> more = random_history(random, 60);
    for (Graph* const graph : {&loaded, &at_once}) {
      graph->load(more, 7);
      graph->expect_same_as_replay();
    }
    EXPECT_EQ(loaded.facts(), at_once.facts());
  }
}

/// What commits remember of the index is not what it was before a load.
TEST(ProjectionTest, CommitsFindWhatALoadBetweenThemBrought) {
  const std::uint64_t first = seed();
  SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first));
  std::mt19937_64 random(first);
  // Put aside at once, in many parts, and by the million.
  for (const std::size_t load_part_bytes : {std::size_t{100}, std::size_t{100'000}}) {
    Graph loaded(load_part_bytes);
    Graph recorded;
    for (int turn = 0; turn < 3; ++turn) {
      const std::vector<Spec> some = random_history(random, 20, 12, 6);
      const std::vector<Spec> many = random_history(random, 120, 12, 6);
      loaded.record(some, 5);
      loaded.load(many, 7);
      recorded.record(some, 5);
      recorded.record(many, 7);
    }
    const std::vector<Spec> last = random_history(random, 60, 12, 6);
    loaded.record(last, 5);
    recorded.record(last, 5);
    loaded.expect_same_as_replay();
    EXPECT_EQ(loaded.facts(), recorded.facts());
  }
}

/// A source of which much more is known than is folded at once is folded in pieces.
TEST(ProjectionTest, AHubThatIsLoadedIsWhatItIsCommitByCommit) {
  const std::uint64_t first = seed();
  SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first));
  std::mt19937_64 random(first);
  Graph recorded;
  Graph loaded;
  for (const char* const hubs_are : {"new", "there already"}) {
    SCOPED_TRACE(hubs_are);
    const std::vector<Spec> specs = random_history(random, 1'200, 2, 30);
    recorded.record(specs, 100);
    loaded.load(specs, 50);
    loaded.expect_same_as_replay();
    EXPECT_EQ(recorded.facts(), loaded.facts());
  }
}

/// Two threads fold what is enough for them.
TEST(ProjectionTest, LargeCommitsGiveWhatSmallOnesDo) {
  const std::uint64_t first = seed();
  SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first));
  std::mt19937_64 random(first);
  constexpr std::size_t kMembers = 60;
  const std::vector<Spec> specs = random_history(random, 1'500, kMembers);
  Graph small;
  small.record(specs, 10);
  Graph large;
  large.record(specs, 500);
  large.expect_same_as_replay();
  EXPECT_EQ(small.facts(), large.facts());
  const auto of_small = small.database().statistics();
  const auto of_large = large.database().statistics();
  EXPECT_EQ(of_small.graph.facts, of_large.graph.facts);
  EXPECT_EQ(of_small.graph.properties, of_large.graph.properties);
  EXPECT_EQ(of_small.graph.unmatched, of_large.graph.unmatched);
}

/// The same where most begins are new, and what sources lack is remembered from commit to commit.
TEST(ProjectionTest, LargeCommitsOfManySourcesAreAsReplayed) {
  const std::uint64_t first = seed();
  SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first));
  std::mt19937_64 random(first);
  const std::vector<Spec> specs = random_history(random, 3'000, 400, 40);
  Graph graph;
  graph.record(specs, 500);
  graph.expect_same_as_replay();
  graph.load(random_history(random, 200, 400, 40), 100);
  graph.record(random_history(random, 1'000, 400, 40), 500);
  graph.expect_same_as_replay();
}

/// Counts at dates, as the facts themselves give them.
std::vector<AliveCount> counted(const GraphSnapshot& snapshot, SymbolId relation,
                                const std::vector<Micros>& dates) {
  std::vector<AliveCount> counts(dates.size());
  FactScan scan;
  scan.relation = relation;
  const auto cursor = snapshot.facts(scan);
  std::vector<Fact> batch;
  do {
    EXPECT_TRUE(cursor->next(batch, 100));
    for (const Fact& fact : batch) {
      for (std::size_t i = 0; i < dates.size(); ++i) {
        const bool may_hold = fact.begin.earliest <= dates[i] && dates[i] < fact.end.latest;
        const bool surely_holds = fact.begin.latest <= dates[i] && dates[i] < fact.end.earliest;
        counts[i] += {may_hold ? 1 : 0, surely_holds ? 1 : 0};
      }
    }
  } while (!batch.empty());
  return counts;
}

TEST(ProjectionTest, CountsAreThoseOfTheFacts) {
  const std::uint64_t first = seed();
  std::vector<Micros> dates;
  for (std::int64_t day = -365; day < 14 * 365; day += 5) {
    dates.push_back((days_from_civil(1990, 1, 1) + day) * kMicrosPerDay);
  }
  for (std::uint64_t round = 0; round < 4; ++round) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first + round));
    std::mt19937_64 random(first + round);
    Graph graph;
    graph.record(random_history(random, 150), 1 + round % 3);
    const Seq middle = graph.database().statistics().last_seq;
    graph.load(random_history(random, 50), 20);
    const auto now = graph.database().snapshot();
    const auto then = now->seen_from({middle});
    ASSERT_TRUE(then);
    for (const GraphSnapshot* snapshot : {now.get(), then->get()}) {
      for (const char* name : {"MEMBER_OF", "FORMER_MEMBER_OF"}) {
        const SymbolId relation = snapshot->vocabulary().find_symbol(name);
        const auto counts = snapshot->count_facts(relation, dates);
        ASSERT_TRUE(counts);
        EXPECT_EQ(*counts, counted(*snapshot, relation, dates)) << name;
      }
    }
  }
}

TEST(ProjectionTest, AReplayOfNothingIsTheSame) {
  const TempFolder folder;
  const ManualClock clock;
  const auto database = Database::open(folder.path(), {}, clock);
  ASSERT_TRUE(database) << format_error(database.error());
  const auto report = (*database)->replay_compare(StopFlag());
  ASSERT_TRUE(report) << format_error(report.error());
  EXPECT_EQ(report->first_difference, "");
}

/// Programs that make one commit and end must not leave ever more tail rows.
TEST(ProjectionTest, FactsAreFoldedThoughEachCommitIsOfAnotherStart) {
  constexpr std::size_t kStarts = 30;
  Graph graph;
  for (std::size_t i = 0; i < kStarts; ++i) {
    graph.open();
    graph.record({{"Join", fmt::format("country {}", i), "x", "1990-01-01"}}, 1);
  }
  const auto layout = graph.database().layout(StopFlag());
  ASSERT_TRUE(layout);
  // Each country has one fact, which is too few to fold; the organisation has all of them.
  EXPECT_GE(layout->tail_rows, kStarts);
  EXPECT_LE(layout->tail_rows, kStarts + 15);
  graph.expect_same_as_replay();
}

TEST(ProjectionTest, WritersThatWaitForTheDiskTogetherLoseNothing) {
  constexpr int kWriters = 4;
  constexpr int kCommits = 20;
  Graph graph;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&graph, writer] {
      for (int i = 0; i < kCommits; ++i) {
        const std::string member = fmt::format("country {} of {}", i, writer);
        graph.record({{"Join", member, "x", "1990-01-01"}}, 1);
        // What is acknowledged is seen.
        EXPECT_EQ(graph.database().snapshot()->find_entities(member)->size(), 1U);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(graph.facts().size(), std::size_t{kWriters * kCommits});
  graph.expect_same_as_replay();
  graph.open();
  EXPECT_EQ(graph.facts().size(), std::size_t{kWriters * kCommits});
}

TEST(ProjectionTest, FactsDoNotDependOnTheOrderInWhichEventsArrive) {
  const std::uint64_t first = seed();
  for (std::uint64_t round = 0; round < 4; ++round) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", first + round));
    std::mt19937_64 random(first + round);
    std::vector<Spec> specs = random_history(random, 40);
    // Where two events fall on the same instant their sequence decides, which is the order of
    // arrival: such pairs are left out here.
    std::map<std::string, int> seen;
    std::erase_if(specs,
                  [&](const Spec& spec) { return spec.on.size() < 10 || seen[spec.on]++ > 0; });
    Graph in_order;
    in_order.record(specs, 3);
    std::shuffle(specs.begin(), specs.end(), random);
    Graph shuffled;
    shuffled.record(specs, 2);
    EXPECT_EQ(in_order.facts(), shuffled.facts());
  }
}

TEST(ProjectionTest, ARestartAndARebuildChangeNothing) {
  std::mt19937_64 random(seed());
  Graph graph;
  graph.record(random_history(random, 80), 9);
  const auto before = graph.facts();
  graph.open();
  EXPECT_EQ(graph.facts(), before);
  const StopFlag stop;
  ASSERT_TRUE(graph.database().rebuild(stop));
  EXPECT_EQ(graph.facts(), before);
  graph.expect_same_as_replay();
}

TEST(ProjectionTest, ADamagedLogMakesNoIndexAnew) {
  Graph graph;
  graph.record({{"Join", "a", "x", "1990-01-01"}}, 1);
  graph.damage(Family::kLog, 1);
  const Status rebuilt = graph.database().rebuild(StopFlag());
  ASSERT_FALSE(rebuilt);
  EXPECT_EQ(rebuilt.error().code, ErrorCode::kCorruption);
  EXPECT_NE(rebuilt.error().hint.find("the index is as it was"), std::string::npos);
  EXPECT_EQ(graph.facts().size(), 1U);
}

TEST(ProjectionTest, ASnapshotDoesNotSeeWhatComesAfterIt) {
  std::mt19937_64 random(1);
  Graph graph;
  graph.record({{"Join", "a", "x", "1990-01-01"}}, 1);
  const auto snapshot = graph.database().snapshot();
  graph.record({{"Withdrawal", "a", "x", "1995-01-01"}, {"Join", "b", "x", "1996-01-01"}}, 1);
  const auto cursor = snapshot->facts(FactScan());
  std::vector<Fact> batch;
  ASSERT_TRUE(cursor->next(batch, 10));
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].end, Instant::never());
  EXPECT_FALSE(snapshot->event(graph.database().statistics().last_seq));
  EXPECT_TRUE(snapshot->find_entities("b")->empty());
}

TEST(ProjectionTest, ALoadThatWasGivenUpLeavesAWorkingDatabase) {
  Graph graph;
  {
    auto builder = graph.database().begin();
    ASSERT_TRUE(builder);
    Graph::add(**builder, {"Join", "a", "x", "1990-01-01"});
    ASSERT_TRUE(graph.database().load_commit(**builder));
    Graph::add(**builder, {"Join", "b", "x", "1991-01-01"});
  }
  graph.record({{"Join", "c", "x", "1992-01-01"}}, 1);
  EXPECT_EQ(graph.facts().size(), 2U);  // a and c: b was never given to the log
  graph.expect_same_as_replay();
}

TEST(ProjectionTest, ALoadThatWasGivenUpIsSeenByAComparisonAndByARebuild) {
  for (const bool rebuilds : {false, true}) {
    Graph graph;
    {
      auto builder = graph.database().begin();
      ASSERT_TRUE(builder);
      Graph::add(**builder, {"Join", "a", "x", "1990-01-01"});
      ASSERT_TRUE(graph.database().load_commit(**builder));
    }
    if (rebuilds) {
      const Status rebuilt = graph.database().rebuild(StopFlag());
      ASSERT_TRUE(rebuilt) << format_error(rebuilt.error());
      EXPECT_EQ(graph.facts().size(), 1U);
    }
    graph.expect_same_as_replay();
    EXPECT_EQ(graph.facts().size(), 1U);
  }
}

TEST(ProjectionTest, ALoadIsSeenWhenItEndsAndNotBefore) {
  Graph graph;
  auto builder = graph.database().begin();
  ASSERT_TRUE(builder);
  Graph::add(**builder, {"Join", "a", "x", "1990-01-01"});
  ASSERT_TRUE(graph.database().load_commit(**builder));
  EXPECT_EQ(graph.facts().size(), 0U);
  ASSERT_TRUE(graph.database().finish_load(std::move(*builder)));
  EXPECT_EQ(graph.facts().size(), 1U);
}

TEST(ProjectionTest, ANameGivenLaterIsSeenByLaterSnapshotsOnly) {
  Graph graph;
  graph.record({{"Join", "a", "x", "1990-01-01"}}, 1);
  const auto before = graph.database().snapshot();
  const NodeId a = before->find_entities("a")->front();
  EXPECT_TRUE(before->entity(a)->aliases.empty());
  graph.commit([](CommitBuilder& builder) {
    Naming names;
    names.aliases = {"alpha"};
    ASSERT_TRUE(builder.register_entity(*builder.symbol("Country"), "a", names, Event()));
  });
  EXPECT_TRUE(before->entity(a)->aliases.empty());
  const auto after = graph.database().snapshot();
  EXPECT_EQ(after->entity(a)->aliases, std::vector<std::string>{"alpha"});
}

/// Damages the facts, and records an event that has to read them.
void record_in_a_damaged_index(Graph& graph) {
  graph.record({{"Join", "a", "x", "1990-01-01"}}, 1);
  graph.damage(Family::kOut);
  auto builder = graph.database().begin();
  ASSERT_TRUE(builder);
  Graph::add(**builder, {"Withdrawal", "a", "x", "1995-01-01"});
  const auto failed = graph.database().commit(std::move(*builder));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kCorruption);
  EXPECT_NE(failed.error().hint.find("is in the log, up to #"), std::string::npos)
      << failed.error().hint;
}

TEST(ProjectionTest, TheNextCommitMakesADamagedIndexAnew) {
  Graph graph;
  record_in_a_damaged_index(graph);
  graph.record({{"Join", "b", "x", "1996-01-01"}}, 1);
  EXPECT_EQ(graph.facts().size(), 3U) << "two memberships, one of them a former one, too";
  graph.expect_same_as_replay();
}

TEST(ProjectionTest, AnOpeningMakesADamagedIndexAnew) {
  Graph graph;
  record_in_a_damaged_index(graph);
  graph.open();
  EXPECT_EQ(graph.facts().size(), 2U);
  graph.expect_same_as_replay();
  for (const Family family : {Family::kDefinition, Family::kMeta}) {
    graph.damage(family);
    EXPECT_EQ(graph.facts().size(), 2U);
    graph.expect_same_as_replay();
  }
}

TEST(ProjectionTest, ALoadCutOffByACrashIsProjectedWhenTheDatabaseIsOpenedAgain) {
  Graph graph;
  {
    auto builder = graph.database().begin();
    ASSERT_TRUE(builder);
    Graph::add(**builder, {"Join", "a", "x", "1990-01-01"});
    ASSERT_TRUE(graph.database().load_commit(**builder));
  }
  graph.open();
  EXPECT_EQ(graph.facts().size(), 1U);
  graph.expect_same_as_replay();
}

}  // namespace
}  // namespace annals::storage
