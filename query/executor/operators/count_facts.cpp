#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "query/executor/operators/operators.h"
#include "storage/graph_index/alive_counts.h"

namespace annals::query::operators {

namespace {

/// How many facts hold at a date, of which the index keeps count; else what the input finds out by
/// looking at them.
class CountFacts final : public Operator {
 public:
  CountFacts(const plan::CountFacts& step, OperatorPtr input, RunContext& context)
      : Operator(context),
        step_(step),
        times_(context.scope(step.scope)),
        input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (!is_kept()) return input_->next(batch);
    batch.clear();
    if (std::exchange(given_, true)) return false;
    ANNALS_TRY(const storage::AliveCount count, counted());
    const auto rows = times_.certainly ? count.certain : count.possible;
    for (const BoundAggregate& call : *step_.calls) {
      batch.column(call.out).values.assign(1, Datum(std::int64_t{rows}));
    }
    // As of any aggregate: of rows of which some are only possible.
    if (rows != count.certain) batch.set_doubt(0, plain_doubt());
    batch.set_size(1);
    return true;
  }

  /// The index knows of exact dates, and nothing of entities that begin and end.
  bool is_kept() const {
    return times_.window.from == times_.window.to && !times_.uncertain &&
           context().view(step_.scope).is_present &&
           !context().snapshot.vocabulary().has_existence();
  }

  Result<storage::AliveCount> counted() const {
    storage::AliveCount sum;
    for (const SymbolId relation : step_.relations) {
      ANNALS_TRY(const auto counts,
                 context().snapshot.count_facts(relation, {&times_.window.from, 1}));
      sum += counts.front();
    }
    return sum;
  }

  const plan::CountFacts& step_;
  const ScopeTimes& times_;
  OperatorPtr input_;
  bool given_ = false;
};

}  // namespace

OperatorPtr count_facts(const plan::CountFacts& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<CountFacts>(step, std::move(input), context);
}

}  // namespace annals::query::operators
