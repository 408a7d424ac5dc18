#pragma once

#include <memory>

#include "query/executor/batch.h"
#include "query/executor/profile.h"
#include "query/executor/run_context.h"
#include "query/planner/logical_plan.h"
#include "schema/base/result.h"

namespace annals::query {

/// One step of a running plan: gives rows in batches and pulls them from its inputs. Deterministic:
/// the same snapshot and parameters give the same rows in the same order. Used once, or again after
/// rewind(), from one thread; owns its inputs and borrows plan and context. Errors: those of
/// expressions and of the snapshot, LimitExceeded, Interrupted.
class Operator {
 public:
  explicit Operator(RunContext& context) : context_(context) {}
  virtual ~Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  /// Replaces `batch` by the next rows; false if there are none. After false it may not be called
  /// again. What it gives has at least one row in Batch::rows(), and the columns of the plan's
  /// Node::slots; others are undefined.
  Result<bool> next(Batch& batch);

  /// Whether it is known that next() would find no more rows, which then need not be called. False
  /// says nothing.
  virtual bool is_done() const { return false; }

  /// Makes it good for another run, at whatever state and with whatever names and dates its context
  /// then has: what it knows of the last run is let go, and room for rows is kept. False: it has to
  /// be made anew, and may not be used again. Only for operators whose making costs as much as the
  /// few rows that they are often asked for.
  virtual bool rewind() { return false; }

  /// Adds what next() takes and gives to `measure`, which outlives the operator.
  void measure_in(StepMeasure& measure) { measure_ = &measure; }

 protected:
  RunContext& context() const { return context_; }

 private:
  virtual Result<bool> do_next(Batch& batch) = 0;

  RunContext& context_;
  StepMeasure* measure_ = nullptr;
};
using OperatorPtr = std::unique_ptr<Operator>;

/// The rows that a plan of EXISTS begins with (plan::OuterRows): those of a batch, which outlives
/// the operators.
struct OuterBatch {
  const Batch* rows = nullptr;  ///< Null: none.
  bool has_doubts = true;       ///< Otherwise each counts as certain.
};

/// The operators of a plan. Errors: those of compile().
Result<OperatorPtr> build_operators(const plan::Node& node, RunContext& context,
                                    OuterBatch outer = {});

}  // namespace annals::query
