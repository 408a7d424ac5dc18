#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "query/executor/plan_report.h"
#include "query/executor/result_rows.h"
#include "query/executor/run_context.h"
#include "query/parser/ast.h"
#include "query/planner/cost_model.h"
#include "query/result_sink.h"
#include "schema/base/result.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// A MATCH query whose names are looked up and whose plan is made: it can be run many times, with
/// other parameters, at other snapshots. Keeps nothing of the syntax tree, of the text and of the
/// snapshot with which it was planned; from one run to the next what gives few rows. Not
/// thread-safe.
class PlannedQuery {
 public:
  /// Binds and plans. `text` is the statement, for places and column names. Errors, with their
  /// place: NotFound for a label, relation, function or variable that does not exist (with "did
  /// you mean"); InvalidArgument for what breaks a rule of the language; LimitExceeded.
  static Result<std::unique_ptr<PlannedQuery>> plan(const ast::Query& query, std::string_view text,
                                                    const storage::GraphSnapshot& snapshot,
                                                    Planning planning = Planning::kByCost);
  ~PlannedQuery();
  PlannedQuery(const PlannedQuery&) = delete;
  PlannedQuery& operator=(const PlannedQuery&) = delete;

  /// Whether the definitions or names known to `snapshot` are others than those it was planned
  /// with, or its facts many more or fewer: then plan it again before run(). Takes no time as long
  /// as the vocabulary is the same object.
  bool is_stale(const storage::GraphSnapshot& snapshot) const;

  /// Runs it at `snapshot`, which must not be stale, and gives its rows to `sink`. Errors:
  /// InvalidArgument (a parameter is missing or of a wrong type, a value does not suit an
  /// operator), NotFound (a node's name), LimitExceeded, Interrupted, Corruption, IoError, and what
  /// the sink returns. After an error the sink may have got some of the rows.
  Status run(const storage::GraphSnapshot& snapshot, const RunArguments& arguments,
             ResultSink& sink) const;

  /// Runs it at each of `instants`, which ascend, as run() does with each as
  /// RunArguments::asked_at; names are looked up once. Calls `begin` before the rows of an instant.
  /// The sink is told of the columns each time.
  Status run_at_each(const storage::GraphSnapshot& snapshot, const RunArguments& arguments,
                     std::span<const Micros> instants, const std::function<void(Micros)>& begin,
                     ResultSink& sink) const;

  /// From where the scope of the whole statement looks. Errors: those of run() that are about it.
  Result<storage::Perspective> perspective(const storage::GraphSnapshot& snapshot,
                                           const RunArguments& arguments) const;

  /// The plan, for report_plan(), with what `profile` measured of its runs. Borrows both.
  ReportedPlan reported(const Profile* profile = nullptr) const;

  /// The plan as indented lines. For tests.
  std::string plan_text() const;

 private:
  struct State;
  explicit PlannedQuery(std::unique_ptr<State> state);
  static Status run_plan(const State& state, RunContext& context, std::optional<ResultRows>& rows,
                         ResultSink& sink);
  static Status give_rows(const State& state, RunContext& context, std::optional<ResultRows>& rows,
                          ResultSink& sink);

  std::unique_ptr<State> state_;
};

}  // namespace annals::query
