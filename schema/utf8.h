#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace annals::inline schema {

/// The offset of the first byte that is not part of valid UTF-8 (RFC 3629: no overlong forms, no
/// surrogates, nothing past U+10FFFF), or nothing if all of `text` is. Thread-safe.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

}  // namespace annals::inline schema
