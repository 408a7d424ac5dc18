#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "schema/base/limit_table.h"
#include "shell/statement_runner.h"

namespace annals::shell {

/// What the program was asked to do.
struct CommandLine {
  /// A script to run: the text of -c, or the file of -f ("-" is the standard input).
  struct Script {
    enum class From { kText, kFile };
    From from = From::kText;
    std::string text;
  };

  std::string folder;
  std::vector<Script> scripts;  ///< In the order given; empty: the standard input.
  bool is_read_only = false;
  std::size_t memory_bytes = 0;
  limits::StatementLimits limits;
  Settings settings;
};

/// Reads the command line; the only place that knows CLI11. Gives the exit code instead when the
/// program is to end at once: after printing help or version (kExitOk), or what is wrong
/// (kExitUsage). Without any argument it prints the help and gives kExitUsage.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace annals::shell
