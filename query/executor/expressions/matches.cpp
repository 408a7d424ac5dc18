#include <optional>
#include <string>
#include <utility>

#include "query/executor/expressions/forms.h"
#include "query/executor/regular_expression.h"
#include "schema/base/limits.h"

namespace annals::query::expressions {

namespace {

/// `text =~ pattern`. What is no text gives null. The pattern that was used last is kept: one that
/// is written there is compiled once.
class Matches final : public Expression {
 public:
  Matches(Operand text, Operand pattern, RunContext& context)
      : text_(std::move(text)),
        pattern_(std::move(pattern)),
        context_(context),
        hold_(context.memory) {}

  /// Reads a pattern that needs no row, so that a wrong one is found though there be no rows.
  Status prepare() {
    ANNALS_CHECK_OK(hold_.take(limits::kPatternMemoryBytes));
    if (!pattern_.is_written) return {};
    DatumVector value;
    constexpr std::uint32_t only_row = 0;
    ANNALS_CHECK_OK(pattern_.expression->evaluate(Batch(), std::span(&only_row, 1), value));
    const auto* const written = std::get_if<std::string>(&value[0].data);
    return written == nullptr ? Status() : use(*written);
  }

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector texts;
    DatumVector patterns;
    ANNALS_CHECK_OK(text_.expression->evaluate(batch, rows, texts));
    ANNALS_CHECK_OK(pattern_.expression->evaluate(batch, rows, patterns));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto* const text = std::get_if<std::string>(&texts[row].data);
      const auto* const pattern = std::get_if<std::string>(&patterns[row].data);
      if (text == nullptr || pattern == nullptr) continue;
      ANNALS_CHECK_OK(context_.check_stop());
      ANNALS_CHECK_OK(use(*pattern));
      Result<bool> matches = compiled_->matches(*text);
      if (!matches) return context_.placed(std::move(matches).error(), pattern_.range);
      results[row] = Datum(*matches);
    }
    return {};
  }

 private:
  Status use(const std::string& pattern) {
    if (compiled_ && pattern == used_) return {};
    Result<RegularExpression> compiled = RegularExpression::compile(pattern);
    if (!compiled) return context_.placed(std::move(compiled).error(), pattern_.range);
    compiled_ = std::move(*compiled);
    used_ = pattern;
    return {};
  }

  Operand text_;
  Operand pattern_;
  RunContext& context_;
  MemoryHold hold_;
  std::string used_;
  std::optional<RegularExpression> compiled_;
};

}  // namespace

Result<ExpressionPtr> matches(Operand text, Operand pattern, RunContext& context) {
  auto made = std::make_unique<Matches>(std::move(text), std::move(pattern), context);
  ANNALS_CHECK_OK(made->prepare());
  return ExpressionPtr(std::move(made));
}

}  // namespace annals::query::expressions
