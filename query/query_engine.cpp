#include "query/query_engine.h"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "query/commands/correct.h"
#include "query/commands/define.h"
#include "query/commands/diff.h"
#include "query/commands/explain.h"
#include "query/commands/grouped_number.h"
#include "query/commands/history.h"
#include "query/commands/load.h"
#include "query/commands/maintenance.h"
#include "query/commands/record.h"
#include "query/commands/relation_history.h"
#include "query/commands/show.h"
#include "query/commands/statement_context.h"
#include "query/commands/timeline.h"
#include "query/commands/transaction.h"
#include "query/commands/why.h"
#include "query/executor/fact_images.h"
#include "query/executor/plan_cache.h"
#include "query/executor/query_runner.h"
#include "query/parser/parser.h"

namespace annals::query {

namespace {

/// Gives a statement's scope the session's date if it names none itself.
void apply_default_at(ast::Scope& scope, const std::optional<Date>& at) {
  if (!at || scope.valid) return;
  scope.valid = ast::ValidScope::kAt;
  scope.at = ast::Expression{ast::Literal{Value(at->text)}, scope.range};
}

Error not_in_transaction(std::string_view word) {
  return {ErrorCode::kConflict, fmt::format("{} is not possible in a transaction", word),
          "COMMIT or ROLLBACK first; the transaction is still open"};
}

}  // namespace

struct Session::State {
  State(storage::Database& its_database, const Clock& its_clock, Loader* its_loader,
        const StopFlag& its_stop)
      : database(its_database),
        clock(its_clock),
        loader(its_loader),
        stop(&its_stop),
        transaction(its_database) {}

  /// Runs something within the time that a statement may take.
  template <class Run>
  Status in_time(const Run& run) {
    // Longer than any machine is up; more could not be added to the time of day.
    constexpr std::chrono::hours kLongest{24 * 3'650};
    stop.stop_after(std::min<std::chrono::milliseconds>(limits.time(), kLongest));
    Status done = run();
    if (!done && done.error().code == ErrorCode::kInterrupted && stop.is_late()) {
      done.error().message =
          fmt::format("stopped after StatementTimeMax ({} ms)", limits.milliseconds);
    }
    stop.stop_after({});
    return done;
  }

  storage::Database& database;
  const Clock& clock;
  Loader* loader;
  StopFlag stop;  ///< Asked from outside, or by the time that is over.
  limits::StatementLimits limits;
  PlanCache plans;
  FactImages images;
  Transaction transaction;
  std::optional<Date> default_at;
};

class Session::Prepared final : public PreparedQuery {
 public:
  Prepared(State& session, std::string text, ast::Query query, std::unique_ptr<PlannedQuery> plan)
      : session_(session),
        text_(std::move(text)),
        query_(std::move(query)),
        plan_(std::move(plan)) {}

  Status run(const Parameters& parameters, ResultSink& sink) override {
    session_.images.begin_statement(session_.limits.image_bytes);
    return session_.in_time([&]() -> Status {
      const auto snapshot = session_.database.snapshot();
      if (plan_->is_stale(*snapshot)) {
        ANNALS_TRY(plan_, PlannedQuery::plan(query_, text_, *snapshot));
      }
      return plan_->run(
          *snapshot,
          {parameters, session_.clock.now(), session_.stop, session_.limits, {}, &session_.images},
          sink);
    });
  }

 private:
  State& session_;
  std::string text_;
  ast::Query query_;
  std::unique_ptr<PlannedQuery> plan_;
};

namespace {

/// Runs one statement, whatever it is: one overload for each kind.
class Runner {
 public:
  Runner(Transaction& transaction, Loader* loader, const std::optional<Date>& default_at,
         PlanCache& plans, const StatementContext& context)
      : transaction_(transaction),
        loader_(loader),
        default_at_(default_at),
        plans_(plans),
        context_(context) {}

  Status run(ast::Statement& statement) {
    range_ = statement.range;
    return context_.placed(std::visit(*this, statement.body), range_);
  }
  /// The same of a query that was planned before.
  Status run(const CachedPlan& plan, const storage::GraphSnapshot& snapshot) {
    return context_.placed(run_plan(plan, snapshot), plan.range);
  }

