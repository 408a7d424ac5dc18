#include "shell/stop_signals.h"

#include <array>
#include <atomic>

namespace annals::shell {

namespace {

constexpr std::array kEndingSignals = {SIGTERM, SIGHUP};

// A signal handler gets no argument of ours. Written once, before the handler is installed.
std::atomic<StopFlag*> stop_of_handler{nullptr};
std::atomic<bool> second_ends{false};
// Written by the handler.
std::atomic<int> asked_to_end{0};

void end_by(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

extern "C" void on_interrupt(int signal) {
  StopFlag* const stop = stop_of_handler.load();
  if (stop->requested() && second_ends.load()) return end_by(signal);
  stop->request();
}

extern "C" void on_end(int signal) {
  if (asked_to_end.exchange(signal) != 0) return end_by(signal);
  stop_of_handler.load()->request();
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  if (action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void install_signal_handlers(StopFlag& stop, SecondInterrupt second) {
  stop_of_handler.store(&stop);
  second_ends.store(second == SecondInterrupt::kEndsTheProgram);
  handle(SIGINT, on_interrupt);
  for (const int signal : kEndingSignals) handle(signal, on_end);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int ending_signal() { return asked_to_end.load(); }

void end_by_signal() {
  if (const int signal = ending_signal(); signal != 0) end_by(signal);
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  for (const int signal : kEndingSignals) sigaddset(&signals, signal);
  return signals;
}

}  // namespace annals::shell
