// The terms of members of the US Congress with four years of corrections: what was known after a
// transaction, and what had been said by then, is what the file held then.

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/csv_reader.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/needs_data.h"
#include "tests/support/paths.h"
#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::ingest {
namespace {

using storage::CommitBuilder;
using storage::GraphSnapshot;
using storage::Perspective;

/// A term in the words of the file.
struct Term {
  std::string person;
  std::string office;
  std::string from;
  std::string to;
  std::string state;
  std::string district;
  std::string party;
  auto operator<=>(const Term&) const = default;
  /// The file had two for a while; Annals refuses what ends before it begins.
  bool is_backwards() const { return to < from; }
};

void PrintTo(const Term& term, std::ostream* out) {
  *out << fmt::format("{} {} {}/{} {} {} {}", term.person, term.office, term.from, term.to,
                      term.state, term.district, term.party);
}

class CongressTermsTest : public testing::Test {
 protected:
  void SetUp() override {
    ANNALS_NEEDS_DATA(data("events_2012_2016"));
    auto opened = storage::Database::open(folder_.path(), tests::with_small_blocks(), clock_);
    ASSERT_TRUE(opened) << format_error(opened.error());
    database_ = std::move(*opened);
  }

  static std::string data(const std::string& name) {
    return tests::shared_data() + "/congress-terms/" + name + ".tsv.zst";
  }

  /// Calls `visit` with each row of a file.
  template <class Visit>
  static void for_each_row(const std::string& name, const Visit& visit) {
    auto reader = CsvReader::open(*decompressed(*open_file(data(name))), {});
    ASSERT_TRUE(reader) << format_error(reader.error());
    std::map<std::string, std::size_t> columns;
    for (const std::string& column : (*reader)->columns()) columns.emplace(column, columns.size());
    Record record;
    while (*(*reader)->next(record)) {
      visit([&](const char* column) { return std::string(record.fields[columns.at(column)]); });
    }
  }

  template <class Field>
  static Term term_of(const Field& field) {
    return {field("bioguide"),          field("type"), field("start"), field("end"), field("state"),
            field("district_or_class"), field("party")};
  }

  void define() {
    auto builder = database_->begin();
    ASSERT_TRUE(builder);
    person_ = *(*builder)->symbol("Person");
    office_ = *(*builder)->symbol("Office");
    served_ = *(*builder)->symbol("SERVED_AS");
    ASSERT_TRUE((*builder)->define(EntityType{person_, {}}));
    ASSERT_TRUE((*builder)->define(EntityType{office_, {}}));
    ASSERT_TRUE((*builder)->define(Relation{served_, {}, person_, office_}));
    state_ = *(*builder)->symbol("state");
    district_ = *(*builder)->symbol("district");
    party_ = *(*builder)->symbol("party");
    ASSERT_TRUE(database_->commit(std::move(*builder)));
  }

  void assert_term(const Term& term, const Date& said, CommitBuilder& builder) {
    Assertion assertion;
    assertion.source = *builder.entity(term.person, person_, storage::MissingNames::kCreate);
    assertion.target = *builder.entity(term.office, office_, storage::MissingNames::kCreate);
    assertion.relation = served_;
    assertion.properties = {{state_, Value(term.state)},
                            {district_, Value(term.district)},
                            {party_, Value(term.party)}};
    Event event;
    event.body = std::move(assertion);
    event.on = *parse_date(term.from);
    event.until = *parse_date(term.to);
    event.said = said;
    asserted_[term].push_back(builder.next_seq());
    ASSERT_TRUE(builder.add(std::move(event)));
  }

  void retract_term(const Term& term, const Date& said, CommitBuilder& builder) {
    std::vector<Seq>& events = asserted_[term];
    ASSERT_FALSE(events.empty());
    Event event;
    event.said = said;
    ASSERT_TRUE(builder.retract(events.back(), std::move(event)));
    events.pop_back();
  }

