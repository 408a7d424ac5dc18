#include "shell/command_line.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "schema/base/limits.h"
#include "shell/exit_code.h"
#include "shell/parameter.h"
#include "shell/version.h"
#include "storage/database.h"

namespace annals::shell {

namespace {

constexpr std::uint64_t kMemoryBytesMin = std::uint64_t{16} << 20;

constexpr std::string_view kFooter =
    "Without -c, -f and a pipe it is an interactive shell; .help tells more.\n"
    "\n"
    "Examples:\n"
    "  annals cis                                   open or make the database cis\n"
    "  annals cis -f cis.anl                        run a script\n"
    "  annals cis --read-only --format csv -c \"MATCH (c:Country) RETURN c.name\" > countries.csv\n"
    "  annals cis --param day=2008-09-01 -c 'AT $day MATCH (a)-[:MEMBER_OF]->(b) RETURN a.name'\n"
    "\n"
    "Exit codes: 0 all done; 1 a statement failed (the rest was not run) or the output could not\n"
    "be written; 2 the command line is wrong; 3 the database could not be opened.\n";

/// What CLI11 fills.
struct Options {
  std::string folder;
  std::vector<std::string> commands;
  std::vector<std::string> files;
  std::string format = "table";
  std::vector<std::string> parameters;
  std::vector<std::string> limits;
  std::uint64_t memory_bytes = storage::default_memory_bytes();
  bool is_read_only = false;
  bool echoes = false;
};

struct Registered {
  CLI::Option* command = nullptr;
  CLI::Option* file = nullptr;
};

Registered register_options(CLI::App& app, Options& options) {
  Registered registered;
  app.add_option("DIR", options.folder, "The folder of the database; made if it is missing")
      ->required()
      ->type_name("");
  registered.command =
      app.add_option("-c,--command", options.commands, "Run these statements: 'a; b'; repeatable")
          ->allow_extra_args(false)
          ->type_name("TEXT");
  registered.file =
      app.add_option("-f,--file", options.files, "Run the script FILE (- is a pipe); repeatable")
          ->allow_extra_args(false)
          ->type_name("FILE");
  app.add_option("--format", options.format,
                 "Results as table, csv, json or jsonl; the last three keep messages on stderr")
      ->check(CLI::IsMember({"table", "csv", "json", "jsonl"}, CLI::ignore_case))
      ->type_name("FORMAT");
  app.add_option("--param", options.parameters,
                 "$NAME in statements; numbers, true, false and null as in JSON, else a text")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  app.add_option("--limit", options.limits,
                 "What a statement may take, such as StatementTimeMax=2s; .limits lists all")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  app.add_option(
         "--memory", options.memory_bytes,
         "Memory for caches and writes, such as 256M (a quarter of the machine's, at most 1G)")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  app.add_flag("--read-only", options.is_read_only, "Change nothing; the folder must exist");
  app.add_flag("--echo", options.echoes, "Print each statement before its result");
  return registered;
}

/// -c and -f in the order in which they stand.
std::vector<CommandLine::Script> scripts_in_order(const CLI::App& app, const Options& options,
                                                  const Registered& registered) {
  std::vector<CommandLine::Script> scripts;
  std::size_t commands = 0;
  std::size_t files = 0;
  for (const CLI::Option* const option : app.parse_order()) {
    if (option == registered.command) {
      scripts.push_back({CommandLine::Script::From::kText, options.commands.at(commands++)});
    } else if (option == registered.file) {
      scripts.push_back({CommandLine::Script::From::kFile, options.files.at(files++)});
    }
  }
  return scripts;
}

Result<CommandLine> command_line_of(Options options, std::vector<CommandLine::Script> scripts) {
  CommandLine line;
  line.folder = std::move(options.folder);
  line.scripts = std::move(scripts);
  line.is_read_only = options.is_read_only;
  line.settings.echoes = options.echoes;
  line.settings.format = *parse_format(options.format);
  if (options.memory_bytes < kMemoryBytesMin) {
    return Error(ErrorCode::kInvalidArgument, "--memory must be at least 16M");
  }
  line.memory_bytes = options.memory_bytes;
  if (options.parameters.size() > limits::kParametersMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("more than ParametersMax = {} parameters", limits::kParametersMax));
  }
  for (const std::string& text : options.parameters) {
    ANNALS_TRY(auto parameter, parse_parameter(text));
    const bool is_new = line.settings.parameters.insert(std::move(parameter)).second;
    if (!is_new) {
      return Error(ErrorCode::kInvalidArgument,
                   fmt::format("the parameter in '{}' is given twice", text));
    }
  }
  for (const std::string& text : options.limits) {
    ANNALS_CHECK_OK(limits::set_limit(text, line.limits));
  }
  return line;
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App app(
      fmt::format("Annals {}: a database of dated events and of what they bring about", kVersion),
      "annals");
  app.set_version_flag("--version", fmt::format("annals {}", kVersion));
  app.footer(std::string(kFooter));
  Options options;
  const Registered registered = register_options(app, options);
  if (argc <= 1) {
    fmt::print("{}", app.help());
    return kExitUsage;
  }
  try {
    app.parse(argc, argv);
    const auto scripts = scripts_in_order(app, options, registered);
    Result<CommandLine> line = command_line_of(std::move(options), scripts);
    if (line) return std::move(*line);
    fmt::print(stderr, "{}\n", format_error(line.error()));
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // --help, --version
  } catch (const CLI::ParseError& wrong) {
    fmt::print(stderr, "error: {}\n  annals --help tells what there is\n", wrong.what());
  }
  return kExitUsage;
}

}  // namespace annals::shell
