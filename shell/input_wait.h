#pragma once

#include "schema/base/stop_flag.h"

namespace annals::shell {

enum class InputWait { kReady, kInterrupted };

/// Waits until `descriptor` can be read (or is at its end) or until `stop` is requested by a signal
/// handler; a signal that arrives at any moment is noticed.
InputWait wait_for_input(int descriptor, const StopFlag& stop);

}  // namespace annals::shell
