#pragma once

#include <cstddef>
#include <variant>

#include "schema/event.h"

namespace annals::inline schema {

/// About the words that the encoding takes. Too little costs a second attempt, nothing else.
inline std::size_t estimate_words(const CommitContent& content) {
  constexpr std::size_t kTextWords = 8;
  constexpr std::size_t kEventWords = 16;
  std::size_t words = 64 + (content.symbols.size() + content.entities.size()) * kTextWords;
  for (const Event& event : content.events) {
    words += kEventWords + (event.id.size() + event.source.size() + event.reason.size()) / 8;
    if (const auto* occurrence = std::get_if<Occurrence>(&event.body)) {
      for (const RoleFilling& filling : occurrence->roles) words += 2 * filling.nodes.size();
      words += occurrence->attributes.size() * kTextWords;
    }
  }
  return words;
}

}  // namespace annals::inline schema
