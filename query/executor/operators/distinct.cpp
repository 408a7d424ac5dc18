#include <algorithm>
#include <utility>
#include <vector>

#include "query/executor/alternatives.h"
#include "query/executor/key_table.h"
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
        rows_(slots_.size(), context.memory) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (!std::exchange(gathered_, true)) ANNALS_CHECK_OK(gather());
    batch.clear();
    std::uint32_t count = 0;
    for (; given_ < rows_.size() && count < limits::kBatchRows; ++given_) {
      // Each may be a search for worlds.
      ANNALS_CHECK_OK(context().check_stop());
      const DoubtPtr doubt = std::exchange(merged_[given_], {}).merged(context().scopes);
      if (certainly_ && !is_certain(doubt)) continue;
      const std::span<Datum> row = rows_.key(given_);
      for (std::size_t s = 0; s < slots_.size(); ++s) {
        append_datum(batch, slots_[s], kind_of(s), std::move(row[s]));
      }
      batch.set_doubt(count++, doubt);
    }
    batch.set_size(count);
    return count > 0;
  }

  SlotKind kind_of(std::size_t slot) const { return context().query.slot(slots_[slot]).kind; }

  Status gather() {
    Batch batch(context().slots().size());
    std::vector<Datum> cells(slots_.size());
    std::vector<const Datum*> row(slots_.size());
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return {};
      for (const std::uint32_t index : batch.rows()) {
        for (std::size_t s = 0; s < slots_.size(); ++s) {
          row[s] = &cells[s];
          if (kind_of(s) == SlotKind::kValue) {
            row[s] = &batch.column(slots_[s]).values[index];
          } else {
            cells[s] = datum_in(batch, slots_[s], kind_of(s), index);
          }
        }
        ANNALS_TRY(const auto added, rows_.add(row));
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
  KeyTable rows_;
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
