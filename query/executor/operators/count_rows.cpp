#include <cstdint>
#include <utility>
#include <vector>

#include "query/executor/alternatives.h"
#include "query/executor/operators/operators.h"
#include "query/executor/world_search.h"

namespace annals::query::operators {

namespace {

/// Adds to each row how many rows a pattern has for it, those that are only possible among them. If
/// there is one that does not hold wherever the row does, the row is only possible too.
class CountRows final : public Operator {
 public:
  CountRows(const plan::Count& step, OperatorPtr input, RunContext& context)
      : Operator(context),
        step_(step),
        certainly_(context.scope(step.pattern.scope).certainly),
        input_(std::move(input)) {}

 private:
  struct Count {
    std::int64_t rows = 0;
    bool is_sure = true;
  };

  Result<bool> do_next(Batch& batch) override {
    ANNALS_TRY(const bool more, input_->next(batch));
    if (!more) return false;
    ANNALS_CHECK_OK(count_for(batch));
    std::vector<Datum>& values = batch.column(step_.out).values;
    values.assign(batch.size(), Datum());
    const auto rows = batch.rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      values[rows[i]] = Datum(counts_[i].rows);
      if (counts_[i].is_sure) continue;
      RowUse use = use_condition(batch.doubt(rows[i]), plain_doubt(), context().scopes);
      batch.set_doubt(rows[i], std::move(use.doubt));
    }
    return true;
  }

  Status count_for(const Batch& batch) {
    const auto rows = batch.rows();
    counts_.assign(rows.size(), Count());
    for (std::size_t i = 0; i < rows.size() && !certainly_; ++i) {
      // Who asks about an uncertain date cannot be sure that there is nothing.
      counts_[i].is_sure = !step_.pattern.has_facts ||
                           !context().asked(step_.pattern.scope, batch, rows[i]).times.uncertain;
    }
    ANNALS_TRY(const OperatorPtr root,
               build_operators(*step_.pattern.root, context(), OuterBatch{&batch, true}));
    Batch inner(context().slots().size());
    for (;;) {
      ANNALS_TRY(const bool more, root->next(inner));
      if (!more) return {};
      const std::vector<Datum>& origins = inner.column(step_.pattern.origin).values;
      for (const std::uint32_t row : inner.rows()) {
        const auto origin = static_cast<std::size_t>(std::get<std::int64_t>(origins[row].data));
        Count& count = counts_[origin];
        ++count.rows;
        if (count.is_sure) {
          count.is_sure = holds_with(batch.doubt(rows[origin]), inner.doubt(row));
        }
      }
    }
  }

  /// Whether what is found holds wherever the row does for which it was found.
  bool holds_with(const DoubtPtr& row, const DoubtPtr& found) const {
    return found == row || find_world(row, {&found, 1}, context().scopes) == WorldFound::kNone;
  }

  const plan::Count& step_;
  bool certainly_;  // count what surely holds
  OperatorPtr input_;
  std::vector<Count> counts_;  // of each row of a batch
};

}  // namespace

Result<OperatorPtr> count_rows(const plan::Count& step, OperatorPtr input, RunContext& context) {
  // Built anew for each batch; once here, so that what is wrong shows even if there are no rows.
  ANNALS_TRY(const OperatorPtr checked, build_operators(*step.pattern.root, context));
  return OperatorPtr(std::make_unique<CountRows>(step, std::move(input), context));
}

}  // namespace annals::query::operators
