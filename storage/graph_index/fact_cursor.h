#pragma once

#include <memory>

#include "storage/graph_index/fact.h"
#include "storage/graph_index/graph_snapshot.h"
#include "storage/graph_index/perspective.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// The facts that the scan wants as they were recorded, whether or not their nodes exist: what
/// GraphSnapshot::facts() gives before it looks at that, in the same order. Of the perspective what
/// was known counts, not what was said. Must not outlive store and snapshot.
std::unique_ptr<Cursor<Fact>> fact_cursor(const KeyValueStore& store, const KvSnapshot& snapshot,
                                          const FactScan& scan, const Perspective& perspective);

}  // namespace annals::storage
