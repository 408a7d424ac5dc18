// What a builder forgets when it is rolled back: all that came since the mark, and nothing else.

#include "storage/commit_builder.h"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "storage/database.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

/// Does things to a builder that get in each other's way: few names, IDs and targets.
class Meddler {
 public:
  explicit Meddler(std::uint64_t seed) : random_(seed) {}

  void meddle(CommitBuilder& builder, int count) {
    for (int i = 0; i < count; ++i) said_ += one(builder) + "\n";
  }
  /// What was answered since the last call.
  std::string answers() { return std::exchange(said_, {}); }

 private:
  std::size_t upto(std::size_t bound) { return random_() % bound; }
  std::string name() { return fmt::format("name {}", upto(6)); }
  std::string id() { return upto(3) == 0 ? std::string() : fmt::format("id {}", upto(8)); }

  std::string one(CommitBuilder& builder) {
    switch (upto(5)) {
      case 0: return told(builder.entity(name(), type(builder), MissingNames::kCreate));
      case 1: return told(register_names(builder));
      case 2: return told(record(builder));
      case 3: {
        Event details;
        details.id = id();
        return told(builder.retract(target(builder), std::move(details)));
      }
      default: {
        Correction correction;
        correction.target = target(builder);
        correction.parts = Correction::kSource;
        correction.source = name();
        Event details;
        details.id = id();
        return told(builder.correct(std::move(correction), std::move(details)));
      }
    }
  }

  SymbolId type(CommitBuilder& builder) { return *builder.symbol(upto(2) == 0 ? "Node" : "Other"); }
  Seq target(const CommitBuilder& builder) {
    return Seq(kDefinitions + 1 + upto(builder.next_seq().raw - kDefinitions));
  }

  Result<CommitBuilder::Added> register_names(CommitBuilder& builder) {
    Naming naming;
    for (std::size_t i = upto(3); i > 0; --i) naming.aliases.push_back(name());
    for (std::size_t i = upto(2); i > 0; --i) naming.identifiers.push_back(name());
    Event details;
    details.id = id();
    return builder.register_entity(type(builder), name(), std::move(naming), std::move(details));
  }

  Result<CommitBuilder::Added> record(CommitBuilder& builder) {
    const Kind kind = *builder.vocabulary().find_kind(*builder.symbol("Begin"));
    Occurrence occurrence;
    occurrence.kind = kind.name;
    for (std::size_t role = 0; role < 2; ++role) {
      Status filled =
          builder.fill_role(kind, role, Value(name()), MissingNames::kCreate, false, occurrence);
      if (!filled) return std::move(filled).error();
    }
    Event event;
    event.body = std::move(occurrence);
    event.id = id();
    return builder.add(std::move(event));
  }

  template <class Value>
  static std::string told(const Result<Value>& result) {
    return result ? "done" : format_error(result.error());
  }

  std::mt19937_64 random_;
  std::string said_;
};

/// A database with definitions and some events, and what a transaction in it is answered.
struct Work {
  explicit Work(std::uint64_t seed) : meddler(seed) {
    define(*database);
    auto before = database->begin().value();
    meddler.meddle(*before, 6);
    EXPECT_TRUE(database->commit(std::move(before)));
    builder = database->begin().value();
    meddler.meddle(*builder, 6);
    meddler.answers();
  }

  /// What the rest of the transaction is answered, and what the log is then.
  std::string finish(std::uint64_t seed) {
    Meddler rest(seed);
    rest.meddle(*builder, 12);
    std::string all = rest.answers();
    EXPECT_TRUE(database->commit(std::move(builder)));
    const auto report = database->verify_log(StopFlag());
    EXPECT_TRUE(report);
    return all + fmt::format("{} events, {:02x}", report->events, fmt::join(report->head, ""));
  }

  const tests::ManualClock clock{1'000'000};
  tests::TempFolder folder;
  std::unique_ptr<Database> database = opened(folder.path(), clock);
  Meddler meddler;
  std::unique_ptr<CommitBuilder> builder;
};

TEST(CommitBuilderTest, RollingBackIsAsIfNothingHadBeenDone) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Work plain(seed);
    Work rolled(seed);
    Meddler between(seed + 1'000);
    for (int times = 0; times < 2; ++times) {
      const auto mark = rolled.builder->mark();
      between.meddle(*rolled.builder, 10);
      rolled.builder->roll_back_to(mark);
    }
    EXPECT_EQ(plain.finish(seed + 2'000), rolled.finish(seed + 2'000));
    if (seed % 6 == 0) expect_whole(*rolled.database);
  }
}

}  // namespace
}  // namespace annals::storage
