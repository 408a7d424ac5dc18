#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace annals::query {

/// A file without a name, in the folder that TMPDIR names, else in /var/tmp: it is gone when this
/// dies, however the program ends. Bytes are appended, and read at any place. Not thread-safe.
/// Errors: IoError, with the folder and what the system says.
class TempFile {
 public:
  static Result<std::unique_ptr<TempFile>> create();
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  Status append(std::string_view bytes);
  /// Fills `bytes` from `at`. Requires that so many were appended.
  Status read(std::uint64_t at, std::span<char> bytes) const;

  std::uint64_t size() const { return size_; }

 private:
  TempFile(int file, std::string folder) : file_(file), folder_(std::move(folder)) {}
  Error failure(std::string_view what) const;

  int file_;
  std::string folder_;
  std::uint64_t size_ = 0;
};

}  // namespace annals::query
