#include "storage/graph_index/graph_statistics.h"

#include "schema/base/limits.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

std::uint64_t GraphStatistics::entities() const {
  std::uint64_t sum = 0;
  for (const auto& [type, count] : entities_by_type) sum += count;
  return sum;
}

std::string encode_statistics(const GraphStatistics& statistics) {
  std::string bytes;
  RowWriter out(bytes);
  out.number(statistics.events);
  out.number(statistics.facts);
  out.number(statistics.properties);
  out.number(statistics.unmatched);
  out.number(statistics.changes);
  for (const auto* counts :
       {&statistics.entities_by_type, &statistics.events_by_kind, &statistics.facts_by_relation}) {
    out.number(counts->size());
    for (const auto& [symbol, count] : *counts) {
      out.number(symbol.raw);
      out.number(count);
    }
  }
  return bytes;
}

Result<GraphStatistics> decode_statistics(std::string_view bytes) {
  GraphStatistics statistics;
  RowReader in(bytes);
  statistics.events = in.number();
  statistics.facts = in.number();
  statistics.properties = in.number();
  statistics.unmatched = in.number();
  statistics.changes = in.number();
  for (auto* counts :
       {&statistics.entities_by_type, &statistics.events_by_kind, &statistics.facts_by_relation}) {
    const std::uint64_t size = in.number();
    for (std::uint64_t i = 0; i < size && in.ok(); ++i) {
      const auto symbol = SymbolId(static_cast<std::uint32_t>(in.number()));
      (*counts)[symbol] = in.number();
    }
  }
  if (!in.finished()) {
    return Error(ErrorCode::kCorruption, "the statistics of the index cannot be read",
                 "the log is not affected; a rebuild of the projection mends it");
  }
  return statistics;
}

}  // namespace annals::storage
