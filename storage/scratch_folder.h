#pragma once

#include <memory>
#include <string>

#include "schema/base/result.h"

namespace annals::storage {

/// A folder for what is needed only for a while, removed with its contents at the end.
class ScratchFolder {
 public:
  /// Makes one that is nobody else's, in the database's folder if that may be written, else where
  /// the system has temporary files. Removes what processes that died have left there. IoError.
  static Result<std::unique_ptr<ScratchFolder>> create(const std::string& database_path);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

}  // namespace annals::storage
