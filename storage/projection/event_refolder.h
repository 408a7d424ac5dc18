#pragma once

#include "storage/graph_index/refolder.h"

namespace annals::storage {

/// Uses the fold of the projection. Has no state.
class EventRefolder final : public Refolder {
 public:
  Status facts(const GraphSnapshot& seen, const FactScan& scan,
               std::vector<Fact>& facts) const override;
  Status properties(const GraphSnapshot& seen, NodeId node, SymbolId name, Window window,
                    std::vector<PropertyFact>& properties) const override;
  Status existence(const GraphSnapshot& seen, NodeId node,
                   std::vector<TimelineEffect>& effects) const override;
};

}  // namespace annals::storage
