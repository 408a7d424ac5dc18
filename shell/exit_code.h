#pragma once

namespace annals::shell {

/// How the program ends. Documented in --help; do not change the numbers, scripts know them.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,     ///< A statement failed, or its result could not be written.
  kExitUsage = 2,      ///< The command line could not be understood.
  kExitNotOpened = 3,  ///< The database could not be opened.
};

}  // namespace annals::shell
