// Real membership data against a table that nobody on the team wrote: who is a member as of 1 July
// of a year must be what the wide table says of that year, for every state and organisation.

#include "tests/support/cow_igo.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/load_runner.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/needs_data.h"
#include "tests/support/paths.h"
#include "tests/support/temp_folder.h"

namespace annals::ingest {
namespace {

using tests::CowIgo;

/// State, relation, organisation.
using Membership = std::tuple<std::string, std::string, std::string>;

struct AsOf {
  std::set<Membership> certain;
  std::set<Membership> possible;  ///< Only possible.
};

class CowIgoTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string table = tests::shared_data() + "/cow-igo/state_year.tsv.zst";
    ANNALS_NEEDS_DATA(table);
    auto read = CowIgo::read(table);
    ASSERT_TRUE(read) << format_error(read.error());
    table_ = std::move(*read);
    load();
  }

  void load() {
    std::filesystem::create_directories(folder_.path());
    const std::string spells = folder_.file("spells.tsv");
    const auto count = table_.write_spells(spells);
    ASSERT_TRUE(count) << format_error(count.error());
    auto opened =
        storage::Database::open(folder_.file("database"), storage::DatabaseOptions(), clock_);
    ASSERT_TRUE(opened) << format_error(opened.error());
    database_ = std::move(*opened);
    define_types();
    LoadRequest request;
    request.what = LoadRequest::What::kFacts;
    request.path = spells;
    const auto add = [](std::vector<ColumnMapping>& columns, const char* role, const char* column,
                        const char* type) {
      ColumnMapping& added = columns.emplace_back();
      added.role = role;
      added.column = column;
      added.entity_type = type;
    };
    add(request.roles, "subject", "state", "State");
    add(request.roles, "relation", "relation", "");
    add(request.roles, "object", "organisation", "Organisation");
    add(request.words, "FROM", "from", "");
    add(request.words, "TO", "to", "");
    request.creating_missing = true;
    const StopFlag stop;
    const auto report = LoadRunner(*database_).run(request, stop);
    ASSERT_TRUE(report) << format_error(report.error());
    EXPECT_EQ(report->read, *count);
    EXPECT_EQ(report->recorded, *count);
    EXPECT_EQ(report->duplicate + report->rejected, 0U);
  }

  void define_types() {
    auto builder = database_->begin();
    ASSERT_TRUE(builder);
    for (const char* type : {"State", "Organisation"}) {
      ASSERT_TRUE((*builder)->define(EntityType{*(*builder)->symbol(type), {}}));
    }
    ASSERT_TRUE(database_->commit(std::move(*builder)));
  }

  AsOf as_of(int year) {
    const auto snapshot = database_->snapshot();
    const Micros day = days_from_civil(year, 7, 1) * kMicrosPerDay;
    storage::FactScan scan;
    scan.window = {day, day};
    const auto cursor = snapshot->facts(scan);
    AsOf found;
    std::vector<storage::Fact> batch;
    do {
      EXPECT_TRUE(cursor->next(batch, 2'000));
      for (const storage::Fact& fact : batch) {
        const bool certain = fact.begin.latest <= day && day < fact.end.earliest;
        (certain ? found.certain : found.possible)
            .emplace(name_of(*snapshot, fact.source),
                     snapshot->vocabulary().symbol_name(fact.relation),
                     name_of(*snapshot, fact.target));
      }
    } while (!batch.empty());
    return found;
  }

  const std::string& name_of(const storage::GraphSnapshot& snapshot, NodeId id) {
    std::string& name = names_[id.raw];
    if (name.empty()) name = snapshot.entity(id)->name;
    return name;
  }

  void expect_table(int year) {
    const AsOf found = as_of(year);
    std::size_t members = 0;
    for (const auto& [state, years] : table_.states()) {
      const auto row = years.find(year);
      for (std::size_t i = 0; i < table_.organisations().size(); ++i) {
        const int status = row == years.end() ? -1 : row->second[i];
        for (int asked = 1; asked <= 3; ++asked) {
          const Membership membership{state, CowIgo::relation_of(asked), table_.organisations()[i]};
          const bool certain = found.certain.contains(membership);
          ASSERT_EQ(certain, status == asked)
              << year << ' ' << state << ' ' << table_.organisations()[i] << ' ' << status;
          members += certain ? 1 : 0;
          // Only what is not known may be merely possible.
          ASSERT_TRUE(status == CowIgo::kNotKnown || !found.possible.contains(membership));
        }
      }
    }
    EXPECT_EQ(found.certain.size(), members) << year;
  }

  CowIgo table_;
  tests::TempFolder folder_;
  tests::ManualClock clock_{1};
  std::unique_ptr<storage::Database> database_;
  std::map<std::uint64_t, std::string> names_;
};

TEST_F(CowIgoTest, MembershipAsOfTheFirstOfJulyIsWhatTheWideTableSays) {
  // All years with ANNALS_SLOW_TESTS=1.
  const int step = std::getenv("ANNALS_SLOW_TESTS") != nullptr ? 1 : 22;
  for (int year = 1816; year <= 2014; year += step) {
    expect_table(year);
    if (HasFatalFailure()) return;
  }
  expect_table(2014);
}

}  // namespace
}  // namespace annals::ingest
