#include "query/executor/query_runner.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "query/executor/plan_report.h"
#include "query/executor/profile.h"
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

  /// What a run with few rows leaves to the next one, which begins as soon as there is a context
  /// again.
  struct Kept {
    std::optional<RunContext> context;  ///< While it runs.
    std::optional<ResultRows> rows;     ///< Of a context at that place.
  };
  Kept kept;
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

/// Ends a run however it ends.
struct EndOfRun {
  std::optional<RunContext>& context;
  ~EndOfRun() { context.reset(); }
};

}  // namespace

/// Gives the rows, and leaves in `rows` what another run can use. Whatever ends otherwise, an
/// exception too, leaves nothing there.
Status PlannedQuery::give_rows(const State& state, RunContext& context,
                               std::optional<ResultRows>& rows, ResultSink& sink) {
  std::optional<ResultRows> used = std::exchange(rows, std::nullopt);
  if (!used) used.emplace(*state.plan, context);
  ANNALS_CHECK_OK(used->give(state.columns, state.tags, sink));
  if (context.profile == nullptr && used->rewind()) rows = std::move(used);
  return {};
}

Status PlannedQuery::run_plan(const State& state, RunContext& context,
                              std::optional<ResultRows>& rows, ResultSink& sink) {
  ANNALS_CHECK_OK(resolve_scopes(context));
  ANNALS_CHECK_OK(resolve_names(context));
  return give_rows(state, context, rows, sink);
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
  State::Kept& kept = state_->kept;
  if (kept.context) {
    // The sink asks the same while it is given rows.
    RunContext context(snapshot, state_->query, state_->text, arguments);
    std::optional<ResultRows> rows;
    return run_plan(*state_, context, rows, sink);
  }
  if (arguments.profile != nullptr) kept.rows.reset();
  kept.context.emplace(snapshot, state_->query, state_->text, arguments);
  const EndOfRun end{kept.context};
  return run_plan(*state_, *kept.context, kept.rows, sink);
}

Status PlannedQuery::run_at_each(const storage::GraphSnapshot& snapshot,
                                 const RunArguments& arguments, std::span<const Micros> instants,
                                 const std::function<void(Micros)>& begin, ResultSink& sink) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  context.steps.instants = instants;
  std::optional<ResultRows> rows;
  for (std::size_t i = 0; i < instants.size(); ++i) {
    begin(instants[i]);
    context.steps.now = i;
    context.asked_at = instants[i];
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(resolve_scopes(context));
    if (i == 0) ANNALS_CHECK_OK(resolve_names(context));
    ANNALS_CHECK_OK(give_rows(*state_, context, rows, sink));
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
