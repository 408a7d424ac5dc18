#include "shell/history_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace annals::shell {

namespace {

std::filesystem::path state_folder() {
  const char* const state_home = std::getenv("XDG_STATE_HOME");
  // The specification has relative paths ignored.
  if (state_home != nullptr && *state_home == '/') return state_home;
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return std::filesystem::path(home) / ".local" / "state";
}

}  // namespace

std::string prepare_history_file() {
  const std::filesystem::path state = state_folder();
  if (state.empty()) return {};
  const std::filesystem::path folder = state / "annals";
  std::error_code failed;
  const bool is_new = std::filesystem::create_directories(folder, failed);
  if (failed) return {};
  if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);

  const std::filesystem::path file = folder / "history";
  constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
  const int descriptor =
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
  if (descriptor < 0) return {};
  const bool is_private = ::fchmod(descriptor, kOwnerOnly) == 0;
  ::close(descriptor);
  return is_private ? file.string() : std::string();
}

}  // namespace annals::shell
