#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"
#include "query/executor/functions/functions.h"
#include "query/executor/node_properties.h"

namespace annals::query::expressions {

namespace {

/// coalesce(): the first value that is not null. An argument is looked at only for rows that those
/// before it leave open.
class Coalesce final : public Expression {
 public:
  explicit Coalesce(std::vector<Operand> arguments) : arguments_(std::move(arguments)) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    std::vector<Datum> results(rows.size());
    std::vector<std::size_t> open(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) open[i] = i;
    std::vector<std::uint32_t> open_rows;
    for (const Operand& argument : arguments_) {
      if (open.empty()) break;
      open_rows.clear();
      for (const std::size_t index : open) open_rows.push_back(rows[index]);
      DatumVector values;
      ANNALS_CHECK_OK(argument.expression->evaluate(batch, open_rows, values));
      std::size_t kept = 0;
      for (std::size_t i = 0; i < open.size(); ++i) {
        results[open[i]] = values[i];
        if (values[i].is_null()) open[kept++] = open[i];
      }
      open.resize(kept);
    }
    out.own(0) = std::move(results);
    return {};
  }

 private:
  std::vector<Operand> arguments_;
};

/// certainty(): of the row.
class RowCertainty final : public Expression {
 public:
  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    std::vector<Datum>& values = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      values[i] = certainty_datum(is_certain(batch.doubt(rows[i])));
    }
    return {};
  }
};

/// certainty(m): of a fact, as the row sees it.
class FactCertainty final : public Expression {
 public:
  FactCertainty(Operand fact, ScopeId scope, const RunContext& context)
      : fact_(std::move(fact)), scope_(scope), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector facts;
    ANNALS_CHECK_OK(fact_.expression->evaluate(batch, rows, facts));
    std::vector<Datum>& values = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (facts[i].is_null()) continue;
      const auto* datum = std::get_if<FactDatum>(&facts[i].data);
      if (datum == nullptr) {
        return context_.invalid(fmt::format("certainty() takes a fact, not a value of type {}",
                                            datum_type_name(facts[i].type())),
                                fact_.range);
      }
      const AskedScope asked = context_.asked(scope_, batch, rows[i]);
      values[i] = certainty_datum(certainty_in(bounds_of(*datum->fact), asked.times) ==
                                  Certainty::kCertain);
    }
    return {};
  }

 private:
  Operand fact_;
  ScopeId scope_;
  const RunContext& context_;
};

class Call final : public Expression {
 public:
  Call(const BoundCall& bound, std::vector<Operand> arguments, ast::SourceRange range,
       RunContext& context)
      : function_(*bound.function),
        scope_(bound.scope),
        arguments_(std::move(arguments)),
        cells_(arguments_.size()),
        range_(range),
        context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    std::vector<DatumVector> values(arguments_.size());
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      ANNALS_CHECK_OK(arguments_[i].expression->evaluate(batch, rows, values[i]));
    }
    MemoryHold hold(context_.memory);
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      bool is_null = false;
      for (std::size_t i = 0; i < values.size(); ++i) {
        cells_[i] = &values[i][row];
        is_null = is_null || cells_[i]->is_null();
      }
      if (is_null && !function_.takes_null) continue;
      ANNALS_CHECK_OK(context_.check_stop());  // a text may have a million characters
      ANNALS_CHECK_OK(check_types());
      Result<Datum> result = functions::call(function_.id, cells_, scope_, context_);
      if (!result) return context_.placed(std::move(result).error(), range_);
      results[row] = std::move(*result);
      ANNALS_CHECK_OK(hold.take_own(results[row]));
    }
    return {};
  }

 private:
  Status check_types() const {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const TypeSet& types = function_.types[i];
      if (types.contains(cells_[i]->type())) continue;
      return context_.invalid(fmt::format("{}() takes {}, not a value of type {}", function_.name,
                                          types.description(), datum_type_name(cells_[i]->type())),
                              arguments_[i].range);
    }
    return {};
  }

  const Function& function_;
  ScopeId scope_;
  std::vector<Operand> arguments_;
  std::vector<const Datum*> cells_;
  ast::SourceRange range_;
  RunContext& context_;
};

/// type() and id() of a variable: straight from the column, without making a datum of each node or
/// fact.
class ColumnCall final : public Expression {
 public:
  ColumnCall(FunctionId function, SlotId slot, SlotKind kind, const RunContext& context)
      : function_(function), slot_(slot), kind_(kind), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    return write(batch, rows, CellColumn(out.own(rows.size()).data(), 1));
  }

  Status write(const Batch& batch, std::span<const std::uint32_t> rows, CellColumn cells) override {
    const Column& column = batch.column(slot_);
    if (kind_ == SlotKind::kNode) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const NodeId node = column.nodes[rows[i]];
        node ? put(cells[i], functions::number_of(node)) : put_null(cells[i]);
      }
      return {};
    }
    const Vocabulary& vocabulary = context_.snapshot.vocabulary();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const storage::Fact* const fact = column.facts[rows[i]];
      if (fact == nullptr) {
        put_null(cells[i]);
      } else if (function_ == FunctionId::kId) {
        put(cells[i], functions::number_of(*fact));
      } else {
        put(cells[i], vocabulary.symbol_name(fact->relation));
      }
    }
    return {};
  }

  bool integers(const Batch& batch, std::span<const std::uint32_t> rows,
                std::vector<std::int64_t>& out) const override {
    if (kind_ != SlotKind::kNode) return false;
    const std::vector<NodeId>& nodes = batch.column(slot_).nodes;
    out.resize(rows.size());
    bool all = true;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const NodeId node = nodes[rows[i]];
      all = all && node;
      out[i] = functions::number_of(node);
    }
    return all;
  }

  bool is_lasting() const override { return true; }

  static bool can(FunctionId function, SlotKind kind) {
    return (function == FunctionId::kId && kind != SlotKind::kValue) ||
           (function == FunctionId::kType && kind == SlotKind::kFact);
  }

 private:
  FunctionId function_;
  SlotId slot_;
  SlotKind kind_;
  const RunContext& context_;
};

}  // namespace

ExpressionPtr call(const BoundCall& bound, std::vector<Operand> arguments, ast::SourceRange range,
                   RunContext& context) {
  if (bound.function->id == FunctionId::kCertainty) {
    if (arguments.empty()) return std::make_unique<RowCertainty>();
    return std::make_unique<FactCertainty>(std::move(arguments.front()), bound.scope, context);
  }
  if (bound.function->id == FunctionId::kCoalesce) {
    return std::make_unique<Coalesce>(std::move(arguments));
  }
  return std::make_unique<Call>(bound, std::move(arguments), range, context);
}

ExpressionPtr column_call(const BoundCall& bound, const RunContext& context) {
  if (bound.arguments.size() != 1) return nullptr;
  const auto* const slot = std::get_if<BoundSlot>(&bound.arguments.front().node);
  if (slot == nullptr) return nullptr;
  const FunctionId function = bound.function->id;
  const SlotKind kind = context.query.slot(slot->slot).kind;
  if (!ColumnCall::can(function, kind)) return nullptr;
  return std::make_unique<ColumnCall>(function, slot->slot, kind, context);
}

}  // namespace annals::query::expressions
