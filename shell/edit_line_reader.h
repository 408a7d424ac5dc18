#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "schema/base/stop_flag.h"
#include "shell/completion.h"
#include "shell/history_file.h"
#include "shell/line_reader.h"
#include "shell/terminal.h"

namespace annals::shell {

/// Lines typed at a terminal, with editing, history and Tab completion, by libedit (whose wall this
/// is). Ctrl-C gives up the line. One at a time; borrows everything.
class EditLineReader final : public LineReader {
 public:
  /// `history_file` keeps statements across starts, several lines as one entry. A file that cannot
  /// be read or written is no error.
  EditLineReader(HistoryFile history_file, const CompletionSource& completion, const StopFlag& stop,
                 const Style& style);
  ~EditLineReader() override;
  EditLineReader(const EditLineReader&) = delete;
  EditLineReader& operator=(const EditLineReader&) = delete;

  Result<InputLine> read(std::string_view prompt, std::string_view before) override;
  void remember(std::string_view statement) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace annals::shell