  Status operator()(ast::Query& query) {
    apply_default_at(query);
    const auto snapshot = context_.database.snapshot();
    ANNALS_TRY(auto made, PlannedQuery::plan(query, context_.text, *snapshot));
    return keep_and_run({std::move(made), range_}, *snapshot);
  }
  Status operator()(ast::Explain& statement) {
    const ExplainOptions options{statement.profiled, statement.as_json};
    ANNALS_CHECK_OK(std::visit([&](auto& what) { return explain(what, options); }, statement.what));
    return options.profiled ? say_what_was_seen() : Status();
  }
  Status operator()(ast::Diff& statement) {
    apply_default_at(statement);
    ANNALS_CHECK_OK(show_diff(statement, context_));
    return say_what_was_seen();
  }
  Status operator()(ast::Timeline& statement) {
    ANNALS_CHECK_OK(check_timeline(statement, context_));
    const auto snapshot = context_.database.snapshot();
    ANNALS_TRY(auto made, PlannedQuery::plan(statement.query, context_.text, *snapshot));
    auto kept = std::make_shared<const ast::Timeline>(std::move(statement));
    return keep_and_run({std::move(made), range_, std::move(kept)}, *snapshot);
  }

  Status operator()(const ast::DefineEntity& statement) { return write(statement, define_entity); }
  Status operator()(const ast::DefineRelation& statement) {
    return write(statement, define_relation);
  }
  Status operator()(const ast::DefineEvent& statement) { return write(statement, define_event); }
  Status operator()(const ast::DefinePadding& statement) {
    return write(statement, define_padding);
  }
  Status operator()(const ast::RegisterEntity& statement) {
    return write(statement, register_entity);
  }
  Status operator()(const ast::Record& statement) { return write(statement, record_event); }
  Status operator()(const ast::Assert& statement) { return write(statement, assert_fact); }
  Status operator()(const ast::Correct& statement) { return write(statement, correct_event); }
  Status operator()(const ast::Retract& statement) { return write(statement, retract_event); }
  Status operator()(const ast::Replay& statement) { return write(statement, replay_definitions); }

  Status operator()(const ast::Begin&) { return say(transaction_.begin()); }
  Status operator()(const ast::Commit&) { return say(transaction_.commit()); }
  Status operator()(const ast::Rollback&) { return say(transaction_.roll_back()); }

  Status operator()(ast::HistoryOf& statement) {
    const bool of_node = statement.path.steps.empty();
    ANNALS_CHECK_OK(of_node ? show_history(statement, context_)
                            : show_relation_history(statement, context_));
    return say_what_was_seen();
  }
  Status operator()(ast::Why& statement) {
    query::apply_default_at(statement.scope, default_at_);
    ANNALS_CHECK_OK(statement.negated ? show_why_not(statement, context_)
                                      : show_why(statement, context_));
    return say_what_was_seen();
  }
  Status operator()(const ast::Show& statement) {
    ANNALS_CHECK_OK(show(statement, context_));
    return say_what_was_seen();
  }
  Status operator()(const ast::VerifyLog&) { return verify_log(context_); }

  Status operator()(const ast::ReplayCompare&) {
    ANNALS_CHECK_OK(check_no_transaction("REPLAY COMPARE"));
    return replay_compare(context_);
  }
  Status operator()(const ast::Load& statement) {
    ANNALS_CHECK_OK(check_no_transaction("LOAD"));
    return load_file(statement, loader_, context_);
  }

 private:
  void apply_default_at(ast::Query& query) { query::apply_default_at(query.scope, default_at_); }
  void apply_default_at(ast::Diff& statement) {
    if (!statement.first.valid) apply_default_at(statement.query);
  }

  Status explain(ast::Query& query, ExplainOptions options) {
    apply_default_at(query);
    return explain_query(query, options, context_);
  }
  Status explain(ast::Diff& diff, ExplainOptions options) {
    apply_default_at(diff);
    return explain_diff(diff, options, context_);
  }
  Status explain(ast::Timeline& timeline, ExplainOptions options) {
    return explain_timeline(timeline, options, context_);
  }

  Status keep_and_run(const CachedPlan& plan, const storage::GraphSnapshot& snapshot) {
    plans_.add(context_.text, plan);
    return run_plan(plan, snapshot);
  }

