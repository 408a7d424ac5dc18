#include "schema/base/result.h"

#include <fmt/format.h>

namespace annals::inline schema {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return "not found";
    case ErrorCode::kInvalidArgument: return "invalid argument";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kCorruption: return "corruption";
    case ErrorCode::kIoError: return "input/output error";
    case ErrorCode::kLimitExceeded: return "limit exceeded";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kInterrupted: return "interrupted";
  }
  return "unknown";
}

std::string format_error(const Error& error) {
  std::string text = fmt::format("error: {}", error.message);
  const Place& place = error.place;
  if (place.line > 0) {
    const std::string file = place.file.empty() ? "" : place.file + ":";
    text += fmt::format("\n  at {}{}:{}", file, place.line, place.column);
  } else if (!place.file.empty()) {
    text += fmt::format("\n  in {}", place.file);
  }
  if (place.seq > 0) text += fmt::format("\n  event #{}", place.seq);
  if (!place.source_line.empty()) {
    text += fmt::format("\n  {}", place.source_line);
    if (place.column > 0) text += fmt::format("\n  {:>{}}", '^', place.column);
  }
  if (!error.hint.empty()) text += fmt::format("\n  {}", error.hint);
  return text;
}

}  // namespace annals::inline schema
