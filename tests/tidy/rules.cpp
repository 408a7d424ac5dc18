#include "tests/tidy/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace annals::tidy {
namespace {

constexpr std::size_t kHeaderLinesMax = 250;
constexpr std::size_t kSourceLinesMax = 600;
/// Larger files are data.
constexpr std::uintmax_t kTextBytesMax = std::uintmax_t{1} << 20;

// --- The tables ----------------------------------------------------------------------------------

/// A part of the tree and the parts whose headers it may include beside its own. A file belongs to
/// the longest part that its path begins with; "schema/" without more is the rest of schema.
struct Layer {
  std::string_view part;
  std::vector<std::string_view> sees;
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> table = [] {
    const std::vector<std::string_view> schema = {"schema/", "schema/base/", "schema/time/"};
    auto over = [](std::vector<std::string_view> below, std::vector<std::string_view> more) {
      below.insert(below.end(), more.begin(), more.end());
      return below;
    };
    const auto all_storage = over(schema, {"storage/", "storage/kv/", "storage/event_log/",
                                           "storage/graph_index/", "storage/projection/"});
    // Of query, what lies in no folder is the vocabulary of results; the engine is above it all.
    const auto planner_sees = over(all_storage, {"query/", "query/parser/"});
    const auto executor_sees = over(planner_sees, {"query/planner/"});
    const auto commands_see = over(executor_sees, {"query/executor/"});
    const auto engine_sees = over(commands_see, {"query/commands/"});
    const auto all_query = over(engine_sees, {"query/query_engine"});
    const auto all = over(all_query, {"ingest/", "shell/", "tests/"});
    return std::vector<Layer>{
        {"schema/base/", {}},
        {"schema/time/", {"schema/base/"}},
        {"schema/", schema},
        {"storage/kv/", schema},
        {"storage/event_log/", over(schema, {"storage/kv/"})},
        {"storage/graph_index/", over(schema, {"storage/kv/", "storage/event_log/"})},
        {"storage/projection/",
         over(schema, {"storage/kv/", "storage/event_log/", "storage/graph_index/"})},
        {"storage/", all_storage},
        {"ingest/", all_storage},
        {"query/parser/", schema},
        {"query/planner/", planner_sees},
        {"query/executor/", executor_sees},
        {"query/commands/", commands_see},
        {"query/query_engine", engine_sees},
        {"query/", all_storage},
        {"shell/", over(all_query, {"ingest/"})},
        {"tests/", all},
    };
  }();
  return table;
}

/// Headers that begin with `header` belong behind the wall: only files whose path begins with one
/// of `inside` (and ends with `suffix`) may include them.
struct Wall {
  std::string_view header;
  std::vector<std::string_view> inside;
  std::string_view suffix = "";
};

const std::vector<Wall>& walls() {
  static const std::vector<std::string_view> codec = {
      "schema/event_encoder.cpp", "schema/event_decoder.cpp", "schema/capnp_compat.h"};
  static const std::vector<Wall> table = {
      // A benchmark measures what RocksDB itself takes.
      {"rocksdb/", {"storage/kv/", "tests/bench/peers/rocksdb_floor.cpp"}, ".cpp"},
      {"capnp/", codec},
      {"kj/", codec},
      {"event.capnp.h", codec},
      {"schema/event.capnp.h", codec},
      {"schema/capnp_compat.h", {}},  // The build includes it by force.
      {"boost/spirit", {"query/parser/"}},
      {"re2/", {"query/executor/regular_expression"}, ".cpp"},
      {"editline/", {"shell/"}},
      {"histedit.h", {"shell/"}},
      {"CLI/", {"shell/"}},
      {"nlohmann/", {"shell/", "tests/"}},
      {"zstd.h", {"ingest/"}},
      {"zlib.h", {"ingest/"}},
      {"openssl/", {"storage/event_log/"}},
  };
  return table;
}

struct BannedWord {
  std::string word;  ///< Found where no letter, digit or underscore stands beside it.
  std::string why;
  std::vector<std::string_view> allowed_in = {};
};

const std::vector<BannedWord>& banned_words() {
  static const std::vector<BannedWord> table = {
      {in_two_parts("TO", "DO"), "finish it, or open an issue"},
      {in_two_parts("FIX", "ME"), "fix it, or open an issue"},
      {in_two_parts("XX", "X"), "say what is wrong, or repair it"},
      {in_two_parts("HA", "CK"), "say why it must be so, or do it properly"},
      {in_two_parts("using namespace ", "std"), "name what you use"},
      {in_two_parts("std::", "cout"), "only the shell speaks", {"shell/", "tests/"}},
  };
  return table;
}

const std::vector<std::string>& banned_places() {
  static const std::vector<std::string> table = {
      in_two_parts("/wo", "rk/"),      in_two_parts("/ho", "me/"),
      in_two_parts("/ro", "ot/"),      in_two_parts("//reg", "istry"),
      in_two_parts("arti", "factory"), in_two_parts("pypi", ".org"),
      in_two_parts("deb.", "debian"),  in_two_parts("proxy.", "golang"),
  };
  return table;
}

constexpr std::array<std::string_view, 8> kFolders = {"schema", "storage", "ingest", "query",
                                                      "shell",  "tests",   "docs",   "examples"};
constexpr std::array<std::string_view, 6> kTopFiles = {
    "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "build", "run"};

// --- Text ----------------------------------------------------------------------------------------

bool is_header(std::string_view path) { return path.ends_with(".h"); }
bool is_source(std::string_view path) { return path.ends_with(".cpp"); }
bool is_cpp(std::string_view path) { return is_header(path) || is_source(path); }
bool is_code(std::string_view path) {
  return is_cpp(path) || path.ends_with(".capnp") || path.ends_with("CMakeLists.txt") ||
         path.ends_with("run");
}

template <class Prefixes>
bool begins_with_any(std::string_view text, const Prefixes& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

/// Lines without their ends. A text that ends with a newline has no empty last line.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view without_leading_blanks(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line;
}

/// What an include line names, or nothing.
std::optional<std::string_view> included_header(std::string_view line) {
  line = without_leading_blanks(line);
  if (!line.starts_with('#')) return std::nullopt;
  line = without_leading_blanks(line.substr(1));
  if (!line.starts_with("include")) return std::nullopt;
  const std::size_t begin = line.find_first_of("<\"");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = line.find_first_of(">\"", begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return line.substr(begin + 1, end - begin - 1);
}

struct Include {
  std::size_t line;
  std::string_view header;
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  if (!is_cpp(file.path)) return includes;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    if (const auto header = included_header(line)) includes.push_back({number, *header});
  }
  return includes;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Whether `word` stands in `line` with no letter, digit or underscore at either side.
bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t after = at + word.size();
    const bool begins = at == 0 || !is_word_character(line[at - 1]);
    const bool ends = after == line.size() || !is_word_character(line[after]);
    // `using namespace std::literals` names what it uses.
    const bool goes_on = line.substr(after).starts_with("::");
    if (begins && ends && !goes_on) return true;
  }
  return false;
}

/// The layer of a path, or null if it is none of ours. Parts that lie deeper stand first.
const Layer* layer_of(std::string_view path) {
  for (const Layer& layer : layers()) {
    if (path.starts_with(layer.part)) return &layer;
  }
  return nullptr;
}

bool is_snake_case(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::string in_two_parts(const std::string& left, const std::string& right) { return left + right; }

// --- The rules -----------------------------------------------------------------------------------

std::vector<Finding> check_layers(const SourceFile& file) {
  std::vector<Finding> findings;
  const Layer* from = layer_of(file.path);
  for (const auto& [line, header] : includes_of(file)) {
    if (header.starts_with("..") || header.starts_with("./")) {
      findings.push_back({file.path, line, "include by the path from the root"});
      continue;
    }
    const Layer* to = layer_of(header);
    if (from == nullptr || to == nullptr || from == to) continue;
    if (std::find(from->sees.begin(), from->sees.end(), to->part) != from->sees.end()) continue;
    findings.push_back({file.path, line,
                        std::string(from->part) + " may not include " + std::string(header) +
                            ": includes go one way"});
  }
  return findings;
}

std::vector<Finding> check_walls(const SourceFile& file) {
  std::vector<Finding> findings;
  for (const auto& [line, header] : includes_of(file)) {
    for (const Wall& wall : walls()) {
      if (!header.starts_with(wall.header)) continue;
      if (begins_with_any(file.path, wall.inside) && file.path.ends_with(wall.suffix)) continue;
      findings.push_back(
          {file.path, line, std::string(header) + " stays behind its wall (tests/tidy/rules.cpp)"});
    }
  }
  return findings;
}

std::vector<Finding> check_size(const SourceFile& file) {
  if (!is_cpp(file.path)) return {};
  const std::size_t limit = is_header(file.path) ? kHeaderLinesMax : kSourceLinesMax;
  const std::size_t lines = lines_of(file.text).size();
  if (lines <= limit) return {};
  return {{file.path, 0,
           std::to_string(lines) + " lines; at most " + std::to_string(limit) + ": split it"}};
}

std::vector<Finding> check_pragma_once(const SourceFile& file) {
  if (!is_header(file.path)) return {};
  const auto lines = lines_of(file.text);
  if (std::find(lines.begin(), lines.end(), "#pragma once") != lines.end()) return {};
  return {{file.path, 0, "no #pragma once"}};
}

std::vector<Finding> check_words(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!is_code(file.path)) return findings;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    for (const BannedWord& banned : banned_words()) {
      if (!has_word(line, banned.word) || begins_with_any(file.path, banned.allowed_in)) continue;
      findings.push_back({file.path, number, banned.word + ": " + banned.why});
    }
  }
  return findings;
}