  /// Each transaction of the file as one commit, said when it was committed there.
  void import_all() {
    std::unique_ptr<CommitBuilder> builder;
    std::string transaction;
    const auto commit = [&]() {
      if (builder == nullptr) return;
      const auto done = database_->commit(std::move(builder));
      ASSERT_TRUE(done) << format_error(done.error());
      last_seq_[std::stoi(transaction)] = done->last_seq();
    };
    for_each_row("events_2012_2016", [&](const auto& field) {
      if (field("tx") != transaction) {
        commit();
        transaction = field("tx");
        builder = std::move(*database_->begin());
      }
      const Date said = *parse_date(field("tx_time"));
      said_[std::stoi(transaction)] = said.begin.latest;
      const Term term = term_of(field);
      if (term.is_backwards()) return;
      if (field("op") == "assert") {
        assert_term(term, said, *builder);
      } else {
        retract_term(term, said, *builder);
      }
    });
    commit();
  }

  std::vector<Term> terms(const Perspective& perspective) {
    std::vector<Term> found;
    const auto seen = database_->snapshot()->seen_from(perspective);
    EXPECT_TRUE(seen) << format_error(seen.error());
    const auto cursor = (*seen)->facts({});
    std::vector<storage::Fact> batch;
    do {
      const Status status = cursor->next(batch, 1'000);
      EXPECT_TRUE(status) << format_error(status.error());
      for (const storage::Fact& fact : batch) {
        std::map<SymbolId, std::string> properties;
        for (const Property& one : fact.properties) {
          properties[one.name] = std::get<std::string>(one.value.data);
        }
        found.push_back({(*seen)->entity(fact.source)->name, (*seen)->entity(fact.target)->name,
                         format_instant(fact.begin), format_instant(fact.end), properties[state_],
                         properties[district_], properties[party_]});
      }
    } while (!batch.empty());
    std::sort(found.begin(), found.end());
    return found;
  }

  static std::vector<Term> gold(int transaction) {
    std::vector<Term> wanted;
    for_each_row(fmt::format("state_at_tx{:04}", transaction), [&](const auto& field) {
      const Term term = term_of(field);
      if (!term.is_backwards()) wanted.push_back(term);
    });
    std::sort(wanted.begin(), wanted.end());
    return wanted;
  }

  /// Names a few of the terms in which two states differ.
  static void expect_same(const std::vector<Term>& found, const std::vector<Term>& wanted) {
    std::vector<Term> different;
    std::set_symmetric_difference(found.begin(), found.end(), wanted.begin(), wanted.end(),
                                  std::back_inserter(different));
    constexpr std::size_t kShown = 6;
    if (different.size() > kShown) different.resize(kShown);
    EXPECT_EQ(found.size(), wanted.size());
    EXPECT_EQ(different, std::vector<Term>());
  }

  tests::TempFolder folder_;
  tests::ManualClock clock_{1'700'000'000'000'000};
  std::unique_ptr<storage::Database> database_;
  SymbolId person_, office_, served_, state_, district_, party_;
  std::map<Term, std::vector<Seq>> asserted_;
  std::map<int, Seq> last_seq_;  // of each transaction
  std::map<int, Micros> said_;   // likewise
};

TEST_F(CongressTermsTest, EveryGoldStateIsKnownAndHadBeenSaid) {
  define();
  import_all();
  ASSERT_EQ(last_seq_.size(), 71U);
  for (const int transaction : {1, 24, 48, 71}) {
    SCOPED_TRACE(transaction);
    const std::vector<Term> wanted = gold(transaction);
    ASSERT_FALSE(wanted.empty());
    expect_same(terms({last_seq_[transaction], kEndOfTime}), wanted);
    expect_same(terms({Seq(), said_[transaction]}), wanted);
  }
  expect_same(terms({}), gold(71));
}

}  // namespace
}  // namespace annals::ingest
