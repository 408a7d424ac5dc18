#include "shell/colours.h"

namespace annals::shell {

std::string_view colour(Colour colour, const Style& style) {
  if (!style.has_colours) return {};
  switch (colour) {
    case Colour::kPlain: return "\x1b[0m";
    case Colour::kBold: return "\x1b[1m";
    case Colour::kRed: return "\x1b[1;31m";
    case Colour::kYellow: return "\x1b[33m";
  }
  return {};
}

}  // namespace annals::shell
