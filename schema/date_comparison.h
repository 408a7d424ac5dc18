#pragma once

#include "schema/time/date.h"
#include "schema/truth.h"

namespace annals::inline schema {

/// How dates compare: true or false if it is so whichever instants the dates mean, else null; null
/// too if one of them is uncertain ('2008?'). All thread-safe.

/// Whether two unknown instants are the same one.
Truth is_same(Instant a, Instant b);
/// An interval is never the same as a single date.
Truth is_same(const Date& a, const Date& b);
/// Whether `a` lies before `b`; an interval if all of it does.
Truth is_before(const Date& a, const Date& b);
/// The same, or before.
Truth is_before_or_same(const Date& a, const Date& b);

}  // namespace annals::inline schema
