#include "shell/program.h"

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/commands/grouped_number.h"
#include "query/query_engine.h"
#include "schema/base/stop_flag.h"
#include "shell/edit_line_reader.h"
#include "shell/exit_code.h"
#include "shell/file_line_reader.h"
#include "shell/file_loader.h"
#include "shell/history_file.h"
#include "shell/name_completion.h"
#include "shell/shell.h"
#include "shell/stop_signals.h"
#include "shell/text_line_reader.h"
#include "shell/text_width.h"
#include "shell/version.h"
#include "storage/database.h"

namespace annals::shell {

namespace {

constexpr std::string_view kStandardInput = "stdin";

Result<std::unique_ptr<storage::Database>> open_database(const CommandLine& line,
                                                         const Clock& clock, const StopFlag& stop) {
  storage::DatabaseOptions options;
  options.read_only = line.is_read_only;
  options.create_if_missing = !line.is_read_only;
  options.memory_bytes = line.memory_bytes;
  options.stop = &stop;
  return storage::Database::open(line.folder, options, clock);
}

std::string welcome(const storage::Database& database) {
  const storage::GraphStatistics graph = database.statistics().graph;
  std::string text =
      fmt::format("Annals {}, {}: {} events, {} entities{}. .help helps.\n", kVersion,
                  printable(database.path(), false), query::grouped(graph.events),
                  query::grouped(graph.entities()), database.read_only() ? ", read-only" : "");
  if (graph.events > 0) return text;
  text +=
      "It is empty. Say what there is, then what happened:\n"
      "  DEFINE ENTITY Country;\n"
      "  DEFINE EVENT Election (country Country, winner TEXT?);\n"
      "  RECORD Election {country: 'Georgia', winner: 'Zviad Gamsakhurdia'} ON '1991-05-26' "
      "CREATING MISSING;\n";
  return text;
}

bool run_scripts(Shell& shell, const CommandLine& line, StatementRunner& errors,
                 const StopFlag& stop) {
  for (const CommandLine::Script& script : line.scripts) {
    StatementReader::Options options;
    if (script.from == CommandLine::Script::From::kText) {
      TextLineReader lines(script.text);
      if (!shell.run_script(lines, std::move(options))) return false;
      continue;
    }
    if (script.text == "-") {
      options.file = kStandardInput;
      FileLineReader lines(STDIN_FILENO, options.file, stop);
      if (!shell.run_script(lines, std::move(options))) return false;
      continue;
    }
    options.file = script.text;
    const auto lines = FileLineReader::open(script.text, stop);
    if (!lines) {
      errors.print_error(lines.error());
      return false;
    }
    if (!shell.run_script(**lines, std::move(options))) return false;
  }
  return true;
}

bool run_pipe(Shell& shell, const StopFlag& stop) {
  StatementReader::Options options;
  options.file = kStandardInput;
  options.takes_dot_commands = true;
  FileLineReader lines(STDIN_FILENO, options.file, stop);
  return shell.run_script(lines, std::move(options));
}

bool run_interactively(Shell& shell, const storage::Database& database, const Outputs& outputs,
                       const StopFlag& stop) {
  static_cast<void>(outputs.results.write(welcome(database)));
  static_cast<void>(outputs.results.flush());
  const NameCompletion completion(database);
  EditLineReader lines(HistoryFile::in_home(), completion, stop, outputs.results_style());
  return shell.run_interactively(lines);
}

/// The file is on disk only once it is closed: a full disk may be noticed there.
bool close_results(FileOutput& results, StatementRunner& errors) {
  const Status flushed = results.flush();
  if (!flushed) errors.print_error(flushed.error());
  return flushed.has_value();
}

}  // namespace

int run_program(const CommandLine& line, const Clock& clock) {
  const bool is_interactive =
      line.scripts.empty() && is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO);
  // Handlers may run until the process ends, so the flag must live as long.
  static StopFlag stop;
  install_signal_handlers(
      stop, is_interactive ? SecondInterrupt::kIsIgnored : SecondInterrupt::kEndsTheProgram);
  FileOutput results(STDOUT_FILENO);
  FileOutput errors(STDERR_FILENO);
  const Outputs outputs{results, errors, STDOUT_FILENO, STDERR_FILENO};

  const auto database = open_database(line, clock, stop);
  if (!database) {
    fmt::print(stderr, "{}\n", printable(format_error(database.error()), true));
    return kExitNotOpened;
  }
  const std::uint64_t missing = line.is_read_only ? (*database)->statistics().unindexed : 0;
  if (missing > 0) {
    fmt::print(stderr,
               "note: answers are without the last {} events of the log, of a load that is under "
               "way or was cut off; opening the database for writing takes them in\n",
               query::grouped(missing));
  }
  Settings settings = line.settings;
  FileLoader loader(**database, outputs);
  query::Session session(**database, clock, &loader, stop);
  session.set_limits(line.limits);
  StatementRunner runner(session, settings, outputs);
  Shell shell(session, stop, settings, outputs);
  bool is_done = false;
  if (!line.scripts.empty()) {
    is_done = run_scripts(shell, line, runner, stop);
  } else if (is_interactive) {
    is_done = run_interactively(shell, **database, outputs, stop);
  } else {
    is_done = run_pipe(shell, stop);
  }
  is_done = shell.check_transaction_is_over() && is_done;
  if (is_done) is_done = close_results(results, runner);
  return is_done ? kExitOk : kExitFailed;
}

}  // namespace annals::shell
