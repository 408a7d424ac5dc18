// How rows become events: LOAD EVENTS and LOAD FACTS with one or a few rows, and what is refused in
// the statement. load_runner_test.cpp has what concerns files as a whole.

#include "ingest/row_mapper.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/load_fixture.h"

namespace annals::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RowMapperTest : public tests::LoadTest {
 protected:
  /// Loads one row under the header, creating what is missing; the error of its only row, if any.
  std::string load_row(LoadRequest request, std::string_view header, std::string_view row) {
    request.path = file("row.csv", std::string(header) + "\n" + std::string(row) + "\n");
    request.creating_missing = true;
    const Result<LoadReport> report = try_load(request);
    return report ? "" : report.error().message;
  }

  LoadRequest of_kind(const std::string& kind, const std::vector<std::string>& roles) {
    LoadRequest request = joins("");
    request.kind = kind;
    request.roles.clear();
    request.words.clear();
    for (const std::string& role : roles) request.roles.push_back(map(role));
    return request;
  }
};

// --- Events --------------------------------------------------------------------------------------

TEST_F(RowMapperTest, ARowBecomesAnEventWithItsFacts) {
  LoadRequest request = joins("");
  request.roles.push_back(map("capacity: how"));
  EXPECT_EQ(load_row(request, "date,state,org,how", "1993-12-03,Georgia,CIS,founder"), "");
  EXPECT_THAT(facts(), ElementsAre("Georgia MEMBER_OF CIS 1993-12-03 {capacity: 'founder'}"));
}

TEST_F(RowMapperTest, EveryWordOfAnEventCanBeAColumn) {
  LoadRequest request = joins("");
  for (const char* word :
       {"SAID: said", "ID: ref", "SOURCE: cite", "BECAUSE: why", "STATUS: status"}) {
    request.words.push_back(map(word));
  }
  EXPECT_EQ(load_row(request, "state,org,date,said,ref,cite,why,status",
                     "Georgia,CIS,1993-12,1993-10,ge-1,a book,the war,Planned"),
            "");
  const auto snapshot = database().snapshot();
  const Event event = snapshot->event(snapshot->last_seq())->event;
  EXPECT_EQ(event.on->text, "1993-12");
  EXPECT_EQ(event.said->text, "1993-10");
  EXPECT_EQ(event.id, "ge-1");
  EXPECT_EQ(event.source, "a book");
  EXPECT_EQ(event.reason, "the war");
  EXPECT_EQ(event.status, EventStatus::kPlanned);
}

TEST_F(RowMapperTest, AnEmptyFieldIsNotGiven) {
  LoadRequest request = joins("");
  request.roles.push_back(map("level: level"));
  request.words.push_back(map("ID: ref"));
  request.words.push_back(map("STATUS: status"));
  EXPECT_EQ(load_row(request, "state,org,date,level,ref,status", "Georgia,CIS,,,,"), "");
  const auto snapshot = database().snapshot();
  const Event event = snapshot->event(snapshot->last_seq())->event;
  EXPECT_FALSE(event.on);
  EXPECT_EQ(event.id, "");
  EXPECT_EQ(event.status, EventStatus::kHappened);
  EXPECT_THAT(std::get<Occurrence>(event.body).attributes, IsEmpty());
  EXPECT_EQ(load_row(joins(""), "state,org,date", ",CIS,1993"),
            "'state' is empty, and Join needs 'member'");
}

TEST_F(RowMapperTest, RolesTakeWhatTheirTypesSay) {
  LoadRequest request = joins("");
  request.roles.push_back(map("level: level"));
  const std::string header = "state,org,date,level";
  EXPECT_EQ(load_row(request, header, "Georgia,CIS,1993,-12"), "");
  EXPECT_THAT(load_row(request, header, "Georgia,CIS,1993,1.5"),
              HasSubstr("role 'level' takes INTEGER"));
  LoadRequest agreement = of_kind("Agreement", {"title: t", "signed: d"});
  EXPECT_EQ(load_row(agreement, "t,d", "a treaty,1993-10"), "");
  EXPECT_THAT(load_row(agreement, "t,d", "a treaty,soon"), HasSubstr("expected a year"));
}

