#include "storage/projection/fact_changes.h"

#include <utility>
#include <vector>

namespace annals::storage {

void FactChanges::Counts::add_to(GraphStatistics& statistics) const {
  // Less is added as what wraps around to it.
  for (const auto& [relation, more] : facts) {
    statistics.facts += static_cast<std::uint64_t>(more);
    GraphStatistics::add(statistics.facts_by_relation, relation, more);
  }
  statistics.properties += static_cast<std::uint64_t>(properties);
  statistics.unmatched += static_cast<std::uint64_t>(unmatched);
}

std::size_t FactChanges::bytes() const {
  return timelines.bytes() + out.bytes() + in.bytes() + whole.size() * sizeof(NodeSpell) +
         rows.bytes() + alive.bytes();
}

Status FactChanges::fold_part(const TimelineFolder& folder, const TimelineFolder::Part& part,
                              const KeyValueStore& store, TimelineStore::Stored stored,
                              const AfterEach& after_each, NodeSpells* whole_nodes,
                              KnownTimelines::News* told) {
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
  return folder.fold(part, store, stored, {rows, out, in, alive, whole_nodes, told}, report);
}

Status FactChanges::fold_timelines(const KeyValueStore& store, TimelineStore::Stored stored,
                                   const AfterEach& after_each) {
  for (const TimelineFolder::Part& part : timelines.parts(1)) {
    ANNALS_CHECK_OK(fold_part(timelines, part, store, stored, after_each, &whole, nullptr));
  }
  timelines.clear();
  return {};
}

Status FactChanges::fold_timelines_beside(const Task& beside, WorkerThread* other,
                                          const KeyValueStore& store,
                                          TimelineStore::Stored stored) {
  // Two threads take parts in turn, so that neither waits long for the other.
  const std::size_t parts_max = other == nullptr ? 1 : 8;
  const std::vector<TimelineFolder::Part> parts = timelines.parts(parts_max);
  std::vector<FactChanges> folded(parts.size());
  std::vector<Task> tasks{beside};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    tasks.emplace_back([&, i] {
      return folded[i].fold_part(timelines, parts[i], store, stored, {}, nullptr, &folded[i].news);
    });
  }
  ANNALS_CHECK_OK(run_tasks(other, tasks));
  timelines.clear();
  for (FactChanges& one : folded) append(std::move(one));
  return {};
}

void FactChanges::append(FactChanges&& folded) {
  FactChanges others = std::move(folded);
  out.append(others.out);
  in.append(others.in);
  rows.append(others.rows);
  alive.add(others.alive);
  news.append(std::move(others.news));
  for (const auto& [relation, more] : others.counts.facts) counts.facts[relation] += more;
  counts.properties += others.counts.properties;
  counts.unmatched += others.counts.unmatched;
}

}  // namespace annals::storage
