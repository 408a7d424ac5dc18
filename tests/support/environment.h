#pragma once

#include <cstdint>
#include <cstdlib>

namespace annals::tests {

/// The number in an environment variable, by which a run is repeated or made longer; `otherwise` if
/// there is none. Of another text: what strtoull() makes of it.
inline std::uint64_t number_in_environment(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace annals::tests
