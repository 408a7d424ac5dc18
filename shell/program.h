#pragma once

#include "schema/base/clock.h"
#include "shell/command_line.h"

namespace annals::shell {

/// Opens the database and runs what the command line asks for: its scripts, a pipe, or the
/// interactive shell. Gives the exit code; says on stderr what went wrong. Installs the process's
/// signal handlers. Once in a process.
int run_program(const CommandLine& line, const Clock& clock);

}  // namespace annals::shell
