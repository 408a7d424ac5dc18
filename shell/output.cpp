#include "shell/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace annals::shell {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

Error write_error(int code) {
  return {ErrorCode::kIoError,
          fmt::format("the output cannot be written: {}", std::strerror(code))};
}

}  // namespace

Status FileOutput::write(std::string_view text) {
  if (error_ != 0) return write_error(error_);
  buffer_ += text;
  if (buffer_.size() < kBufferBytes) return {};
  return flush();
}

Status FileOutput::flush() {
  std::string_view rest = buffer_;
  while (error_ == 0 && !rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
  if (error_ != 0) return write_error(error_);
  return {};
}

}  // namespace annals::shell
