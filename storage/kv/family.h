#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace annals::storage {

/// The two stores of a database. What is appended to the log must be on disk; what the index has
/// lost can be made anew, and so nobody waits until it is there (decision 41).
enum class StorePart : std::uint8_t {
  kLog,    ///< The family kLog.
  kIndex,  ///< All others.
};

/// The column families. What each holds is described in docs/graph_index_format.md; everything but
/// kLog can be deleted and rebuilt from it.
enum class Family : std::uint8_t {
  kLog,            ///< The commits: the truth.
  kOut,            ///< Facts by source.
  kIn,             ///< Facts by target.
  kProperty,       ///< Properties of nodes, with their spells.
  kUnmatched,      ///< Effects that changed nothing: ends without a begin, begins twice.
  kParticipation,  ///< Events by the entities in them, and by kind.
  kEntity,         ///< Entities, and entities by type.
  kName,           ///< Entities by name, alias and identifier.
  kEventId,        ///< Events by the user's ID.
  kDefinition,     ///< Symbols and definitions.
  kMeta,           ///< Format version, projection watermark, statistics.
  kSuperseded,     ///< Rows of other families as they were believed to be once.
  kCorrection,     ///< Corrections and retractions by the event that they are about.
  kExistence,      ///< When entities come to be and cease to be.
  kByTime,         ///< How many facts of a relation hold when.
};
inline constexpr std::size_t kFamilyCount = 15;

/// For messages and for the store: "log", "out", ...
std::string_view family_name(Family family);

}  // namespace annals::storage
