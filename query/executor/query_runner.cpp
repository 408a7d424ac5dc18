#include "query/executor/query_runner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "query/executor/plan_report.h"
#include "query/executor/profile.h"
#include "query/executor/result_rows.h"
#include "query/executor/run_constants.h"
#include "query/executor/run_context.h"
#include "query/planner/binder.h"
#include "query/planner/planner.h"

namespace annals::query {

struct PlannedQuery::State {
  std::string text;
  BoundQuery query;
  std::shared_ptr<const Vocabulary> vocabulary;
  std::uint64_t facts = 0;  ///< That there were.
  plan::Box plan;
  std::vector<ResultColumn> columns;
  RowTags tags = RowTags::kUntagged;
};

namespace {

/// Whether its rows rest on what was found, which may be only possible.
bool has_match(const ast::Query& query) {
  const auto matches = [](const ast::SingleQuery& single) {
    return std::any_of(single.clauses.begin(), single.clauses.end(), [](const ast::Clause& one) {
      return std::holds_alternative<ast::MatchClause>(one);
    });
  };
  return matches(query) || std::any_of(query.unions.begin(), query.unions.end(), matches);
}

}  // namespace

Status PlannedQuery::run_plan(const State& state, RunContext& context, ResultSink& sink) {
  ANNALS_CHECK_OK(resolve_scopes(context));
  ANNALS_CHECK_OK(resolve_names(context));
  return run_operators(state, context, sink);
}

Status PlannedQuery::run_operators(const State& state, RunContext& context, ResultSink& sink) {
  return give_rows(*state.plan, context, state.columns, state.tags, sink);
}

PlannedQuery::PlannedQuery(std::unique_ptr<State> state) : state_(std::move(state)) {}
PlannedQuery::~PlannedQuery() = default;

Result<std::unique_ptr<PlannedQuery>> PlannedQuery::plan(const ast::Query& query,
                                                         std::string_view text,
                                                         const storage::GraphSnapshot& snapshot,
                                                         Planning planning) {
  auto state = std::make_unique<State>();
  state->text = text;
  state->vocabulary = snapshot.shared_vocabulary();
  state->facts = snapshot.statistics().facts;
  ANNALS_TRY(state->query, bind_query(query, text, *state->vocabulary));
  state->plan = make_plan({state->query, *state->vocabulary, snapshot, planning});
  bool names_certainty = false;
  for (const BoundColumn& column : state->query.columns) {
    state->columns.push_back({column.name});
    names_certainty = names_certainty || column.name == "certainty";
  }
  if (has_match(query) && !names_certainty) state->tags = RowTags::kTagged;
  return std::unique_ptr<PlannedQuery>(new PlannedQuery(std::move(state)));
}

bool PlannedQuery::is_stale(const storage::GraphSnapshot& snapshot) const {
  // A plan for a graph of another size is right, but perhaps slow.
  constexpr std::uint64_t kGrowth = 4;
  const std::uint64_t facts = snapshot.statistics().facts;
  if (facts > kGrowth * (state_->facts + 1) || state_->facts > kGrowth * (facts + 1)) return true;
  const Vocabulary& now = snapshot.vocabulary();
  const Vocabulary& then = *state_->vocabulary;
  return &now != &then &&
         (now.version() != then.version() || now.symbol_count() != then.symbol_count());
}

Status PlannedQuery::run(const storage::GraphSnapshot& snapshot, const RunArguments& arguments,
                         ResultSink& sink) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  return run_plan(*state_, context, sink);
}

Status PlannedQuery::run_at_each(const storage::GraphSnapshot& snapshot,
                                 const RunArguments& arguments, std::span<const Micros> instants,
                                 const std::function<void(Micros)>& begin, ResultSink& sink) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  context.steps.instants = instants;
  for (std::size_t i = 0; i < instants.size(); ++i) {
    begin(instants[i]);
    context.steps.now = i;
    context.asked_at = instants[i];
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(resolve_scopes(context));
    if (i == 0) ANNALS_CHECK_OK(resolve_names(context));
    ANNALS_CHECK_OK(run_operators(*state_, context, sink));
    // Whatever the operators held is gone with them.
    context.slices->forget();
    context.memory.reset();
  }
  return {};
}

ReportedPlan PlannedQuery::reported(const Profile* profile) const {
  return {*state_->plan, state_->query, *state_->vocabulary, profile};
}

Result<storage::Perspective> PlannedQuery::perspective(const storage::GraphSnapshot& snapshot,
                                                       const RunArguments& arguments) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  return perspective_of(state_->query.scopes.front(), context);
}

std::string PlannedQuery::plan_text() const {
  return plan::describe(*state_->plan, state_->query, *state_->vocabulary);
}

}  // namespace annals::query
