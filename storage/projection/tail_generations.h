#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/group_keys.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Which generation the tails of a family's groups have, so that the writer need not look before it
/// adds a row: those above 0, which are of groups of several pages, some in a thousand nodes. The
/// index holds the same. Not thread-safe.
class TailGenerations {
 public:
  explicit TailGenerations(Family family) : family_(family) {}

  /// Reads those of the index; the first call does. Must come before the others. IoError.
  Status load(const KeyValueStore& store);

  Generation of(NodeId node) const;

  /// The tail of the node, all rows of which are being erased, begins anew: writes that to `batch`.
  /// If that is never written, this object is good for nothing any more.
  void raise(NodeId node, WriteBatch& batch);

 private:
  const Family family_;
  bool is_loaded_ = false;
  boost::unordered_flat_map<NodeId, Generation, std::hash<NodeId>> raised_;
};

}  // namespace annals::storage
