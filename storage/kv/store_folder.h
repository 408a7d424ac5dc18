#pragma once

#include <cstdint>
#include <string>

#include "schema/base/result.h"

namespace annals::storage {

/// The format of a database folder as a whole, in its file ANNALS: which column
/// families there are and what they mean. docs/format_history.md has its
/// history.
inline constexpr std::uint32_t kStoreFormat = 1;

/// What stands at a path where a database is wanted.
enum class FolderState : std::uint8_t {
  kMissing,  ///< Nothing.
  kEmpty,    ///< A folder without files, or with what was made of a database that got no marker.
  kNew,      ///< A database whose creation was cut short, or that was just prepared.
  kDatabase,
};

/// Where within a database's folder RocksDB has its files: nothing else lies
/// there. The log is in `data`, and `index` can be thrown away.
std::string data_folder(const std::string& path);
std::string index_folder(const std::string& path);

/// Looks at `path` and changes nothing. Errors: InvalidArgument for a folder
/// that holds something else, Unsupported for a newer format, Corruption for a
/// database that lost its root file, IoError.
Result<FolderState> inspect_folder(const std::string& path);

/// Makes `path` a folder that only its owner can enter, marked as an Annals
/// database, durably, with an empty folder for the log. Requires inspect_folder() to have said
/// kMissing, kEmpty or kNew.
Status prepare_folder(const std::string& path);

/// Whether there is an index. Changes nothing.
bool has_index(const std::string& path);

/// Makes an empty folder for the index, durably; what was left of one is deleted. Requires the
/// database to be locked.
Status prepare_index_folder(const std::string& path);

/// A folder within the database for files that are about to be taken in; removed at the end.
class IngestFolder {
 public:
  /// `number` tells ingestions at the same time apart. A folder that cannot be created shows when
  /// its first file is.
  IngestFolder(const std::string& database_path, std::uint64_t number);
  ~IngestFolder();
  IngestFolder(const IngestFolder&) = delete;
  IngestFolder& operator=(const IngestFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Deletes what a process that died left of its ingestions. Requires the database to be locked.
Status remove_ingest_folders(const std::string& path);

}  // namespace annals::storage
