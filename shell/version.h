#pragma once

#include <string_view>

namespace annals::shell {

/// The version of the program; CMakeLists.txt has the same.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace annals::shell
