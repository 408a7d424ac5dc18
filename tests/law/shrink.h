#pragma once

#include <functional>

#include "tests/support/oracle/history.h"
#include "tests/support/oracle/question.h"

namespace annals::law {

struct Case {
  oracle::History history;
  oracle::Question question;
};

/// A case as small as can be found by leaving out one thing after the other that still `fails`.
Case shrink(Case failing, const std::function<bool(const Case&)>& fails);

}  // namespace annals::law
