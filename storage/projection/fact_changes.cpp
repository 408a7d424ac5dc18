#include "storage/projection/fact_changes.h"

namespace annals::storage {

void FactChanges::Counts::add_to(GraphStatistics& statistics) const {
  // Less is added as what wraps around to it.
  for (const auto& [relation, more] : facts) {
    statistics.facts += static_cast<std::uint64_t>(more);
    statistics.facts_by_relation[relation] += static_cast<std::uint64_t>(more);
  }
  statistics.properties += static_cast<std::uint64_t>(properties);
  statistics.unmatched += static_cast<std::uint64_t>(unmatched);
}

std::size_t FactChanges::bytes() const {
  return timelines.bytes() + out.bytes() + in.bytes() + alive.bytes();
}

Status FactChanges::fold_timelines(const KeyValueStore& store, TimelineStore::Stored stored,
                                   WriteBatch& rows, Counts& counts, const AfterEach& after_each) {
  const auto report = [&](const TimelineKey& key,
                          const TimelineStore::Difference& difference) -> Status {
    const auto more = [](std::size_t added, std::size_t removed) {
      return static_cast<std::int64_t>(added) - static_cast<std::int64_t>(removed);
    };
    const std::int64_t spells = more(difference.spells_added, difference.spells_removed);
    if (key.family == Family::kProperty) {
      counts.properties += spells;
    } else {
      counts.facts[key.name] += spells;
    }
    counts.unmatched += more(difference.unmatched_added, difference.unmatched_removed);
    return after_each ? after_each() : Status();
  };
  return timelines.fold(store, stored, {rows, out, in, alive}, report);
}

}  // namespace annals::storage
