#include <algorithm>
#include <utility>
#include <vector>

#include "query/executor/aggregate_state.h"
#include "query/executor/expression.h"
#include "query/executor/key_table.h"
#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// One row for each different combination of the keys, in the order in which they came first; one
/// row if there are no keys, even for no rows. A group of which some rows are only possible is only
/// possible itself: its values are those of the world in which all of them hold.
class Aggregate final : public Operator {
 public:
  struct Key {
    SlotId out;
    ExpressionPtr value;
  };
  struct Call {
    const BoundAggregate* bound;
    ExpressionPtr argument;  ///< Null for count(*).
    double share = 0;        ///< Of percentiles.
  };

  Aggregate(std::vector<Key> keys, std::vector<Call> calls, OperatorPtr input, RunContext& context)
      : Operator(context),
        keys_(std::move(keys)),
        calls_(std::move(calls)),
        input_(std::move(input)),
        groups_(keys_.size(), context.memory),
        key_values_(keys_.size()),
        arguments_(calls_.size()) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (!std::exchange(gathered_, true)) ANNALS_CHECK_OK(gather());
    batch.clear();
    const std::size_t count = std::min(groups_.size() - given_, limits::kBatchRows);
    for (std::size_t i = 0; i < count; ++i, ++given_) {
      const std::span<Datum> key = groups_.key(given_);
      for (std::size_t k = 0; k < keys_.size(); ++k) {
        const SlotKind kind = context().query.slot(keys_[k].out).kind;
        append_datum(batch, keys_[k].out, kind, std::move(key[k]));
      }
      for (std::size_t c = 0; c < calls_.size(); ++c) {
        AggregateState& state = states_[given_ * calls_.size() + c];
        batch.column(calls_[c].bound->out).values.push_back(state.result());
      }
      if (is_doubtful_[given_]) batch.set_doubt(static_cast<std::uint32_t>(i), plain_doubt());
    }
    batch.set_size(count);
    return count > 0;
  }

  Status gather() {
    if (keys_.empty()) ANNALS_CHECK_OK(find_group({}));
    Batch batch(context().slots().size());
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return {};
      ANNALS_CHECK_OK(gather_batch(batch));
    }
  }

  Status gather_batch(const Batch& batch) {
    const auto rows = batch.rows();
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      ANNALS_CHECK_OK(keys_[k].value->evaluate(batch, rows, key_values_[k]));
    }
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      if (calls_[c].argument == nullptr) continue;
      ANNALS_CHECK_OK(calls_[c].argument->evaluate(batch, rows, arguments_[c]));
    }
    std::vector<const Datum*> key(keys_.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = 0; k < keys_.size(); ++k) key[k] = &key_values_[k][i];
      std::size_t group = 0;
      if (!keys_.empty()) {
        ANNALS_TRY(group, find_group(key));
      }
      if (!is_certain(batch.doubt(rows[i]))) is_doubtful_[group] = true;
      ANNALS_CHECK_OK(add_row(group, i));
    }
    return {};
  }

  Status add_row(std::size_t group, std::size_t row) {
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      AggregateState& state = states_[group * calls_.size() + c];
      if (calls_[c].argument == nullptr) {
        state.add_row();
        continue;
      }
      Status added = state.add(arguments_[c][row]);
      if (!added) {
        return context().placed(std::move(added).error(), calls_[c].bound->argument->range);
      }
    }
    return {};
  }

  Result<std::size_t> find_group(std::span<const Datum* const> key) {
    ANNALS_TRY(const auto found, groups_.add(key));
    if (found.second) {
      ANNALS_CHECK_OK(context().memory.take(calls_.size() * sizeof(AggregateState)));
      for (const Call& call : calls_) {
        states_.emplace_back(call.bound->function->id, call.bound->distinct, call.share,
                             context().memory);
      }
      is_doubtful_.push_back(false);
    }
    return found.first;
  }

  std::vector<Key> keys_;
  std::vector<Call> calls_;
  OperatorPtr input_;
  bool gathered_ = false;
  KeyTable groups_;
  std::vector<AggregateState> states_;  // of group g and call c: g * calls + c
  std::vector<bool> is_doubtful_;
  std::vector<DatumVector> key_values_;
  std::vector<DatumVector> arguments_;
  std::size_t given_ = 0;
};

/// The second argument of a percentile.
Result<double> share_of(const BoundExpression& expression, RunContext& context) {
  ANNALS_TRY(const Datum value, evaluate_constant(expression, context));
  const auto* whole = std::get_if<std::int64_t>(&value.data);
  const auto* real = std::get_if<double>(&value.data);
  const double share = whole != nullptr  ? static_cast<double>(*whole)
                       : real != nullptr ? *real
                                         : -1;
  if (share >= 0 && share <= 1) return share;
  return context.invalid("a percentile is asked for by a number from 0 to 1", expression.range,
                         "percentileCont(x, 0.5) is the median");
}

}  // namespace

Result<OperatorPtr> aggregate(const plan::Aggregate& step, OperatorPtr input, RunContext& context) {
  std::vector<Aggregate::Key> keys;
  for (const BoundItem& item : *step.keys) {
    ANNALS_TRY(ExpressionPtr value, compile(item.value, context));
    keys.push_back({item.out, std::move(value)});
  }
  std::vector<Aggregate::Call> calls;
  for (const BoundAggregate& bound : *step.calls) {
    ExpressionPtr argument;
    if (bound.argument) {
      ANNALS_TRY(argument, compile(*bound.argument, context));
    }
    double share = 0;
    if (bound.share) {
      ANNALS_TRY(share, share_of(*bound.share, context));
    }
    calls.push_back({&bound, std::move(argument), share});
  }
  return OperatorPtr(
      std::make_unique<Aggregate>(std::move(keys), std::move(calls), std::move(input), context));
}

}  // namespace annals::query::operators