std::vector<Finding> check_blanks(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!is_code(file.path)) return findings;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    if (line.find('\t') != std::string_view::npos) {
      findings.push_back({file.path, number, "a tab"});
    }
    if (line.ends_with(' ') || line.ends_with('\r')) {
      findings.push_back({file.path, number, "blanks at the line's end"});
    }
  }
  if (!file.text.empty() && !file.text.ends_with('\n')) {
    findings.push_back({file.path, number, "no newline at the file's end"});
  }
  return findings;
}

std::vector<Finding> check_places(const SourceFile& file) {
  std::vector<Finding> findings;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    for (const std::string& place : banned_places()) {
      const std::size_t at = line.find(place);
      if (at == std::string_view::npos) continue;
      // "a/home/b" is a path below something, not a place on this machine.
      if (at > 0 && place.starts_with('/') && is_word_character(line[at - 1])) continue;
      findings.push_back({file.path, number, place + " is a place that others do not have"});
    }
  }
  return findings;
}

std::vector<Finding> check_name(const SourceFile& file) {
  if (!is_cpp(file.path) && !file.path.ends_with(".capnp")) return {};
  const std::string_view stem = std::string_view(file.path).substr(0, file.path.rfind('.'));
  for (std::size_t begin = 0; begin <= stem.size();) {
    const std::size_t end = std::min(stem.find('/', begin), stem.size());
    if (!is_snake_case(stem.substr(begin, end - begin))) {
      return {{file.path, 0, "names of files and folders are snake_case"}};
    }
    begin = end + 1;
  }
  return {};
}

