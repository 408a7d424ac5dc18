#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace annals::shell {

/// What was typed, kept across starts in $XDG_STATE_HOME/annals/history, by default
/// ~/.local/state/annals/history: one entry a line, with \n for a line break and \\ for a
/// backslash. Folder and file are for the user alone (0700, 0600).
///
/// Entries are appended as they come: nothing is lost when the terminal is closed, and shells side
/// by side keep each other's. A history that cannot be read or written is no error: then nothing
/// is kept. Not thread-safe.
class HistoryFile {
 public:
  static constexpr std::size_t kEntriesMax = 1'000;

  /// In the usual place; makes folder and file if they are missing.
  static HistoryFile in_home();
  /// At `path`, made if it is missing; empty: nothing is kept.
  explicit HistoryFile(std::string path);

  /// The last kEntriesMax entries, oldest first. Shortens a file that has grown far beyond.
  std::vector<std::string> read() const;
  void append(std::string_view entry) const;

 private:
  void rewrite(const std::vector<std::string>& entries) const;

  std::string path_;
};

}  // namespace annals::shell
