#include "query/commands/why.h"

#include <string>
#include <utility>
#include <vector>

#include "query/commands/event_cells.h"
#include "query/commands/event_text.h"
#include "query/commands/matched_facts.h"
#include "query/commands/node_lookup.h"
#include "query/executor/node_properties.h"

namespace annals::query {

namespace {

class WhyRows {
 public:
  WhyRows(const storage::GraphSnapshot& snapshot, const StatementContext& context)
      : snapshot_(snapshot), context_(context), names_(snapshot) {}

  Status begin() {
    std::vector<ResultColumn> columns = {{"fact"}, {"valid"}, {"certainty"}, {"role"}};
    add_event_columns(columns);
    return context_.sink.columns(columns, RowTags::kUntagged);
  }

  Status show(const MatchedFact& matched) {
    const storage::Fact& fact = *matched.fact;
    ANNALS_CHECK_OK(context_.check_stop());
    ANNALS_CHECK_OK(show_event(matched, "begins", fact.id.begun_by));
    // Or one of its nodes, later.
    const bool began_with_node = fact.begin_event && fact.begin_event != fact.id.begun_by;
    if (began_with_node) ANNALS_CHECK_OK(show_event(matched, "begins", fact.begin_event));
    for (const Seq end : fact.earlier_ends) ANNALS_CHECK_OK(show_event(matched, "ends", end));
    if (fact.ended_by) return show_event(matched, "ends", fact.ended_by);
    return {};
  }

 private:
  Status show_event(const MatchedFact& matched, std::string role, Seq seq) {
    const storage::Fact& fact = *matched.fact;
    const Vocabulary& vocabulary = snapshot_.vocabulary();
    ANNALS_TRY(std::string text, fact_text(fact, vocabulary, names_));
    ANNALS_TRY(const RecordedEvent recorded, snapshot_.event(seq));
    std::vector<Datum> cells = {Datum(std::move(text)), Datum(Period{fact.begin, fact.end}),
                                certainty_datum(matched.certainty == Certainty::kCertain),
                                Datum(std::move(role))};
    add_event_cells(recorded, vocabulary, cells);
    ANNALS_CHECK_OK(context_.sink.row(cells, Certainty::kCertain));
    // What made the event what it is now, and what that was corrected by itself.
    ANNALS_TRY(const storage::EventState state, snapshot_.event_state(seq));
    for (const Seq change : state.changed_by) {
      ANNALS_CHECK_OK(show_event(matched, "corrects", change));
    }
    return {};
  }

  const storage::GraphSnapshot& snapshot_;
  const StatementContext& context_;
  NodeNames names_;
};

}  // namespace

Status show_why(ast::Why& statement, const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  FactQuestion question(std::move(statement.path), std::move(statement.scope), context);
  ANNALS_TRY(const std::vector<MatchedFact> facts, question.ask(*snapshot));
  ANNALS_TRY(const auto view, question.view(*snapshot));
  WhyRows rows(*view, context);
  ANNALS_CHECK_OK(rows.begin());
  for (const MatchedFact& fact : facts) ANNALS_CHECK_OK(rows.show(fact));
  if (!facts.empty()) return {};
  return context.sink.message("no such fact: WHY NOT says what ended it, or that nothing began it");
}

}  // namespace annals::query
