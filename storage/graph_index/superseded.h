#pragma once

#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/event_list.h"
#include "storage/kv/key_value_store.h"

/// kSuperseded: what rows of other families were before a late event, a correction or a retraction
/// changed them in a way that the present row does not tell. Only questions about what was known at
/// an earlier time read it. Layout: docs/graph_index_format.md.
namespace annals::storage {

/// What all superseded rows of `family` whose keys begin with `prefix` begin with.
std::string superseded_prefix(Family family, std::string_view prefix);

/// The key of a row that stood under `row_key` in `family` (kOut, kIn, kProperty or kExistence),
/// believed until the event `until` was recorded.
std::string superseded_key(Family family, std::string_view row_key, Seq until);

/// The parts of such a key; `row_key` is a view of it. Corruption if it is none.
struct SupersededKey {
  std::string_view row_key;
  Seq until;
};
Result<SupersededKey> read_superseded_key(std::string_view key);

/// That `event` once was in the list otherwise than it is now: where to look for what was known
/// then.
std::string former_event_key(EventListId list, Seq event);
std::string former_events_prefix(EventListId list);
/// The event of such a key.
Seq former_event(std::string_view key);

}  // namespace annals::storage
