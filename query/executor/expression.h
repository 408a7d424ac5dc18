#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "query/executor/batch.h"
#include "query/executor/run_context.h"
#include "query/planner/bound_expression.h"
#include "schema/base/result.h"

namespace annals::query {

/// The values of an expression for some rows. Either its own, or one for all rows, or a view of a
/// batch's column; then it is valid as long as the batch.
class DatumVector {
 public:
  const Datum& operator[](std::size_t index) const {
    switch (form_) {
      case Form::kConstant: return *base_;
      case Form::kView: return base_[rows_[index]];
      case Form::kOwned: break;
    }
    return owned_[index];
  }

  /// Its own values, `count` of them, null at first.
  std::vector<Datum>& own(std::size_t count) {
    form_ = Form::kOwned;
    owned_.assign(count, Datum());
    return owned_;
  }
  /// `value` for every row; it must outlive the vector.
  void set_constant(const Datum& value) {
    form_ = Form::kConstant;
    base_ = &value;
  }
  void set_view(const std::vector<Datum>& column, std::span<const std::uint32_t> rows) {
    form_ = Form::kView;
    base_ = column.data();
    rows_ = rows.data();
  }

  /// The value of one row, for keeps; may be asked for once.
  Datum take_one(std::size_t index) {
    if (form_ == Form::kOwned) return std::move(owned_[index]);
    return (*this)[index];
  }

  /// The values for `count` rows, for keeps.
  std::vector<Datum> take(std::size_t count) {
    if (form_ == Form::kOwned) return std::move(owned_);
    std::vector<Datum> copies;
    copies.reserve(count);
    for (std::size_t i = 0; i < count; ++i) copies.push_back((*this)[i]);
    return copies;
  }

 private:
  enum class Form : std::uint8_t { kOwned, kConstant, kView };
  Form form_ = Form::kOwned;
  std::vector<Datum> owned_;
  const Datum* base_ = nullptr;
  const std::uint32_t* rows_ = nullptr;
};

/// The cells of one column of rows that lie one after the other in memory.
class CellColumn {
 public:
  /// Of rows of `width` cells, that of the first row at `first`.
  CellColumn(Datum* first, std::size_t width) : first_(first), width_(width) {}
  Datum& operator[](std::size_t row) const { return first_[row * width_]; }

 private:
  Datum* first_;
  std::size_t width_;
};

/// An expression ready to run: parameters are values by now. Not thread-safe, since it keeps
/// buffers. Borrows the RunContext. Errors have their place: InvalidArgument (a value of a wrong
/// type, overflow, division by zero, a text that is no date), Corruption, IoError.
class Expression {
 public:
  virtual ~Expression() = default;
  /// out[i] is the value for rows[i] of `batch`.
  virtual Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                          DatumVector& out) = 0;

  /// The same, where each row has its cell already: cells[i] becomes the value for rows[i].
  /// Whatever it held is replaced.
  virtual Status write(const Batch& batch, std::span<const std::uint32_t> rows, CellColumn cells);

  /// The values, if each of them is an integer and that costs less than a datum for each; else
  /// false, and `out` is undefined.
  virtual bool integers(const Batch& /*batch*/, std::span<const std::uint32_t> /*rows*/,
                        std::vector<std::int64_t>& /*out*/) const {
    return false;
  }

  /// order_prefix() of the values, if that costs less than the values; else false, and `out` is
  /// undefined.
  virtual bool places(const Batch& /*batch*/, std::span<const std::uint32_t> /*rows*/,
                      std::vector<std::uint64_t>& /*out*/) const {
    return false;
  }

  /// Whether it is the same in every run of its plan: it keeps nothing that its context had when it
  /// was compiled, or a run before.
  virtual bool is_lasting() const { return false; }
};
using ExpressionPtr = std::unique_ptr<Expression>;

/// InvalidArgument, at the parameter, if one is missing.
Result<ExpressionPtr> compile(const BoundExpression& expression, RunContext& context);

/// The value of an expression that reads no row.
Result<Datum> evaluate_constant(const BoundExpression& expression, RunContext& context);

}  // namespace annals::query
