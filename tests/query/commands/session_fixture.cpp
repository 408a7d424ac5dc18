#include "tests/query/commands/session_fixture.h"

#include <utility>

#include <fmt/format.h>

#include "schema/time/date.h"

namespace annals::tests {

Status ResultLines::columns(std::span<const query::ResultColumn> columns, query::RowTags) {
  for (const query::ResultColumn& column : columns) {
    head += (head.empty() ? "" : " | ") + column.name;
  }
  return {};
}

Status ResultLines::row(std::span<const query::Datum> cells, Certainty) {
  std::string line;
  for (const query::Datum& cell : cells) {
    if (&cell != cells.data()) line += " | ";
    line += query::datum_text(cell);
  }
  rows.push_back(std::move(line));
  return {};
}

Status ResultLines::message(std::string_view text) {
  messages.emplace_back(text);
  return {};
}

SessionTest::SessionTest() {
  clock_.set(parse_date("2024-10-16T12:00:00Z")->begin.earliest);
  reopen();
}

void SessionTest::reopen(const storage::DatabaseOptions& options) {
  session_.reset();
  database_.reset();
  auto database = storage::Database::open(folder_.path(), options, clock_);
  ASSERT_TRUE(database) << format_error(database.error());
  database_ = std::move(*database);
  session_ = std::make_unique<query::Session>(*database_, clock_, &loader_, stop_);
}

SessionTest::Lines SessionTest::messages_of(std::string_view statement,
                                            const query::Parameters& parameters) {
  ResultLines lines;
  const Status done = session_->run(statement, parameters, lines);
  EXPECT_TRUE(done) << statement << "\n" << format_error(done.error());
  return lines.messages;
}

std::string SessionTest::message_of(std::string_view statement,
                                    const query::Parameters& parameters) {
  const Lines messages = messages_of(statement, parameters);
  EXPECT_EQ(messages.size(), 1U) << statement;
  return messages.empty() ? "" : messages.front();
}

SessionTest::Lines SessionTest::rows_of(std::string_view statement,
                                        const query::Parameters& parameters) {
  ResultLines lines;
  const Status done = session_->run(statement, parameters, lines);
  EXPECT_TRUE(done) << statement << "\n" << format_error(done.error());
  return lines.rows;
}

void SessionTest::run_all(const Lines& statements) {
  for (const std::string& statement : statements) messages_of(statement);
}

std::string SessionTest::error_of(std::string_view statement, const query::Parameters& parameters) {
  ResultLines lines;
  const Status done = session_->run(statement, parameters, lines);
  EXPECT_FALSE(done) << statement << " should fail";
  if (done) return "";
  const Error& error = done.error();
  std::string text = fmt::format("{} {}:{} {}", error_code_name(error.code), error.place.line,
                                 error.place.column, error.message);
  if (!error.hint.empty()) text += " | " + error.hint;
  return text;
}

void SessionTest::define_cis() {
  run_all({
      "DEFINE ENTITY Country",
      "DEFINE ENTITY Organisation",
      "DEFINE RELATION MEMBER_OF (Country)->(Organisation)",
      "DEFINE RELATION FORMER_MEMBER_OF (Country)->(Organisation)",
      "DEFINE RELATION BORDERS (Country)->(Country)",
      "DEFINE RELATION ATTENDED (Country)->(Entity)",
      "DEFINE EVENT Join (member Country, organisation Organisation, capacity TEXT?) "
      "BEGINS (member)-[:MEMBER_OF {capacity: capacity}]->(organisation)",
      "DEFINE EVENT Withdrawal (member Country, organisation Organisation) "
      "ENDS (member)-[:MEMBER_OF]->(organisation) "
      "BEGINS (member)-[:FORMER_MEMBER_OF]->(organisation)",
      "DEFINE EVENT Summit (organisation Organisation, attendee Country[]) "
      "MARKS (attendee)-[:ATTENDED]->(EVENT)",
      "DEFINE EVENT Measure (subject Entity, indicator TEXT, value FLOAT) "
      "SETS subject.$(indicator) = value",
      "ENTITY Organisation 'CIS'",
      "ENTITY Country 'Georgia' ALSO 'Sakartvelo' ID 'iso3:GEO'",
      "ENTITY Country 'Armenia'",
  });
}

}  // namespace annals::tests
