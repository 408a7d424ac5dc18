#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "query/parser/ast.h"
#include "query/result_sink.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// A MATCH query whose names are looked up and whose plan is made: it can be run many times, with
/// other parameters, at other snapshots. Keeps nothing of the syntax tree, of the text and of the
/// snapshot with which it was planned. Not thread-safe; run() does not reenter.
class PlannedQuery {
 public:
  /// Binds and plans. `text` is the statement, for places and column names. Errors, with their
  /// place: NotFound for a label, relation, function or variable that does not exist (with "did
  /// you mean"); InvalidArgument for what breaks a rule of the language; LimitExceeded.
  static Result<std::unique_ptr<PlannedQuery>> plan(const ast::Query& query, std::string_view text,
                                                    const storage::GraphSnapshot& snapshot);
  ~PlannedQuery();
  PlannedQuery(const PlannedQuery&) = delete;
  PlannedQuery& operator=(const PlannedQuery&) = delete;

  /// Whether the definitions or names known to `snapshot` are others than those it was planned
  /// with: then plan it again before run(). Takes no time as long as the vocabulary is the same
  /// object.
  bool is_stale(const storage::GraphSnapshot& snapshot) const;

  /// Runs it at `snapshot`, which must not be stale, and gives its rows to `sink`. What has no
  /// valid time asks about `asked_at` or, without it, about `now`. Errors: InvalidArgument (a
  /// parameter is missing or of a wrong type, a value does not suit an operator), NotFound (a
  /// node's name), LimitExceeded, Interrupted, Corruption, IoError, and what the sink returns.
  /// After an error the sink may have got some of the rows.
  Status run(const storage::GraphSnapshot& snapshot, const Parameters& parameters, Micros now,
             const StopFlag& stop, ResultSink& sink, std::optional<Micros> asked_at = {});

  /// From where the scope of the whole statement looks. Errors: those of run() that are about it.
  Result<storage::Perspective> perspective(const storage::GraphSnapshot& snapshot,
                                           const Parameters& parameters, Micros now,
                                           const StopFlag& stop) const;

  /// The plan as indented lines, from the result down to the scans. For EXPLAIN and for tests.
  std::string explain() const;

 private:
  struct State;
  explicit PlannedQuery(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace annals::query
