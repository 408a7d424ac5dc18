#pragma once

#include <cstddef>

namespace annals::shell {

/// What a printer may assume of its reader.
struct Style {
  bool is_terminal = false;
  bool has_colours = false;  ///< Only ever on a terminal.
  std::size_t width = 0;     ///< Columns of the terminal; 0: no limit.
};

/// The style of a file descriptor as things are now: no colours with NO_COLOR (no-color.org) or on
/// a dumb terminal.
Style style_of(int descriptor);

bool is_terminal(int descriptor);

}  // namespace annals::shell
