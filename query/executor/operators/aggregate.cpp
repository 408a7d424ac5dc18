#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "query/executor/aggregate_state.h"
#include "query/executor/bounded_rows.h"
#include "query/executor/expression.h"
#include "query/executor/fact_images.h"
#include "query/executor/functions/functions.h"
#include "query/executor/key_table.h"
#include "query/executor/node_groups.h"
#include "query/executor/operators/operators.h"
#include "query/executor/row_file.h"
#include "query/executor/two_threads.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// One row for each different combination of the keys, in the order in which they came first; one
/// row if there are no keys, even for no rows. A group of which some rows are only possible is only
/// possible itself: its values are those of the world in which all of them hold.
///
/// Two threads look at one half each of what comes of a scan of an image. Their groups become one
/// table in the order of the halves, so that the rows are those that one thread gives.
///
/// When the budget is nearly taken, rows of groups that are not in the table wait in a temporary
/// file, and are gathered once the groups of the table were given: so their order stays what it is.
/// What one group holds (collect, DISTINCT) has to fit into memory.
///
/// Where only the first groups by a count are wanted, no row is made of the others.
class Aggregate final : public Operator, public BoundedRows {
 public:
  /// Makes the same with an input of its own, in the context of another thread.
  using MakePart = std::function<Result<std::unique_ptr<Aggregate>>(RunContext&)>;

  struct Key {
    SlotId out;
    ExpressionPtr value;
    SlotId node = {};    ///< If it is a variable of nodes, or its id(): which one.
    bool is_id = false;  ///< Of these the latter.
  };
  struct Call {
    const BoundAggregate* bound;
    ExpressionPtr argument;  ///< Null for count(*).
    double share = 0;        ///< Of percentiles.
  };

  /// `make_part` is empty if one thread has to do.
  Aggregate(std::vector<Key> keys, std::vector<Call> calls, OperatorPtr input, MakePart make_part,
            RunContext& context)
      : Operator(context),
        keys_(std::move(keys)),
        calls_(std::move(calls)),
        input_(std::move(input)),
        make_part_(std::move(make_part)),
        groups_by_node_(keys_.size() == 1 && keys_.front().node),
        only_counts_(std::all_of(calls_.begin(), calls_.end(),
                                 [](const Call& call) { return call.argument == nullptr; })),
        adds_integers_(keys_.empty() && !only_counts_ &&
                       std::all_of(calls_.begin(), calls_.end(), can_add_integers)),
        key_(keys_.size()),
        key_values_(keys_.size()),
        arguments_(calls_.size()),
        integers_(calls_.size()) {}

  void leave_out(const RowBound& bound) override {
    if (whole_ != nullptr) whole_->aggregate->leave_out(bound);
    const auto call = std::find_if(calls_.begin(), calls_.end(), [&bound](const Call& one) {
      return one.bound->out == bound.slot;
    });
    if (!only_counts_ || call == calls_.end()) return;
    bound_ = bound;
    bounded_call_ = static_cast<std::size_t>(call - calls_.begin());
  }

 private:
  static bool can_add_integers(const Call& call) {
    return call.argument == nullptr ||
           AggregateState::can_add_integers(call.bound->function->id, call.bound->distinct);
  }

  /// The groups of one round.
  struct Table {
    Table(std::size_t width, RunContext& context)
        : memory(&context.memory), keys(width, memory), nodes(memory) {}

    MemoryBudget memory;
    KeyTable keys;
    NodeGroups nodes;                    // instead of these
    std::vector<AggregateState> states;  // of group g and call c: g * calls + c
    std::vector<std::int64_t> counts;    // instead of these
    std::vector<bool> is_doubtful;       // of each group
    std::size_t given = 0;
    bool is_full = false;
  };

  Result<bool> do_next(Batch& batch) override {
    if (!std::exchange(gathered_, true)) {
      ANNALS_TRY(const bool in_parts, gather_in_parts());
      if (!in_parts) ANNALS_CHECK_OK(gather());
    }
    if (whole_ != nullptr) return whole_->aggregate->do_next(batch);
    batch.clear();
    std::uint32_t count = 0;
    while (count == 0) {
      ANNALS_CHECK_OK(context().check_stop());
      if (table_->given == group_count()) {
        if (waiting_ == nullptr) return false;
        ANNALS_CHECK_OK(gather_waiting());
      }
      for (; count < limits::kBatchRows && table_->given < group_count(); ++table_->given) {
        if (!is_left_out(table_->given)) give_group(batch, count++);
      }
    }
    batch.set_size(count);
    return true;
  }

