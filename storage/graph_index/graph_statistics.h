#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/ids.h"

namespace annals::storage {

/// Counts that the projection keeps up to date with each commit: exact, not estimates. A value.
struct GraphStatistics {
  std::uint64_t events = 0;
  std::uint64_t facts = 0;       ///< Relations between nodes, over all time.
  std::uint64_t properties = 0;  ///< Values of properties, over all time.
  std::uint64_t unmatched = 0;   ///< Effects that changed nothing.
  std::uint64_t changes = 0;     ///< Corrections and retractions.
  std::map<SymbolId, std::uint64_t> entities_by_type;
  std::map<SymbolId, std::uint64_t> events_by_kind;  ///< Of kinds that users defined.
  std::map<SymbolId, std::uint64_t> facts_by_relation;

  std::uint64_t entities() const;
  bool operator==(const GraphStatistics&) const = default;
};

std::string encode_statistics(const GraphStatistics& statistics);
Result<GraphStatistics> decode_statistics(std::string_view bytes);

}  // namespace annals::storage
