#include "query/executor/regular_expression.h"

#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "schema/base/limits.h"

namespace annals::query {

struct RegularExpression::Compiled {
  Compiled(std::string_view pattern, const re2::RE2::Options& options)
      : expression(re2::StringPiece(pattern.data(), pattern.size()), options) {}

  re2::RE2 expression;
  std::size_t steps_per_byte = 0;
};

RegularExpression::RegularExpression(std::unique_ptr<Compiled> compiled)
    : compiled_(std::move(compiled)) {}
RegularExpression::RegularExpression(RegularExpression&&) noexcept = default;
RegularExpression& RegularExpression::operator=(RegularExpression&&) noexcept = default;
RegularExpression::~RegularExpression() = default;

Result<RegularExpression> RegularExpression::compile(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_max_mem(limits::kPatternMemoryBytes);
  options.set_never_capture(true);
  options.set_log_errors(false);
  auto compiled = std::make_unique<Compiled>(pattern, options);
  const re2::RE2& expression = compiled->expression;
  if (!expression.ok()) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("this is no regular expression: {}", expression.error()),
                 "they are those of RE2: without look-around and back-references");
  }
  compiled->steps_per_byte = static_cast<std::size_t>(expression.ProgramSize());
  return RegularExpression(std::move(compiled));
}

Result<bool> RegularExpression::matches(std::string_view text) const {
  // In the worst case each byte meets each instruction, and nothing can stop it meanwhile.
  if (text.size() * compiled_->steps_per_byte > limits::kPatternStepsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a text of {} bytes and a pattern of {} instructions are together "
                             "over PatternStepsMax ({})",
                             text.size(), compiled_->steps_per_byte, limits::kPatternStepsMax),
                 "a shorter text, as of left(), or a simpler pattern");
  }
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression);
}

}  // namespace annals::query
