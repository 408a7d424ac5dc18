#pragma once

#include <cstddef>

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

  /// `spells` holds rows of `family` (kOut or kIn; those of the other one do not count) under the
  /// keys of spell_key() or reverse_spell_key(), and deletes those of spells that are no more; what
  /// is to be written for them goes into `batch`. Reads the store, which must be as it was when the
  /// changes were worked out. Two threads may do so at once, each with a family of its own.
  Status fold(const KeyValueStore& store, Family family, const WriteBatch& spells, Folding folding,
              WriteBatch& batch);

  /// Folds nodes that were left for later in the family, of which the store must have the rows,
  /// until `batch` has about `bytes_max`. False: there are no more. Likewise.
  Result<bool> fold_touched(const KeyValueStore& store, Family family, std::size_t bytes_max,
                            WriteBatch& batch);

 private:
  class FamilyFolder;

  struct Side {
    FoldLooks<NodeId> looks;
    LeftForLater<NodeId> later;
  };
  Side& side_of(Family family) { return family == Family::kOut ? out_ : in_; }

  BlockSizes sizes_;
  Side out_;
  Side in_;
};

}  // namespace annals::storage
