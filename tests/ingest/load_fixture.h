#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ingest/load_runner.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {

/// A database of its own for each test, with the vocabulary
///
///     entity types  Country, Organisation, Person
///     relations     MEMBER_OF (Country)->(Organisation), ATTENDED, PARTY_TO, KNOWS (Person)->()
///     kinds         Join (member Country, organisation Organisation, capacity TEXT?, level
///     INTEGER?)
///                     BEGINS (member)-[:MEMBER_OF {capacity: capacity}]->(organisation)
///                   Agreement (title TEXT, party Country[], signed DATE?)
///                     BEGINS (party)-[:PARTY_TO]->(EVENT)
///                   Amendment (amends Agreement, by Entity?)
///                   Tie (src Entity, dst Entity, rel RELATION) BEGINS (src)-[:$(rel)]->(dst)
class LoadTest : public ::testing::Test {
 protected:
  void SetUp() override;

  /// Writes a file into the test's folder; its path.
  std::string file(const std::string& name, std::string_view bytes) const;
  std::string path(const std::string& name) const { return folder_.file(name); }

  /// Loads; the report, or an error that fails the test.
  LoadReport load(const LoadRequest& request);
  /// Loads, expecting an error.
  Error load_error(const LoadRequest& request);
  Result<LoadReport> try_load(const LoadRequest& request);

  /// LOAD EVENTS FROM path AS Join (member: state, organisation: org, ON: date).
  static LoadRequest joins(const std::string& path);
  /// LOAD FACTS FROM path (subject: s OF type, relation: r, object: o OF type).
  static LoadRequest facts_request(const std::string& path, const std::string& type);
  /// "role: column" or "role: column OF Type"; the place tells its number.
  static ColumnMapping map(std::string_view text);

  /// Every fact, as "Georgia MEMBER_OF CIS 1993-12-03 {capacity: 'founder'}", sorted. A node that
  /// is an event is its ID.
  std::vector<std::string> facts() const;
  /// The sequence of the last event.
  std::uint64_t last_seq() const { return database_->snapshot()->last_seq().raw; }
  std::uint64_t entities() const { return database_->snapshot()->statistics().entities(); }
  /// The number of events of the vocabulary above.
  std::uint64_t defined() const { return defined_; }

  storage::Database& database() { return *database_; }
  StopFlag& stop() { return stop_; }

  ingest::LoadRunner::ProgressCallback progress_;

 private:
  void define_vocabulary(storage::CommitBuilder& builder) const;

  TempFolder folder_;
  ManualClock clock_{1'700'000'000'000'000};
  StopFlag stop_;
  std::unique_ptr<storage::Database> database_;
  std::uint64_t defined_ = 0;
};

}  // namespace annals::tests
