#include "shell/stop_signals.h"

#include <atomic>
#include <csignal>

namespace annals::shell {

namespace {

// A signal handler gets no argument of ours. Written once, before the handler is installed.
std::atomic<StopFlag*> stop_of_handler{nullptr};
std::atomic<bool> second_ends{false};

extern "C" void on_interrupt(int signal) {
  StopFlag* const stop = stop_of_handler.load();
  if (stop->requested() && second_ends.load()) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  stop->request();
}

}  // namespace

void install_signal_handlers(StopFlag& stop, SecondInterrupt second) {
  stop_of_handler.store(&stop);
  second_ends.store(second == SecondInterrupt::kEndsTheProgram);
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace annals::shell
