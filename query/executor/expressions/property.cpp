#include <utility>

#include "query/executor/expressions/forms.h"
#include "query/executor/node_properties.h"

namespace annals::query::expressions {

namespace {

class PropertyOf final : public Expression {
 public:
  PropertyOf(const BoundProperty& bound, ExpressionPtr object, ast::SourceRange range,
             RunContext& context)
      : name_(bound.name, bound.symbol),
        scope_(bound.scope),
        reads_index_(bound.reads_index),
        object_(std::move(object)),
        range_(range),
        context_(context) {
    const auto* slot = std::get_if<BoundSlot>(&bound.object->node);
    if (slot != nullptr) {
      slot_ = slot->slot;
      kind_ = context.query.slot(slot_).kind;
    }
  }

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    return write(batch, rows, CellColumn(out.own(rows.size()).data(), 1));
  }

  Status write(const Batch& batch, std::span<const std::uint32_t> rows, CellColumn cells) override {
    if (!slot_ || kind_ == SlotKind::kValue) return write_of_values(batch, rows, cells);
    // Straight from the column, without making a datum of each node or fact.
    const Column& column = batch.column(slot_);
    if (kind_ == SlotKind::kFact && name_.of_fact == PropertyName::OfFact::kValid) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const storage::Fact* const fact = column.facts[rows[i]];
        fact == nullptr ? put_null(cells[i]) : put(cells[i], valid_of(*fact));
      }
      return {};
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool is_null =
          kind_ == SlotKind::kNode ? !column.nodes[rows[i]] : column.facts[rows[i]] == nullptr;
      if (is_null) {
        cells[i] = Datum();
        continue;
      }
      Result<Datum> value =
          kind_ == SlotKind::kNode
              ? node_property(column.nodes[rows[i]], name_, scope_, context_)
              : fact_property(*column.facts[rows[i]], name_, asked(batch, rows[i]), context_);
      if (!value) return std::move(value).error();
      cells[i] = std::move(*value);
    }
    return {};
  }

  bool places(const Batch& batch, std::span<const std::uint32_t> rows,
              std::vector<std::uint64_t>& out) const override {
    if (!slot_ || kind_ != SlotKind::kFact || name_.of_fact != PropertyName::OfFact::kValid) {
      return false;
    }
    const std::vector<const storage::Fact*>& facts = batch.column(slot_).facts;
    out.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const storage::Fact* const fact = facts[rows[i]];
      if (fact == nullptr) return false;
      out[i] = order_prefix(valid_of(*fact));
    }
    return true;
  }

  bool is_lasting() const override { return object_->is_lasting(); }

 private:
  Status write_of_values(const Batch& batch, std::span<const std::uint32_t> rows,
                         CellColumn cells) {
    DatumVector objects;
    ANNALS_CHECK_OK(object_->evaluate(batch, rows, objects));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Result<Datum> value = value_of(objects[i], batch, rows[i]);
      if (!value) return context_.placed(std::move(value).error(), range_);
      cells[i] = std::move(*value);
    }
    return {};
  }

  Result<Datum> value_of(const Datum& object, const Batch& batch, std::uint32_t row) const {
    const auto* const node = std::get_if<NodeDatum>(&object.data);
    if (!reads_index_ || node == nullptr || node->id.is_event()) {
      return datum_property(object, name_, asked(batch, row), context_);
    }
    return certain_property(node->id, name_, context_.asked(scope_, batch, row), context_);
  }

  /// Only how surely a fact holds depends on the row.
  AskedScope asked(const Batch& batch, std::uint32_t row) const {
    if (name_.of_fact == PropertyName::OfFact::kCertainty) {
      return context_.asked(scope_, batch, row);
    }
    return {scope_, context_.scope(scope_)};
  }

  PropertyName name_;
  ScopeId scope_;
  bool reads_index_;
  ExpressionPtr object_;
  ast::SourceRange range_;
  RunContext& context_;
  SlotId slot_;
  SlotKind kind_ = SlotKind::kValue;
};

}  // namespace

ExpressionPtr property(const BoundProperty& bound, ExpressionPtr object, ast::SourceRange range,
                       RunContext& context) {
  return std::make_unique<PropertyOf>(bound, std::move(object), range, context);
}

}  // namespace annals::query::expressions
