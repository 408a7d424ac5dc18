#include "tests/law/recorded_history.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "tests/law/statements.h"
#include "tests/support/small_blocks.h"

namespace annals::law {

namespace {

class Rows final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const query::Datum> cells, Certainty certainty) override {
    std::string text;
    for (const query::Datum& cell : cells) {
      if (&cell != cells.data()) text += " | ";
      text += cell.is_null() ? "null" : query::datum_text(cell);
    }
    if (certainty == Certainty::kPossible) text += " | possible";
    rows.push_back(std::move(text));
    return {};
  }
  Status message(std::string_view) override { return {}; }

  std::vector<std::string> rows;
};

}  // namespace

RecordedHistory::RecordedHistory(const oracle::History& history, Commits commits) {
  clock_.set(parse_date("2024-06-01")->begin.earliest);
  reopen();
  record("BEGIN");
  for (const std::string& definition : definitions(history)) record(definition);
  if (commits == Commits::kOneEach) record("COMMIT");
  for (std::size_t i = 0; i < history.events.size(); ++i) record(statement_of(history, i));
  if (commits == Commits::kOneForAll) record("COMMIT");
}

void RecordedHistory::reopen() {
  session_.reset();
  database_.reset();
  auto opened = storage::Database::open(folder_.path(), tests::with_small_blocks(), clock_);
  if (!opened) ADD_FAILURE() << format_error(opened.error());
  database_ = std::move(*opened);
  session_ = std::make_unique<query::Session>(*database_, clock_, nullptr, stop_);
}

void RecordedHistory::record(std::string_view statement) {
  Rows sink;
  const Status done = session_->run(statement, {}, sink);
  if (!done) ADD_FAILURE() << statement << "\n" << format_error(done.error());
}

std::vector<std::string> RecordedHistory::ask(std::string_view statement) {
  Rows sink;
  const Status done = session_->run(statement, {}, sink);
  if (!done) return {format_error(done.error())};
  std::sort(sink.rows.begin(), sink.rows.end());
  return sink.rows;
}

}  // namespace annals::law
