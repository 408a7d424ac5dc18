#include <algorithm>
#include <utility>
#include <vector>

#include "query/executor/alternatives.h"
#include "query/executor/key_table.h"
#include "query/executor/node_groups.h"
#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// Different rows in the order in which they came first. Certain if in every world one of the equal
/// ones holds, which only the last of them tells: nothing is given before all are seen.
class Distinct final : public Operator {
 public:
  Distinct(std::vector<SlotId> slots, bool certainly, OperatorPtr input, RunContext& context)
      : Operator(context),
        slots_(std::move(slots)),
        certainly_(certainly),
        input_(std::move(input)),
        has_only_node_(slots_.size() == 1 && kind_of(0) == SlotKind::kNode),
        rows_(slots_.size(), context.memory),
        nodes_(context.memory) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (!std::exchange(gathered_, true)) ANNALS_CHECK_OK(gather());
    batch.clear();
    std::uint32_t count = 0;
    for (; given_ < merged_.size() && count < limits::kBatchRows; ++given_) {
      // Each may be a search for worlds.
      ANNALS_CHECK_OK(context().check_stop());
      const DoubtPtr doubt = std::exchange(merged_[given_], {}).merged(context().scopes);
      if (certainly_ && !is_certain(doubt)) continue;
      if (has_only_node_) {
        batch.column(slots_.front()).nodes.push_back(nodes_.node(given_));
      } else {
        const std::span<Datum> row = rows_.key(given_);
        for (std::size_t s = 0; s < slots_.size(); ++s) {
          append_datum(batch, slots_[s], kind_of(s), std::move(row[s]));
        }
      }
      batch.set_doubt(count++, doubt);
    }
    batch.set_size(count);
    return count > 0;
  }

  SlotKind kind_of(std::size_t slot) const { return context().query.slot(slots_[slot]).kind; }

  /// The number of the row among the different ones, and whether it is new.
  Result<std::pair<std::size_t, bool>> add(const Batch& batch, std::uint32_t index) {
    if (has_only_node_) return nodes_.add(batch.column(slots_.front()).nodes[index]);
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      row_[s] = &cells_[s];
      if (kind_of(s) == SlotKind::kValue) {
        row_[s] = &batch.column(slots_[s]).values[index];
      } else {
        cells_[s] = datum_in(batch, slots_[s], kind_of(s), index);
      }
    }
    return rows_.add(row_);
  }

  Status gather() {
    Batch batch(context().slots().size());
    cells_.resize(slots_.size());
    row_.resize(slots_.size());
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return {};
      for (const std::uint32_t index : batch.rows()) {
        ANNALS_TRY(const auto added, add(batch, index));
        if (added.second) {
          ANNALS_CHECK_OK(context().memory.take(sizeof(Alternatives)));
          merged_.emplace_back();
        }
        const DoubtPtr& doubt = batch.doubt(index);
        if (!merged_[added.first].add(doubt, context().scopes)) continue;
        ANNALS_CHECK_OK(context().memory.take(memory_of(doubt)));
      }
    }
  }

  std::vector<SlotId> slots_;
  bool certainly_;
  OperatorPtr input_;
  bool gathered_ = false;
  bool has_only_node_;
  KeyTable rows_;
  NodeGroups nodes_;  // instead of these
  std::vector<Datum> cells_;
  std::vector<const Datum*> row_;
  std::vector<Alternatives> merged_;  // of each of rows_
  std::size_t given_ = 0;
};

/// Each slot once: two columns of the result may show the same one.
std::vector<SlotId> unique_slots(std::vector<SlotId> slots) {
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

}  // namespace

OperatorPtr distinct(const plan::Distinct& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<Distinct>(unique_slots(step.slots), step.certainly, std::move(input),
                                    context);
}

}  // namespace annals::query::operators
