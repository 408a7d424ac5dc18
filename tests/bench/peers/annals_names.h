#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "schema/ids.h"
#include "storage/database.h"
#include "tests/bench/peers/world.h"

namespace annals::bench {

/// The value, or the end of the program.
template <class T>
T checked(Result<T> result);
void checked(const Status& status);

/// How Annals calls what the graph is made of: entities "n0", "n1"... of type Node, relations "R1"
/// to "R20", and for each of these the kinds "BeginR1" and "EndR1" with roles `source` and
/// `target`.
struct AnnalsNames {
  struct Relation {
    SymbolId name;
    SymbolId begin_kind;
    SymbolId end_kind;
  };

  static AnnalsNames define(storage::CommitBuilder& builder);
  static AnnalsNames find(const Vocabulary& vocabulary);

  /// The event in Annals' words.
  Event event(const GraphEvent& event, NodeId source, NodeId target, Date on) const;

  SymbolId node_type;
  SymbolId source_role;
  SymbolId target_role;
  std::array<Relation, kRelations + 1> relations;  ///< By number; none has number 0.
};

std::string node_name(std::int32_t entity);
Micros midnight(Day day);
Date date_of_day(Day day);
Day day_of(Micros micros);  ///< kOpen for what never comes.

/// Which number of Annals is which of ours. Entities without facts have no node.
class AnnalsNumbers {
 public:
  AnnalsNumbers(const storage::GraphSnapshot& snapshot, std::int32_t entities);

  NodeId node(std::int32_t entity) const { return nodes_[static_cast<std::size_t>(entity)]; }
  std::int32_t entity(NodeId node) const { return entities_[node.entity_number()]; }
  SymbolId relation(std::int32_t number) const {
    return names_.relations[static_cast<std::size_t>(number)].name;
  }
  std::int32_t relation_number(SymbolId name) const { return relations_.at(name); }
  std::size_t entity_count() const { return nodes_.size(); }
  const AnnalsNames& names() const { return names_; }

 private:
  AnnalsNames names_;
  std::vector<NodeId> nodes_;
  std::vector<std::int32_t> entities_;
  std::unordered_map<SymbolId, std::int32_t> relations_;
};

template <class T>
T checked(Result<T> result) {
  if (!result) checked(Status(result.error()));
  return std::move(*result);
}

}  // namespace annals::bench
