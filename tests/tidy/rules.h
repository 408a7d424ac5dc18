#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The rules of the source tree that no compiler checks. Each is a function of one file's path and
/// text, so that the test can plant a violation and see it found.
namespace annals::tidy {

/// A file of the tree: its path from the root, with slashes, and what it holds.
struct SourceFile {
  std::string path;
  std::string text;
};

/// One violation. `line` counts from 1; 0 means the whole file.
struct Finding {
  std::string path;
  std::size_t line = 0;
  std::string message;
};

/// `left` and `right` in one. Words that the rules forbid are written in two parts, or the rules
/// and their test would be the first findings.
std::string in_two_parts(const std::string& left, const std::string& right);

/// Includes go one way: schema, storage, ingest and query, shell, tests; rules.cpp has the table.
std::vector<Finding> check_layers(const SourceFile& file);
/// Each foreign library is seen by one folder only.
std::vector<Finding> check_walls(const SourceFile& file);
/// A header has at most 250 lines, a source 600.
std::vector<Finding> check_size(const SourceFile& file);
/// A header says `#pragma once`.
std::vector<Finding> check_pragma_once(const SourceFile& file);
/// No notes to oneself, no whole namespace std, no output past the shell.
std::vector<Finding> check_words(const SourceFile& file);
/// No tabs, no blanks before a line's end, a newline at the file's end.
std::vector<Finding> check_blanks(const SourceFile& file);
/// No paths of somebody's machine, no hosts of package archives.
std::vector<Finding> check_places(const SourceFile& file);
/// File and folder names of code are snake_case.
std::vector<Finding> check_name(const SourceFile& file);

/// All of the rules above that apply to the kind of file.
std::vector<Finding> check_file(const SourceFile& file);

/// Nothing stands at the top of the tree but what is known to.
std::vector<Finding> check_top_level(const std::vector<std::string>& names);

/// The text files below the known folders, and those at the top, sorted by path.
std::vector<SourceFile> read_tree(const std::filesystem::path& root);
/// The names at the top of the tree.
std::vector<std::string> read_top_level(const std::filesystem::path& root);

}  // namespace annals::tidy
