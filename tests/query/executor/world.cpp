#include "tests/query/executor/world.h"

#include <utility>
#include <variant>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "query/executor/query_runner.h"
#include "query/parser/parser.h"
#include "schema/time/date.h"
#include "tests/support/small_blocks.h"

namespace annals::query {

const std::string_view kDefinitions = R"(
DEFINE ENTITY Country;
DEFINE ENTITY Organisation;
DEFINE RELATION MEMBER_OF (Country)->(Organisation);
DEFINE RELATION FORMER_MEMBER_OF (Country)->(Organisation);
DEFINE RELATION ATTENDED (Country)->(Entity);
DEFINE EVENT Join (member Country, organisation Organisation, capacity TEXT?)
  BEGINS (member)-[:MEMBER_OF {capacity: capacity}]->(organisation);
DEFINE EVENT Withdrawal (member Country, organisation Organisation)
  ENDS   (member)-[:MEMBER_OF]->(organisation)
  BEGINS (member)-[:FORMER_MEMBER_OF]->(organisation);
DEFINE EVENT Summit (organisation Organisation, host Country?, attendee Country[], topic TEXT?)
  MARKS  (attendee)-[:ATTENDED]->(EVENT);
DEFINE EVENT Measure (subject Country, indicator TEXT, value FLOAT)
  SETS   subject.$(indicator) = value;
)";

Status TextSink::columns(std::span<const ResultColumn> columns, RowTags row_tags) {
  for (const ResultColumn& column : columns) names.push_back(column.name);
  tags = row_tags;
  return {};
}

Status TextSink::row(std::span<const Datum> cells, Certainty certainty) {
  std::string text;
  for (const Datum& cell : cells) {
    if (!text.empty()) text += " | ";
    text += cell.is_null() ? "null" : datum_text(cell);
  }
  if (certainty == Certainty::kPossible) text += " | possible";
  rows.push_back(std::move(text));
  return {};
}

Status TextSink::message(std::string_view text) {
  messages.emplace_back(text);
  return {};
}

std::string random_date(std::mt19937_64& random) {
  const auto year = 1990 + random() % 10;
  switch (random() % 3) {
    case 0: return fmt::format("{}", year);
    case 1: return fmt::format("{}-{:02}", year, 1 + random() % 12);
    default: return fmt::format("{}-{:02}-{:02}", year, 1 + random() % 12, 1 + random() % 28);
  }
}

World::World() {
  clock_.set(parse_date("2024-06-01")->begin.earliest);
  auto opened = storage::Database::open(folder_.path(), tests::with_small_blocks(), clock_);
  if (!opened) ADD_FAILURE() << format_error(opened.error());
  database_ = std::move(*opened);
  session_ = std::make_unique<Session>(*database_, clock_, nullptr, stop_);
}

void World::run(std::string_view script) {
  run_each("BEGIN;");
  run_each(script);
  run_each("COMMIT;");
}

void World::run_each(std::string_view script) {
  while (!is_blank(script)) {
    const std::size_t end = statement_end(script).value_or(script.size());
    TextSink sink;
    const Status done = session_->run(script.substr(0, end), {}, sink);
    if (!done) ADD_FAILURE() << format_error(done.error());
    script.remove_prefix(end);
  }
}

std::vector<std::string> World::rows(std::string_view query, const Parameters& parameters) {
  TextSink sink;
  const Status done = session_->run(query, parameters, sink);
  if (!done) ADD_FAILURE() << format_error(done.error());
  return sink.rows;
}

std::string World::value(std::string_view expression, const Parameters& parameters) {
  TextSink sink;
  const Status done =
      session_->run(fmt::format("MATCH (x:Thing 'it') RETURN {}", expression), parameters, sink);
  if (!done) return format_error(done.error());
  return sink.rows.size() == 1 ? sink.rows.front() : fmt::format("{} rows", sink.rows.size());
}

std::string World::error(std::string_view query, const Parameters& parameters) {
  TextSink sink;
  const Status done = session_->run(query, parameters, sink);
  if (done) return "no error";
  const Error& error = done.error();
  std::string text(error_code_name(error.code));
  if (error.place.line != 0) text += fmt::format(" {}:{}", error.place.line, error.place.column);
  text += " " + error.message;
  if (!error.hint.empty()) text += fmt::format(" ({})", error.hint);
  return text;
}

std::string World::plan(std::string_view query) {
  const auto statement = parse_statement(query);
  if (!statement) return format_error(statement.error());
  const auto planned =
      PlannedQuery::plan(std::get<ast::Query>(statement->body), query, *database_->snapshot());
  return planned ? (*planned)->plan_text() : format_error(planned.error());
}

}  // namespace annals::query
