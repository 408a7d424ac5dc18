#include "shell/shell.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "shell/file_line_reader.h"
#include "shell/stop_signals.h"

namespace annals::shell {

namespace {

/// Scripts that .read each other must end some time.
constexpr int kScriptDepthMax = 8;
constexpr std::string_view kContinuation = "   ...> ";

Error interrupted() {
  const int signal = ending_signal();
  if (signal == 0) return {ErrorCode::kInterrupted, "stopped by Ctrl-C"};
  return {ErrorCode::kInterrupted, fmt::format("stopped by SIG{}", ::sigabbrev_np(signal))};
}

}  // namespace

Shell::Shell(query::Session& session, StopFlag& stop, Settings& settings, const Outputs& outputs)
    : session_(session),
      stop_(stop),
      outputs_(outputs),
      runner_(session, settings, outputs),
      dot_commands_(session, settings, outputs.results,
                    [this](const std::string& path) { return read_script(path); }) {}

bool Shell::run_script(LineReader& lines, StatementReader::Options options) {
  StatementReader reader(lines, std::move(options));
  const auto fail = [this](const Error& error) {
    runner_.print_error(error);
    return false;
  };
  for (;;) {
    const Result<Input> input = reader.next({}, {});
    if (!input) return fail(input.error());
    switch (input->type) {
      case Input::Type::kEnd: return true;
      case Input::Type::kInterrupted: return fail(interrupted());
      case Input::Type::kStatement:
        if (stop_.requested()) return fail(interrupted());
        if (const Status done = runner_.run(*input); !done) return fail(done.error());
        break;
      case Input::Type::kDotCommand: {
        const Result<DotCommands::Then> then = dot_commands_.run(input->text);
        if (!then) return fail(then.error());
        if (*then == DotCommands::Then::kLeaves) return true;
        break;
      }
    }
  }
}

Status Shell::read_script(const std::string& path) {
  if (script_depth_ >= kScriptDepthMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("scripts read each other more than {} deep", kScriptDepthMax));
  }
  ANNALS_TRY(const auto lines, FileLineReader::open(path, stop_));
  StatementReader::Options options;
  options.file = path;
  ++script_depth_;
  const bool is_done = run_script(*lines, std::move(options));
  --script_depth_;
  if (is_done) return {};
  return Error(ErrorCode::kInvalidArgument, fmt::format("'{}' was not run to its end", path));
}

std::string Shell::prompt() const {
  const std::optional<Date>& at = session_.default_at();
  return fmt::format("annals{}{}> ", at ? "@" + at->text : "",
                     session_.in_transaction() ? "*" : "");
}

bool Shell::run_interactively(LineReader& lines) {
  StatementReader::Options options;
  options.takes_dot_commands = true;
  options.is_interactive = true;
  StatementReader reader(lines, std::move(options));
  int interrupts = 0;
  for (;;) {
    stop_.clear();
    if (ending_signal() != 0) return false;
    const Result<Input> input = reader.next(prompt(), kContinuation);
    if (!input) {
      runner_.print_error(input.error());
      if (input.error().code == ErrorCode::kLimitExceeded) continue;
      return false;
    }
    if (ending_signal() != 0) return false;
    stop_.clear();
    interrupts = input->type == Input::Type::kInterrupted ? interrupts + 1 : 0;
    if (interrupts == 2) say_how_to_leave();
    switch (run_typed(*input, lines)) {
      case Step::kGoesOn: break;
      case Step::kLeaves: return true;
      case Step::kFailed: return false;
    }
  }
}

Shell::Step Shell::run_typed(const Input& input, LineReader& lines) {
  switch (input.type) {
    case Input::Type::kEnd: return Step::kLeaves;
    case Input::Type::kInterrupted: return Step::kGoesOn;
    case Input::Type::kDotCommand: {
      lines.remember(input.text);
      const Result<DotCommands::Then> then = dot_commands_.run(input.text);
      if (!then) runner_.print_error(then.error());
      return then && *then == DotCommands::Then::kLeaves ? Step::kLeaves : Step::kGoesOn;
    }
    case Input::Type::kStatement: break;
  }
  lines.remember(input.text);
  const Status done = runner_.run(input);
  if (!done) runner_.print_error(done.error());
  const bool can_be_seen = outputs_.results.flush().has_value();
  return can_be_seen ? Step::kGoesOn : Step::kFailed;
}

void Shell::say_how_to_leave() {
  static_cast<void>(outputs_.results.write("(.quit or Ctrl-D leaves)\n"));
  static_cast<void>(outputs_.results.flush());
}

bool Shell::check_transaction_is_over() {
  if (!session_.in_transaction()) return true;
  runner_.print_error(Error(ErrorCode::kConflict,
                            "the transaction was not committed: nothing of it is recorded",
                            "BEGIN wants a COMMIT before the end"));
  return false;
}

}  // namespace annals::shell
