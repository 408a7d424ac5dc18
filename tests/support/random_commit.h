#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "schema/event_rules.h"

namespace annals::tests {

using Random = std::mt19937_64;

/// A number from 0 to one less than `count`.
inline std::size_t pick(Random& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}

/// Seeds of random tests: 1 to `count`, or the one in the environment's ANNALS_TEST_SEED. Print the
/// seed with SCOPED_TRACE so that a failure can be repeated.
std::vector<std::uint64_t> test_seeds(std::size_t count);

/// A text of up to `bytes_max` bytes: ASCII, Georgian, emoji, quotes, line breaks; sometimes empty.
std::string random_text(Random& random, std::size_t bytes_max);

/// A date of any form, from the beginning of time to its end.
Date random_date(Random& random);

/// A value of any type; lists nest up to `depth` levels.
Value random_value(Random& random, int depth);

/// A commit that event_rules.h accepts, with events of every body, 1 to `events_max` of them. It
/// continues from `known`, whose `before` is the commit's first event, and moves it on.
CommitContent random_commit(Random& random, KnownNumbers& known, std::size_t events_max);

}  // namespace annals::tests
