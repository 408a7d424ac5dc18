#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "query/executor/alternatives.h"
#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// Rows of the pattern, and each row of the input in the worlds in which the pattern has none.
/// Those come behind the former of their batch.
class OptionalMatch final : public Operator {
 public:
  OptionalMatch(const plan::OptionalMatch& step, const plan::Node& node, OperatorPtr input,
                RunContext& context)
      : Operator(context),
        step_(step),
        input_(std::move(input)),
        passed_(node.passed),
        adds_(node.slots),
        input_rows_(context.slots().size()),
        inner_rows_(context.slots().size()) {
    std::erase_if(adds_, [this](SlotId slot) {
      return std::find(passed_.begin(), passed_.end(), slot) != passed_.end();
    });
  }

 private:
  Result<bool> do_next(Batch& batch) override {
    for (;;) {
      if (pattern_ == nullptr) {
        ANNALS_TRY(const bool more, input_->next(input_rows_));
        if (!more) return false;
        found_.assign(input_rows_.rows().size(), Alternatives());
        ANNALS_TRY(pattern_,
                   build_operators(*step_.pattern.root, context(), OuterBatch{&input_rows_, true}));
      }
      ANNALS_TRY(const bool matched, pattern_->next(inner_rows_));
      batch.clear();
      if (matched) {
        ANNALS_CHECK_OK(give_matches(batch));
      } else {
        ANNALS_CHECK_OK(give_rest(batch));
        pattern_.reset();
        context().memory.give_back(std::exchange(taken_, 0));
      }
      if (batch.size() > 0) return true;
    }
  }

  Status give_matches(Batch& batch) {
    const std::vector<Datum>& numbers = inner_rows_.column(step_.pattern.origin).values;
    std::vector<std::uint32_t> outer;
    std::vector<std::uint32_t> inner;
    for (const std::uint32_t row : inner_rows_.rows()) {
      const auto number = static_cast<std::size_t>(std::get<std::int64_t>(numbers[row].data));
      const std::uint32_t origin = input_rows_.rows()[number];
      const DoubtPtr& doubt = inner_rows_.doubt(row);
      Alternatives& found = found_[number];
      // Wherever the row of the input holds, so does this one.
      const DoubtPtr added = doubt == input_rows_.doubt(origin) ? nullptr : doubt;
      if (!found.surely() && found.add(added, context().scopes)) {
        taken_ += memory_of(added);
        ANNALS_CHECK_OK(context().memory.take(memory_of(added)));
      }
      if (step_.certainly && !is_certain(doubt)) continue;
      batch.set_doubt(static_cast<std::uint32_t>(inner.size()), doubt);
      outer.push_back(origin);
      inner.push_back(row);
    }
    batch.append_columns(input_rows_, outer, context().slots(), passed_);
    batch.append_columns(inner_rows_, inner, context().slots(), adds_);
    batch.set_size(inner.size());
    return {};
  }

  Status give_rest(Batch& batch) {
    std::vector<std::uint32_t> outer;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      // Each may be a search for worlds.
      ANNALS_CHECK_OK(context().check_stop());
      const std::uint32_t origin = input_rows_.rows()[i];
      RowUse use = use_rest(input_rows_.doubt(origin), origin, found_[i]);
      if (!use.holds) continue;
      batch.set_doubt(static_cast<std::uint32_t>(outer.size()), std::move(use.doubt));
      outer.push_back(origin);
      for (const SlotId slot : adds_) append_null(batch, slot, context().query.slot(slot).kind);
    }
    batch.append_columns(input_rows_, outer, context().slots(), passed_);
    batch.set_size(outer.size());
    return {};
  }

  /// The row while the pattern has no row for it.
  RowUse use_rest(const DoubtPtr& row, std::uint32_t origin, const Alternatives& found) const {
    if (found.surely()) return {};
    if (found.any()) {
      if (step_.certainly) return {};
      DoubtPtr none = none_of(found.rows());
      if (found.overflowed()) none = both_of(plain_doubt(), none);
      return use_condition(row, none, context().scopes);
    }
    // Who asks about an uncertain date cannot be sure that there is nothing.
    const bool uncertain =
        step_.pattern.has_facts &&
        context().asked(step_.pattern.scope, input_rows_, origin).times.uncertain;
    if (!uncertain) return {true, row};
    if (step_.certainly) return {};
    return use_condition(row, plain_doubt(), context().scopes);
  }

  const plan::OptionalMatch& step_;
  OperatorPtr input_;
  const std::vector<SlotId>& passed_;
  std::vector<SlotId> adds_;
  Batch input_rows_;
  OperatorPtr pattern_;  // of input_rows_
  Batch inner_rows_;
  std::vector<Alternatives> found_;  // of each row of input_rows_
  std::size_t taken_ = 0;            // of the memory budget, for found_
};

}  // namespace

Result<OperatorPtr> optional_match(const plan::OptionalMatch& step, const plan::Node& node,
                                   OperatorPtr input, RunContext& context) {
  // Built anew for each batch; once here, so that what is wrong shows even if there are no rows.
  ANNALS_TRY(const OperatorPtr checked, build_operators(*step.pattern.root, context));
  return OperatorPtr(std::make_unique<OptionalMatch>(step, node, std::move(input), context));
}

}  // namespace annals::query::operators
