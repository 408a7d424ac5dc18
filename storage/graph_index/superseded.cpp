#include "storage/graph_index/superseded.h"

#include "schema/base/contract.h"
#include "storage/graph_index/key_encoding.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE without a new kIndexFormat.
char tag_of(Family family) {
  switch (family) {
    case Family::kOut: return 'o';
    case Family::kIn: return 'i';
    case Family::kProperty: return 'p';
    case Family::kExistence: return 'e';
    default: ANNALS_ASSERT(false); return 0;
  }
}
constexpr char kListTag = 'l';

}  // namespace

std::string superseded_prefix(Family family, std::string_view prefix) {
  return std::string(1, tag_of(family)).append(prefix);
}

std::string superseded_key(Family family, std::string_view row_key, Seq until) {
  return superseded_prefix(family, row_key).append(KeyWriter().seq(until).view());
}

Result<SupersededKey> read_superseded_key(std::string_view key) {
  constexpr std::size_t kAround = 1 + sizeof(std::uint64_t);
  if (key.size() <= kAround) {
    return Error(ErrorCode::kCorruption, "a row of the index family 'superseded' cannot be read",
                 "the log is not affected: a rebuild of the projection mends it");
  }
  const std::size_t until_at = key.size() - sizeof(std::uint64_t);
  return SupersededKey{key.substr(1, until_at - 1), KeyReader(key.substr(until_at)).seq()};
}

std::string former_events_prefix(EventListId list) {
  return KeyWriter().tag(kListTag).u64(list.raw).take();
}

std::string former_event_key(EventListId list, Seq event) {
  return KeyWriter().tag(kListTag).u64(list.raw).seq(event).take();
}

Seq former_event(std::string_view key) {
  if (key.size() < sizeof(std::uint64_t)) return {};
  return KeyReader(key.substr(key.size() - sizeof(std::uint64_t))).seq();
}

}  // namespace annals::storage
