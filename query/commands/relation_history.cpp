#include "query/commands/relation_history.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/event_cells.h"
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

Datum seq_or_null(Seq seq) { return seq ? Datum(static_cast<std::int64_t>(seq.raw)) : Datum(); }

class SpellRows {
 public:
  SpellRows(const storage::GraphSnapshot& snapshot, bool known_all, const StatementContext& context)
      : snapshot_(snapshot), known_all_(known_all), context_(context), names_(snapshot) {}

  Status begin() {
    std::vector<ResultColumn> columns = {{"fact"}, {"valid"}, {"certainty"}};
    if (known_all_) columns.insert(columns.end(), {{"known_from"}, {"known_until"}});
    columns.insert(
        columns.end(),
        {{"begun_by"}, {"source"}, {"reason"}, {"ended_by"}, {"end_source"}, {"end_reason"}});
    return context_.sink.columns(columns, RowTags::kUntagged);
  }

  Status show(const MatchedFact& matched) {
    const storage::Fact& fact = *matched.fact;
    ANNALS_CHECK_OK(context_.check_stop());
    ANNALS_TRY(std::string text, fact_text(fact, snapshot_.vocabulary(), names_));
    EventTexts begin;
    EventTexts end;
    // Of a version the events as they were known when it was believed.
    storage::Perspective perspective;
    if (known_all_) perspective.known_at = fact.known_from;
    ANNALS_TRY(const auto view, snapshot_.seen_from(perspective));
    ANNALS_CHECK_OK(add(*view, fact.id.begun_by, begin));
    for (const Seq seq : fact.earlier_ends) ANNALS_CHECK_OK(add(*view, seq, end));
    if (fact.ended_by) ANNALS_CHECK_OK(add(*view, fact.ended_by, end));
    std::vector<Datum> cells = {Datum(std::move(text)), Datum(Period{fact.begin, fact.end}),
                                certainty_datum(matched.certainty == Certainty::kCertain)};
    if (known_all_) {
      cells.push_back(seq_or_null(fact.known_from));
      cells.push_back(seq_or_null(fact.known_until));
    }
    for (EventTexts* texts : {&begin, &end}) {
      cells.push_back(text_or_null(std::move(texts->events)));
      cells.push_back(text_or_null(std::move(texts->sources)));
      cells.push_back(text_or_null(std::move(texts->reasons)));
    }
    return context_.sink.row(cells, Certainty::kCertain);
  }

 private:
  static Status add(const storage::GraphSnapshot& view, Seq seq, EventTexts& texts) {
    ANNALS_TRY(const RecordedEvent recorded, view.event(seq));
    const Event& event = recorded.event;
    std::string text = fmt::format("#{} {}", seq.raw, kind_text(event, view.vocabulary()));
    const std::string on = date_text(event);
    if (!on.empty()) text += ' ' + on;
    if (event.status != EventStatus::kHappened) text += ' ' + status_text(event.status);
    append(texts.events, text);
    append(texts.sources, event.source);
    append(texts.reasons, event.reason);
    return {};
  }

  const storage::GraphSnapshot& snapshot_;
  bool known_all_;
  const StatementContext& context_;
  NodeNames names_;
};

}  // namespace

Status show_relation_history(ast::HistoryOf& statement, const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  FactQuestion question(std::move(statement.path), {}, context);
  question.widen_to_all_time();
  storage::Perspective perspective;
  perspective.every_version = statement.known_all;
  ANNALS_TRY(const auto view, snapshot->seen_from(perspective));
  ANNALS_TRY(std::vector<MatchedFact> facts, question.ask(*view));
  if (statement.known_all) {
    std::stable_sort(facts.begin(), facts.end(), [](const MatchedFact& a, const MatchedFact& b) {
      return a.fact->known_from < b.fact->known_from;
    });
  }
  SpellRows rows(*snapshot, statement.known_all, context);
  ANNALS_CHECK_OK(rows.begin());
  for (const MatchedFact& fact : facts) ANNALS_CHECK_OK(rows.show(fact));
  if (!facts.empty()) return {};
  return context.sink.message("no event ever began such a fact, or it was over as it began");
}

}  // namespace annals::query
