#pragma once

#include "schema/time/instant.h"

namespace annals::inline schema {

/// When something held: from the instant `begin`, included, to the instant `end`, excluded. What
/// still holds ends at Instant::never(). The two are independent unknowns here; facts bounded by
/// the same event share its instant, and whoever combines such facts does so per event first.
struct Period {
  Instant begin;
  Instant end;

  constexpr bool operator==(const Period&) const = default;
};

/// Whether something that held during `period` held at `q`, one unknown point within its bounds.
/// The law is possible worlds: fix begin, end and q to some value in their bounds each. Possible:
/// begin <= q < end in some world; certain: in all of them. At an exact q that is begin.earliest
/// <= q < end.latest and begin.latest <= q < end.earliest. A q that is perhaps never (latest =
/// kEndOfTime) makes nothing certain, not even what never ends.
constexpr Certainty alive_at(Period period, Instant q) {
  const auto& [begin, end] = period;
  if (begin.latest <= q.earliest && q.latest < end.earliest) return Certainty::kCertain;
  // The third condition refuses periods that are empty in every world: an inexact q can lie on
  // both sides of them at once without ever lying within.
  const bool possible =
      begin.earliest <= q.latest && q.earliest < end.latest && begin.earliest < end.latest;
  return possible ? Certainty::kPossible : Certainty::kImpossible;
}

}  // namespace annals::inline schema
