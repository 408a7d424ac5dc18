#include <utility>
#include <vector>

#include "query/executor/expression.h"
#include "query/executor/node_properties.h"
#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// Adds a property that events SET. Each value that may hold gives a row, and the row holds only
/// as surely as the value; in worlds where there is none it is null.
class ReadProperty final : public Operator {
 public:
  ReadProperty(const PropertyRead& read, ExpressionPtr object, const plan::Node& node,
               OperatorPtr input, RunContext& context)
      : Operator(context),
        read_(read),
        name_(read.name, read.property),
        object_(std::move(object)),
        input_(std::move(input)),
        passed_(node.passed),
        input_rows_(context.slots().size()) {}

 private:
  struct Reading {
    Datum value;
    DoubtPtr doubt;
  };

  Result<bool> do_next(Batch& batch) override {
    batch.clear();
    std::vector<std::uint32_t> origins;
    std::vector<Datum>& values = batch.column(read_.out).values;
    std::vector<DoubtPtr> doubts;
    while (origins.size() < limits::kBatchRows) {
      if (given_ == readings_.size()) {
        if (at_ == input_rows_.rows().size()) {
          if (!origins.empty()) break;
          ANNALS_TRY(const bool more, next_input());
          if (!more) return false;
        }
        given_ = 0;
        readings_.clear();
        ANNALS_CHECK_OK(read_row(at_++));
        continue;
      }
      origins.push_back(input_rows_.rows()[at_ - 1]);
      values.push_back(std::move(readings_[given_].value));
      doubts.push_back(std::move(readings_[given_].doubt));
      ++given_;
    }
    batch.append(input_rows_, origins, context().slots(), passed_);
    for (std::size_t i = 0; i < doubts.size(); ++i) {
      batch.set_doubt(static_cast<std::uint32_t>(i), std::move(doubts[i]));
    }
    return true;
  }

  Result<bool> next_input() {
    at_ = 0;
    ANNALS_TRY(const bool more, input_->next(input_rows_));
    if (!more) return false;
    ANNALS_CHECK_OK(object_->evaluate(input_rows_, input_rows_.rows(), objects_));
    return true;
  }

  Status read_row(std::size_t index) {
    ANNALS_CHECK_OK(context().check_stop());
    const DoubtPtr& row = input_rows_.doubt(input_rows_.rows()[index]);
    const Datum& object = objects_[index];
    const auto* node = std::get_if<NodeDatum>(&object.data);
    const AskedScope asked = context().asked(read_.scope, input_rows_, input_rows_.rows()[index]);
    if (node == nullptr || node->id.is_event()) {
      Result<Datum> value = datum_property(object, name_, asked, context());
      if (!value) return context().placed(std::move(value).error(), read_.object.range);
      readings_.push_back({std::move(*value), row});
      return {};
    }
    const View& view = context().view(read_.scope);
    if (view.is_present && view.snapshot->statistics().properties == 0) {
      readings_.push_back({Datum(), row});
      return {};
    }
    return read_index(node->id, row, asked, view);
  }

  Status read_index(NodeId node, const DoubtPtr& row, const AskedScope& asked, const View& view) {
    // Rows of one node follow each other where it was expanded.
    const storage::Window window = property_window(asked.times);
    if (node != found_of_ || window != found_in_) {
      found_of_ = NodeId();
      ANNALS_TRY(found_, view.snapshot->properties(node, read_.property, window));
      join_repeated(found_);
      found_of_ = node;
      found_in_ = window;
    }
    std::vector<SpellBounds> spells;
    for (const storage::PropertyFact& fact : found_) {
      spells.push_back(bounds_of(fact));
      RowUse use = use_spell(row, spells.back(), asked, context().scopes);
      if (use.holds) readings_.push_back({to_datum(fact.value), std::move(use.doubt)});
    }
    read_absence(spells, row, asked);
    return {};
  }

  /// The row without a value: once, or for each time in the period in which there is none.
  void read_absence(const std::vector<SpellBounds>& spells, const DoubtPtr& row,
                    const AskedScope& asked) {
    const auto add_null = [this](RowUse use) {
      if (use.holds) readings_.push_back({Datum(), std::move(use.doubt)});
    };
    if (asked.times.kind != ScopeKind::kDuring) {
      return add_null(use_absence(row, spells, asked, context().scopes));
    }
    for (const SpellBounds& gap : gaps_between(spells)) {
      add_null(use_spell(row, gap, asked, context().scopes));
    }
  }

  const PropertyRead& read_;
  PropertyName name_;
  ExpressionPtr object_;
  OperatorPtr input_;
  const std::vector<SlotId>& passed_;

  Batch input_rows_;
  DatumVector objects_;
  std::size_t at_ = 0;             // rows of input_rows_ that were read
  std::vector<Reading> readings_;  // of the row before at_
  std::size_t given_ = 0;
  std::vector<storage::PropertyFact> found_;  // what the last node that was read has
  NodeId found_of_;
  storage::Window found_in_;
};

}  // namespace

Result<OperatorPtr> read_property(const plan::Read& step, const plan::Node& node, OperatorPtr input,
                                  RunContext& context) {
  ANNALS_TRY(ExpressionPtr object, compile(step.read->object, context));
  return OperatorPtr(std::make_unique<ReadProperty>(*step.read, std::move(object), node,
                                                    std::move(input), context));
}

}  // namespace annals::query::operators
