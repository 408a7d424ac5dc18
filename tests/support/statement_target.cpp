#include "tests/support/statement_target.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>
#include <variant>

#include <fmt/format.h>

#include "query/parser/parser.h"
#include "schema/time/date.h"
#include "tests/support/small_blocks.h"

namespace annals::tests {

namespace {

constexpr std::string_view kGraph = R"(
DEFINE ENTITY Country;
DEFINE ENTITY Organisation;
DEFINE ENTITY T;
DEFINE RELATION R (Entity)->(Entity);
DEFINE RELATION MEMBER_OF (Country)->(Organisation);
DEFINE RELATION FORMER_MEMBER_OF (Country)->(Organisation);
DEFINE RELATION BORDERS (Country)->(Country);
DEFINE RELATION ATTENDED (Country)->(Entity);
DEFINE EVENT Join (member Country, organisation Organisation, capacity TEXT?)
  BEGINS (member)-[:MEMBER_OF {capacity: capacity}]->(organisation);
DEFINE EVENT Withdrawal (member Country, organisation Organisation)
  ENDS (member)-[:MEMBER_OF]->(organisation)
  BEGINS (member)-[:FORMER_MEMBER_OF]->(organisation);
DEFINE EVENT Summit (organisation Organisation, host Country?, attendee Country[], topic TEXT?)
  MARKS (attendee)-[:ATTENDED]->(EVENT);
DEFINE EVENT Measure (subject Country, indicator TEXT, value FLOAT) SETS subject.$(indicator) = value;
ENTITY T 'x'; ENTITY T 'it'; ENTITY Organisation 'CIS'; ENTITY Organisation 'USSR';
ENTITY Country 'Georgia' ALSO 'Sakartvelo' ID 'iso3:GEO'; ENTITY Country 'Armenia';
ENTITY Country 'Belarus'; ENTITY Country 'Moldova';
RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993-12-03' ID 'j1';
RECORD Join {member: 'Armenia', organisation: 'CIS', capacity: 'full'} ON '1991-12' ID 'j2';
RECORD Join {member: 'Belarus', organisation: 'CIS'} ON '1991' SAID '1992' SOURCE 'x';
RECORD Join {member: 'Moldova', organisation: 'CIS'} ON '1994?';
RECORD Withdrawal {member: 'Georgia', organisation: 'CIS'} ON '2009-08-18' ID 'w1';
RECORD Withdrawal {member: 'Moldova', organisation: 'CIS'} ON '[2024-10-16..2024-12-31]' STATUS planned;
RECORD Summit {organisation: 'CIS', host: 'Belarus', attendee: ['Armenia', 'Moldova']} ON '2000-06-21';
RECORD Measure {subject: 'Georgia', indicator: 'population', value: 4.4} ON '2000';
RECORD Measure {subject: 'Georgia', indicator: 'population', value: 3.7} ON '2014';
ASSERT (:Country 'Georgia')-[:BORDERS]->(:Country 'Armenia') FROM '1991-04-09' TO '..';
ASSERT (:Country 'Armenia')-[:BORDERS]->(:Country 'Georgia') FROM '1991-04-09' TO '..';
ASSERT (:Country 'Georgia')-[:BORDERS]->(:Country 'Georgia') FROM '1991' TO '1992';
CORRECT 'j1' SET ON '1993-12-04' BECAUSE 'a better source';
)";

/// Takes what there is.
class Sink final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn> columns, query::RowTags) override {
    columns_ = columns.size();
    return {};
  }
  Status row(std::span<const query::Datum> cells, Certainty certainty) override {
    is_odd = is_odd || cells.size() != columns_ || certainty == Certainty::kImpossible;
    for (const query::Datum& cell : cells) {
      bytes += query::datum_text(cell).size() + query::datum_json(cell).size();
    }
    return {};
  }
  Status message(std::string_view text) override {
    is_odd = is_odd || text.empty();
    return {};
  }

  bool is_odd = false;
  std::size_t bytes = 0;

 private:
  std::size_t columns_ = 0;
};

/// Whether the statement has no business in a transaction, or may end it.
bool stands_alone(const query::ast::Statement& statement) {
  namespace ast = query::ast;
  const auto& body = statement.body;
  return std::holds_alternative<ast::Begin>(body) || std::holds_alternative<ast::Commit>(body) ||
         std::holds_alternative<ast::Rollback>(body);
}

bool is_write(const query::ast::Statement& statement) {
  namespace ast = query::ast;
  return std::visit(
      [](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        return std::is_same_v<Body, ast::DefineEntity> ||
               std::is_same_v<Body, ast::DefineRelation> ||
               std::is_same_v<Body, ast::DefineEvent> || std::is_same_v<Body, ast::DefinePadding> ||
               std::is_same_v<Body, ast::RegisterEntity> || std::is_same_v<Body, ast::Record> ||
               std::is_same_v<Body, ast::Assert> || std::is_same_v<Body, ast::Correct> ||
               std::is_same_v<Body, ast::Retract> || std::is_same_v<Body, ast::Replay>;
      },
      statement.body);
}

}  // namespace

StatementTarget::StatementTarget() {
  clock_.set(parse_date("2024-06-01")->begin.earliest);
  auto opened = storage::Database::open(folder_.path(), with_small_blocks(), clock_);
  if (!opened) std::abort();
  database_ = std::move(*opened);
  session_ = std::make_unique<query::Session>(*database_, clock_, nullptr, stop_);
  std::string_view rest = kGraph;
  while (const auto end = query::statement_end(rest)) {
    Sink sink;
    if (const Status done = session_->run(rest.substr(0, *end), {}, sink); !done) {
      fmt::print(stderr, "{}\n", format_error(done.error()));
      std::abort();
    }
    rest.remove_prefix(*end);
  }
  limits::StatementLimits limits;
  limits.memory_bytes = std::size_t{64} << 20;
  limits.milliseconds = 2'000;
  session_->set_limits(limits);
}

std::string StatementTarget::run(std::string_view text) {
  const auto statement = query::parse_statement(text);
  if (statement && stands_alone(*statement)) return {};
  const bool writes = statement && is_write(*statement);
  Sink sink;
  if (writes) static_cast<void>(session_->run("BEGIN", {}, sink));
  const query::Parameters parameters = {{"a", query::Datum(std::int64_t{1})},
                                        {"day", query::Datum(std::string("2000-01-01"))},
                                        {"who", query::Datum(std::string("Georgia"))}};
  const Status done = session_->run(text, parameters, sink);
  if (writes) static_cast<void>(session_->run("ROLLBACK", {}, sink));
  if (sink.is_odd) return "an odd row or message";
  if (done) {
    ++succeeded_;
    return {};
  }
  const Error& error = done.error();
  if (error.message.empty()) return "an error without a message";
  if (error.code == ErrorCode::kCorruption || error.code == ErrorCode::kIoError) {
    return format_error(error);
  }
  const auto lines = static_cast<std::uint32_t>(1 + std::count(text.begin(), text.end(), '\n'));
  const bool has_place = error.place.line > 0 && error.place.line <= lines;
  if (!has_place && error.code != ErrorCode::kInterrupted) {
    return "an error without a place: " + format_error(error);
  }
  return {};
}

}  // namespace annals::tests