TEST_F(RowMapperTest, SeveralColumnsFillARoleOfMany) {
  const LoadRequest request =
      of_kind("Agreement", {"title: t", "party: a", "party: b", "party: c"});
  EXPECT_EQ(load_row(request, "t,a,b,c", "treaty,Georgia,,Armenia"), "");
  EXPECT_EQ(facts().size(), 2U);
  EXPECT_EQ(load_row(request, "t,a,b,c", "treaty of nobody,,,"), "");
  EXPECT_EQ(facts().size(), 2U);
}

TEST_F(RowMapperTest, AnEventIsNamedByItsIdOrItsNumber) {
  LoadRequest agreement = of_kind("Agreement", {"title: t"});
  agreement.words = {map("ID: id")};
  ASSERT_EQ(load_row(agreement, "t,id", "treaty,t1"), "");
  const std::string number = "#" + std::to_string(last_seq());
  const LoadRequest amendment = of_kind("Amendment", {"amends: a", "by: b OF Country"});
  EXPECT_EQ(load_row(amendment, "a,b", "t1,Georgia"), "");
  EXPECT_EQ(load_row(amendment, "a,b", number + ","), "");
  EXPECT_EQ(load_row(amendment, "a,b", "t2,"), "there is no event with the ID 't2'");
  EXPECT_THAT(load_row(amendment, "a,b", "#1,"), HasSubstr("is not of the kind Agreement"));
}

TEST_F(RowMapperTest, AnEventNamesItsRelation) {
  LoadRequest tie = of_kind("Tie", {"src: a OF Person", "dst: b OF Person", "rel: r"});
  tie.words = {map("ON: d")};
  EXPECT_EQ(load_row(tie, "a,r,b,d", "Ann,KNOWS,Bob,2001-01-01"), "");
  EXPECT_EQ(load_row(tie, "a,r,b,d", "Ann,LIKES,Bob,2002-01-01"), "") << "created";
  EXPECT_THAT(facts(), ElementsAre("Ann KNOWS Bob 2001-01-01", "Ann LIKES Bob 2002-01-01"));
}

TEST_F(RowMapperTest, AColumnNamesTheKindRowByRow) {
  LoadRequest request = of_kind("", {"member: a", "organisation: b", "title: a", "party: b"});
  request.kind_column = "what";
  request.words = {map("ON: d")};
  request.creating_missing = true;
  // Both kinds take their roles from the columns a and b, and the other's are refused.
  request.path = file("mixed.csv",
                      "what,a,b,c,d,t,p\n"
                      "Join,Georgia,CIS,,1993,,\n"
                      "Agreement,,,,1994,a treaty,Georgia\n");
  request.roles = {map("member: a"), map("organisation: b"), map("title: t"), map("party: p")};
  EXPECT_EQ(load(request).recorded, 2U);
  EXPECT_EQ(facts().size(), 2U);

  const std::string header = "what,a,b,c,d,t,p";
  EXPECT_EQ(load_row(request, header, "Join,Georgia,CIS,,1993,x,"), "Join has no role 'title'");
  EXPECT_EQ(load_row(request, header, "Jion,Georgia,CIS,,1993,,"),
            "there is no kind of event 'Jion'");
  EXPECT_EQ(load_row(request, header, ",Georgia,CIS,,1993,,"),
            "'what' is empty: the event's kind is missing");
  EXPECT_EQ(load_row(request, header, "Tie,,,,1993,,"), "Tie needs 'src', and no column fills it");
}

