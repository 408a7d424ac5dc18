#include "query/executor/temp_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace annals::query {

namespace {

/// /tmp is often kept in memory, which is what a statement has too little of.
std::string temp_folder() {
  const char* const named = std::getenv("TMPDIR");
  if (named != nullptr && *named != '\0') return named;
  constexpr const char* kOnDisk = "/var/tmp";
  std::error_code ignored;
  return std::filesystem::is_directory(kOnDisk, ignored) ? kOnDisk : "/tmp";
}

Error io_error(std::string_view what, const std::string& folder) {
  const std::string reason = std::generic_category().message(errno);
  return Error(ErrorCode::kIoError,
               fmt::format("a temporary file in {} cannot be {}: {}", folder, what, reason),
               "rows that do not fit into the memory of the statement wait there; TMPDIR names "
               "another folder");
}

}  // namespace

Result<std::unique_ptr<TempFile>> TempFile::create() {
  std::string folder = temp_folder();
  std::string name = folder + "/annals-XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return io_error("made", folder);
  // Without a name from now on: the system frees what nobody holds.
  static_cast<void>(::unlink(name.c_str()));
  return std::unique_ptr<TempFile>(new TempFile(file, std::move(folder)));
}

TempFile::~TempFile() { static_cast<void>(::close(file_)); }

Error TempFile::failure(std::string_view what) const { return io_error(what, folder_); }

Status TempFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure("written");
    }
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status TempFile::read(std::uint64_t at, std::span<char> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = EIO;  // somebody cut what has no name
    if (count <= 0) return failure("read");
    at += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace annals::query