  bool is_left_out(std::size_t group) const {
    return bound_ && bound_->excludes(table_->counts[group * calls_.size() + bounded_call_]);
  }

  /// Adds the next group as a row.
  void give_group(Batch& batch, std::uint32_t row) {
    const std::size_t group = table_->given;
    if (groups_by_node_) {
      give_node(batch);
    } else {
      const std::span<Datum> key = table_->keys.key(group);
      for (std::size_t k = 0; k < keys_.size(); ++k) {
        const SlotKind kind = context().query.slot(keys_[k].out).kind;
        append_datum(batch, keys_[k].out, kind, std::move(key[k]));
      }
    }
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      const std::size_t of_group = group * calls_.size() + c;
      batch.column(calls_[c].bound->out)
          .values.push_back(only_counts_ ? Datum(table_->counts[of_group])
                                         : table_->states[of_group].result());
    }
    if (table_->is_doubtful[group]) batch.set_doubt(row, plain_doubt());
  }

  /// What one thread works with.
  struct Part {
    Part(RunContext& whole, RunPart number) : context(whole, number) {}
    RunContext context;
    std::unique_ptr<Aggregate> aggregate;
    Status gathered;
  };

  std::size_t group_count() const { return table_->is_doubtful.size(); }

  /// False if one thread has to gather all: then it also finds again, in its order, what is wrong.
  Result<bool> gather_in_parts() {
    if (!make_part_) return false;
    constexpr std::size_t kParts = 2;
    std::array<std::unique_ptr<Part>, kParts> parts;
    for (std::size_t number = 0; number < kParts; ++number) {
      parts[number] = std::make_unique<Part>(context(), RunPart{number, kParts});
      ANNALS_TRY(parts[number]->aggregate, make_part_(parts[number]->context));
      parts[number]->aggregate->gathered_ = true;
    }
    const auto gather_part = [](Part& part) { part.gathered = part.aggregate->gather(); };
    run_both([&] { gather_part(*parts[0]); }, [&] { gather_part(*parts[1]); });
    for (const auto& part : parts) {
      if (part->gathered) continue;
      const ErrorCode code = part->gathered.error().code;
      if (code == ErrorCode::kInterrupted) return part->gathered.error();
      return false;
    }
    ANNALS_TRY(const bool merged, parts[0]->aggregate->merge(*parts[1]->aggregate));
    if (merged) whole_ = std::move(parts[0]);
    return merged;
  }

  /// Adds the groups that another thread gathered of later rows; false as AggregateState::merge().
  Result<bool> merge(Aggregate& later) {
    Table& others = *later.table_;
    for (std::size_t from = 0; from < later.group_count(); ++from) {
      if (from % limits::kBatchRows == 0) ANNALS_CHECK_OK(context().check_stop());
      std::size_t group = 0;
      if (groups_by_node_) {
        ANNALS_TRY(group, merge_node(others.nodes.node(from)));
      } else if (!keys_.empty()) {
        const std::span<Datum> values = others.keys.key(from);
        for (std::size_t k = 0; k < keys_.size(); ++k) key_[k] = &values[k];
        ANNALS_TRY(group, add_key());
      }
      if (others.is_doubtful[from]) table_->is_doubtful[group] = true;
      for (std::size_t c = 0; c < calls_.size(); ++c) {
        const std::size_t to_state = group * calls_.size() + c;
        const std::size_t from_state = from * calls_.size() + c;
        if (only_counts_) {
          table_->counts[to_state] += others.counts[from_state];
          continue;
        }
        ANNALS_TRY(const bool merged,
                   table_->states[to_state].merge(std::move(others.states[from_state])));
        if (!merged) return false;
      }
    }
    return true;
  }

  void give_node(Batch& batch) {
    const Key& key = keys_.front();
    const NodeId node = table_->nodes.node(table_->given);
    Datum shown;
    if (node && key.is_id) {
      shown = Datum(functions::number_of(node));
    } else if (node) {
      shown = Datum(NodeDatum{node, {}, {}});
    }
    append_datum(batch, key.out, context().query.slot(key.out).kind, std::move(shown));
  }

  Status gather() {
    table_ = std::make_unique<Table>(keys_.size(), context());
    if (keys_.empty()) {
      Result<std::size_t> only = add_key();
      if (!only) return std::move(only).error();
    }
    Batch batch(context().slots().size());
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) break;
      ANNALS_CHECK_OK(gather_batch(batch));
    }
    return waiting_ == nullptr ? Status() : waiting_->finish();
  }

  Status gather_batch(const Batch& batch) {
    const auto rows = batch.rows();
    if (!batch.has_doubts() && !table_->is_full) {
      if (groups_by_node_ && only_counts_) return count_nodes(batch);
      if (only_counts_ && keys_.empty()) {
        for (std::int64_t& count : table_->counts) count += static_cast<std::int64_t>(rows.size());
        return {};
      }
      if (adds_integers_) {
        ANNALS_TRY(const bool added, add_integers(batch));
        if (added) return {};
      }
    }
    for (std::size_t k = 0; k < keys_.size() && !groups_by_node_; ++k) {
      ANNALS_CHECK_OK(keys_[k].value->evaluate(batch, rows, key_values_[k]));
    }
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      if (calls_[c].argument == nullptr) continue;
      ANNALS_CHECK_OK(calls_[c].argument->evaluate(batch, rows, arguments_[c]));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      NodeId node;
      if (groups_by_node_) node = batch.column(keys_.front().node).nodes[rows[i]];
      for (std::size_t k = 0; k < keys_.size() && !groups_by_node_; ++k) {
        key_[k] = &key_values_[k][i];
      }
      const auto argument = [&](std::size_t c) -> const Datum& { return arguments_[c][i]; };
      ANNALS_CHECK_OK(add_row(node, is_certain(batch.doubt(rows[i])), argument));
    }
    return {};
  }

  /// Counts the rows of each node, those next to each other at once.
  Status count_nodes(const Batch& batch) {
    const auto rows = batch.rows();
    const std::vector<NodeId>& nodes = batch.column(keys_.front().node).nodes;
    for (std::size_t i = 0; i < rows.size();) {
      const NodeId node = nodes[rows[i]];
      const std::size_t first = i;
      while (i < rows.size() && nodes[rows[i]] == node) ++i;
      std::size_t group = 0;
      if (table_->is_full) {
        const auto known = table_->nodes.find(node);
        if (!known) {
          for (std::size_t row = first; row < i; ++row)
            ANNALS_CHECK_OK(wait(node, true, no_argument));
          continue;
        }
        group = *known;
      } else {
        ANNALS_TRY(group, add_node(node));
      }
      for (std::size_t c = 0; c < calls_.size(); ++c) {
        table_->counts[group * calls_.size() + c] += static_cast<std::int64_t>(i - first);
      }
    }
    return {};
  }

  /// Adds all rows to the only group without a datum for each; false if that cannot be.
  Result<bool> add_integers(const Batch& batch) {
    const auto rows = batch.rows();
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      if (calls_[c].argument == nullptr) continue;
      if (!calls_[c].argument->integers(batch, rows, integers_[c])) return false;
    }
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      if (calls_[c].argument == nullptr) {
        table_->states[c].add_rows(rows.size());
        continue;
      }
      Status added = table_->states[c].add_integers(integers_[c]);
      if (!added) {
        return context().placed(std::move(added).error(), calls_[c].bound->argument->range);
      }
    }
    return true;
  }

  /// The next round.
  Status gather_waiting() {
    const std::unique_ptr<RowFile> rows = std::exchange(waiting_, nullptr);
    table_ = std::make_unique<Table>(keys_.size(), context());
    HeldRow row;
    for (;;) {
      ANNALS_TRY(const bool more, rows->next(row));
      if (!more) break;
      NodeId node;
      if (groups_by_node_) {
        const auto* const known = std::get_if<NodeDatum>(&row.cells.front().data);
        if (known != nullptr) node = known->id;
      }
      for (std::size_t k = 0; k < keys_.size(); ++k) key_[k] = &row.cells[k];
      const auto argument = [&](std::size_t c) -> const Datum& {
        return row.cells[keys_.size() + c];
      };
      ANNALS_CHECK_OK(add_row(node, row.number == kCertainRow, argument));
    }
    return waiting_ == nullptr ? Status() : waiting_->finish();
  }

  /// Adds a row to the group of the node, or of key_; or lets it wait.
  template <class Argument>
  Status add_row(NodeId node, bool certain, const Argument& argument) {
    std::size_t group = 0;
    if (table_->is_full) {
      const auto known = groups_by_node_ ? table_->nodes.find(node) : table_->keys.find(key_);
      if (!known) return wait(node, certain, argument);
      group = *known;
    } else if (groups_by_node_) {
      ANNALS_TRY(group, add_node(node));
    } else if (!keys_.empty()) {
      ANNALS_TRY(group, add_key());
    }
    if (!certain) table_->is_doubtful[group] = true;
    if (only_counts_) {
      for (std::size_t c = 0; c < calls_.size(); ++c) ++table_->counts[group * calls_.size() + c];
      return {};
    }
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      AggregateState& state = table_->states[group * calls_.size() + c];
      if (calls_[c].argument == nullptr) {
        state.add_row();
        continue;
      }
      Status added = state.add(argument(c));
      if (!added) {
        return context().placed(std::move(added).error(), calls_[c].bound->argument->range);
      }
    }
    return {};
  }

  template <class Argument>
  Status wait(NodeId node, bool certain, const Argument& argument) {
    if (waiting_ == nullptr) {
      ANNALS_TRY(waiting_, RowFile::create(spill_buffer_bytes(context()), context()));
    }
    const Datum shown = node ? Datum(NodeDatum{node, {}, {}}) : Datum();
    std::vector<const Datum*> cells = key_;
    if (groups_by_node_) cells.front() = &shown;
    for (std::size_t c = 0; c < calls_.size(); ++c) {
      cells.push_back(calls_[c].argument == nullptr ? &no_argument(c) : &argument(c));
    }
    return waiting_->add(cells, nullptr, certain ? kCertainRow : kDoubtfulRow);
  }

  /// The group of key_.
  Result<std::size_t> add_key() {
    ANNALS_TRY(const auto found, table_->keys.add(key_));
    if (found.second) ANNALS_CHECK_OK(begin_group());
    return found.first;
  }

  Result<std::size_t> add_node(NodeId node) {
    ANNALS_TRY(const auto found, table_->nodes.add(node));
    if (found.second) ANNALS_CHECK_OK(begin_group());
    return found.first;
  }

  /// The same of a group that another thread gathered. It has each node once, so that those which
  /// are not among the nodes of this thread need not be found again.
  Result<std::size_t> merge_node(NodeId node) {
    if (const auto known = table_->nodes.find(node)) return *known;
    ANNALS_TRY(const std::size_t group, table_->nodes.append(node));
    ANNALS_CHECK_OK(begin_group());
    return group;
  }

  Status begin_group() {
    constexpr std::size_t groups_at_once = 32;  // the budget is shared with another thread
    const bool takes_memory = group_count() % groups_at_once == 0;
    table_->is_doubtful.push_back(false);
    if (takes_memory || !groups_by_node_ || !only_counts_) {
      // A part that does not fit fails, and one thread gathers all of it.
      table_->is_full = context().part.count == 1 && table_->memory.should_spill();
    }
    if (only_counts_) {
      if (takes_memory) {
        ANNALS_CHECK_OK(table_->memory.take(groups_at_once * calls_.size() * sizeof(std::int64_t)));
      }
      for (std::size_t c = 0; c < calls_.size(); ++c) table_->counts.push_back(0);
    } else {
      ANNALS_CHECK_OK(table_->memory.take(calls_.size() * sizeof(AggregateState)));
      for (const Call& call : calls_) {
        table_->states.emplace_back(call.bound->function->id, call.bound->distinct, call.share,
                                    table_->memory);
      }
    }
    return {};
  }

  static const Datum& no_argument(std::size_t) {
    static const Datum nothing;
    return nothing;
  }

  static constexpr std::uint64_t kDoubtfulRow = 0;  // how a waiting row says it
  static constexpr std::uint64_t kCertainRow = 1;

  std::vector<Key> keys_;
  std::vector<Call> calls_;
  OperatorPtr input_;
  MakePart make_part_;
  std::unique_ptr<Part> whole_;  // what two threads gathered, if they did
  bool gathered_ = false;
  bool groups_by_node_;
  bool only_counts_;
  bool adds_integers_;  // to one group
  std::optional<RowBound> bound_;
  std::size_t bounded_call_ = 0;  // what the bound is about
  std::unique_ptr<Table> table_;
  std::unique_ptr<RowFile> waiting_;  // null: no row waits
  std::vector<const Datum*> key_;     // of the row that is added
  std::vector<DatumVector> key_values_;
  std::vector<DatumVector> arguments_;
  std::vector<std::vector<std::int64_t>> integers_;  // instead of these
};

