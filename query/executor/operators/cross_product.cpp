#include <algorithm>
#include <utility>
#include <vector>

#include "query/executor/held_doubts.h"
#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// Every row of the left input with every row of the right one, which is held in memory.
class CrossProduct final : public Operator {
 public:
  CrossProduct(const plan::Node& node, OperatorPtr left, OperatorPtr right, RunContext& context)
      : Operator(context),
        left_(std::move(left)),
        right_(std::move(right)),
        left_slots_(common(node.slots, node.inputs.front()->slots)),
        right_slots_(common(node.slots, node.inputs.back()->slots)),
        memory_(context.memory),
        doubts_(context.memory),
        left_rows_(context.slots().size()) {}

 private:
  static std::vector<SlotId> common(const std::vector<SlotId>& a, const std::vector<SlotId>& b) {
    std::vector<SlotId> both;
    for (const SlotId slot : a) {
      if (std::binary_search(b.begin(), b.end(), slot)) both.push_back(slot);
    }
    return both;
  }

  Result<bool> do_next(Batch& batch) override {
    if (!held_all_) ANNALS_CHECK_OK(hold_right());
    batch.clear();
    lefts_.clear();
    rights_.clear();
    while (lefts_.empty()) {
      if (right_batch_ == held_.size()) {
        if (held_.empty()) return false;
        ANNALS_TRY(const bool more, left_->next(left_rows_));
        if (!more) return false;
        right_batch_ = 0;
      }
      ANNALS_CHECK_OK(pair_rows(batch));
    }
    batch.append_columns(left_rows_, lefts_, context().slots(), left_slots_);
    batch.append_columns(held_[paired_batch_], rights_, context().slots(), right_slots_);
    batch.set_size(lefts_.size());
    return true;
  }

  Status hold_right() {
    held_all_ = true;
    for (;;) {
      Batch rows(context().slots().size());
      ANNALS_TRY(const bool more, right_->next(rows));
      if (!more) {
        right_batch_ = held_.size();
        return {};
      }
      std::size_t row_bytes = sizeof(DoubtPtr);
      for (const SlotId slot : right_slots_) {
        switch (context().query.slot(slot).kind) {
          case SlotKind::kNode: row_bytes += sizeof(NodeId); break;
          case SlotKind::kFact: row_bytes += sizeof(storage::Fact); break;
          case SlotKind::kValue: row_bytes += sizeof(Datum); break;
        }
      }
      ANNALS_CHECK_OK(memory_.take(sizeof(Batch) + row_bytes * rows.size()));
      for (const std::uint32_t row : rows.rows()) ANNALS_CHECK_OK(doubts_.add(rows.doubt(row)));
      held_.push_back(std::move(rows));
    }
  }

  /// Pairs rows until the batch is full or the present two batches are paired; then goes on to the
  /// next batch of the right.
  Status pair_rows(Batch& batch) {
    paired_batch_ = right_batch_;
    const Batch& held = held_[right_batch_];
    const auto lefts = left_rows_.rows();
    const auto rights = held.rows();
    for (; left_at_ < lefts.size(); ++left_at_, right_at_ = 0) {
      // Pairs that exclude each other fill no batch.
      ANNALS_CHECK_OK(context().check_stop());
      for (; right_at_ < rights.size(); ++right_at_) {
        if (lefts_.size() == limits::kBatchRows) return {};
        add_pair(lefts[left_at_], rights[right_at_], held, batch);
      }
    }
    left_at_ = 0;
    ++right_batch_;
    return {};
  }

  void add_pair(std::uint32_t left, std::uint32_t right, const Batch& held, Batch& batch) {
    RowUse use = use_both(left_rows_.doubt(left), held.doubt(right), context().scopes);
    if (!use.holds) return;
    batch.set_doubt(static_cast<std::uint32_t>(lefts_.size()), std::move(use.doubt));
    lefts_.push_back(left);
    rights_.push_back(right);
  }

  OperatorPtr left_;
  OperatorPtr right_;
  std::vector<SlotId> left_slots_;
  std::vector<SlotId> right_slots_;
  bool held_all_ = false;
  std::vector<Batch> held_;
  MemoryHold memory_;  // of held_, like the next
  HeldDoubts doubts_;

  Batch left_rows_;
  std::size_t right_batch_ = 0;  // held_.size(): a batch of the left is needed
  std::size_t paired_batch_ = 0;
  std::size_t left_at_ = 0;
  std::size_t right_at_ = 0;
  std::vector<std::uint32_t> lefts_;
  std::vector<std::uint32_t> rights_;
};

}  // namespace

OperatorPtr cross_product(const plan::Node& node, OperatorPtr left, OperatorPtr right,
                          RunContext& context) {
  return std::make_unique<CrossProduct>(node, std::move(left), std::move(right), context);
}

}  // namespace annals::query::operators
