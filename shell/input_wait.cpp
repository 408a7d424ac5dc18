#include "shell/input_wait.h"

#include <poll.h>

#include <cerrno>
#include <csignal>

#include "shell/stop_signals.h"

namespace annals::shell {

InputWait wait_for_input(int descriptor, const StopFlag& stop) {
  // Signals are held back except within ppoll(): otherwise one that arrives between the look at
  // the flag and the wait would be noticed only at the next key.
  const sigset_t held_back = stop_signals();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &held_back, &before);
  pollfd watched{descriptor, POLLIN, 0};
  int ready = 0;
  do {
    ready = stop.requested() ? 0 : ::ppoll(&watched, 1, nullptr, &before);
  } while (ready < 0 && errno == EINTR && !stop.requested());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return stop.requested() ? InputWait::kInterrupted : InputWait::kReady;
}

}  // namespace annals::shell
