#pragma once

#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace annals::shell {

/// What read() found.
struct InputLine {
  enum class Outcome : std::uint8_t {
    kText,         ///< `text`; with its newline, unless the input or the reader's patience ended.
    kEnd,          ///< There is no more, or the user pressed Ctrl-D on an empty line.
    kInterrupted,  ///< The user pressed Ctrl-C; what was typed is forgotten.
  };
  Outcome outcome = Outcome::kText;
  std::string text;
};

/// Where statements come from, line by line. Not thread-safe. Errors: IoError.
class LineReader {
 public:
  virtual ~LineReader() = default;

  /// Reads the next line. `prompt` is shown where somebody sees it; `before` is what was read of
  /// the unfinished statement, for completion.
  virtual Result<InputLine> read(std::string_view prompt, std::string_view before) = 0;

  /// Keeps a whole statement, perhaps of several lines, to be recalled.
  virtual void remember(std::string_view statement) { static_cast<void>(statement); }
};

}  // namespace annals::shell
