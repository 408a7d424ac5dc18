#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"
#include "storage/graph_index/alive_counts.h"

namespace annals::query::operators {

namespace {

/// How many facts hold at a date, of which the index keeps count; else what the input finds out by
/// looking at them.
class CountFacts final : public Operator {
 public:
  CountFacts(const plan::CountFacts& step, const plan::Node& node, RunContext& context)
      : Operator(context), step_(step), node_(node), times_(context.scope(step.scope)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (!is_kept()) {
      if (input_ == nullptr) {
        ANNALS_TRY(input_, build_operators(*node_.inputs.front(), context()));
      }
      return input_->next(batch);
    }
    batch.clear();
    if (std::exchange(given_, true)) return false;
    storage::AliveCount all;
    std::size_t rows = 0;
    for (const SymbolId relation : relations()) {
      ANNALS_TRY(const storage::AliveCount count, counted(relation));
      if (step_.by_type == nullptr) {
        all += count;
      } else if (wanted(count) > 0) {
        const std::string& type = context().snapshot.vocabulary().symbol_name(relation);
        batch.column(step_.by_type->out).values.emplace_back(type);
        give(count, rows++, batch);
      }
    }
    if (step_.by_type == nullptr) give(all, rows++, batch);
    batch.set_size(rows);
    return rows > 0;
  }

  /// The index knows of exact dates, and nothing of entities that begin and end.
  bool is_kept() const {
    return times_.window.from == times_.window.to && !times_.uncertain &&
           context().view(step_.scope).is_present &&
           !context().snapshot.vocabulary().has_existence() &&
           relations().size() <= limits::kBatchRows;
  }

  std::vector<SymbolId> relations() const {
    if (!step_.relations.empty()) return step_.relations;
    std::vector<SymbolId> all;
    for (const auto& [relation, facts] : context().snapshot.statistics().facts_by_relation) {
      all.push_back(relation);
    }
    return all;
  }

  std::int64_t wanted(const storage::AliveCount& count) const {
    return times_.certainly ? count.certain : count.possible;
  }

  void give(const storage::AliveCount& count, std::size_t row, Batch& batch) const {
    for (const BoundAggregate& call : *step_.calls) {
      batch.column(call.out).values.emplace_back(wanted(count));
    }
    // As of any aggregate: of rows of which some are only possible.
    if (wanted(count) != count.certain) {
      batch.set_doubt(static_cast<std::uint32_t>(row), plain_doubt());
    }
  }

  /// Of all instants of the run at once: they lie in the same few rows of the index.
  Result<storage::AliveCount> counted(SymbolId relation) {
    const Micros at = times_.window.from;
    RunSteps& steps = context().steps;
    if (steps.instants.empty() || steps.instants[steps.now] != at) {
      ANNALS_TRY(const auto counts, context().snapshot.count_facts(relation, {&at, 1}));
      return counts.front();
    }
    auto known = steps.counts.find(relation);
    if (known == steps.counts.end()) {
      ANNALS_TRY(auto counts, context().snapshot.count_facts(relation, steps.instants));
      known = steps.counts.emplace(relation, std::move(counts)).first;
    }
    return known->second[steps.now];
  }

  const plan::CountFacts& step_;
  const plan::Node& node_;
  const ScopeTimes& times_;
  OperatorPtr input_;  // null until it is needed
  bool given_ = false;
};

}  // namespace

OperatorPtr count_facts(const plan::CountFacts& step, const plan::Node& node, RunContext& context) {
  return std::make_unique<CountFacts>(step, node, context);
}

}  // namespace annals::query::operators
