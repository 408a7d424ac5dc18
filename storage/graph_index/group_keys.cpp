#include "storage/graph_index/group_keys.h"

#include <limits>

#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk. Tail rows come first, since readers need all of them. The first
/// tail of a group, and of nearly all the only one, needs no generation in its keys.
constexpr char kLaterTailTag = 0;
constexpr char kTailTag = 1;
constexpr char kPageTag = 2;

/// Stands where rows of a tail have a relation. Symbols are counted from 1 on.
constexpr SymbolId kTailEnd(std::numeric_limits<std::uint32_t>::max());
constexpr std::size_t kTailEndBytes = sizeof(NodeId) + 1 + sizeof(Generation) + sizeof(SymbolId);

/// So that the next one lies before it.
Generation counted_down(Generation generation) { return ~generation; }

void write_name(KeyWriter& key, const SpellName& name) {
  key.symbol(name.relation).node(name.neighbour).time(name.begin);
  key.seq(name.id.begun_by).u16(name.id.ordinal);
}

SpellName read_name(KeyReader& key) {
  SpellName name;
  name.relation = key.symbol();
  name.neighbour = key.node();
  name.begin = key.time();
  name.id.begun_by = key.seq();
  name.id.ordinal = key.u16();
  return name;
}

void write_tail(KeyWriter& key, NodeId node, Generation generation) {
  key.node(node);
  if (generation == 0) {
    key.tag(kTailTag);
  } else {
    key.tag(kLaterTailTag).u32(counted_down(generation));
  }
}

bool is_tail_end(std::string_view key) {
  return key.size() == kTailEndBytes && key[sizeof(NodeId)] == kLaterTailTag;
}

}  // namespace

std::string group_prefix(NodeId node) { return KeyWriter().node(node).take(); }

std::string after_group(NodeId node) { return after_prefix(group_prefix(node)); }

std::string tail_key(NodeId node, Generation generation, const SpellName& name) {
  KeyWriter key;
  write_tail(key, node, generation);
  write_name(key, name);
  return key.take();
}

std::string tail_prefix(NodeId node, Generation generation, SymbolId relation, NodeId neighbour) {
  KeyWriter key;
  write_tail(key, node, generation);
  if (relation) key.symbol(relation);
  if (neighbour) key.node(neighbour);
  return key.take();
}

std::string tail_end_key(NodeId node, Generation generation) {
  KeyWriter key;
  write_tail(key, node, generation);
  return key.symbol(kTailEnd).take();
}

std::string pages_prefix(NodeId node) { return KeyWriter().node(node).tag(kPageTag).take(); }

std::string block_prefix(NodeId node, Micros block_end) {
  return KeyWriter().node(node).tag(kPageTag).time(block_end).take();
}

std::string page_key(NodeId node, Micros block_end, Generation generation) {
  KeyWriter key;
  key.node(node).tag(kPageTag).time(block_end).u32(counted_down(generation));
  return key.take();
}

std::string page_key(NodeId node, Micros block_end, Generation generation, const SpellName& first) {
  KeyWriter key;
  key.node(node).tag(kPageTag).time(block_end).u32(counted_down(generation));
  write_name(key, first);
  return key.take();
}

Result<GroupKey> read_group_key(Family family, std::string_view key) {
  KeyReader in(key);
  GroupKey parts;
  parts.node = in.node();
  const char tag = in.tag();
  parts.is_page = tag == kPageTag;
  parts.is_tail_end = is_tail_end(key);
  if (parts.is_page) parts.block_end = in.time();
  if (parts.is_page || tag == kLaterTailTag) parts.generation = counted_down(in.u32());
  bool is_right = in.ok() && (parts.is_page || tag == kTailTag || parts.generation > 0);
  if (parts.is_tail_end) {
    is_right = is_right && in.symbol() == kTailEnd;
  } else if (is_right && (!parts.is_page || !in.finished())) {
    parts.name = read_name(in);
  }
  if (!is_right || !in.finished()) return unreadable("a key", family);
  return parts;
}

bool is_page_key(std::string_view key) {
  return key.size() > sizeof(NodeId) && key[sizeof(NodeId)] == kPageTag;
}

SpellName read_spell_name(std::string_view spell_key) {
  KeyReader in(spell_key);
  in.node();
  return read_name(in);
}

void seek_group(KvIterator& rows, NodeId node) {
  rows.seek(KeyWriter().node(node).view());
  pass_tail_end(rows);
}

void next_in_group(KvIterator& rows) {
  rows.next();
  pass_tail_end(rows);
}

void pass_tail_end(KvIterator& rows) {
  // Behind it, in place of pages, may be the end of the next group's tail.
  while (rows.valid() && is_tail_end(rows.key())) {
    rows.seek(pages_prefix(KeyReader(rows.key()).node()));
  }
}

void pass_block(KvIterator& rows, const GroupKey& page) {
  if (page.generation == 0) return next_in_group(rows);
  rows.seek(after_prefix(block_prefix(page.node, page.block_end)));
  pass_tail_end(rows);
}

void seek_block(KvIterator& rows, NodeId node, Micros at) {
  const Micros end = at == kEndOfTime ? at : at + 1;  // the least that it may have
  rows.seek(block_prefix(node, end));
  pass_tail_end(rows);
}

}  // namespace annals::storage
