#pragma once

#include <memory>
#include <string>

#include "schema/base/stop_flag.h"
#include "shell/line_reader.h"

namespace annals::shell {

/// Lines of a file or a pipe, without prompts. Reads as much as is there, so that statements sent
/// through a pipe run as they arrive. A line longer than limits::kStatementBytesMax comes in parts.
class FileLineReader final : public LineReader {
 public:
  /// Opens a file. NotFound, IoError (a folder, no permission).
  static Result<std::unique_ptr<FileLineReader>> open(const std::string& path,
                                                      const StopFlag& stop);
  /// Borrows a descriptor; `name` is for errors.
  FileLineReader(int descriptor, std::string name, const StopFlag& stop)
      : descriptor_(descriptor), name_(std::move(name)), stop_(stop) {}
  ~FileLineReader() override;
  FileLineReader(const FileLineReader&) = delete;
  FileLineReader& operator=(const FileLineReader&) = delete;

  Result<InputLine> read(std::string_view prompt, std::string_view before) override;

 private:
  Result<bool> fill();

  int descriptor_;
  bool owns_descriptor_ = false;
  std::string name_;
  const StopFlag& stop_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not handed out
};

}  // namespace annals::shell
