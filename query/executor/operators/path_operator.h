#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "query/executor/operators/operators.h"
#include "query/executor/path_steps.h"

namespace annals::query::operators {

/// A path from the node where a row stands.
struct FoundPath {
  NodeId to;
  std::vector<PathStep> steps;  ///< As it was walked; only if somebody wants the facts.
  DoubtPtr doubt;               ///< Of the row with all facts of the path.
};

/// For each row of the input the paths of a hop: one row each. How they are found is up to the
/// derived class, which is asked row by row.
class PathOperator : public Operator {
 public:
  PathOperator(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
               std::unique_ptr<PathStepReader> reader, RunContext& context);
  ~PathOperator() override;

 protected:
  const BoundHop& hop() const { return step_.hop; }
  const PathLength& length() const { return *step_.hop.length; }
  bool is_into() const { return step_.is_into; }
  bool wants_facts() const { return wants_facts_; }
  const AskedScope& asked() const { return reader_->asked(); }

  /// The steps from a node on, and back from it.
  Result<PathSteps> steps_from(NodeId node) { return reader_->steps(node, step_.from_left); }
  Result<PathSteps> steps_back(NodeId node) { return reader_->steps(node, !step_.from_left); }

  /// A row and the fact of a step, which use_spell() need not look at if it is free.
  RowUse use_step(const DoubtPtr& row, const PathStep& step, const AskedScope& asked) const {
    if (step.is_free) return {true, row};
    return use_spell(row, bounds_of(*step.fact), asked, context().scopes);
  }

  /// Counts memory that the search for the present row holds.
  Status take(std::size_t bytes);

  /// That a path without an upper bound could go on beyond the limit.
  Error too_long() const;

 private:
  /// Begins with a row: from this node, to `to` if that is not zero.
  virtual Status start(NodeId from, NodeId to, const DoubtPtr& row) = 0;
  /// The next path of the row; false if there is none.
  virtual Result<bool> next_path(FoundPath& path) = 0;

  Result<bool> do_next(Batch& batch) final;
  Result<bool> start_row();
  Status give(FoundPath& path, Batch& batch);
  Datum list_of(const std::vector<PathStep>& steps) const;
  void finish(Batch& batch);
  void end_row();

  const plan::ExpandPaths& step_;
  OperatorPtr input_;
  std::unique_ptr<PathStepReader> reader_;
  const std::vector<SlotId>& passed_;
  bool wants_facts_;
  bool wants_end_;

  Batch input_rows_;
  std::size_t at_ = 0;  // index into input_rows_.rows()
  bool searching_ = false;
  std::size_t taken_ = 0;        // of the memory budget, by the search for the row
  std::size_t batch_bytes_ = 0;  // and by the lists of the batch that was given

  // Of the batch being made:
  std::vector<std::uint32_t> origins_;  // the row of input_rows_ that each row goes on from
  std::vector<DoubtPtr> doubts_;
};

/// Those of one kind of search each, in a file of its own.
OperatorPtr path_ends(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                      std::unique_ptr<PathStepReader> reader, RunContext& context);
OperatorPtr shortest_paths(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                           std::unique_ptr<PathStepReader> reader, RunContext& context);
OperatorPtr earliest_paths(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                           std::unique_ptr<PathStepReader> reader, RunContext& context);

}  // namespace annals::query::operators