/// Notes if the key tells nodes apart and nothing else.
void set_node(Aggregate::Key& key, const BoundExpression& value, const RunContext& context) {
  const auto* const call = std::get_if<BoundCall>(&value.node);
  key.is_id = call != nullptr && call->function->id == FunctionId::kId;
  const BoundExpression& variable = key.is_id ? call->arguments.front() : value;
  const auto* const slot = std::get_if<BoundSlot>(&variable.node);
  if (slot != nullptr && context.query.slot(slot->slot).kind == SlotKind::kNode) {
    key.node = slot->slot;
  }
}

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

/// Whether the rows of the plan are those of the parts of its scan, part after part.
bool has_parts(const plan::Node& node, const RunContext& context) {
  if (const auto* const scan = std::get_if<plan::FactScan>(&node.step)) {
    const BoundHop& hop = scan->hop;
    return hop.relations.size() <= 1 && hop.roles.empty() &&
           hop.direction != ast::HopDirection::kEither &&
           context.images->is_for_two_threads(context.snapshot, storage::Direction::kOut);
  }
  const bool goes_row_by_row = std::holds_alternative<plan::Expand>(node.step) ||
                               std::holds_alternative<plan::ExpandInto>(node.step) ||
                               std::holds_alternative<plan::ExpandPaths>(node.step) ||
                               std::holds_alternative<plan::BuildPath>(node.step) ||
                               std::holds_alternative<plan::LabelFilter>(node.step) ||
                               std::holds_alternative<plan::Filter>(node.step) ||
                               std::holds_alternative<plan::Exists>(node.step) ||
                               std::holds_alternative<plan::Read>(node.step) ||
                               std::holds_alternative<plan::Project>(node.step);
  return goes_row_by_row && has_parts(*node.inputs.front(), context);
}

