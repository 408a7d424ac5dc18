#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"
#include "query/executor/functions/functions.h"
#include "query/executor/node_properties.h"

namespace annals::query::expressions {

namespace {

/// certainty(): of the row.
class RowCertainty final : public Expression {
 public:
  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    std::vector<Datum>& values = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      values[i] = certainty_datum(batch.doubt(rows[i]) == nullptr);
    }
    return {};
  }
};

class Call final : public Expression {
 public:
  Call(const BoundCall& bound, std::vector<Operand> arguments, ast::SourceRange range,
       RunContext& context)
      : function_(*bound.function),
        scope_(bound.scope),
        arguments_(std::move(arguments)),
        values_(arguments_.size()),
        cells_(arguments_.size()),
        range_(range),
        context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      ANNALS_CHECK_OK(arguments_[i].expression->evaluate(batch, rows, values_[i]));
    }
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      bool is_null = false;
      for (std::size_t i = 0; i < values_.size(); ++i) {
        cells_[i] = &values_[i][row];
        is_null = is_null || cells_[i]->is_null();
      }
      if (is_null && !function_.takes_null) continue;
      ANNALS_CHECK_OK(check_types());
      Result<Datum> result = functions::call(function_.id, cells_, scope_, context_);
      if (!result) return context_.placed(std::move(result).error(), range_);
      results[row] = std::move(*result);
    }
    return {};
  }

 private:
  Status check_types() const {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const bool many = function_.arguments_max == Function::kMany;
      const TypeSet& types = function_.types[many ? 0 : i];
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
  std::vector<DatumVector> values_;
  std::vector<const Datum*> cells_;
  ast::SourceRange range_;
  RunContext& context_;
};

}  // namespace

ExpressionPtr call(const BoundCall& bound, std::vector<Operand> arguments, ast::SourceRange range,
                   RunContext& context) {
  if (bound.function->id == FunctionId::kCertainty && arguments.empty()) {
    return std::make_unique<RowCertainty>();
  }
  return std::make_unique<Call>(bound, std::move(arguments), range, context);
}

}  // namespace annals::query::expressions
