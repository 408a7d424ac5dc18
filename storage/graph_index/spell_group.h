#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/graph_index/group_keys.h"
#include "storage/graph_index/spell_page.h"
#include "storage/graph_index/spell_row.h"
#include "storage/kv/key_value_store.h"

/// How the spells of one node lie in kOut or kIn: its *group*.
///
/// - *Blocks* cut valid time into pieces without gaps. A block holds what begins in its time and,
///   once more, what is alive when it begins, so that what holds at a date stands in one block. It
///   is cut only where at least as many spells began in it as were copied to its head: all copies
///   together are no more than the spells. A block is a run of *pages* (spell_page.h).
/// - *Tail rows* are what changed since the blocks were written, a row for each spell; an empty
///   value says that the spell is no more. Readers let them take precedence; the writer folds them
///   into blocks when they have become many (storage/projection/spell_folder.h).
///
/// Keys: group_keys.h. Layout: docs/graph_index_format.md.
namespace annals::storage {

/// A tail row: a spell that is new or another than in the blocks, or one that is no more.
struct TailRow {
  SpellRow row;
  bool is_gone = false;  ///< Only the name counts.
};
/// In place of whatever `tail` was; `value` is that of a tail row.
Status read_tail_row(Family family, const SpellName& name, std::string_view value, TailRow& tail);

/// Which spells of a node are wanted.
struct GroupFilter {
  SymbolId relation;  ///< Zero: of all.
  NodeId neighbour;   ///< Zero: any; else `relation` is not zero.
  Window window;
  bool also_empty = false;  ///< Also what holds at no time, if it begins or ends in the window.
};

/// The spells of one node that the filter wants, in order of their names. `rows` is an iterator of
/// the family that may look at the whole group; where it stands before and after does not matter.
/// Costs the blocks of the window and the tail, with a neighbour a page of each block.
/// Errors: Corruption, IoError.
Status read_group(KvIterator& rows, Family family, NodeId node, const GroupFilter& filter,
                  std::vector<SpellRow>& found);

/// The same if the group has no more than one block; else false, and nothing is found.
Result<bool> read_small_group(KvIterator& rows, Family family, NodeId node,
                              const GroupFilter& filter, std::vector<SpellRow>& found);

/// Which timelines of a node have spells.
struct GroupTimelines {
  NodeId node;
  bool is_small = true;  ///< Else there is more than one block, or more timelines than were wanted.
  std::vector<TimelineName> timelines;  ///< Of a small one; some may have no spell any more.
};

/// Those of the group at whose first row `rows` stands; of a small one it then stands behind it.
/// Costs less than reading the spells, which need all columns. Corruption, IoError.
Result<GroupTimelines> read_timelines(KvIterator& rows, Family family, std::size_t count_max);

/// Whether reading all of the group from an instant on costs no more than reading so many of its
/// spells one by one does, nor too much memory. `rows` as above. Corruption, IoError.
Result<bool> is_cheap_group(KvIterator& rows, Family family, NodeId node, Micros from,
                            std::size_t spells);

/// How the spells of a family lie.
struct GroupLayout {
  std::uint64_t blocks = 0;
  std::uint64_t pages = 0;
  std::uint64_t rows = 0;  ///< Of pages, with the copies.
  std::uint64_t tail_rows = 0;
};
/// Reads all of the family; Interrupted if that was asked for. Corruption, IoError.
Result<GroupLayout> layout_of(const KeyValueStore& store, Family family, const StopFlag& stop);

/// Walks the groups of a family, node after node.
class GroupWalk {
 public:
  GroupWalk(const KeyValueStore& store, Family family, const KvSnapshot* snapshot);
  /// The next node that has rows, zero at the end. Corruption, IoError.
  Result<NodeId> next();
  /// For read_group().
  KvIterator& rows() { return *rows_; }

 private:
  Family family_;
  std::unique_ptr<KvIterator> rows_;
  NodeId node_;
};

}  // namespace annals::storage
