#include "shell/statement_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "query/parser/parser.h"
#include "schema/base/limits.h"

namespace annals::shell {

namespace {

/// More of a line than this is not shown with an error.
constexpr std::size_t kBeforeBytesMax = 200;
/// Up to this many bytes the end of a statement is looked for after each line. Beyond, only after
/// it has grown by a quarter: a hostile statement would take quadratic time otherwise.
constexpr std::size_t kLookAlwaysBytes = std::size_t{64} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank_character(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank_character(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank_character(text.back())) text.remove_suffix(1);
  return text;
}

Error in_script(Error error, const StatementStart& start) {
  Place& place = error.place;
  if (!place.file.empty() || place.line == 0) return error;
  place.file = start.file;
  if (place.line == 1) {
    if (start.is_too_long) place.source_line.clear();
    if (!place.source_line.empty()) place.source_line = start.before + place.source_line;
    place.column += start.column - 1;
  }
  place.line += start.line - 1;
  return error;
}

void StatementReader::advance(std::size_t bytes) {
  for (const char c : rest().substr(0, bytes)) {
    if (c == '\n') {
      ++here_.line;
      here_.column = 1;
      here_.before.clear();
      here_.is_too_long = false;
      continue;
    }
    if (begins_character(c)) ++here_.column;
    here_.is_too_long = here_.is_too_long || here_.before.size() >= kBeforeBytesMax;
    if (!here_.is_too_long) here_.before += c == '\t' ? ' ' : c;
  }
  begin_ += bytes;
  looked_at_ = 0;
  if (begin_ == pending_.size()) {
    pending_.clear();
    begin_ = 0;
  }
}

void StatementReader::skip_blanks() {
  const std::string_view text = rest();
  const auto first = std::find_if_not(text.begin(), text.end(), is_blank_character);
  advance(static_cast<std::size_t>(first - text.begin()));
}

Input StatementReader::take(Input::Type type, std::size_t bytes) {
  Input input;
  input.type = type;
  input.text = std::string(trimmed(rest().substr(0, bytes)));
  if (!options_.is_interactive) {
    input.start = here_;
    input.start.file = options_.file;
  }
  advance(bytes);
  return input;
}

bool StatementReader::worth_looking(std::string_view added) const {
  if (added.find(';') == std::string_view::npos) return false;
  const std::size_t size = rest().size();
  return size < kLookAlwaysBytes || size > looked_at_ + looked_at_ / 4;
}

Error StatementReader::too_long() const {
  Error error(ErrorCode::kLimitExceeded,
              fmt::format("the statement is longer than StatementBytesMax = {} bytes",
                          limits::kStatementBytesMax),
              "perhaps a quote or a comment is not closed");
  error.place.line = 1;
  error.place.column = 1;
  StatementStart start = here_;
  start.file = options_.file;
  return in_script(std::move(error), start);
}

Result<Input> StatementReader::next(std::string_view prompt, std::string_view continuation) {
  bool may_hold_end = true;
  for (;;) {
    skip_blanks();
    if (may_hold_end) {
      const std::optional<std::size_t> end = query::statement_end(rest());
      if (end && query::is_blank(rest().substr(0, *end))) {
        advance(*end);
        continue;
      }
      if (end) return take(Input::Type::kStatement, *end);
      looked_at_ = rest().size();
    }
    if (options_.is_interactive && query::is_blank(rest())) advance(rest().size());
    if (rest().size() > limits::kStatementBytesMax) return too_long();

    pending_.erase(0, begin_);
    begin_ = 0;
    const bool begins = pending_.empty();
    ANNALS_TRY(InputLine line, lines_.read(begins ? prompt : continuation, pending_));
    if (line.outcome == InputLine::Outcome::kInterrupted) {
      advance(rest().size());
      return Input{Input::Type::kInterrupted, {}, {}};
    }
    if (line.outcome == InputLine::Outcome::kEnd) {
      const bool is_done = options_.is_interactive || query::is_blank(rest());
      if (is_done) return Input{};
      return take(Input::Type::kStatement, rest().size());
    }
    if (std::exchange(at_start_, false) && line.text.starts_with(kByteOrderMark)) {
      line.text.erase(0, kByteOrderMark.size());
    }
    pending_ += line.text;
    if (begins && options_.takes_dot_commands && trimmed(line.text).starts_with('.')) {
      return take(Input::Type::kDotCommand, pending_.size());
    }
    may_hold_end = worth_looking(line.text);
  }
}

}  // namespace annals::shell