bool is_for_two_threads(const plan::Aggregate& step, const plan::Node& node,
                        const RunContext& context) {
  // What is measured is measured on one thread.
  if (context.images == nullptr || context.profile != nullptr || context.part.count > 1) {
    return false;
  }
  return std::all_of(context.views.begin(), context.views.end(),
                     [](const View& view) { return view.is_present; }) &&
         std::all_of(step.calls->begin(), step.calls->end(),
                     [](const BoundAggregate& call) {
                       return AggregateState::can_merge(call.function->id, call.distinct);
                     }) &&
         has_parts(*node.inputs.front(), context);
}

Result<std::unique_ptr<Aggregate>> make_aggregate(const plan::Aggregate& step, OperatorPtr input,
                                                  Aggregate::MakePart make_part,
                                                  RunContext& context) {
  std::vector<Aggregate::Key> keys;
  for (const BoundItem& item : *step.keys) {
    ANNALS_TRY(ExpressionPtr value, compile(item.value, context));
    keys.push_back({item.out, std::move(value)});
    set_node(keys.back(), item.value, context);
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
  return std::make_unique<Aggregate>(std::move(keys), std::move(calls), std::move(input),
                                     std::move(make_part), context);
}

}  // namespace

Result<OperatorPtr> aggregate(const plan::Aggregate& step, const plan::Node& node,
                              OperatorPtr input, RunContext& context) {
  Aggregate::MakePart make_part;
  if (is_for_two_threads(step, node, context)) {
    make_part = [&step, &node](RunContext& part) -> Result<std::unique_ptr<Aggregate>> {
      ANNALS_TRY(OperatorPtr its_input, build_operators(*node.inputs.front(), part));
      return make_aggregate(step, std::move(its_input), {}, part);
    };
  }
  ANNALS_TRY(std::unique_ptr<Aggregate> made,
             make_aggregate(step, std::move(input), std::move(make_part), context));
  return OperatorPtr(std::move(made));
}

}  // namespace annals::query::operators
