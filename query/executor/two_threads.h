#pragma once

#include <system_error>
#include <thread>

namespace annals::query {

/// Runs both, `second` on a thread of its own, and returns when both have returned. Neither may
/// throw, and what both use must be safe for that. Where no thread is to be had, one runs after the
/// other.
template <class First, class Second>
void run_both(First&& first, Second&& second) {
  std::thread other;
  try {
    other = std::thread([&second] { second(); });
  } catch (const std::system_error&) {
    second();
  }
  first();
  if (other.joinable()) other.join();
}

}  // namespace annals::query
