#include "storage/projection/tail_generations.h"

#include <limits>
#include <string>

#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/key_encoding.h"

namespace annals::storage {

Status TailGenerations::load(const KeyValueStore& store) {
  if (is_loaded_) return {};
  const std::string prefix = generation_prefix(family_);
  const auto rows = store.iterate(Family::kMeta, prefix, after_prefix(prefix));
  for (; rows->valid(); rows->next()) {
    const std::string_view key = rows->key();
    raised_[KeyReader(key.substr(prefix.size())).node()] = KeyReader(rows->value()).u32();
  }
  ANNALS_CHECK_OK(rows->status());
  is_loaded_ = true;
  return {};
}

Generation TailGenerations::of(NodeId node) const {
  const auto raised = raised_.find(node);
  return raised == raised_.end() ? 0 : raised->second;
}

void TailGenerations::raise(NodeId node, WriteBatch& batch) {
  Generation& generation = raised_[node];
  // It would take 64 times so many changes.
  if (generation == std::numeric_limits<Generation>::max()) return;
  if (generation > 0) batch.erase(family_, tail_end_key(node, generation));
  ++generation;
  batch.put(family_, tail_end_key(node, generation), {});
  batch.put(Family::kMeta, generation_key(family_, node), KeyWriter().u32(generation).view());
}

}  // namespace annals::storage
