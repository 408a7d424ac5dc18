#include "shell/file_line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "schema/base/limits.h"
#include "shell/input_wait.h"

namespace annals::shell {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{64} << 10;

Error read_error(const std::string& name, int code) {
  const ErrorCode error_code = code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIoError;
  return {error_code, fmt::format("'{}' cannot be read: {}", name, std::strerror(code))};
}

}  // namespace

Result<std::unique_ptr<FileLineReader>> FileLineReader::open(const std::string& path,
                                                             const StopFlag& stop) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return read_error(path, errno);
  auto reader = std::make_unique<FileLineReader>(descriptor, path, stop);
  reader->owns_descriptor_ = true;
  return reader;
}

FileLineReader::~FileLineReader() {
  if (owns_descriptor_) ::close(descriptor_);
}

/// Reads more; false at the end.
Result<bool> FileLineReader::fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t filled = buffer_.size();
  buffer_.resize(filled + kChunkBytes);
  ssize_t count = 0;
  do {
    count = ::read(descriptor_, buffer_.data() + filled, kChunkBytes);
  } while (count < 0 && errno == EINTR);
  const int code = errno;
  buffer_.resize(filled + static_cast<std::size_t>(count > 0 ? count : 0));
  if (count < 0) return read_error(name_, code);
  return count > 0;
}

Result<InputLine> FileLineReader::read(std::string_view, std::string_view) {
  std::size_t searched = begin_;
  for (;;) {
    const std::size_t newline = buffer_.find('\n', searched);
    const bool is_too_long = buffer_.size() - begin_ > limits::kStatementBytesMax;
    if (newline != std::string::npos || is_too_long) {
      const std::size_t end = newline == std::string::npos ? buffer_.size() : newline + 1;
      std::string text = buffer_.substr(begin_, end - begin_);
      begin_ = end;
      return InputLine{InputLine::Outcome::kText, std::move(text)};
    }
    searched = buffer_.size() - begin_;  // fill() moves the rest to the front
    if (wait_for_input(descriptor_, stop_) == InputWait::kInterrupted) {
      return InputLine{InputLine::Outcome::kInterrupted, {}};
    }
    ANNALS_TRY(const bool more, fill());
    if (more) continue;
    if (begin_ == buffer_.size()) return InputLine{InputLine::Outcome::kEnd, {}};
    std::string text = buffer_.substr(begin_);
    begin_ = buffer_.size();
    return InputLine{InputLine::Outcome::kText, std::move(text)};
  }
}

}  // namespace annals::shell
