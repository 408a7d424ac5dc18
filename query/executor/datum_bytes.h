#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "query/datum.h"

/// Data of a running query as bytes, for rows that wait in a temporary file. No format: bytes are
/// read by the process that wrote them. All thread-safe.
namespace annals::query {

void append_bytes(std::string& out, const Datum& datum);

/// Takes off the front of `bytes` what append_bytes() appended, of which all is there.
Datum take_datum(std::string_view& bytes);

}  // namespace annals::query
