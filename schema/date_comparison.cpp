#include "schema/date_comparison.h"

namespace annals::inline schema {

namespace {

Truth truth_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::kCertain: return true;
    case Certainty::kImpossible: return false;
    case Certainty::kPossible: break;
  }
  return std::nullopt;
}

}  // namespace

Truth is_same(Instant a, Instant b) {
  if (a.exact() && b.exact()) return a == b;
  if (a.latest < b.earliest || b.latest < a.earliest) return false;
  return std::nullopt;
}

Truth is_same(const Date& a, const Date& b) {
  if (a.uncertain || b.uncertain) return std::nullopt;
  if (a.is_interval != b.is_interval) return false;
  return truth_and(is_same(a.begin, b.begin), is_same(a.end, b.end));
}

Truth is_before(const Date& a, const Date& b) {
  if (a.uncertain || b.uncertain) return std::nullopt;
  // An interval is over before b if its end, which it does not contain, is not after b.
  if (a.is_interval) return truth_not(truth_of(before(b.begin, a.end)));
  return truth_of(before(a.begin, b.begin));
}

Truth is_before_or_same(const Date& a, const Date& b) {
  if (!a.is_interval && !b.is_interval) return truth_not(is_before(b, a));
  const Truth same = is_same(a, b);
  if (same == Truth(true)) return true;
  const Truth sooner = is_before(a, b);
  return same == Truth(false) || sooner == Truth(true) ? sooner : std::nullopt;
}

}  // namespace annals::inline schema
