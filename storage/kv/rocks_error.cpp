#include "storage/kv/rocks_error.h"

#include <utility>

#include <fmt/format.h>
#include <rocksdb/status.h>

namespace annals::storage {

Error placed(Error error, const std::string& path) {
  error.place.file = path;
  return error;
}

Error to_error(const rocksdb::Status& status, std::string_view doing, const std::string& path) {
  const std::string text = fmt::format("{} failed ({})", doing, status.ToString());
  if (status.IsCorruption()) {
    return placed(Error(ErrorCode::kCorruption, text,
                        "keep the folder as it is; VERIFY LOG says how far the "
                        "log is sound"),
                  path);
  }
  if (status.IsNoSpace()) {
    return placed(Error(ErrorCode::kIoError, text,
                        "free space and open it again; nothing acknowledged is lost"),
                  path);
  }
  return placed(Error(ErrorCode::kIoError, text, "open it again; nothing acknowledged is lost"),
                path);
}

Error read_error(const rocksdb::Status& status, Family family, const std::string& path) {
  Error error = to_error(status, "reading", path);
  if (family != Family::kLog && status.IsCorruption()) {
    error.hint = "the index is damaged, and not the log: .rebuild in the shell makes it anew";
  }
  return error;
}

}  // namespace annals::storage
