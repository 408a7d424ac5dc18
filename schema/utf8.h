#pragma once

#include <cstddef>
#include <string_view>

namespace annals::inline schema {

/// The offset of the first byte that is not part of valid UTF-8 (RFC 3629: no overlong forms, no
/// surrogates, nothing past U+10FFFF), or text.size() if all of `text` is. Thread-safe.
std::size_t first_invalid_utf8(std::string_view text);

inline bool is_utf8(std::string_view text) { return first_invalid_utf8(text) == text.size(); }

}  // namespace annals::inline schema
