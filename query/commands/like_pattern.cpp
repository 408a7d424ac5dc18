#include "query/commands/like_pattern.h"

#include "schema/name_key.h"

namespace annals::query {

namespace {

/// The offset after the character at `offset`.
std::size_t next_character(std::string_view text, std::size_t offset) {
  do {
    ++offset;
  } while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80);
  return offset;
}

}  // namespace

LikePattern::LikePattern(std::string_view pattern) : pattern_(likeness_key(pattern)) {}

bool LikePattern::matches(std::string_view original) const {
  const std::string text = likeness_key(original);
  // The usual walk with one point to return to: a later % makes all earlier ones settled.
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t after_percent = std::string::npos;
  std::size_t retry_at = 0;
  while (at < text.size()) {
    const bool has_more = in_pattern < pattern_.size();
    if (has_more && pattern_[in_pattern] == '%') {
      after_percent = ++in_pattern;
      retry_at = at;
    } else if (has_more && pattern_[in_pattern] == '_') {
      ++in_pattern;
      at = next_character(text, at);
    } else if (has_more && pattern_[in_pattern] == text[at]) {
      ++in_pattern;
      ++at;
    } else if (after_percent != std::string::npos) {
      retry_at = next_character(text, retry_at);
      at = retry_at;
      in_pattern = after_percent;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern_.size() && pattern_[in_pattern] == '%') ++in_pattern;
  return in_pattern == pattern_.size();
}

}  // namespace annals::query
