#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "storage/graph_index/spell_row.h"
#include "storage/kv/key_value_store.h"

/// The keys of a group (spell_group.h), and how to walk over them: never over what is gone, which
/// the store keeps until it compacts (decision 48).
///
/// - A row of a tail: node, 1, name. Once the tail was emptied its rows lie before where they lay:
///   node, 0, the tail's generation counted down, name; and behind them its *end*, a row without a
///   name, behind which nothing of the tail is. It stays, however empty the tail is.
/// - A page: node, 2, end of its block, the block's generation counted down, and, but for the first
///   page, the name of the page's first spell.
///
/// Layout: docs/graph_index_format.md.
namespace annals::storage {

/// How often a tail was emptied, or a block written anew elsewhere. There is one at a time of each.
using Generation = std::uint32_t;

std::string group_prefix(NodeId node);
/// What all keys behind those of the node begin with, or lie behind; empty: there are none.
std::string after_group(NodeId node);

std::string tail_key(NodeId node, Generation generation, const SpellName& name);
/// What all keys of a tail begin with, or with a relation those of its spells, and with a neighbour
/// those with that one.
std::string tail_prefix(NodeId node, Generation generation, SymbolId relation, NodeId neighbour);
/// Requires a generation above 0.
std::string tail_end_key(NodeId node, Generation generation);

/// What all keys of pages of the node begin with.
std::string pages_prefix(NodeId node);
/// What all keys of a block begin with, whatever its generation is.
std::string block_prefix(NodeId node, Micros block_end);
/// Of the first page of a block, and what all its keys begin with.
std::string page_key(NodeId node, Micros block_end, Generation generation);
std::string page_key(NodeId node, Micros block_end, Generation generation, const SpellName& first);

/// The parts of a key. Corruption if it is none.
struct GroupKey {
  NodeId node;
  bool is_page = false;
  bool is_tail_end = false;
  Generation generation = 0;
  Micros block_end = 0;  ///< Of a page.
  SpellName name;        ///< Of a tail row; of a page the first, all zero of the first page.

  bool is_first_page() const { return is_page && name == SpellName(); }
};
Result<GroupKey> read_group_key(Family family, std::string_view key);
/// Whether it is the key of a page, rather than of a tail row.
bool is_page_key(std::string_view key);
/// The name in a key that spell_key() or reverse_spell_key() made.
SpellName read_spell_name(std::string_view spell_key);

// Each moves `rows`, an iterator of kOut or kIn, and never ends at the end of a tail. What went
// wrong tells the iterator.

/// To the first row of the group, or behind it.
void seek_group(KvIterator& rows, NodeId node);
/// From a row to the next. Requires valid(); if it is the last page of a block, see pass_block().
void next_in_group(KvIterator& rows);
/// From the end of a tail, if it is at one, to the first row behind.
void pass_tail_end(KvIterator& rows);
/// From the last page of a block, whose key was `page`, to the next row.
void pass_block(KvIterator& rows, const GroupKey& page);
/// To the first page of the block of `node` that `at` lies in, or (kEndOfTime) of the last one;
/// behind the group if there are no blocks.
void seek_block(KvIterator& rows, NodeId node, Micros at);

}  // namespace annals::storage
