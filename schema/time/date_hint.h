#pragma once

#include <string>
#include <string_view>

namespace annals::inline schema::edtf {

/// Advice for a text that is not EDTF: how to write the date that it seems to mean ("late 1991",
/// "18.08.2008", "2008-8-18"), or examples. Every date that it suggests stands between single
/// quotes and can be parsed. Guesses nothing that could be two dates: 08/09/2008 gets both.
std::string date_hint(std::string_view text);

}  // namespace annals::inline schema::edtf
