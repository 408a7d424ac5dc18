#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace annals::shell {

/// Where text goes. Not thread-safe. After the first error every call gives that error again, so
/// that whoever looks at the end sees it.
class Output {
 public:
  virtual ~Output() = default;
  virtual Status write(std::string_view text) = 0;
  /// Hands over what write() kept back.
  virtual Status flush() = 0;
};

/// A file descriptor, which it borrows. IoError when the other end is gone or the disk is full.
class FileOutput final : public Output {
 public:
  explicit FileOutput(int descriptor) : descriptor_(descriptor) {}

  Status write(std::string_view text) override;
  Status flush() override;

 private:
  int descriptor_;
  std::string buffer_;
  int error_ = 0;  // errno of the first failure
};

/// Keeps the text; for tests.
class StringOutput final : public Output {
 public:
  Status write(std::string_view text) override {
    text_ += text;
    return {};
  }
  Status flush() override { return {}; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace annals::shell
