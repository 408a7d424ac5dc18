#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
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
/// Keys, after the node: 0 and the name of a spell; or 1, the end of a block (so that the block of
/// a time is the first one behind it) and, but for its first page, the name of the page's first
/// spell. Layout: docs/graph_index_format.md.
namespace annals::storage {

std::string group_prefix(NodeId node);
/// What all keys behind those of the node begin with, or lie behind; empty: there are none.
std::string after_group(NodeId node);
std::string tail_key(NodeId node, const SpellName& name);
/// Of all spells of the relation with that neighbour.
std::string tail_prefix(NodeId node, SymbolId relation, NodeId neighbour);
/// Of the first page of a block, and what all its keys begin with.
std::string page_key(NodeId node, Micros block_end);
std::string page_key(NodeId node, Micros block_end, const SpellName& first);

/// The parts of a key. Corruption if it is none.
struct GroupKey {
  NodeId node;
  bool is_page = false;
  Micros block_end = 0;  ///< Of a page.
  SpellName name;        ///< Of a tail row; of a page the first, all zero of the first page.

  bool is_first_page() const { return is_page && name == SpellName(); }
};
Result<GroupKey> read_group_key(Family family, std::string_view key);
/// Whether it is the key of a page, rather than of a tail row.
bool is_page_key(std::string_view key);
/// The name in a key that spell_key() or reverse_spell_key() made.
SpellName read_spell_name(std::string_view spell_key);

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
  bool also_empty = false;  ///< Also what holds at no time, in any window: `window` is ignored.
};

/// Moves `rows` to the first page of the block of `node` that `at` lies in, or (kEndOfTime) of the
/// last one; behind the group if there are no blocks. What went wrong tells the iterator.
void seek_block(KvIterator& rows, NodeId node, Micros at);

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

/// Whether reading all of the group costs no more than reading so many of its spells one by one
/// does, nor too much memory. `rows` as above.
Result<bool> is_cheap_group(KvIterator& rows, NodeId node, std::size_t spells);

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
