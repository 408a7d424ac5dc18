#pragma once

#include <string_view>

#include "shell/terminal.h"

namespace annals::shell {

enum class Colour { kPlain, kBold, kRed, kYellow };

/// The control sequence (ECMA-48) that switches to a colour, or nothing where there are none.
std::string_view colour(Colour colour, const Style& style);

}  // namespace annals::shell
