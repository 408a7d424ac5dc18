#include "query/executor/operators/path_operator.h"

#include <algorithm>

#include <fmt/format.h>

#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

bool is_wanted(const plan::Node& node, SlotId slot) {
  return std::binary_search(node.slots.begin(), node.slots.end(), slot);
}

}  // namespace

PathOperator::PathOperator(const plan::ExpandPaths& step, const plan::Node& node, OperatorPtr input,
                           std::unique_ptr<PathStepReader> reader, RunContext& context)
    : Operator(context),
      step_(step),
      input_(std::move(input)),
      reader_(std::move(reader)),
      passed_(node.passed),
      wants_facts_(is_wanted(node, step.hop.fact)),
      wants_end_(!step.is_into && is_wanted(node, step.to())),
      input_rows_(context.slots().size()) {}

PathOperator::~PathOperator() { context().memory.give_back(taken_ + batch_bytes_); }

Status PathOperator::take(std::size_t bytes) {
  taken_ += bytes;
  return context().memory.take(bytes);
}

Error PathOperator::too_long() const {
  return context().placed(
      Error(ErrorCode::kLimitExceeded,
            fmt::format("there are paths of more than PathHopsMax ({}) hops", limits::kPathHopsMax),
            "say how long they may be: *..5"),
      step_.hop.range);
}

Result<bool> PathOperator::do_next(Batch& batch) {
  batch.clear();
  origins_.clear();
  doubts_.clear();
  context().memory.give_back(std::exchange(batch_bytes_, 0));
  FoundPath path;
  while (origins_.size() < limits::kBatchRows) {
    if (!searching_) {
      if (at_ == input_rows_.rows().size()) {
        // Rows of a batch all come from one batch of the input.
        if (!origins_.empty()) break;
        ANNALS_TRY(const bool more, input_->next(input_rows_));
        if (!more) return false;
        at_ = 0;
      }
      ANNALS_TRY(searching_, start_row());
      if (!searching_) end_row();
      continue;
    }
    path.steps.clear();
    ANNALS_TRY(const bool found, next_path(path));
    if (found) {
      ANNALS_CHECK_OK(give(path, batch));
    } else {
      end_row();
    }
  }
  finish(batch);
  return true;
}

/// False if the row stands at no node.
Result<bool> PathOperator::start_row() {
  const std::uint32_t row = input_rows_.rows()[at_];
  const NodeId from = input_rows_.column(step_.from()).nodes[row];
  const NodeId to = is_into() ? input_rows_.column(step_.to()).nodes[row] : NodeId();
  if (!from || (is_into() && !to)) return false;
  reader_->start_row(input_rows_, row);
  ANNALS_CHECK_OK(start(from, to, input_rows_.doubt(row)));
  return true;
}

void PathOperator::end_row() {
  searching_ = false;
  ++at_;
  context().memory.give_back(std::exchange(taken_, 0));
}

Datum PathOperator::list_of(const std::vector<PathStep>& steps) const {
  DatumList facts;
  facts.reserve(steps.size());
  for (const PathStep& step : steps) {
    // A copy: that of a step keeps all facts of its node, which a row would hold for long.
    facts.emplace_back(FactDatum{std::make_shared<const storage::Fact>(*step.fact), {}, {}});
  }
  // From left to right as written, whichever end was there first.
  if (!step_.from_left) std::reverse(facts.begin(), facts.end());
  return list_datum(std::move(facts));
}

Status PathOperator::give(FoundPath& path, Batch& batch) {
  if (wants_end_) batch.column(step_.to()).nodes.push_back(path.to);
  if (wants_facts_) {
    const std::size_t bytes =
        sizeof(DatumList) + path.steps.size() * (sizeof(Datum) + sizeof(storage::Fact));
    batch_bytes_ += bytes;
    ANNALS_CHECK_OK(context().memory.take(bytes));
    batch.column(step_.hop.fact).values.push_back(list_of(path.steps));
  }
  origins_.push_back(input_rows_.rows()[at_]);
  doubts_.push_back(std::move(path.doubt));
  return {};
}

void PathOperator::finish(Batch& batch) {
  batch.append(input_rows_, origins_, context().slots(), passed_);
  for (std::size_t i = 0; i < doubts_.size(); ++i) {
    batch.set_doubt(static_cast<std::uint32_t>(i), std::move(doubts_[i]));
  }
}

}  // namespace annals::query::operators
