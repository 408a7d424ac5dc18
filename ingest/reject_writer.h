#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ingest/row_problem.h"

namespace annals::ingest {

/// Writes the rows that a load rejects to a CSV file of the columns
///
/// - line: where the row begins in its file;
/// - column: the one that is wrong, its name, or $3 without one; empty if it is the row as a whole;
/// - reason: what is wrong, as an error would say it;
/// - row: as it stands in its file, byte for byte, even if these are not UTF-8.
///
/// The file is created with the first rejected row. One of that name from an earlier load, which
/// begins with the same header, is then replaced, and deleted by a load that rejects nothing: rows
/// of the last run would mislead. Any other file of that name is refused before anything is loaded,
/// and so is the file being loaded. Not thread-safe.
class RejectWriter {
 public:
  /// Checks that `path` could be written. `source_path` is the file being loaded. Conflict (a file
  /// that is not ours); IoError.
  static Result<std::unique_ptr<RejectWriter>> create(std::string path, std::string source_path);
  ~RejectWriter();
  RejectWriter(const RejectWriter&) = delete;
  RejectWriter& operator=(const RejectWriter&) = delete;

  /// Conflict, IoError.
  Status write(const Record& record, const RowProblem& problem, const FileColumns& columns);

  /// All rows have been seen: writes what is still in memory, or deletes what an earlier load left.
  /// IoError, Conflict. Without it rows may be missing from the file.
  Status close();

  const std::string& path() const { return path_; }

 private:
  RejectWriter(std::string path, std::string source_path)
      : path_(std::move(path)), source_path_(std::move(source_path)) {}

  Status open();
  Status flush();
  Status delete_earlier();

  std::string path_;
  std::string source_path_;
  bool has_earlier_ = false;  // there is a file of an earlier load
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace annals::ingest
