#include "ingest/reject_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "ingest/byte_source.h"

namespace annals::ingest {

namespace {

constexpr std::string_view kHeader = "line,column,reason,row\n";
constexpr std::size_t kWriteBytes = std::size_t{64} << 10;

Error not_ours(const std::string& path, std::string why) {
  Error error(ErrorCode::kConflict, std::move(why),
              "name another file for the rejected rows, or remove that one");
  error.place.file = path;
  return error;
}

/// Whether an open file may be replaced: a regular file, not the one being loaded, and either empty
/// or one that a RejectWriter wrote.
Status check_target(int fd, const std::string& path, const std::string& source_path) {
  struct stat target {};
  if (::fstat(fd, &target) != 0) return system_failure(path, "look at", errno);
  if (!S_ISREG(target.st_mode)) {
    return not_ours(path, fmt::format("'{}' is not a regular file", path));
  }
  struct stat source {};
  const bool is_source = ::stat(source_path.c_str(), &source) == 0 &&
                         source.st_dev == target.st_dev && source.st_ino == target.st_ino;
  if (is_source) {
    return not_ours(path, fmt::format("'{}' is the file being loaded", path));
  }
  if (target.st_size == 0) return {};
  std::array<char, kHeader.size()> begin{};
  const ssize_t count = ::pread(fd, begin.data(), begin.size(), 0);
  if (count < 0) return system_failure(path, "read", errno);
  if (std::string_view(begin.data(), static_cast<std::size_t>(count)) == kHeader) return {};
  return not_ours(
      path, fmt::format("'{}' exists and does not hold rejected rows of an earlier load", path));
}

Status check_folder(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return system_failure(path, "create", errno);
}

void append_quoted(std::string_view field, std::string& line) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) {
    line += c;
    if (c == '"') line += c;
  }
  line += '"';
}

}  // namespace

Result<std::unique_ptr<RejectWriter>> RejectWriter::create(std::string path,
                                                           std::string source_path) {
  ANNALS_CHECK_OK(check_path(path));
  std::unique_ptr<RejectWriter> writer(new RejectWriter(std::move(path), std::move(source_path)));
  const int fd = ::open(writer->path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    ANNALS_CHECK_OK(check_folder(writer->path_));
    return writer;
  }
  if (fd < 0 && errno == ELOOP) {
    return not_ours(writer->path_, fmt::format("'{}' is a symbolic link", writer->path_));
  }
  if (fd < 0) return system_failure(writer->path_, "open", errno);
  Status checked = check_target(fd, writer->path_, writer->source_path_);
  ::close(fd);
  if (!checked) return std::move(checked).error();
  if (::access(writer->path_.c_str(), W_OK) != 0) {
    return system_failure(writer->path_, "write to", errno);
  }
  writer->has_earlier_ = true;
  return writer;
}

RejectWriter::~RejectWriter() {
  // A load that failed has said so; what could be written helps to find out why.
  if (fd_ < 0) return;
  (void)flush();
  ::close(fd_);
}

Status RejectWriter::open() {
  constexpr int kMode = 0666;  // As far as the user's mask allows.
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kMode);
  if (fd_ < 0) return system_failure(path_, "create", errno);
  // Checked again: meanwhile, another program may have put a file there.
  if (Status checked = check_target(fd_, path_, source_path_); !checked) {
    ::close(std::exchange(fd_, -1));
    return checked;
  }
  if (::ftruncate(fd_, 0) != 0) return system_failure(path_, "write to", errno);
  buffer_ = kHeader;
  return {};
}

Status RejectWriter::write(const Record& record, const RowProblem& problem,
                           const FileColumns& columns) {
  if (fd_ < 0) ANNALS_CHECK_OK(open());
  std::string column;
  if (problem.column) {
    const std::string& name = columns.names[*problem.column];
    column = name.empty() ? fmt::format("${}", *problem.column + 1) : name;
  }
  const Error& error = problem.error;
  const std::string reason =
      error.hint.empty() ? error.message : fmt::format("{} ({})", error.message, error.hint);
  buffer_ += fmt::format("{},", record.line);
  append_quoted(column, buffer_);
  buffer_ += ',';
  append_quoted(reason, buffer_);
  buffer_ += ',';
  append_quoted(record.raw, buffer_);
  buffer_ += '\n';
  if (buffer_.size() < kWriteBytes) return {};
  return flush();
}

Status RejectWriter::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count < 0 && errno != EINTR) return system_failure(path_, "write to", errno);
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
  return {};
}

Status RejectWriter::delete_earlier() {
  const int fd = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) return system_failure(path_, "open", errno);
  // Checked again, as in open().
  Status checked = check_target(fd, path_, source_path_);
  ::close(fd);
  ANNALS_CHECK_OK(checked);
  if (::unlink(path_.c_str()) != 0) return system_failure(path_, "delete", errno);
  return {};
}

Status RejectWriter::close() {
  if (fd_ < 0) return has_earlier_ ? delete_earlier() : Status();
  ANNALS_CHECK_OK(flush());
  if (::close(std::exchange(fd_, -1)) != 0) return system_failure(path_, "write to", errno);
  return {};
}

}  // namespace annals::ingest
