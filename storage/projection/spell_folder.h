#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/block_sizes.h"
#include "storage/projection/folding.h"

namespace annals::storage {

/// Writes changed spells the way spell_group.h describes.
///
/// What a change costs: a tail row, and its share of folds. A fold rewrites the blocks in which the
/// changed spells lie: in time order the last one, which holds at most some three times what is
/// alive, or twice block_starts; of a spell that ended or was corrected all that hold it.
///
/// Not thread-safe: the writer owns it. Errors: Corruption, IoError.
class SpellFolder {
 public:
  explicit SpellFolder(const BlockSizes& sizes) : sizes_(sizes) {}

  /// `spells` holds rows of kOut and kIn under the keys of spell_key() and reverse_spell_key(), and
  /// deletes those of spells that are no more; what is to be written for them goes into `batch`.
  /// Reads the store, which must be as it was when the changes were worked out.
  Status fold(const KeyValueStore& store, const WriteBatch& spells, Folding folding,
              WriteBatch& batch);

  /// Folds nodes that were left for later in the family (kOut or kIn), of which the store must have
  /// the rows, until `batch` has about `bytes_max`. False: there are no more. Two threads may do so
  /// at once, each with a family of its own.
  Result<bool> fold_touched(const KeyValueStore& store, Family family, std::size_t bytes_max,
                            WriteBatch& batch);

 private:
  class FamilyFolder;

  BlockSizes sizes_;
  struct Side {
    explicit Side(Family family_of_it) : family(family_of_it) {}
    Family family;
    FoldLooks<NodeId> looks;
    std::unordered_set<NodeId> touched;  // left for later
    std::vector<NodeId> due;             // of these, what is being folded, descending
  };
  Side out_{Family::kOut};
  Side in_{Family::kIn};
};

}  // namespace annals::storage
