#pragma once

#include "schema/ids.h"
#include "schema/time/instant.h"

namespace annals::storage {

/// Which of the recorded events a reader takes into account: those recorded up to one of them, and
/// of these only what had been said by a moment. The default is the present: all of them.
struct Perspective {
  Seq known_at;                 ///< The last event that counts; zero: the last there is.
  Micros said_by = kEndOfTime;  ///< What was said later does not count.
  /// Facts and properties in every version in which they were ever believed; alone.
  bool every_version = false;

  bool is_present() const { return !known_at && said_by == kEndOfTime && !every_version; }
  bool operator==(const Perspective&) const = default;
};

}  // namespace annals::storage