std::vector<Finding> check_file(const SourceFile& file) {
  std::vector<Finding> findings;
  for (const auto rule : {check_layers, check_walls, check_size, check_pragma_once, check_words,
                          check_blanks, check_places, check_name}) {
    append(findings, rule(file));
  }
  return findings;
}

std::vector<Finding> check_top_level(const std::vector<std::string>& names) {
  std::vector<Finding> findings;
  const auto is_one_of = [](const auto& known, std::string_view name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  for (const std::string& name : names) {
    if (name.starts_with('.') || is_one_of(kFolders, name) || is_one_of(kTopFiles, name)) continue;
    findings.push_back({name, 0, "does not belong at the top of the tree"});
  }
  return findings;
}

// --- Reading -------------------------------------------------------------------------------------

namespace {

bool is_text(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 10> kExtensions = {
      ".h", ".cpp", ".capnp", ".txt", ".md", ".anl", ".scenario", ".json", ".sh", ".py"};
  const std::string extension = path.extension().string();
  return path.filename() == "run" ||
         std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

void add_file(const std::filesystem::path& root, const std::filesystem::directory_entry& entry,
              std::vector<SourceFile>& files) {
  if (!entry.is_regular_file() || !is_text(entry.path()) || entry.file_size() > kTextBytesMax) {
    return;
  }
  std::ifstream in(entry.path(), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  files.push_back({entry.path().lexically_relative(root).generic_string(), std::move(text)});
}

}  // namespace

std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
  std::vector<SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    add_file(root, entry, files);
  }
  for (const std::string_view folder : kFolders) {
    if (!std::filesystem::is_directory(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      add_file(root, entry, files);
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> read_top_level(const std::filesystem::path& root) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace annals::tidy
