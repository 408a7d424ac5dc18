#include "shell/statement_runner.h"

#include <chrono>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "shell/colours.h"
#include "shell/text_width.h"

namespace annals::shell {

namespace {

Style style_or_none(int descriptor) { return descriptor < 0 ? Style() : style_of(descriptor); }

}  // namespace

Style Outputs::results_style() const { return style_or_none(results_descriptor); }
Style Outputs::errors_style() const { return style_or_none(errors_descriptor); }

Status StatementRunner::run(const Input& statement) {
  if (settings_.echoes) ANNALS_CHECK_OK(echo(statement));
  const Style style = outputs_.results_style();
  const auto printer = make_printer(settings_.format, outputs_.results, outputs_.errors, style);
  const auto begin = std::chrono::steady_clock::now();
  Status done = session_.run(statement.text, settings_.parameters, *printer);
  if (!done) {
    printer->abandon();
    return in_script(std::move(done).error(), statement.start);
  }
  ANNALS_CHECK_OK(printer->finish());
  if (!settings_.times) return {};
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  return print_time(taken.count());
}

Status StatementRunner::echo(const Input& statement) {
  const bool is_for_people = settings_.format == Format::kTable;
  Output& output = is_for_people ? outputs_.results : outputs_.errors;
  const Style style = is_for_people ? outputs_.results_style() : outputs_.errors_style();
  std::string text = std::exchange(has_echoed_, true) ? "\n" : "";
  text += colour(Colour::kBold, style);
  text += printable(statement.text, true);
  text += colour(Colour::kPlain, style);
  ANNALS_CHECK_OK(output.write(text + "\n"));
  return output.flush();
}

Status StatementRunner::print_time(double seconds) {
  constexpr double kMillisecondsPerSecond = 1e3;
  const std::string text = seconds < 1
                               ? fmt::format("{:.1f} ms\n", seconds * kMillisecondsPerSecond)
                               : fmt::format("{:.2f} s\n", seconds);
  Output& output = settings_.format == Format::kTable ? outputs_.results : outputs_.errors;
  ANNALS_CHECK_OK(output.write(text));
  return output.flush();
}

void StatementRunner::print_error(const Error& error) {
  constexpr std::string_view kWord = "error:";
  const Style style = outputs_.errors_style();
  const std::string text = printable(format_error(error), true);
  std::string coloured;
  if (text.starts_with(kWord)) {
    coloured = fmt::format("{}{}{}{}\n", colour(Colour::kRed, style), kWord,
                           colour(Colour::kPlain, style), text.substr(kWord.size()));
  } else {
    coloured = text + "\n";
  }
  // Nowhere is left to say that even this failed; the exit code tells.
  static_cast<void>(outputs_.errors.write(coloured));
  static_cast<void>(outputs_.errors.flush());
}

}  // namespace annals::shell
