#include "storage/kv/store_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace annals::storage {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarkerFile = "ANNALS";
/// What the marker is called until it is whole.
constexpr std::string_view kDraftFile = "ANNALS.new";
constexpr std::string_view kDataFolder = "data";
constexpr std::string_view kIndexFolder = "index";
constexpr std::string_view kMarkerText = "annals database, folder format ";
/// RocksDB's root: it names the manifest, which names everything else.
constexpr std::string_view kRootFile = "CURRENT";
constexpr std::string_view kIngestFolderPrefix = "ingest-";

Error io_error(const std::string& path, std::string_view what, int code) {
  Error error(ErrorCode::kIoError, fmt::format("{} failed: {}", what, std::strerror(code)));
  error.place.file = path;
  return error;
}

Error not_ours(const std::string& path, std::string_view why) {
  Error error(ErrorCode::kInvalidArgument, fmt::format("this is not an Annals database: {}", why),
              "nothing was touched; name a database, an empty folder or a new one");
  error.place.file = path;
  return error;
}

/// Closes on destruction.
class FileDescriptor {
 public:
  FileDescriptor(const std::string& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Makes the names in a folder durable.
Status sync_folder(const std::string& path) {
  const FileDescriptor folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || ::fsync(folder.get()) != 0) {
    return io_error(path, "making a folder durable", errno);
  }
  return {};
}

Status write_durably(const std::string& path, std::string_view text) {
  const FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
  if (!file.is_open()) return io_error(path, "creating a file", errno);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written < 0) return io_error(path, "writing a file", errno);
  if (static_cast<std::size_t>(written) != text.size()) {
    return io_error(path, "writing a file", ENOSPC);
  }
  if (::fsync(file.get()) != 0) return io_error(path, "writing a file", errno);
  return {};
}

Status check_marker(const std::string& path) {
  std::ifstream file(fs::path(path) / kMarkerFile);
  std::string line;
  std::getline(file, line);
  std::uint32_t format = 0;
  const bool is_marker = line.starts_with(kMarkerText);
  const char* const begin = line.data() + std::min(line.size(), kMarkerText.size());
  const char* const end = line.data() + line.size();
  const auto [stop, code] = std::from_chars(begin, end, format);
  if (!is_marker || code != std::errc() || stop != end || format == 0) {
    return not_ours(path, "its file ANNALS holds something else");
  }
  if (format <= kStoreFormat) return {};
  Error error(ErrorCode::kUnsupported,
              fmt::format("the database has format {}, and this version of "
                          "Annals knows formats up "
                          "to {}",
                          format, kStoreFormat),
              "open it with the version that wrote it, or a newer one; nothing "
              "was touched");
  error.place.file = path;
  return error;
}

/// Whether a folder without a marker holds nothing but what prepare_folder() makes before that.
Result<bool> holds_half_made(const std::string& path) {
  std::error_code code;
  const auto is_ours = [&code](const fs::directory_entry& entry) {
    if (entry.path().filename() == kDraftFile) return entry.is_regular_file(code);
    return entry.path().filename() == kDataFolder && entry.is_directory(code) &&
           fs::is_empty(entry.path(), code);
  };
  bool all_are_ours = true;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, code)) {
    all_are_ours = all_are_ours && is_ours(entry);
  }
  if (code) return io_error(path, "reading a folder", code.value());
  return all_are_ours;
}

/// A marked folder without a root file: either nothing was ever written, or the
/// root was lost. In the second case RocksDB would begin anew and delete what
/// it no longer knows.
Result<FolderState> inspect_rootless(const std::string& path) {
  const std::string data = data_folder(path);
  std::error_code code;
  if (!fs::exists(data, code)) return FolderState::kNew;
  for (const fs::directory_entry& entry : fs::directory_iterator(data, code)) {
    const std::string extension = entry.path().extension();
    const bool holds_data =
        extension == ".sst" || (extension == ".log" && entry.file_size(code) > 0);
    if (!holds_data) continue;
    Error error(ErrorCode::kCorruption, fmt::format("the database has lost its file {}", kRootFile),
                "nothing was touched; restore the folder from a backup");
    error.place.file = data;
    return error;
  }
  if (code) return io_error(data, "reading a folder", code.value());
  return FolderState::kNew;
}