TEST_F(RowMapperTest, ColumnsWithoutNamesAreGivenByNumber) {
  LoadRequest request = of_kind("Join", {"member: $2", "organisation: $3"});
  request.words = {map("ON: $1")};
  request.has_header = false;
  request.creating_missing = true;
  request.path = file("plain.csv", "1993-12-03,Georgia,CIS\n1991,Armenia,CIS\n");
  EXPECT_EQ(load(request).recorded, 2U);
  request.roles[0].column = "$4";
  EXPECT_THAT(load_error(request).message, HasSubstr("has no column '$4'"));
}

// --- Facts ---------------------------------------------------------------------------------------

TEST_F(RowMapperTest, FactsHoldFromTo) {
  LoadRequest request = facts_request("", "Person");
  request.words = {map("FROM: a"), map("TO: b")};
  for (const char* row : {"Ann,KNOWS,Bob,2001-01-01,2003-01-01", "Ann,KNOWS,Cid,2001,",
                          "Ann,KNOWS,Dan,2001-01-01,..", "Ann,KNOWS,Eve,..,2003-01-01"}) {
    EXPECT_EQ(load_row(request, "s,r,o,a,b", row), "");
  }
  EXPECT_THAT(facts(), ElementsAre("Ann KNOWS Bob 2001-01-01 to 2003-01-01", "Ann KNOWS Cid 2001",
                                   "Ann KNOWS Dan 2001-01-01", "Ann KNOWS Eve .. to 2003-01-01"));
  EXPECT_EQ(load_row(request, "s,r,o,a,b", "Ann,KNOWS,Bob,2003,2001"),
            "the fact ends (2001) before it begins (2003)");
}

TEST_F(RowMapperTest, FactsOfADayEndWithIt) {
  LoadRequest request = facts_request("", "Person");
  request.words = {map("ON: d")};
  EXPECT_EQ(load_row(request, "s,r,o,d", "Ann,KNOWS,Bob,2001-01-01"), "");
  EXPECT_THAT(facts(), ElementsAre("Ann KNOWS Bob 2001-01-01 to 2001-01-02"));
  EXPECT_EQ(load_row(request, "s,r,o,d", "Ann,KNOWS,Bob,"),
            "'d' is empty: the fact's day is missing");
}

TEST_F(RowMapperTest, OtherRolesOfFactsArePropertiesAndTexts) {
  LoadRequest request = facts_request("", "Person");
  request.roles.push_back(map("since: x"));
  request.roles.push_back(map("how: y"));
  request.words = {map("FROM: a")};
  EXPECT_EQ(load_row(request, "s,r,o,a,x,y", "Ann,KNOWS,Bob,2001,007,"), "");
  EXPECT_THAT(facts(), ElementsAre("Ann KNOWS Bob 2001 {since: '007'}"));
}

TEST_F(RowMapperTest, EndsHaveTheTypesOfTheRelationUnlessOfSaysMore) {
  LoadRequest request = facts_request("", "");
  EXPECT_EQ(load_row(request, "s,r,o", "Georgia,MEMBER_OF,CIS"), "") << "declared ends";
  EXPECT_EQ(load_row(request, "s,r,o", "Ann,KNOWS,Georgia"), "") << "an end of any type, and known";
  EXPECT_EQ(load_row(request, "s,r,o", "Ann,KNOWS,Bob"),
            "'Bob' cannot be created: its type is not known");
  const LoadRequest typed = facts_request("", "Person");
  EXPECT_EQ(load_row(typed, "s,r,o", "Ann,KNOWS,Bob"), "");
  EXPECT_EQ(load_row(typed, "s,r,o", "Ann,LIKES,Bob"), "") << "a new relation joins anything";
  EXPECT_EQ(load_row(typed, "s,r,o", "Ann,MEMBER_OF,Bob"),
            "the subject of MEMBER_OF is a Country, not a Person");
}

