#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/commands/event_cells.h"
#include "query/commands/event_text.h"
#include "query/commands/matched_facts.h"
#include "query/commands/node_lookup.h"
#include "query/commands/why.h"

namespace annals::query {

namespace {

using storage::Fact;
using storage::GraphSnapshot;
using storage::Window;

/// The instants that the question means; of one that is not known, all that it may be.
Result<Window> window_of(const ast::Scope& scope, const StatementContext& context) {
  const auto refuse = [&](std::string message) {
    return context.placed(Error(ErrorCode::kInvalidArgument, std::move(message),
                                "write WHY NOT (a)-[:R]->(b) AT 'date'"),
                          scope.range);
  };
  if (scope.certainty) return refuse("WHY NOT asks about what is possible and what is certain");
  if (!scope.valid) return Window{context.now, context.now};
  if (*scope.valid != ast::ValidScope::kAt) return refuse("WHY NOT asks about one instant");
  const auto snapshot = context.database.snapshot();
  ANNALS_TRY(const std::optional<Date> date,
             date_of(*scope.at, "AT", snapshot->vocabulary(), context));
  // An interval is refused where the scope is resolved; null too.
  return date ? Window::of(date->begin) : Window{context.now, context.now};
}

class WhyNotRows {
 public:
  WhyNotRows(const GraphSnapshot& snapshot, const StatementContext& context)
      : snapshot_(snapshot), context_(context), names_(snapshot) {}

  Status begin() {
    std::vector<ResultColumn> columns = {{"answer"}, {"fact"}, {"valid"}};
    add_event_columns(columns);
    return context_.sink.columns(columns, RowTags::kUntagged);
  }

  bool empty() const { return empty_; }

  Status show(std::string_view answer, const Fact& fact, Seq seq) {
    empty_ = false;
    const Vocabulary& vocabulary = snapshot_.vocabulary();
    ANNALS_TRY(std::string text, fact_text(fact, vocabulary, names_));
    ANNALS_TRY(const RecordedEvent recorded, snapshot_.event(seq));
    std::vector<Datum> cells = {Datum(std::string(answer)), Datum(std::move(text)),
                                Datum(Period{fact.begin, fact.end})};
    add_event_cells(recorded, vocabulary, cells);
    return context_.sink.row(cells, Certainty::kCertain);
  }

 private:
  const GraphSnapshot& snapshot_;
  const StatementContext& context_;
  NodeNames names_;
  bool empty_ = true;
};

/// The spells of the relation, told apart by where they stand to the instant asked about.
struct Answer {
  bool holds = false;           ///< One of them certainly.
  const Fact* ended = nullptr;  ///< The last that was over by then.
  const Fact* later = nullptr;  ///< The first that had not begun by then.
  std::vector<const Fact*> possible;
};

Answer answer_of(const std::vector<MatchedFact>& all, const std::vector<MatchedFact>& then,
                 Window window) {
  // A fact may have a part for each time in which its nodes exist.
  std::map<std::pair<FactId, Instant>, Certainty> holding;
  for (const MatchedFact& one : then) {
    holding.emplace(std::pair(one.fact->id, one.fact->begin), one.certainty);
  }
  Answer answer;
  for (const MatchedFact& one : all) {
    const Fact& fact = *one.fact;
    const auto found = holding.find(std::pair(fact.id, fact.begin));
    if (found != holding.end()) {
      answer.holds = answer.holds || found->second == Certainty::kCertain;
      answer.possible.push_back(&fact);
    } else if (fact.begin.earliest > window.to) {
      // They come by their begins: the first is the next.
      if (answer.later == nullptr) answer.later = &fact;
    } else if (answer.ended == nullptr || fact.end.latest >= answer.ended->end.latest) {
      answer.ended = &fact;
    }
  }
  return answer;
}

/// What began it, or one of its nodes later.
Seq begin_event(const Fact& fact) { return fact.begin_event ? fact.begin_event : fact.id.begun_by; }

/// What ended it: an event, or the one with which it came, end included.
Seq end_event(const Fact& fact) { return fact.ended_by ? fact.ended_by : fact.id.begun_by; }

Status show_answer(const Answer& answer, Window window, WhyNotRows& rows) {
  if (answer.ended != nullptr) {
    ANNALS_CHECK_OK(rows.show("ended before", *answer.ended, end_event(*answer.ended)));
  }
  for (const Fact* fact : answer.possible) {
    if (fact->begin.latest > window.from) {
      ANNALS_CHECK_OK(rows.show("perhaps begins later", *fact, begin_event(*fact)));
    }
    if (fact->end.earliest > window.to) continue;
    for (const Seq end : fact->earlier_ends) {
      ANNALS_CHECK_OK(rows.show("perhaps ended before", *fact, end));
    }
    ANNALS_CHECK_OK(rows.show("perhaps ended before", *fact, end_event(*fact)));
  }
  if (answer.later == nullptr) return {};
  return rows.show("begins later", *answer.later, begin_event(*answer.later));
}

/// What no row says.
std::string summary(const Answer& answer, const WhyNotRows& rows, std::string_view pattern) {
  if (answer.holds) return fmt::format("{} does hold then: WHY says why", pattern);
  if (answer.ended == nullptr && answer.possible.empty()) {
    return answer.later == nullptr
               ? fmt::format("no event ever began {}, or it was over as it began", pattern)
               : fmt::format("no event had begun {} by then", pattern);
  }
  // Asked about an uncertain date, what surely held is only possible.
  return rows.empty() ? fmt::format("{} held, if the date asked about is right", pattern)
                      : std::string();
}

}  // namespace

Status show_why_not(ast::Why& statement, const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  const std::string_view pattern =
      context.text.substr(statement.range.begin, statement.range.end - statement.range.begin);
  ANNALS_TRY(const Window window, window_of(statement.scope, context));
  ANNALS_CHECK_OK(find_node(statement.path.first, *snapshot, context));
  ANNALS_CHECK_OK(find_node(statement.path.steps.front().node, *snapshot, context));
  FactQuestion question(std::move(statement.path), std::move(statement.scope), context);
  ANNALS_TRY(const std::vector<MatchedFact> then, question.ask(*snapshot));
  question.widen_to_all_time();
  ANNALS_TRY(const std::vector<MatchedFact> all, question.ask(*snapshot));
  const Answer answer = answer_of(all, then, window);
  ANNALS_TRY(const auto view, question.view(*snapshot));
  WhyNotRows rows(*view, context);
  ANNALS_CHECK_OK(rows.begin());
  if (!answer.holds) ANNALS_CHECK_OK(show_answer(answer, window, rows));
  const std::string said = summary(answer, rows, pattern);
  return said.empty() ? Status() : context.sink.message(said);
}

}  // namespace annals::query