Status make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return io_error(path, "creating a folder", errno);
  }
  // An empty folder that someone else made becomes ours, and as private as one
  // that we made.
  if (::chmod(path.c_str(), S_IRWXU) != 0) {
    return io_error(path, "making a folder private", errno);
  }
  return {};
}

}  // namespace

std::string data_folder(const std::string& path) { return (fs::path(path) / kDataFolder).string(); }

std::string index_folder(const std::string& path) {
  return (fs::path(path) / kIndexFolder).string();
}

Result<FolderState> inspect_folder(const std::string& path) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found) return FolderState::kMissing;
  if (code) return io_error(path, "looking at a path", code.value());
  if (!fs::is_directory(status)) return not_ours(path, "it is not a folder");
  const bool is_empty = fs::is_empty(path, code);
  if (code) return io_error(path, "reading a folder", code.value());
  if (is_empty) return FolderState::kEmpty;
  if (!fs::exists(fs::path(path) / kMarkerFile, code)) {
    if (code) return io_error(path, "reading a folder", code.value());
    ANNALS_TRY(const bool is_half_made, holds_half_made(path));
    if (is_half_made) return FolderState::kEmpty;
    return not_ours(path, "the folder holds other files");
  }
  ANNALS_CHECK_OK(check_marker(path));
  if (fs::exists(fs::path(data_folder(path)) / kRootFile, code)) return FolderState::kDatabase;
  if (code) return io_error(path, "reading a folder", code.value());
  return inspect_rootless(path);
}

Status prepare_folder(const std::string& path) {
  std::error_code code;
  const fs::path folder = fs::absolute(path, code).lexically_normal();
  const fs::path parent =
      folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
  fs::create_directories(parent, code);
  if (code) return io_error(parent, "creating a folder", code.value());
  ANNALS_CHECK_OK(make_private_folder(path));
  ANNALS_CHECK_OK(make_private_folder(data_folder(path)));
  // Under another name first: a half-written marker would make the folder
  // nobody's.
  const std::string marker = (folder / kMarkerFile).string();
  const std::string draft = (folder / kDraftFile).string();
  ANNALS_CHECK_OK(write_durably(draft, fmt::format("{}{}\n", kMarkerText, kStoreFormat)));
  if (::rename(draft.c_str(), marker.c_str()) != 0) {
    const int failure = errno;
    // Somebody else makes the same database, and was quicker.
    if (failure != ENOENT || !fs::exists(marker, code)) {
      return io_error(marker, "renaming a file", failure);
    }
  }
  ANNALS_CHECK_OK(sync_folder(path));
  return sync_folder(parent);
}

bool has_index(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::path(index_folder(path)) / kRootFile, ignored);
}

Status remove_index(const std::string& path) {
  // Its root goes first: half an index is none.
  const std::string folder = index_folder(path);
  std::error_code code;
  fs::remove(fs::path(folder) / kRootFile, code);
  if (!code) fs::remove_all(folder, code);
  return code ? io_error(folder, "deleting the index", code.value()) : Status();
}

Status prepare_index_folder(const std::string& path) {
  ANNALS_CHECK_OK(remove_index(path));
  ANNALS_CHECK_OK(make_private_folder(index_folder(path)));
  return sync_folder(path);
}

IngestFolder::IngestFolder(const std::string& database_path, std::uint64_t number)
    : path_(fmt::format("{}/{}{}", database_path, kIngestFolderPrefix, number)) {
  std::error_code ignored;
  fs::create_directory(path_, ignored);
}

IngestFolder::~IngestFolder() {
  std::error_code ignored;  // the next open deletes what stays
  fs::remove_all(path_, ignored);
}

Status remove_ingest_folders(const std::string& path) {
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, code)) {
    if (!entry.path().filename().string().starts_with(kIngestFolderPrefix)) continue;
    std::error_code removing;
    fs::remove_all(entry.path(), removing);
    if (removing) return io_error(entry.path(), "deleting a folder", removing.value());
  }
  if (code) return io_error(path, "reading a folder", code.value());
  return {};
}

}  // namespace annals::storage
