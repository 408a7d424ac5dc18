#pragma once

#include "tests/support/oracle/history.h"
#include "tests/support/oracle/question.h"
#include "tests/support/random_commit.h"

namespace annals::law {

using tests::Random;

/// 2 to 7 events on a line of kDays days, in an order of recording that has nothing to do with
/// their dates.
oracle::History random_history(Random& random);
oracle::Question random_question(Random& random, const oracle::History& history);

inline constexpr int kDays = 8;

}  // namespace annals::law