TEST_F(RowMapperTest, FactsMayEndInEvents) {
  LoadRequest agreement = of_kind("Agreement", {"title: t"});
  agreement.words = {map("ID: id")};
  ASSERT_EQ(load_row(agreement, "t,id", "treaty,t1"), "");
  LoadRequest request = facts_request("", "Country");
  request.roles[2].entity_type = "Agreement";
  request.words = {map("FROM: d")};
  EXPECT_EQ(load_row(request, "s,r,o,d", "Georgia,PARTY_TO,t1,1999"), "");
  EXPECT_THAT(facts(), ElementsAre("Georgia PARTY_TO t1 1999"));
  EXPECT_EQ(load_row(request, "s,r,o,d", "Georgia,PARTY_TO,t9,1999"),
            "there is no event with the ID 't9'");
}

TEST_F(RowMapperTest, EveryPartOfAFactMustBeThere) {
  const LoadRequest request = facts_request("", "Person");
  EXPECT_EQ(load_row(request, "s,r,o", ",KNOWS,Bob"),
            "'s' is empty: the fact's subject is missing");
  EXPECT_EQ(load_row(request, "s,r,o", "Ann,,Bob"), "'r' is empty: the fact's relation is missing");
  EXPECT_EQ(load_row(request, "s,r,o", "Ann,KNOWS,"), "'o' is empty: the fact's object is missing");
}

TEST_F(RowMapperTest, NamesThatAreNotKnownAreRefusedWithoutCreatingMissing) {
  LoadRequest request = facts_request(file("f.csv", "s,r,o\nAnn,KNOWS,Ann\n"), "Person");
  Error error = load_error(request);
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.message, "there is no Person called 'Ann'");
  request.path = file("f.csv", "s,r,o\nAnn,KNOWN,Ann\n");
  error = load_error(request);
  EXPECT_EQ(error.message, "there is no relation 'KNOWN'");
  EXPECT_THAT(error.hint, HasSubstr("did you mean 'KNOWS'?"));
  EXPECT_EQ(error.place.line, 2U);
  EXPECT_EQ(error.place.column, 5U);
  EXPECT_EQ(error.place.source_line, "Ann,KNOWN,Ann");
}

// --- Statements ----------------------------------------------------------------------------------

struct Wrong {
  std::string_view what;
  std::function<void(LoadRequest&)> change;
  ErrorCode code;
  std::string_view message;
  std::string_view hint;
};

