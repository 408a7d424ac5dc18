#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "shell/line_reader.h"

namespace annals::shell {

/// Where a statement begins in its script.
struct StatementStart {
  std::string file;  ///< Empty for a statement typed or given as an option.
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string before;  ///< The line up to there, unless that is too long to be shown.
  bool is_too_long = false;
};

/// The error of a statement, whose place counts from the statement's begin, as one of the script.
/// Errors in other files keep their place.
Error in_script(Error error, const StatementStart& start);

/// Something to do.
struct Input {
  enum class Type : std::uint8_t {
    kStatement,   ///< `text` is one statement, with its comments and its `;`.
    kDotCommand,  ///< `text` is a line that begins with a dot.
    kEnd,
    kInterrupted,  ///< The user pressed Ctrl-C; the statement begun is forgotten.
  };
  Type type = Type::kEnd;
  std::string text;
  StatementStart start;
};

/// Without blanks and ends of lines before and behind. Part of `text`.
std::string_view trimmed(std::string_view text);

/// Cuts what a LineReader gives into statements, which end with `;` and may take several lines or
/// share one. Not thread-safe; borrows the line reader. Memory is bounded by the longest statement.
/// Errors: those of the line reader; LimitExceeded for a statement that has no end.
class StatementReader {
 public:
  struct Options {
    std::string file;  ///< For places.
    bool takes_dot_commands = false;
    bool is_interactive = false;  ///< A statement not ended at the end is dropped, not run;
                                  ///< places count from each statement.
  };

  StatementReader(LineReader& lines, Options options)
      : lines_(lines), options_(std::move(options)) {}

  /// The next thing to do. The prompts are for its first line and for the following ones.
  Result<Input> next(std::string_view prompt, std::string_view continuation);

 private:
  std::string_view rest() const { return std::string_view(pending_).substr(begin_); }
  void skip_blanks();
  void advance(std::size_t bytes);
  Input take(Input::Type type, std::size_t bytes);
  bool worth_looking(std::string_view added) const;
  Error too_long() const;

  LineReader& lines_;
  Options options_;
  std::string pending_;  // read and not given out, from begin_
  std::size_t begin_ = 0;
  std::size_t looked_at_ = 0;  // bytes of rest() in which no statement's end was found
  StatementStart here_;        // of begin_
  bool at_start_ = true;       // nothing was read yet
};

}  // namespace annals::shell
