#include "shell/history_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace annals::shell {

namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

std::filesystem::path state_folder() {
  const char* const state_home = std::getenv("XDG_STATE_HOME");
  // The specification has relative paths ignored.
  if (state_home != nullptr && *state_home == '/') return state_home;
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return std::filesystem::path(home) / ".local" / "state";
}

/// Opens a file of the user's own, made if it is missing; -1 if that cannot be.
int open_private(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
  if (descriptor < 0) return -1;
  // An older file may be open to others.
  if (::fchmod(descriptor, kOwnerOnly) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

std::string encoded(std::string_view entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\\') {
      line += "\\\\";
    } else {
      line += c;
    }
  }
  return line + "\n";
}

std::string decoded(std::string_view line) {
  std::string entry;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool is_escape = line[at] == '\\' && at + 1 < line.size();
    if (!is_escape) {
      entry += line[at];
      continue;
    }
    ++at;
    entry += line[at] == 'n' ? '\n' : line[at];
  }
  return entry;
}

/// Writes all of it in one go, so that lines of shells side by side do not mix.
bool write_all(int descriptor, std::string_view text) {
  return ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

HistoryFile HistoryFile::in_home() {
  const std::filesystem::path state = state_folder();
  if (state.empty()) return HistoryFile("");
  const std::filesystem::path folder = state / "annals";
  std::error_code failed;
  const bool is_new = std::filesystem::create_directories(folder, failed);
  if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  return HistoryFile(failed ? std::string() : (folder / "history").string());
}

HistoryFile::HistoryFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  const int descriptor = open_private(path_, O_RDWR);
  if (descriptor < 0) {
    path_.clear();
    return;
  }
  ::close(descriptor);
}

std::vector<std::string> HistoryFile::read() const {
  std::vector<std::string> entries;
  if (path_.empty()) return entries;
  std::ifstream file(path_, std::ios::binary);
  for (std::string line; std::getline(file, line);) entries.push_back(decoded(line));
  if (entries.size() <= kEntriesMax) return entries;
  const bool is_far_beyond = entries.size() > 2 * kEntriesMax;
  const auto surplus = static_cast<std::ptrdiff_t>(entries.size() - kEntriesMax);
  entries.erase(entries.begin(), entries.begin() + surplus);
  if (is_far_beyond) rewrite(entries);
  return entries;
}

void HistoryFile::append(std::string_view entry) const {
  if (path_.empty()) return;
  const int descriptor = open_private(path_, O_WRONLY | O_APPEND);
  if (descriptor < 0) return;
  static_cast<void>(write_all(descriptor, encoded(entry)));
  ::close(descriptor);
}

void HistoryFile::rewrite(const std::vector<std::string>& entries) const {
  const std::string fresh = path_ + ".new";
  const int descriptor = open_private(fresh, O_WRONLY | O_TRUNC);
  if (descriptor < 0) return;
  std::string text;
  for (const std::string& entry : entries) text += encoded(entry);
  const bool is_whole = write_all(descriptor, text);
  ::close(descriptor);
  std::error_code ignored;
  if (is_whole) {
    std::filesystem::rename(fresh, path_, ignored);
  } else {
    std::filesystem::remove(fresh, ignored);
  }
}

}  // namespace annals::shell
