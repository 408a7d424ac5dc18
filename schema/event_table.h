#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "schema/event.h"

namespace annals::inline schema {

/// Events of a commit that its encoding holds as a table (EventTable of event.capnp).
struct EventGroup {
  std::vector<std::size_t> places;  ///< In the commit, ascending.
  std::size_t nodes = 0;            ///< In each of them.
};

/// Part of the format: the largest groups of events that are alike, of at least eight each, by
/// their first events. Alike are occurrences of one kind without attributes of which the same roles
/// hold as many nodes each; and bare facts of one relation without properties, all lasting or all
/// of a day. Thread-safe.
std::vector<EventGroup> table_groups(std::span<const Event> events);

}  // namespace annals::inline schema
