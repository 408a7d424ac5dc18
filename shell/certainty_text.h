#pragma once

#include <string_view>

#include "schema/time/instant.h"

namespace annals::shell {

/// The column in which printers tag rows.
inline constexpr std::string_view kCertaintyColumn = "certainty";

inline std::string_view certainty_text(Certainty certainty) {
  return certainty == Certainty::kCertain ? "certain" : "possible";
}

}  // namespace annals::shell
