#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "query/executor/datum_comparison.h"
#include "query/executor/expression.h"
#include "query/executor/held_doubts.h"
#include "query/executor/operators/operators.h"
#include "query/executor/path_steps.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// What rows of one input are compared by.
class KeyReader {
 public:
  KeyReader(std::vector<SlotId> nodes, std::vector<ExpressionPtr> values)
      : nodes_(std::move(nodes)), values_(std::move(values)), columns_(values_.size()) {}

  /// Looks at these rows from now on.
  Status read(const Batch& batch, std::span<const std::uint32_t> rows) {
    batch_ = &batch;
    rows_ = rows;
    for (std::size_t v = 0; v < values_.size(); ++v) {
      ANNALS_CHECK_OK(values_[v]->evaluate(batch, rows, columns_[v]));
    }
    return {};
  }

  NodeId node(std::size_t which, std::size_t row) const {
    return batch_->column(nodes_[which]).nodes[rows_[row]];
  }
  const Datum& value(std::size_t which, std::size_t row) const { return columns_[which][row]; }
  std::size_t node_count() const { return nodes_.size(); }
  std::size_t value_count() const { return values_.size(); }

  /// Null equals nothing.
  bool has_null(std::size_t row) const {
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (!node(n, row)) return true;
    }
    return std::any_of(columns_.begin(), columns_.end(),
                       [row](const DatumVector& column) { return column[row].is_null(); });
  }

  std::uint64_t hash(std::size_t row) const {
    std::uint64_t hash = 0;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      hash = std::rotl(hash, 5) ^ std::hash<NodeId>()(node(n, row));
    }
    for (const DatumVector& column : columns_) hash = std::rotl(hash, 5) ^ hash_datum(column[row]);
    return hash;
  }

 private:
  std::vector<SlotId> nodes_;
  std::vector<ExpressionPtr> values_;
  std::vector<DatumVector> columns_;
  const Batch* batch_ = nullptr;
  std::span<const std::uint32_t> rows_;
};