TEST_F(RowMapperTest, WhatIsWrongInAStatementOfEventsIsSaidAtItsPlace) {
  const std::string path = file("t.csv", "state,org,date,x,x\nGeorgia,CIS,1993,,\n");
  const std::vector<Wrong> rows = {
      {"column", [](LoadRequest& r) { r.roles[0].column = "stat"; }, ErrorCode::kNotFound,
       "has no column 'stat'", "did you mean 'state'?"},
      {"nothing like it", [](LoadRequest& r) { r.roles[0].column = "country"; },
       ErrorCode::kNotFound, "has no column 'country'", "its columns: 'state', 'org', 'date'"},
      {"word's column", [](LoadRequest& r) { r.words[0].column = "day"; }, ErrorCode::kNotFound,
       "has no column 'day'", "its columns"},
      {"constant", [](LoadRequest& r) { r.roles[1].column = "CIS"; }, ErrorCode::kNotFound,
       "has no column 'CIS'", "its columns"},
      {"two of a name", [](LoadRequest& r) { r.roles.push_back(map("capacity: x")); },
       ErrorCode::kInvalidArgument, "has several columns 'x'", "$4 or $5"},
      {"kind", [](LoadRequest& r) { r.kind = "Jion"; }, ErrorCode::kNotFound,
       "there is no kind of event 'Jion'", "did you mean 'Join'?"},
      {"role", [](LoadRequest& r) { r.roles[0].role = "membre"; }, ErrorCode::kNotFound,
       "Join has no role 'membre'", "did you mean 'member'?"},
      {"required role", [](LoadRequest& r) { r.roles.pop_back(); }, ErrorCode::kInvalidArgument,
       "Join needs 'organisation', and no column fills it", "add organisation:"},
      {"role twice", [](LoadRequest& r) { r.roles.push_back(map("member: x")); },
       ErrorCode::kInvalidArgument, "", ""},
      {"type", [](LoadRequest& r) { r.roles[0].entity_type = "Contry"; }, ErrorCode::kNotFound,
       "there is no entity type or kind 'Contry'", "did you mean 'Country'?"},
      {"other type", [](LoadRequest& r) { r.roles[0].entity_type = "Person"; },
       ErrorCode::kInvalidArgument, "role 'member' takes Country, not Person", ""},
      {"type of a value", [](LoadRequest& r) { r.roles.push_back(map("level: date OF Person")); },
       ErrorCode::kInvalidArgument, "role 'level' takes a value", ""},
      {"FROM", [](LoadRequest& r) { r.words[0].role = "FROM"; }, ErrorCode::kInvalidArgument,
       "an event has no 'FROM'", "FROM"},
      {"word twice", [](LoadRequest& r) { r.words.push_back(map("ON: date")); },
       ErrorCode::kInvalidArgument, "ON is given twice", ""},
      {"kind column", [](LoadRequest& r) { r.kind_column = "kind"; }, ErrorCode::kNotFound,
       "has no column 'kind'", ""},
      {"role of no kind",
       [](LoadRequest& r) {
         r.kind_column = "state";
         r.roles[0].role = "membr";
       },
       ErrorCode::kNotFound, "no kind has a role 'membr'", "did you mean 'member'?"},
  };
  for (const Wrong& row : rows) {
    SCOPED_TRACE(std::string(row.what));
    LoadRequest request = joins(path);
    row.change(request);
    const Error error = load_error(request);
    EXPECT_EQ(error.code, row.code);
    EXPECT_THAT(error.message, HasSubstr(std::string(row.message)));
    EXPECT_THAT(error.hint, HasSubstr(std::string(row.hint)));
    EXPECT_EQ(error.place.line, 1U) << "in the statement";
    EXPECT_EQ(error.place.file, "") << "in the statement";
  }
  EXPECT_EQ(last_seq(), defined());
}

TEST_F(RowMapperTest, WhatIsWrongInAStatementOfFactsIsSaidAtItsPlace) {
  const std::string path = file("t.csv", "s,r,o,d\nAnn,KNOWS,Bob,1993\n");
  const std::vector<Wrong> rows = {
      {"no subject", [](LoadRequest& r) { r.roles.erase(r.roles.begin()); },
       ErrorCode::kInvalidArgument, "no column is given for the subject", "add subject:"},
      {"misspelt subject", [](LoadRequest& r) { r.roles[0] = map("subjct: s"); },
       ErrorCode::kInvalidArgument, "no column is given for the subject", "'subjct'"},
      {"no relation", [](LoadRequest& r) { r.roles.erase(r.roles.begin() + 1); },
       ErrorCode::kInvalidArgument, "no column is given for the relation", ""},
      {"twice", [](LoadRequest& r) { r.roles.push_back(map("object: o")); },
       ErrorCode::kInvalidArgument, "object is given twice", ""},
      {"type of the relation", [](LoadRequest& r) { r.roles[1].entity_type = "Person"; },
       ErrorCode::kInvalidArgument, "'relation' takes a text", "OF is for subject and object"},
      {"day and period",
       [](LoadRequest& r) {
         r.words = {map("FROM: d"), map("ON: d")};
       },
       ErrorCode::kInvalidArgument, "not both", "leave"},
  };
  for (const Wrong& row : rows) {
    SCOPED_TRACE(std::string(row.what));
    LoadRequest request = facts_request(path, "Person");
    row.change(request);
    const Error error = load_error(request);
    EXPECT_EQ(error.code, row.code);
    EXPECT_THAT(error.message, HasSubstr(std::string(row.message)));
    EXPECT_THAT(error.hint, HasSubstr(std::string(row.hint)));
    EXPECT_EQ(error.place.line, 1U);
  }
}

}  // namespace
}  // namespace annals::ingest
