// What kinds demand of their events, and what databases make of dates, holds for LOAD too.

#include <string>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/files.h"
#include "tests/ingest/load_fixture.h"

namespace annals::ingest {
namespace {

using storage::CommitBuilder;
using ::testing::HasSubstr;

Condition role(std::uint16_t place) { return {ConditionOperator::kRole, place, {}, {}}; }

class LoadConditionsTest : public tests::LoadTest {
 protected:
  /// Defines a kind called Pair of two roles `a` and `b` for `type` which may not be the same node,
  /// and a date that lies after it.
  void define_pair(const char* type, const char* check = "the same twice") {
    auto builder = database().begin();
    ASSERT_TRUE(builder) << format_error(builder.error());
    Kind pair{*(*builder)->symbol("Pair"), {}, {}, {}};
    for (const char* name : {"a", "b"}) {
      pair.roles.push_back(
          {*(*builder)->symbol(name), RoleType::kNode, *(*builder)->symbol(type), false, false});
    }
    pair.roles.push_back({*(*builder)->symbol("until"), RoleType::kDate, {}, true, false});
    pair.checks = {{{ConditionOperator::kNotEqual, 0, {}, {role(0), role(1)}}, check}};
    pair.bounds = {{{InstantSource::kRole, 2, false}, {InstantSource::kOn, 0, false}}};
    commit(std::move(*builder), [&](CommitBuilder& of) { return of.define(pair); });
  }
  void define_padding(std::int32_t years) {
    auto builder = database().begin();
    ASSERT_TRUE(builder) << format_error(builder.error());
    const Padding padding{{}, {0, 0, years, 0}};
    commit(std::move(*builder), [&](CommitBuilder& of) { return of.define(padding); });
  }

  LoadRequest pairs(const std::string& rows) {
    LoadRequest request = joins(file("pairs.csv", "a,b,on,until,id\n" + rows));
    request.kind = "Pair";
    request.roles = {map("a: a"), map("b: b"), map("until: until")};
    request.words = {map("ON: on"), map("ID: id")};
    request.creating_missing = true;
    return request;
  }

 private:
  template <class Define>
  void commit(std::unique_ptr<CommitBuilder> builder, Define define) {
    const auto added = define(*builder);
    ASSERT_TRUE(added) << format_error(added.error());
    const auto committed = database().commit(std::move(builder));
    ASSERT_TRUE(committed) << format_error(committed.error());
  }
};

TEST_F(LoadConditionsTest, RowsThatBreakAConditionAreRejectedAndLeaveNothingBehind) {
  define_pair("Person");
  LoadRequest request = pairs(
      "Ann,Bob,2000,,\n"
      "Cid,Cid,2000,,\n"
      "Ann,Ann,2000,,\n"
      "Bob,Dan,2000-05-05,1999,\n"
      "Bob,Ann,2000-05-05,2001,\n");
  request.rejects_path = path("rejects.csv");
  const LoadReport report = load(request);
  EXPECT_EQ(report.recorded, 2U);
  EXPECT_EQ(report.rejected, 3U);
  EXPECT_EQ(entities(), 2U) << "Ann and Bob";
  const std::string rejects = tests::read_file(path("rejects.csv"));
  EXPECT_THAT(rejects, HasSubstr("\n3,,the same twice (Pair has CHECK a <> b),\"Cid,Cid,"));
  EXPECT_THAT(rejects, HasSubstr("\n4,,the same twice"));
  EXPECT_THAT(rejects, HasSubstr("\n5,,'until' does not lie after 'on' (Pair has BOUND until "
                                 "AFTER on),\"Bob,Dan,"));
}

TEST_F(LoadConditionsTest, WithoutRejectsNothingIsRecorded) {
  define_pair("Person");
  const std::uint64_t before = last_seq();
  const Error error = load_error(pairs("Ann,Bob,2000,,\nCid,Cid,2000,,\n"));
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.place.line, 3U);
  EXPECT_THAT(error.message, HasSubstr("the same twice"));
  EXPECT_EQ(last_seq(), before);
}

TEST_F(LoadConditionsTest, WhatIsRecordedAlreadyIsNoNews) {
  define_pair("Person", "once");
  const LoadRequest request = pairs("Ann,Bob,2000,2001,p\n");
  EXPECT_EQ(load(request).recorded, 1U);
  auto builder = database().begin();
  ASSERT_TRUE(builder);
  Kind pair = *(*builder)->vocabulary().find_kind((*builder)->vocabulary().find_symbol("Pair"));
  pair.checks = {{{ConditionOperator::kEqual, 0, {}, {role(0), role(1)}}, "two"}};
  ASSERT_TRUE((*builder)->define(pair));
  ASSERT_TRUE(database().commit(std::move(*builder)));
  EXPECT_EQ(load(request).duplicate, 1U);
  EXPECT_THAT(load_error(pairs("Ann,Bob,2000,2001,q\n")).message, HasSubstr("two"));
}

TEST_F(LoadConditionsTest, EventsOfEarlierPiecesOfAFileAreToldApart) {
  // More events than a rehearsal holds at once.
  constexpr std::size_t kMany = 4'100;
  define_pair("Agreement");
  std::string text = "kind,title,party,a,b,id\n";
  for (std::size_t i = 0; i < kMany; ++i) {
    text += fmt::format("Agreement,t,state {},,,a{}\n", i % 10, i);
  }
  LoadRequest request = joins("");
  request.kind.clear();
  request.kind_column = "kind";
  request.roles = {map("title: title"), map("party: party"), map("a: a"), map("b: b")};
  request.words = {map("ID: id")};
  request.creating_missing = true;
  request.path = file("bad.csv", text + "Pair,,,a1,a1,p\n");
  EXPECT_THAT(load_error(request).message, HasSubstr("the same twice"));
  request.path = file("good.csv", text + "Pair,,,a1,a2,p\n");
  EXPECT_EQ(load(request).recorded, kMany + 1);
}

TEST_F(LoadConditionsTest, DatesHaveThePaddingOfTheDatabase) {
  define_padding(1);
  define_pair("Person");
  // About 2000 begins in 1999 now, not in 1995, and is over in 2001.
  LoadRequest request = pairs("Ann,Bob,1999-06-01,2000~,\nAnn,Bob,2002-01-01,2000~,\n");
  request.rejects_path = path("rejects.csv");
  const LoadReport report = load(request);
  EXPECT_EQ(report.recorded, 1U);
  EXPECT_EQ(report.rejected, 1U);
  const auto event = database().snapshot()->event(database().snapshot()->last_seq());
  ASSERT_TRUE(event);
  const auto& attributes = std::get<Occurrence>(event->event.body).attributes;
  ASSERT_EQ(attributes.size(), 1U);
  EXPECT_EQ(std::get<Date>(attributes[0].value.data).begin.earliest,
            parse_date("1999")->begin.earliest);
}

}  // namespace
}  // namespace annals::ingest