/// Each row of the left input with those of the right one that have the same key, in their order.
/// The right ones are held in memory.
class HashJoin final : public Operator {
 public:
  HashJoin(const plan::HashJoin& step, const plan::Node& node, OperatorPtr left, OperatorPtr right,
           KeyReader left_keys, KeyReader right_keys, RunContext& context)
      : Operator(context),
        step_(step),
        left_(std::move(left)),
        right_(std::move(right)),
        left_keys_(std::move(left_keys)),
        right_keys_(std::move(right_keys)),
        held_slots_(node.inputs.back()->slots),
        held_(context.slots().size()),
        memory_(context.memory),
        doubts_(context.memory),
        left_rows_(context.slots().size()) {
    // What both have goes on from the left.
    const std::vector<SlotId>& of_left = node.inputs.front()->slots;
    for (const SlotId slot : node.slots) {
      const bool is_left = std::binary_search(of_left.begin(), of_left.end(), slot);
      (is_left ? left_slots_ : right_slots_).push_back(slot);
    }
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  Result<bool> do_next(Batch& batch) override {
    if (!std::exchange(has_table_, true)) ANNALS_CHECK_OK(make_table());
    if (next_.empty()) return false;
    batch.clear();
    lefts_.clear();
    rights_.clear();
    while (lefts_.empty()) {
      if (left_at_ == left_rows_.rows().size()) {
        ANNALS_TRY(const bool more, left_->next(left_rows_));
        if (!more) return false;
        ANNALS_CHECK_OK(left_keys_.read(left_rows_, left_rows_.rows()));
        left_at_ = 0;
        find_first();
      }
      ANNALS_CHECK_OK(pair_rows(batch));
    }
    batch.append_columns(left_rows_, lefts_, context().slots(), left_slots_);
    batch.append_columns(held_, rights_, context().slots(), right_slots_);
    batch.set_size(lefts_.size());
    return true;
  }

  Status make_table() {
    std::vector<std::uint64_t> hashes;
    std::size_t row_bytes = sizeof(DoubtPtr) + 3 * sizeof(std::uint64_t);
    for (const SlotId slot : held_slots_) {
      const SlotKind kind = context().query.slot(slot).kind;
      row_bytes += kind == SlotKind::kNode   ? sizeof(NodeId)
                   : kind == SlotKind::kFact ? sizeof(storage::Fact)
                                             : sizeof(Datum);
    }
    Batch rows(context().slots().size());
    for (;;) {
      ANNALS_TRY(const bool more, right_->next(rows));
      if (!more) break;
      ANNALS_CHECK_OK(right_keys_.read(rows, rows.rows()));
      std::vector<std::uint32_t> kept;
      for (std::size_t i = 0; i < rows.rows().size(); ++i) {
        if (right_keys_.has_null(i)) continue;
        ANNALS_CHECK_OK(doubts_.add(rows.doubt(rows.rows()[i])));
        kept.push_back(rows.rows()[i]);
        hashes.push_back(right_keys_.hash(i));
        for (std::size_t v = 0; v < right_keys_.value_count(); ++v) {
          values_.push_back(right_keys_.value(v, i));
          ANNALS_CHECK_OK(memory_.take(memory_of(values_.back())));
        }
      }
      ANNALS_CHECK_OK(memory_.take(row_bytes * kept.size()));
      held_.append(rows, kept, context().slots(), held_slots_);
    }
    held_.join_pins();
    // From the last to the first: each chain is in the order of the rows.
    next_.assign(hashes.size(), kNone);
    for (std::size_t row = hashes.size(); row-- > 0;) {
      const auto [head, is_new] = heads_.try_emplace(hashes[row], static_cast<std::uint32_t>(row));
      if (!is_new) next_[row] = std::exchange(head->second, static_cast<std::uint32_t>(row));
    }
    return {};
  }

  /// The first row of the table that may go with the present one of the left.
  void find_first() {
    candidate_ = kNone;
    if (left_at_ == left_rows_.rows().size() || left_keys_.has_null(left_at_)) return;
    const auto head = heads_.find(left_keys_.hash(left_at_));
    if (head != heads_.end()) candidate_ = head->second;
    used_.clear();
    const std::uint32_t row = left_rows_.rows()[left_at_];
    for (const SlotId other : step_.differs_left) {
      add_facts_of(left_rows_, other, context().query.slot(other).kind, row, used_);
    }
  }

  /// Pairs rows until the batch is full or those of the left are through.
  Status pair_rows(Batch& batch) {
    const auto lefts = left_rows_.rows();
    while (left_at_ < lefts.size()) {
      if (lefts_.size() == limits::kBatchRows) return {};
      // Pairs that exclude each other fill no batch.
      if (++tried_ % limits::kBatchRows == 0) ANNALS_CHECK_OK(context().check_stop());
      if (candidate_ == kNone) {
        ++left_at_;
        find_first();
        continue;
      }
      const std::uint32_t right = std::exchange(candidate_, next_[candidate_]);
      if (has_key(right) && differs(right)) add_pair(lefts[left_at_], right, batch);
    }
    return {};
  }

  bool has_key(std::uint32_t right) const {
    for (std::size_t n = 0; n < left_keys_.node_count(); ++n) {
      if (left_keys_.node(n, left_at_) != held_.column(step_.nodes[n]).nodes[right]) return false;
    }
    const std::size_t count = left_keys_.value_count();
    for (std::size_t v = 0; v < count; ++v) {
      if (order(left_keys_.value(v, left_at_), values_[right * count + v]) != 0) return false;
    }
    return true;
  }

  bool differs(std::uint32_t right) const {
    if (!step_.differs_right) return true;
    const storage::Fact* const fact = held_.column(step_.differs_right).facts[right];
    return std::none_of(used_.begin(), used_.end(), [fact](const storage::Fact* const used) {
      return used != nullptr && is_same_fact(*used, *fact);
    });
  }

  void add_pair(std::uint32_t left, std::uint32_t right, Batch& batch) {
    RowUse use = use_both(left_rows_.doubt(left), held_.doubt(right), context().scopes);
    if (!use.holds) return;
    batch.set_doubt(static_cast<std::uint32_t>(lefts_.size()), std::move(use.doubt));
    lefts_.push_back(left);
    rights_.push_back(right);
  }

  const plan::HashJoin& step_;
  OperatorPtr left_;
  OperatorPtr right_;
  KeyReader left_keys_;
  KeyReader right_keys_;
  std::vector<SlotId> held_slots_;
  std::vector<SlotId> left_slots_;   // that go on, of the left
  std::vector<SlotId> right_slots_;  // the others

  bool has_table_ = false;
  Batch held_;  // more rows than a batch has otherwise
  std::vector<Datum> values_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> heads_;  // by hash, the first row
  std::vector<std::uint32_t> next_;  // of each row the next one with its hash
  MemoryHold memory_;
  HeldDoubts doubts_;

  Batch left_rows_;
  std::size_t left_at_ = 0;
  std::size_t tried_ = 0;
  std::uint32_t candidate_ = kNone;
  std::vector<const storage::Fact*> used_;
  std::vector<std::uint32_t> lefts_;
  std::vector<std::uint32_t> rights_;
};

}  // namespace

Result<OperatorPtr> hash_join(const plan::HashJoin& step, const plan::Node& node, OperatorPtr left,
                              OperatorPtr right, RunContext& context) {
  std::vector<ExpressionPtr> left_values;
  std::vector<ExpressionPtr> right_values;
  for (const plan::JoinKey& key : step.keys) {
    ANNALS_TRY(ExpressionPtr of_left, compile(*key.left, context));
    ANNALS_TRY(ExpressionPtr of_right, compile(*key.right, context));
    left_values.push_back(std::move(of_left));
    right_values.push_back(std::move(of_right));
  }
  return OperatorPtr(std::make_unique<HashJoin>(
      step, node, std::move(left), std::move(right), KeyReader(step.nodes, std::move(left_values)),
      KeyReader(step.nodes, std::move(right_values)), context));
}

}  // namespace annals::query::operators
