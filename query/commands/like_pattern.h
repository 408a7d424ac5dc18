#pragma once

#include <string>
#include <string_view>

namespace annals::query {

/// The pattern of SHOW ... LIKE: % stands for any text, _ for one character; case and accents do
/// not count. A value.
class LikePattern {
 public:
  explicit LikePattern(std::string_view pattern);

  /// Whether the whole of `text` is like the pattern. Takes time proportional to the product of the
  /// two lengths at most.
  bool matches(std::string_view original) const;

 private:
  std::string pattern_;
};

}  // namespace annals::query
