#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/peers/measure.h"

namespace annals::bench {

inline constexpr std::string_view kArrays = "arrays";
inline constexpr std::string_view kRocksdb = "RocksDB";
inline constexpr std::string_view kAnnals = "Annals";      ///< By calls of the index.
inline constexpr std::string_view kLanguage = "language";  ///< Annals in its language.
/// The same from a session that has an image of the facts, since it asked much.
inline constexpr std::string_view kImage = "in image";

// The rows that are not about a question; those are called by name_of().
inline constexpr std::string_view kLoad = "load";
inline constexpr std::string_view kMemory = "memory";
inline constexpr std::string_view kDisk = "disk";
inline constexpr std::string_view kFirst = "first";
inline constexpr std::string_view kFirstReading = "first_reading";
inline constexpr std::string_view kGet = "get";
inline constexpr std::string_view kAppendOne = "append_one";
inline constexpr std::string_view kAppendMany = "append_many";
inline constexpr std::string_view kWriters = "writers";
inline constexpr std::string_view kWriter = "writer";
inline constexpr std::string_view kReader = "reader";

/// What was measured, by row and column.
class Table {
 public:
  explicit Table(const Size& size) : size_(size) {}

  /// Adds a column for a peer, right of those that are there.
  void add_peer(const std::string& name, const std::string& version);
  /// Says that a peer could not be measured, and why.
  void add_missing(const std::string& name, const std::string& why);
  /// Fills a cell; a column is one of the constants above or a peer. `row` must be known.
  void put(std::string_view row, std::string_view column, const Timing& timing);
  /// Says that a peer could not answer.
  void put_failure(std::string_view row, std::string_view column, const std::string& why);

  bool has_peers() const { return !peers_.empty(); }
  std::size_t wrong_answers() const;

  /// Lines for a person, with what is missing or failed below the table.
  std::string text() const;
  /// The same for a program, with all that was measured.
  std::string json() const;

 private:
  using Key = std::pair<std::string, std::string>;

  const Timing* find(std::string_view row, std::string_view column) const;
  std::vector<std::string> columns() const;
  const Timing* annals(std::string_view row) const;
  std::optional<double> ratio(std::string_view row, double (*value)(const Timing&)) const;
  std::optional<double> language_ratio(std::string_view row, std::string_view column,
                                       double (*value)(const Timing&)) const;
  std::string line(std::string_view row) const;

  Size size_;
  std::vector<std::pair<std::string, std::string>> peers_;  // name and version
  std::vector<std::pair<std::string, std::string>> missing_;
  std::map<Key, Timing> cells_;
  std::map<Key, std::string> failures_;
};

}  // namespace annals::bench
