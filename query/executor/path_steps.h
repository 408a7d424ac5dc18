#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "query/executor/batch.h"
#include "query/executor/free_facts.h"
#include "query/executor/hop_reader.h"
#include "query/executor/node_properties.h"
#include "query/executor/run_context.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"

namespace annals::query {

/// A fact, and the node to which it leads.
struct PathStep {
  const storage::Fact* fact = nullptr;  ///< Lives as long as the PathSteps that have the step.
  NodeId to;
  bool is_free = false;  ///< As FreeFacts says, of rows that ask as that of the reader does.
};
using PathSteps = std::shared_ptr<const std::vector<PathStep>>;

/// Where paths of a hop may go on from a node: its facts there that may hold in the scope, have
/// what the hop demands, and are none that the same row of the MATCH has used. Remembers what it
/// read, as far as limits::kPathCacheBytes go. Not thread-safe; borrows hop and context. Errors:
/// LimitExceeded, Interrupted, Corruption, IoError.
class PathStepReader {
 public:
  /// InvalidArgument if a parameter of the hop's demands is missing.
  static Result<std::unique_ptr<PathStepReader>> make(const BoundHop& hop, RunContext& context);
  ~PathStepReader();
  PathStepReader(const PathStepReader&) = delete;
  PathStepReader& operator=(const PathStepReader&) = delete;

  /// From here on for this row of the input. Facts that its hops have used lie in the batch, which
  /// outlives what is read for the row.
  void start_row(const Batch& batch, std::uint32_t row);

  /// What the row asks about.
  const AskedScope& asked() const { return asked_; }

  /// The steps from `node`, in the direction from the hop's left end to its right one or back.
  Result<PathSteps> steps(NodeId node, bool from_left);

 private:
  PathStepReader(const BoundHop& hop, RunContext& context)
      : hop_(hop), context_(context), reader_(hop, context) {}

  struct Demand {
    PropertyName property;
    Datum value;
  };
  struct Key {
    NodeId node;
    bool from_left;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::uint64_t>()(key.node.raw * 2 + (key.from_left ? 1 : 0));
    }
  };

  Result<PathSteps> read(NodeId node, bool from_left);
  Result<bool> is_wanted(const storage::Fact& fact) const;
  bool is_used(const storage::Fact& fact) const;
  PathSteps without_used(PathSteps steps) const;
  void forget();

  const BoundHop& hop_;
  RunContext& context_;
  HopReader reader_;
  std::vector<Demand> demands_;
  AskedScope asked_;
  FreeFacts free_facts_;                    // as it is asked
  std::vector<const storage::Fact*> used_;  // by the row
  std::vector<storage::Fact> facts_;        // that were read, on their way to steps
  boost::unordered_flat_map<Key, PathSteps, KeyHash> known_;
  std::size_t known_bytes_ = 0;
};

/// Appends the facts that the row has in a column of facts (null where there is none) or of lists
/// of facts. They live as long as the batch's column.
void add_facts_of(const Batch& batch, SlotId slot, SlotKind kind, std::uint32_t row,
                  std::vector<const storage::Fact*>& facts);

}  // namespace annals::query
