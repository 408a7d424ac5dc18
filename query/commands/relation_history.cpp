#include "query/commands/relation_history.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/event_text.h"
#include "query/commands/matched_facts.h"
#include "query/commands/node_lookup.h"
#include "query/executor/node_properties.h"

namespace annals::query {

namespace {

/// Events in words, each with its source and its reason.
struct EventTexts {
  std::string events;
  std::string sources;
  std::string reasons;
};

void append(std::string& text, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += "; ";
  text += part;
}

Datum text_or_null(std::string text) { return text.empty() ? Datum() : Datum(std::move(text)); }

class SpellRows {
 public:
  SpellRows(const storage::GraphSnapshot& snapshot, const StatementContext& context)
      : snapshot_(snapshot), context_(context), names_(snapshot) {}

  Status begin() {
    const std::vector<ResultColumn> columns = {{"fact"},     {"valid"},      {"certainty"},
                                               {"begun_by"}, {"source"},     {"reason"},
                                               {"ended_by"}, {"end_source"}, {"end_reason"}};
    return context_.sink.columns(columns, RowTags::kUntagged);
  }

  Status show(const MatchedFact& matched) {
    const storage::Fact& fact = *matched.fact;
    ANNALS_CHECK_OK(context_.check_stop());
    ANNALS_TRY(std::string text, fact_text(fact, snapshot_.vocabulary(), names_));
    EventTexts begin;
    EventTexts end;
    ANNALS_CHECK_OK(add(fact.id.begun_by, begin));
    for (const Seq seq : fact.earlier_ends) ANNALS_CHECK_OK(add(seq, end));
    if (fact.ended_by) ANNALS_CHECK_OK(add(fact.ended_by, end));
    const std::vector<Datum> cells = {Datum(std::move(text)),
                                      Datum(Period{fact.begin, fact.end}),
                                      certainty_datum(matched.certainty == Certainty::kCertain),
                                      text_or_null(std::move(begin.events)),
                                      text_or_null(std::move(begin.sources)),
                                      text_or_null(std::move(begin.reasons)),
                                      text_or_null(std::move(end.events)),
                                      text_or_null(std::move(end.sources)),
                                      text_or_null(std::move(end.reasons))};
    return context_.sink.row(cells, Certainty::kCertain);
  }

 private:
  Status add(Seq seq, EventTexts& texts) {
    ANNALS_TRY(const RecordedEvent recorded, snapshot_.event(seq));
    const Event& event = recorded.event;
    std::string text = fmt::format("#{} {}", seq.raw, kind_text(event, snapshot_.vocabulary()));
    const std::string on = date_text(event);
    if (!on.empty()) text += ' ' + on;
    if (event.status != EventStatus::kHappened) text += ' ' + status_text(event.status);
    append(texts.events, text);
    append(texts.sources, event.source);
    append(texts.reasons, event.reason);
    return {};
  }

  const storage::GraphSnapshot& snapshot_;
  const StatementContext& context_;
  NodeNames names_;
};

}  // namespace

Status show_relation_history(ast::HistoryOf& statement, const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  FactQuestion question(std::move(statement.path), {}, context);
  question.widen_to_all_time();
  ANNALS_TRY(const std::vector<MatchedFact> facts, question.ask(*snapshot));
  SpellRows rows(*snapshot, context);
  ANNALS_CHECK_OK(rows.begin());
  for (const MatchedFact& fact : facts) ANNALS_CHECK_OK(rows.show(fact));
  if (!facts.empty()) return {};
  return context.sink.message("no event ever began such a fact");
}

}  // namespace annals::query
