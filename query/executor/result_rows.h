#pragma once

#include <memory>
#include <span>

#include "query/executor/run_context.h"
#include "query/planner/logical_plan.h"
#include "query/result_sink.h"
#include "schema/base/result.h"

namespace annals::query {

/// Runs a plan and gives its rows to a sink, with what is needed to show nodes and facts. Borrows
/// the plan and the context; what is at the context's place when it is asked is its context. Not
/// thread-safe.
class ResultRows {
 public:
  ResultRows(const plan::Node& root, RunContext& context);
  ~ResultRows();
  ResultRows(ResultRows&&) noexcept;
  ResultRows& operator=(ResultRows&&) noexcept;

  /// Once, and again after each rewind(). Errors: those of build_operators(), of the operators, of
  /// what is shown, and of the sink; some rows may have been given then.
  Status give(std::span<const ResultColumn> columns, RowTags tags, ResultSink& sink);

  /// As Operator::rewind(): whether what gave the rows is good for another run. Who asks for few
  /// rows spends as much on making it as on reading them.
  bool rewind();

 private:
  class Maker;
  std::unique_ptr<Maker> maker_;
};

}  // namespace annals::query
