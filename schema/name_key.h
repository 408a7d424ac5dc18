#pragma once

#include <string>
#include <string_view>

namespace annals::inline schema {

/// The form in which names are compared: Unicode normalisation form C (UAX #15), nothing else.
/// Case, blanks and marks distinguish names, since they do in real data. Bytes that are not UTF-8
/// come back as they are. Thread-safe.
std::string name_key(std::string_view name);

/// The form in which names are alike: compatibility composed, case folded, without marks, with
/// single blanks and none at the ends ("  São  Tomé" -> "sao tome"). Only for suggestions.
/// Thread-safe.
std::string likeness_key(std::string_view name);

}  // namespace annals::inline schema
