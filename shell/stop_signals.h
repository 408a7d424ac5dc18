#pragma once

#include "schema/base/stop_flag.h"

namespace annals::shell {

enum class SecondInterrupt {
  kIsIgnored,      ///< The interactive shell: nothing but leaving it ends it.
  kEndsTheProgram  ///< A script: whoever presses Ctrl-C twice means it.
};

/// From now on Ctrl-C (SIGINT) requests `stop`, which must outlive the process's handlers; a broken
/// pipe and a file over its size limit are errors of the write, not the end of the program. Call
/// once, before other threads run.
void install_signal_handlers(StopFlag& stop, SecondInterrupt second);

}  // namespace annals::shell
