#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts with the condition and its place when `condition` is false. For bugs of Annals itself,
/// in every build; bad input and bad disks are Errors, never assertions.
#define ANNALS_ASSERT(condition)                                                          \
  do {                                                                                    \
    if (!(condition)) [[unlikely]] {                                                      \
      std::fprintf(stderr, "annals: broken invariant at %s:%d: %s\n", __FILE__, __LINE__, \
                   #condition);                                                           \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)
