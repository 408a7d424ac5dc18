#pragma once

#include <memory>
#include <string_view>

#include "schema/base/result.h"

namespace annals::query {

/// A regular expression, ready to match: the only place that knows the library for them, RE2. It
/// takes time in proportion to the text whatever the pattern is, so that no pattern hangs; what
/// that rules out (back-references, looking around) is an error. Owns what it needs. Errors have
/// no place.
class RegularExpression {
 public:
  /// InvalidArgument: not a pattern, or one that is too large (limits::kPatternMemoryBytes).
  static Result<RegularExpression> compile(std::string_view pattern);

  RegularExpression(RegularExpression&&) noexcept;
  RegularExpression& operator=(RegularExpression&&) noexcept;
  ~RegularExpression();

  /// Whether all of `text` matches, not a part of it. LimitExceeded (limits::kPatternStepsMax).
  Result<bool> matches(std::string_view text) const;

 private:
  struct Compiled;
  explicit RegularExpression(std::unique_ptr<Compiled> compiled);

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace annals::query
