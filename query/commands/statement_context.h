#pragma once

#include <optional>
#include <string_view>

#include "query/executor/run_context.h"
#include "query/parser/ast.h"
#include "query/result_sink.h"
#include "schema/base/clock.h"
#include "schema/base/limit_table.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/database.h"

namespace annals::query {

/// What every statement runs with. All of it is borrowed and outlives the statement's run.
struct StatementContext {
  storage::Database& database;
  std::string_view text;  ///< The statement as written: places refer to it.
  const Parameters& parameters;
  ResultSink& sink;
  const StopFlag& stop;
  const limits::StatementLimits& limits;
  Micros now = 0;                ///< When the statement began.
  FactImages* images = nullptr;  ///< As of RunArguments.

  /// For running a plan as part of the statement.
  RunArguments run_arguments(std::optional<Micros> asked_at = {}) const {
    return {parameters, now, stop, limits, asked_at, images};
  }

  /// `error`, at `range` of the statement unless it knows its place already.
  Error placed(Error error, ast::SourceRange range) const;
  /// The error of `result` placed so, or success.
  template <class T>
  Result<T> placed(Result<T> result, ast::SourceRange range) const {
    if (!result) return placed(std::move(result).error(), range);
    return result;
  }
  /// Interrupted if the statement was asked to stop.
  Status check_stop() const;
};

}  // namespace annals::query
