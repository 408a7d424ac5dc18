#include "storage/kv/key_value_store.h"

#include <array>

#include "schema/base/contract.h"

namespace annals::storage {

std::string_view family_name(Family family) {
  // DO NOT CHANGE: databases hold these names.
  static constexpr std::array<std::string_view, kFamilyCount> kNames = {
      "log",           "out",        "in",         "property",  "unmatched",
      "participation", "entity",     "name",       "event_id",  "definition",
      "meta",          "superseded", "correction", "existence", "by_time"};
  const auto index = static_cast<std::size_t>(family);
  ANNALS_ASSERT(index < kNames.size());
  return kNames[index];
}

Error incomplete_index() {
  return Error(
      ErrorCode::kUnsupported, "the graph index is of an older format, or not all there",
      "opening the database for writing makes the index anew from the log; if somebody has it open for "
      "writing now, that is under way: try again in a while");
}

}  // namespace annals::storage
