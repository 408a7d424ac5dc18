#include "storage/scratch_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace annals::storage {

namespace {

namespace fs = std::filesystem;

/// Followed by the process and a number.
constexpr std::string_view kPrefix = "annals-replay-";

/// The process that made a folder of this name; none if it is not one of ours.
std::optional<pid_t> maker_of(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const char* const end = name.data() + name.size();
  pid_t maker = 0;
  const auto [stop, code] = std::from_chars(name.data() + kPrefix.size(), end, maker);
  const bool is_ours = code == std::errc() && stop != end && *stop == '-' && maker > 0;
  return is_ours ? std::optional(maker) : std::nullopt;
}

bool is_gone(pid_t process) { return ::kill(process, 0) != 0 && errno == ESRCH; }

void remove_leftovers(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::optional<pid_t> maker = maker_of(entry.path().filename().string());
    std::error_code removing;
    if (maker && is_gone(*maker)) fs::remove_all(entry.path(), removing);
  }
}

/// The path of a new folder in `folder`, or an empty one and errno.
std::string make_in(const fs::path& folder) {
  for (int number = 1;; ++number) {
    std::string path = folder / fmt::format("{}{}-{}", kPrefix, ::getpid(), number);
    if (::mkdir(path.c_str(), S_IRWXU) == 0) return path;
    if (errno != EEXIST) return {};
  }
}

}  // namespace

Result<std::unique_ptr<ScratchFolder>> ScratchFolder::create(const std::string& database_path) {
  std::error_code failed;
  for (const fs::path& folder : {fs::path(database_path), fs::temp_directory_path(failed)}) {
    if (folder.empty()) continue;  // there is none for temporary files
    remove_leftovers(folder);
    std::string path = make_in(folder);
    if (!path.empty()) return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(path)));
  }
  Error error(ErrorCode::kIoError,
              fmt::format("a folder for what is compared cannot be made: {}",
                          std::generic_category().message(errno)),
              "make room, or let TMPDIR name a folder that can be written");
  error.place.file = database_path;
  return error;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // the next one removes what stays
  fs::remove_all(path_, ignored);
}

}  // namespace annals::storage
