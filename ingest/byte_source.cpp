#include "ingest/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace annals::ingest {

namespace {

Error file_error(ErrorCode code, const std::string& path, std::string message,
                 std::string hint = {}) {
  Place place;
  place.file = path;
  return Error(code, std::move(message), std::move(hint)).at(std::move(place));
}

}  // namespace

Error system_failure(const std::string& path, std::string_view doing, int code) {
  return file_error(
      ErrorCode::kIoError, path,
      fmt::format("cannot {} '{}': {}", doing, path, std::generic_category().message(code)));
}

Status check_path(const std::string& path) {
  // The system would take what is before it for the path.
  if (path.find('\0') == std::string::npos) return {};
  return Error(ErrorCode::kInvalidArgument, "there is a NUL in the path of a file",
               "no file has such a name");
}

namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    // Nothing was written: there is nothing that closing could fail to do.
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class FileSource final : public ByteSource {
 public:
  FileSource(std::string path, FileDescriptor file, std::uint64_t bytes_total)
      : path_(std::move(path)), file_(std::move(file)), bytes_total_(bytes_total) {}

  Result<std::size_t> read(std::span<char> into) override {
    for (;;) {
      const ssize_t count = ::read(file_.get(), into.data(), into.size());
      if (count >= 0) {
        bytes_read_ += static_cast<std::size_t>(count);
        return static_cast<std::size_t>(count);
      }
      if (errno != EINTR) return system_failure(path_, "read", errno);
    }
  }

  std::uint64_t bytes_read() const override { return bytes_read_; }
  std::uint64_t bytes_total() const override { return bytes_total_; }
  const std::string& name() const override { return path_; }

 private:
  std::string path_;
  FileDescriptor file_;
  std::uint64_t bytes_total_;
  std::uint64_t bytes_read_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string name, std::string bytes, std::size_t piece_bytes_max)
      : name_(std::move(name)), bytes_(std::move(bytes)), piece_bytes_max_(piece_bytes_max) {}

  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count =
        std::min({into.size(), bytes_.size() - bytes_read_, piece_bytes_max_});
    std::memcpy(into.data(), bytes_.data() + bytes_read_, count);
    bytes_read_ += count;
    return count;
  }

  std::uint64_t bytes_read() const override { return bytes_read_; }
  std::uint64_t bytes_total() const override { return bytes_.size(); }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::string bytes_;
  std::size_t piece_bytes_max_;
  std::size_t bytes_read_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  ANNALS_CHECK_OK(check_path(path));
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    const int code = errno;
    if (code == ENOENT || code == ENOTDIR) {
      return file_error(ErrorCode::kNotFound, path, fmt::format("there is no file '{}'", path),
                        "relative paths begin at the folder in which the program was started");
    }
    return system_failure(path, "open", code);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_failure(path, "look at", errno);
  if (S_ISDIR(status.st_mode)) {
    return file_error(ErrorCode::kInvalidArgument, path,
                      fmt::format("'{}' is a folder, not a file", path));
  }
  if (!S_ISREG(status.st_mode)) {
    return file_error(ErrorCode::kInvalidArgument, path,
                      fmt::format("'{}' is not a regular file", path),
                      "write what comes out of a pipe or a device to a file first");
  }
  // Only advice: whether the kernel takes it does not matter.
  (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::make_unique<FileSource>(path, std::move(file),
                                      static_cast<std::uint64_t>(status.st_size));
}

std::unique_ptr<ByteSource> memory_source(std::string name, std::string bytes,
                                          std::size_t piece_bytes_max) {
  return std::make_unique<MemorySource>(std::move(name), std::move(bytes), piece_bytes_max);
}

}  // namespace annals::ingest
