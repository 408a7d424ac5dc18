#include <cstdlib>
#include <exception>
#include <new>
#include <variant>

#include <fmt/format.h>

#include "schema/base/clock.h"
#include "shell/command_line.h"
#include "shell/exit_code.h"
#include "shell/program.h"
#include "shell/standard_streams.h"
#include "shell/stop_signals.h"

int main(int argc, char** argv) {
  using namespace annals;
  shell::occupy_closed_streams();
  try {
    const auto parsed = shell::parse_command_line(argc, argv);
    if (const int* const code = std::get_if<int>(&parsed)) return *code;
    const SystemClock clock;
    const int code = shell::run_program(std::get<shell::CommandLine>(parsed), clock);
    shell::end_by_signal();
    return code;
  } catch (const std::exception& failure) {
    // Memory has run out, or a library broke its word: nothing committed is lost.
    const bool is_memory = dynamic_cast<const std::bad_alloc*>(&failure) != nullptr;
    fmt::print(stderr,
               "error: {}\n  what was acknowledged is safe; of a load that was under way some may "
               "be recorded: look when the database is open again\n",
               is_memory ? "memory has run out" : failure.what());
    return shell::kExitFailed;
  }
}
