#pragma once

#include <csignal>

#include "schema/base/stop_flag.h"

namespace annals::shell {

enum class SecondInterrupt {
  kIsIgnored,      ///< The interactive shell: nothing but leaving it ends it.
  kEndsTheProgram  ///< A script: whoever presses Ctrl-C twice means it.
};

/// From now on Ctrl-C (SIGINT) requests `stop`, which must outlive the process's handlers. So do
/// SIGTERM and SIGHUP, after which the program is to end (ending_signal()); a second one ends it on
/// the spot. What was ignored when the program began (nohup) stays so. A broken pipe and a file
/// over its size limit are errors of the write, not the end of the program. Call once, before other
/// threads run.
void install_signal_handlers(StopFlag& stop, SecondInterrupt second);

/// The signal that asked the program to end; zero if none did.
int ending_signal();

/// If one did: ends the process by it, so that whoever sent it sees that it did what it should.
/// For when everything is closed.
void end_by_signal();

/// Those that request the stop.
sigset_t stop_signals();

}  // namespace annals::shell
