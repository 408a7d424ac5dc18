#include "shell/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace annals::shell {

namespace {

bool wants_colours() {
  const char* const no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* const term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

std::size_t terminal_width(int descriptor) {
  constexpr std::size_t kUsualWidth = 80;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return size.ws_col;
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

Style style_of(int descriptor) {
  Style style;
  style.is_terminal = is_terminal(descriptor);
  if (!style.is_terminal) return style;
  style.has_colours = wants_colours();
  style.width = terminal_width(descriptor);
  return style;
}

}  // namespace annals::shell
