#include <utility>

#include <fmt/format.h>

#include "query/executor/datum_comparison.h"
#include "query/executor/expressions/forms.h"
#include "query/executor/expressions/written_dates.h"

namespace annals::query::expressions {

namespace {

class CaseOf final : public Expression {
 public:
  CaseOf(std::optional<Operand> operand, std::vector<Operand> whens,
         std::vector<ExpressionPtr> thens, ExpressionPtr otherwise, RunContext& context)
      : operand_(std::move(operand)),
        whens_(std::move(whens)),
        thens_(std::move(thens)),
        otherwise_(std::move(otherwise)),
        context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    std::vector<Datum> operands(rows.size());
    if (operand_) {
      DatumVector values;
      ANNALS_CHECK_OK(operand_->expression->evaluate(batch, rows, values));
      operands = values.take(rows.size());
    }
    std::vector<Datum> results(rows.size());
    std::vector<std::size_t> open(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) open[i] = i;
    for (std::size_t when = 0; when < whens_.size() && !open.empty(); ++when) {
      std::vector<std::size_t> taken;
      ANNALS_CHECK_OK(split(when, batch, rows, operands, open, taken));
      ANNALS_CHECK_OK(give(*thens_[when], batch, rows, taken, results));
    }
    if (otherwise_ != nullptr) ANNALS_CHECK_OK(give(*otherwise_, batch, rows, open, results));
    out.own(0) = std::move(results);
    return {};
  }

 private:
  static std::vector<std::uint32_t> chosen(std::span<const std::uint32_t> rows,
                                           const std::vector<std::size_t>& indexes) {
    std::vector<std::uint32_t> picked;
    picked.reserve(indexes.size());
    for (const std::size_t index : indexes) picked.push_back(rows[index]);
    return picked;
  }

  /// Moves the rows for which the branch is taken from `open` to `taken`.
  Status split(std::size_t when, const Batch& batch, std::span<const std::uint32_t> rows,
               const std::vector<Datum>& operands, std::vector<std::size_t>& open,
               std::vector<std::size_t>& taken) {
    const std::vector<std::uint32_t> open_rows = chosen(rows, open);
    DatumVector values;
    ANNALS_CHECK_OK(whens_[when].expression->evaluate(batch, open_rows, values));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      ANNALS_TRY(const Truth truth, is_taken(whens_[when], values[i], operands[open[i]]));
      if (truth == Truth(true)) {
        taken.push_back(open[i]);
      } else {
        open[kept++] = open[i];
      }
    }
    open.resize(kept);
    return {};
  }

  Result<Truth> is_taken(const Operand& when, const Datum& value, const Datum& operand) {
    if (operand_) {
      const Datum* a = &operand;
      const Datum* b = &value;
      if (operand_->is_written) {
        ANNALS_TRY(a, dates_.beside(operand, value, operand_->range, context_));
      }
      if (when.is_written) {
        ANNALS_TRY(b, dates_.beside(value, operand, when.range, context_));
      }
      return equals(*a, *b);
    }
    if (value.is_null()) return Truth();
    if (const auto* holds = std::get_if<bool>(&value.data)) return Truth(*holds);
    return context_.invalid(fmt::format("WHEN needs true or false, not a value of type {}",
                                        datum_type_name(value.type())),
                            when.range);
  }

  static Status give(Expression& expression, const Batch& batch,
                     std::span<const std::uint32_t> rows, const std::vector<std::size_t>& taken,
                     std::vector<Datum>& results) {
    if (taken.empty()) return {};
    const std::vector<std::uint32_t> taken_rows = chosen(rows, taken);
    DatumVector values;
    ANNALS_CHECK_OK(expression.evaluate(batch, taken_rows, values));
    for (std::size_t i = 0; i < taken.size(); ++i) results[taken[i]] = values[i];
    return {};
  }

  std::optional<Operand> operand_;
  std::vector<Operand> whens_;
  std::vector<ExpressionPtr> thens_;
  ExpressionPtr otherwise_;
  RunContext& context_;
  WrittenDates dates_;
};

}  // namespace

ExpressionPtr case_of(std::optional<Operand> operand, std::vector<Operand> whens,
                      std::vector<ExpressionPtr> thens, ExpressionPtr otherwise,
                      RunContext& context) {
  return std::make_unique<CaseOf>(std::move(operand), std::move(whens), std::move(thens),
                                  std::move(otherwise), context);
}

}  // namespace annals::query::expressions