  Status run_plan(const CachedPlan& plan, const storage::GraphSnapshot& snapshot) {
    if (plan.timeline != nullptr) {
      ANNALS_CHECK_OK(show_timeline(*plan.timeline, *plan.plan, snapshot, context_));
    } else {
      ANNALS_CHECK_OK(plan.plan->run(snapshot, context_.run_arguments(), context_.sink));
    }
    return say_what_was_seen();
  }

  template <class Statement, class Function>
  Status write(const Statement& statement, Function function) {
    return say(transaction_.write(
        [&](storage::CommitBuilder& builder) { return function(statement, context_, builder); }));
  }

  /// Passes on what was done, or the error.
  Status say(Result<std::string> done) {
    if (!done) return std::move(done).error();
    return context_.sink.message(*done);
  }

  /// Reading within a transaction would mislead without a word.
  Status say_what_was_seen() {
    if (!transaction_.is_open()) return {};
    return context_.sink.message(
        "as it was before BEGIN: what the open transaction recorded is not seen until COMMIT");
  }

  Status check_no_transaction(std::string_view word) {
    if (!transaction_.is_open()) return {};
    return not_in_transaction(word);
  }

  Transaction& transaction_;
  Loader* loader_;
  const std::optional<Date>& default_at_;
  PlanCache& plans_;
  const StatementContext& context_;
  ast::SourceRange range_;
};

}  // namespace

Session::Session(storage::Database& database, const Clock& clock, Loader* loader,
                 const StopFlag& stop)
    : state_(std::make_unique<State>(database, clock, loader, stop)) {}

Session::~Session() = default;

Status Session::run(std::string_view text, const Parameters& parameters, ResultSink& sink) {
  const StatementContext context{
      state_->database, text,           parameters,          sink,
      state_->stop,     state_->limits, state_->clock.now(), &state_->images};
  state_->images.begin_statement(state_->limits.image_bytes);
  Runner runner(state_->transaction, state_->loader, state_->default_at, state_->plans, context);
  if (const CachedPlan* const known = state_->plans.find(text)) {
    const auto snapshot = state_->database.snapshot();
    if (!known->plan->is_stale(*snapshot)) {
      return state_->in_time([&] { return runner.run(*known, *snapshot); });
    }
  }
  ANNALS_TRY(ast::Statement statement, parse_statement(text));
  return state_->in_time([&] { return runner.run(statement); });
}

Result<std::unique_ptr<PreparedQuery>> Session::prepare(std::string_view text) {
  ANNALS_TRY(ast::Statement statement, parse_statement(text));
  auto* const query = std::get_if<ast::Query>(&statement.body);
  if (query == nullptr) {
    Error error(ErrorCode::kInvalidArgument, "only a MATCH query can be prepared");
    return std::move(error).at(place_in(text, statement.range.begin));
  }
  apply_default_at(query->scope, state_->default_at);
  const auto snapshot = state_->database.snapshot();
  ANNALS_TRY(auto plan, PlannedQuery::plan(*query, text, *snapshot));
  return std::unique_ptr<PreparedQuery>(
      std::make_unique<Prepared>(*state_, std::string(text), std::move(*query), std::move(plan)));
}

void Session::set_limits(const limits::StatementLimits& limits) { state_->limits = limits; }

const limits::StatementLimits& Session::limits() const { return state_->limits; }

void Session::set_default_at(std::optional<Date> at) {
  state_->default_at = std::move(at);
  state_->plans.clear();
}

const std::optional<Date>& Session::default_at() const { return state_->default_at; }

Result<Date> Session::read_date(std::string_view text) const {
  return parse_date(text, state_->database.snapshot()->vocabulary().padding().values);
}

Result<std::string> Session::rebuild_index() {
  if (in_transaction()) return not_in_transaction(".rebuild");
  // Nothing may read the index while it is thrown away, and images may be of what was damaged.
  state_->images.forget();
  ANNALS_CHECK_OK(state_->database.rebuild(state_->stop));
  state_->plans.clear();
  const storage::GraphStatistics graph = state_->database.statistics().graph;
  return fmt::format("the index was made anew from the log: {} events, {} facts",
                     grouped(graph.events), grouped(graph.facts));
}

bool Session::in_transaction() const { return state_->transaction.is_open(); }

}  // namespace annals::query
