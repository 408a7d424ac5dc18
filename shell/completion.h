#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace annals::shell {

/// What Tab offers.
struct Completion {
  std::size_t replaced_bytes = 0;  ///< How much before the cursor each candidate replaces.
  std::vector<std::string> candidates;
  std::string after;  ///< What follows if there is one candidate only: a blank, a closing quote.
};

/// Knows how statements go on. Not thread-safe.
class CompletionSource {
 public:
  virtual ~CompletionSource() = default;
  /// Candidates for the end of `text`, what was typed of the statement up to the cursor.
  virtual Completion complete(std::string_view text) const = 0;
};

}  // namespace annals::shell
