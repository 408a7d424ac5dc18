#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "query/query_engine.h"
#include "schema/base/result.h"
#include "shell/output.h"
#include "shell/statement_runner.h"

namespace annals::shell {

/// The commands of the shell itself, which begin with a dot: .help, .mode, .timer, .read, .at,
/// .limits, .rebuild, .quit, .exit. Borrows everything.
class DotCommands {
 public:
  enum class Then { kGoesOn, kLeaves };

  /// Runs a script for .read; its errors are printed by it.
  using ReadScript = std::function<Status(const std::string& path)>;

  DotCommands(query::Session& session, Settings& settings, Output& output, ReadScript read_script)
      : session_(session),
        settings_(settings),
        output_(output),
        read_script_(std::move(read_script)) {}

  /// Runs one line. InvalidArgument for an unknown command (with "did you mean") or a wrong
  /// argument; and the errors of what it does.
  Result<Then> run(std::string_view line);

 private:
  struct Command;
  static std::span<const Command> commands();
  static Error unknown(std::string_view name);

  Status help(std::string_view argument);
  Status mode(std::string_view argument);
  Status timer(std::string_view argument);
  Status read(std::string_view argument);
  Status at(std::string_view argument);
  Status limits(std::string_view argument);
  Status rebuild(std::string_view argument);
  Status say(std::string_view text);

  query::Session& session_;
  Settings& settings_;
  Output& output_;
  ReadScript read_script_;
};

}  // namespace annals::shell
