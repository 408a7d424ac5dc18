#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/oracle/history.h"

namespace annals::oracle {

enum class Valid { kAt, kDuring, kThroughout, kAllTime };

/// The time that a clause looks at.
struct Scope {
  Valid valid = Valid::kAt;
  /// AT: one unknown instant of these. DURING and THROUGHOUT: all of them, the last day whole.
  Days days;
  bool uncertain = false;  ///< AT a date written with a `?`.
  bool operator==(const Scope&) const = default;
};

/// A fact from variable `from` to variable `to`, of one of these relations.
struct Hop {
  int from = 0;
  int to = 1;
  std::string relations;
};

/// One MATCH: hops between variables 0, 1, 2 …, no two of them the same fact. Clauses with the same
/// scope ask about the same instant, and their facts must hold together.
struct Clause {
  std::vector<Hop> hops;
  Scope scope;
};

enum class Mode { kAll, kCertainly, kPossibly };

struct Question {
  View view;
  std::vector<Clause> clauses;
  /// A hop that must be, or must not be, in the last clause's scope and, AT, at its instant.
  std::optional<Hop> exists;
  bool not_exists = false;
  std::vector<int> returned;  ///< Variables.
  bool distinct = false;
  Mode mode = Mode::kAll;
};

inline constexpr char kPossibleTag[] = " | possible";

/// "a | b" for each row that may hold, with the tag behind those that may not; sorted.
std::vector<std::string> answer(const History& history, const Question& question);

/// "a", "b" ...
std::string node_name(int node);

}  // namespace annals::oracle
