#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "shell/line_reader.h"

namespace annals::shell {

/// The lines of a text in memory.
class TextLineReader final : public LineReader {
 public:
  explicit TextLineReader(std::string text) : text_(std::move(text)) {}

  Result<InputLine> read(std::string_view, std::string_view) override {
    if (begin_ == text_.size()) return InputLine{InputLine::Outcome::kEnd, {}};
    const std::size_t newline = text_.find('\n', begin_);
    const std::size_t end = newline == std::string::npos ? text_.size() : newline + 1;
    InputLine line{InputLine::Outcome::kText, text_.substr(begin_, end - begin_)};
    begin_ = end;
    return line;
  }

 private:
  std::string text_;
  std::size_t begin_ = 0;
};

}  // namespace annals::shell
