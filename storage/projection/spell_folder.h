#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/spell_group.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/block_sizes.h"
#include "storage/projection/fold_looks.h"
#include "storage/projection/tail_generations.h"

namespace annals::storage {

/// A spell of a node as it is to be, or one that is no more.
struct NodeSpell {
  NodeId node;
  TailRow spell;
};
using NodeSpells = std::vector<NodeSpell>;

/// Writes changed spells the way spell_group.h describes.
///
/// What a change costs: a tail row, and its share of folds. A fold rewrites the blocks in which the
/// changed spells lie: in time order the last one, which holds at most some three times what is
/// alive, or twice block_starts; of a spell that ended or was corrected all that hold it.
///
/// Not thread-safe: the writer owns it. Errors: Corruption, IoError. What fold() gives must be
/// written; if it is not, or there is an error, the object must not be used again.
class SpellFolder {
 public:
  explicit SpellFolder(const BlockSizes& sizes) : sizes_(sizes) {}

  /// `spells` holds rows of `family` (kOut or kIn; those of the other one do not count) under the
  /// keys of spell_key() or reverse_spell_key(), and deletes those of spells that are no more; what
  /// is to be written for them goes into `batch`. Reads the store, which must be as it was when the
  /// changes were worked out. Two threads may call this at once, for one family each.
  Status fold(const KeyValueStore& store, Family family, const WriteBatch& spells,
              WriteBatch& batch);

  /// The same for a bulk load: leaves no tail rows of nodes that are touched. Cheapest if `spells`
  /// come in the order of nodes, and of names within one; of several of one name the last counts.
  /// Thread-safe.
  Status fold_whole(const KeyValueStore& store, Family family, std::span<const NodeSpells> spells,
                    WriteBatch& batch) const;
  /// Appends to `read` what fold() would take from `spells`.
  static Status read(Family family, const WriteBatch& spells, NodeSpells& read);

 private:
  class FamilyFolder;

  /// What is remembered of a family's groups.
  struct Groups {
    explicit Groups(Family family) : generations(family) {}
    FoldLooks<NodeId> looks;
    TailGenerations generations;
  };

  BlockSizes sizes_;
  Groups out_{Family::kOut};
  Groups in_{Family::kIn};
};

}  // namespace annals::storage
