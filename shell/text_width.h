#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace annals::shell {

/// How text looks on a terminal, which counts columns: most characters take one, Chinese ones two,
/// combining marks none (Unicode's East Asian width, by utf8proc). Thread-safe.

/// Columns that `text` takes. Requires text without control characters (printable() makes it).
std::size_t display_width(std::string_view text);

/// `text` with everything that could move the cursor, change colours or turn the direction of
/// writing made visible: tab as \t, other control characters and invalid bytes as \x1b, marks of
/// direction as \u202e. Newlines stay if `keep_newlines`, else they become \n.
std::string printable(std::string_view text, bool keep_newlines);

/// `text` cut into lines of at most `width` columns, at blanks where there are any; its own line
/// breaks stay. At least one line. Requires width > 0.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace annals::shell
