#include "storage/graph_index/spell_group.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk. Tail rows come first, since readers need all of them.
constexpr char kTailTag = 0;
constexpr char kPageTag = 1;

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

Error corrupt_key(Family family) { return unreadable("a key", family); }

}  // namespace

std::string group_prefix(NodeId node) { return KeyWriter().node(node).take(); }

std::string after_group(NodeId node) { return after_prefix(group_prefix(node)); }

std::string tail_key(NodeId node, const SpellName& name) {
  KeyWriter key;
  key.node(node).tag(kTailTag);
  write_name(key, name);
  return key.take();
}

std::string tail_prefix(NodeId node, SymbolId relation, NodeId neighbour) {
  return KeyWriter().node(node).tag(kTailTag).symbol(relation).node(neighbour).take();
}

std::string page_key(NodeId node, Micros block_end) {
  return KeyWriter().node(node).tag(kPageTag).time(block_end).take();
}

std::string page_key(NodeId node, Micros block_end, const SpellName& first) {
  KeyWriter key;
  key.node(node).tag(kPageTag).time(block_end);
  write_name(key, first);
  return key.take();
}

Result<GroupKey> read_group_key(Family family, std::string_view key) {
  KeyReader in(key);
  GroupKey parts;
  parts.node = in.node();
  const char tag = in.tag();
  parts.is_page = tag == kPageTag;
  if (parts.is_page) parts.block_end = in.time();
  if (in.ok() && (!parts.is_page || !in.finished())) parts.name = read_name(in);
  if (!in.finished() || (tag != kTailTag && tag != kPageTag)) return corrupt_key(family);
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

Status read_tail_row(Family family, const SpellName& name, std::string_view value, TailRow& tail) {
  tail.is_gone = value.empty();
  tail.row.name = name;
  if (tail.is_gone || read_plain_row(name, value, tail.row)) return {};
  Spell spell;
  spell.begin.at.earliest = name.begin;
  spell.begin.id = name.id;
  ANNALS_CHECK_OK(decode_spell_value(family, value, spell));
  tail.row = to_row(name.relation, name.neighbour, spell);
  return {};
}

void seek_block(KvIterator& rows, NodeId node, Micros at) {
  const Micros end = at == kEndOfTime ? at : at + 1;  // the least that it may have
  rows.seek(KeyWriter().node(node).tag(kPageTag).time(end).view());
}

namespace {

/// Reads one group; see read_group().
class GroupReader {
 public:
  GroupReader(KvIterator& rows, Family family, NodeId node, const GroupFilter& filter,
              std::vector<SpellRow>& found)
      : rows_(rows),
        family_(family),
        node_(node),
        prefix_(group_prefix(node)),
        filter_(filter),
        found_(found) {
    found_.clear();
  }

  Result<bool> read_if_small() {
    ANNALS_CHECK_OK(read_tail());
    if (at_page()) {
      ANNALS_TRY(const Micros first_end, block_end());
      if (first_end != kEndOfTime) return false;
    }
    ANNALS_CHECK_OK(read_rest());
    return true;
  }

  Status read() {
    ANNALS_CHECK_OK(read_tail());
    return read_rest();
  }

 private:
  Status read_rest() {
    ANNALS_CHECK_OK(read_blocks());
    ANNALS_CHECK_OK(rows_.status());
    if (blocks_ > 1) std::sort(found_.begin(), found_.end(), by_name);
    if (!tail_.empty()) merge_tail();
    return {};
  }

  static bool by_name(const SpellRow& a, const SpellRow& b) { return a.name < b.name; }

  bool within() const { return rows_.valid() && rows_.key().starts_with(prefix_); }
  bool at_page() const { return within() && is_page_key(rows_.key()); }
  Micros from() const { return filter_.also_empty ? kBeginningOfTime : filter_.window.from; }
  Micros to() const { return filter_.also_empty ? kEndOfTime : filter_.window.to; }

  bool wants(const SpellRow& row) const {
    return (!filter_.relation || row.name.relation == filter_.relation) &&
           (!filter_.neighbour || row.name.neighbour == filter_.neighbour) &&
           (filter_.also_empty || row.may_hold(filter_.window));
  }

  /// Tail rows of the relation and neighbour; those that the window does not want, too, since they
  /// take precedence over a row of a block that it would. Ends at the first page, or behind.
  Status read_tail() {
    KeyWriter lower;
    lower.node(node_).tag(kTailTag);
    if (filter_.relation) lower.symbol(filter_.relation);
    if (filter_.neighbour) lower.node(filter_.neighbour);
    const std::string_view wanted = lower.view();
    rows_.seek(wanted);
    for (; within() && !at_page(); rows_.next()) {
      if (!rows_.key().starts_with(wanted)) {
        pass_tail();
        return {};
      }
      ANNALS_TRY(const GroupKey key, read_group_key(family_, rows_.key()));
      ANNALS_CHECK_OK(read_tail_row(family_, key.name, rows_.value(), tail_.emplace_back()));
    }
    return {};
  }

  /// From a tail row to the first page, or behind the group. Mostly there are few rows between, and
  /// a step takes a tenth of a seek.
  void pass_tail() {
    constexpr int kStepsMax = 8;
    for (int steps = 0; within() && !at_page(); ++steps) {
      if (steps == kStepsMax) return rows_.seek(KeyWriter().node(node_).tag(kPageTag).view());
      rows_.next();
    }
  }

  /// From the first page of the group: the blocks that the window touches.
  Status read_blocks() {
    if (!at_page()) return {};
    ANNALS_TRY(Micros end, block_end());
    if (end <= from() && end != kEndOfTime) {
      seek_block(rows_, node_, from());
      if (!at_page()) return rows_.status() ? corrupt_key(family_) : rows_.status();
      ANNALS_TRY(end, block_end());
    }
    for (bool is_first = true;; is_first = false) {
      ++blocks_;
      ANNALS_CHECK_OK(read_block(end, is_first));
      // The next one begins where this ends.
      if (end > to() || end == kEndOfTime) return {};
      if (!at_page()) return rows_.status() ? corrupt_key(family_) : rows_.status();
      ANNALS_TRY(end, block_end());
    }
  }

  Result<Micros> block_end() const {
    ANNALS_TRY(const GroupKey key, read_group_key(family_, rows_.key()));
    return key.block_end;
  }

  /// All pages of the block, or those that may hold the neighbour. Ends behind the block, or at its
  /// last page: what lies behind that may not be wanted, and waits in memory.
  Status read_block(Micros block_end, bool with_copies) {
    const std::string prefix = page_key(node_, block_end);
    const bool is_narrow = static_cast<bool>(filter_.neighbour);
    const std::string narrow =
        KeyWriter(prefix).symbol(filter_.relation).node(filter_.neighbour).take();
    for (bool is_first = true; within_block(prefix); is_first = false) {
      if (is_narrow && rows_.key() > narrow && !rows_.key().starts_with(narrow)) {
        rows_.seek(after_prefix(prefix));
        break;
      }
      ANNALS_TRY(const SpellPage one, SpellPage::read(family_, block_end, rows_.value()));
      add_rows(one, with_copies);
      const bool is_behind = is_first && is_narrow && ends_before_wanted(one);
      if (one.is_last() && block_end > to()) break;
      rows_.next();
      // The page before the first that begins with the neighbour may end with it.
      if (is_behind && within_block(prefix) && rows_.key() < narrow) rows_.seek_for_prev(narrow);
    }
    return {};
  }
  bool ends_before_wanted(const SpellPage& page) const {
    if (page.size() == 0) return true;
    const SpellName last = page.row(page.size() - 1).name;
    return std::pair(last.relation, last.neighbour) <
           std::pair(filter_.relation, filter_.neighbour);
  }
  bool within_block(std::string_view prefix) const {
    return rows_.valid() && rows_.key().starts_with(prefix);
  }

  void add_rows(const SpellPage& page, bool with_copies) {
    const auto [first, last] = page.rows_of(filter_.relation);
    if (filter_.neighbour) return add_rows_of_neighbour(page, first, last, with_copies);
    selected_.clear();
    if (filter_.also_empty) {
      for (std::size_t row = first; row < last; ++row) {
        const bool is_copy = page.begin(row) < page.block().begin;
        if (with_copies || !is_copy) selected_.push_back(static_cast<std::uint32_t>(row));
      }
    } else {
      page.select(first, last, filter_.window, with_copies, selected_);
    }
    // Large results grow once for a page: moving rows is most of what they cost.
    const std::size_t needed = found_.size() + selected_.size();
    if (needed > found_.capacity()) found_.reserve(std::max(needed, 2 * found_.capacity()));
    page.append_rows(selected_, found_);
  }

  void add_rows_of_neighbour(const SpellPage& page, std::size_t first, std::size_t last,
                             bool with_copies) {
    std::size_t row = first;
    std::size_t high = last;
    while (row < high) {
      const std::size_t middle = row + (high - row) / 2;
      if (page.neighbour(middle) < filter_.neighbour) {
        row = middle + 1;
      } else {
        high = middle;
      }
    }
    for (; row < last && page.neighbour(row) == filter_.neighbour; ++row) {
      const Micros begin = page.begin(row);
      if (!with_copies && begin < page.block().begin) continue;
      const bool is_wanted =
          filter_.also_empty ||
          filter_.window.may_hold(Instant::exactly(begin), Instant::exactly(page.end(row)));
      if (is_wanted) found_.push_back(page.row(row));
    }
  }

  void merge_tail() {
    std::vector<SpellRow> merged;
    merged.reserve(found_.size() + tail_.size());
    auto tail = tail_.begin();
    const auto take_tail = [&] {
      if (!tail->is_gone && wants(tail->row)) merged.push_back(std::move(tail->row));
      ++tail;
    };
    for (SpellRow& row : found_) {
      while (tail != tail_.end() && tail->row.name < row.name) take_tail();
      if (tail != tail_.end() && tail->row.name == row.name) {
        take_tail();
      } else {
        merged.push_back(std::move(row));
      }
    }
    while (tail != tail_.end()) take_tail();
    found_ = std::move(merged);
  }

  KvIterator& rows_;
  Family family_;
  NodeId node_;
  std::string prefix_;
  const GroupFilter& filter_;
  std::vector<SpellRow>& found_;
  std::vector<TailRow> tail_;
  std::vector<std::uint32_t> selected_;  // of the page that is being read
  std::size_t blocks_ = 0;
};

}  // namespace

Status read_group(KvIterator& rows, Family family, NodeId node, const GroupFilter& filter,
                  std::vector<SpellRow>& found) {
  return GroupReader(rows, family, node, filter, found).read();
}

Result<bool> read_small_group(KvIterator& rows, Family family, NodeId node,
                              const GroupFilter& filter, std::vector<SpellRow>& found) {
  return GroupReader(rows, family, node, filter, found).read_if_small();
}

Result<GroupTimelines> read_timelines(KvIterator& rows, Family family, std::size_t count_max) {
  GroupTimelines found;
  ANNALS_TRY(const GroupKey first, read_group_key(family, rows.key()));
  found.node = first.node;
  const std::string prefix = group_prefix(found.node);
  for (; rows.valid() && rows.key().starts_with(prefix); rows.next()) {
    ANNALS_TRY(const GroupKey key, read_group_key(family, rows.key()));
    if (key.is_page) {
      ANNALS_TRY(const SpellPage page, SpellPage::read(family, key.block_end, rows.value()));
      page.append_timelines(found.timelines);
    } else {
      const TimelineName name{key.name.relation, key.name.neighbour};
      if (found.timelines.empty() || found.timelines.back() != name) {
        found.timelines.push_back(name);
      }
    }
    const bool is_first_of_several = key.is_page && key.block_end != kEndOfTime;
    if (is_first_of_several || found.timelines.size() > count_max) {
      found.is_small = false;
      break;
    }
  }
  ANNALS_CHECK_OK(rows.status());
  return found;
}

Result<bool> is_cheap_group(KvIterator& rows, NodeId node, std::size_t spells) {
  // A spell of a large group costs two seeks and a page, a small one is read at once anyway.
  constexpr std::size_t kSpellsMin = 4;
  constexpr std::size_t kTailRowsPerSpell = 16;
  constexpr std::size_t kPagesMax = 1'000;  // some 100 MB
  if (spells < kSpellsMin) return false;
  const std::string prefix = group_prefix(node);
  std::size_t tail_rows = 0;
  std::size_t pages = 0;
  for (rows.seek(prefix); rows.valid() && rows.key().starts_with(prefix); rows.next()) {
    ++(is_page_key(rows.key()) ? pages : tail_rows);
    if (pages > std::min(spells, kPagesMax) || tail_rows > kTailRowsPerSpell * spells) return false;
  }
  ANNALS_CHECK_OK(rows.status());
  return true;
}

Result<GroupLayout> layout_of(const KeyValueStore& store, Family family, const StopFlag& stop) {
  GroupLayout layout;
  const auto rows = store.iterate(family, {}, {});
  for (; rows->valid(); rows->next()) {
    if (stop.requested()) return Error(ErrorCode::kInterrupted, "counting blocks was stopped");
    ANNALS_TRY(const GroupKey key, read_group_key(family, rows->key()));
    if (!key.is_page) {
      ++layout.tail_rows;
      continue;
    }
    ANNALS_TRY(const SpellPage page, SpellPage::read(family, key.block_end, rows->value()));
    ++layout.pages;
    layout.rows += page.size();
    if (key.is_first_page()) ++layout.blocks;
  }
  ANNALS_CHECK_OK(rows->status());
  return layout;
}

GroupWalk::GroupWalk(const KeyValueStore& store, Family family, const KvSnapshot* snapshot)
    : family_(family), rows_(store.iterate(family, {}, {}, snapshot)) {}

Result<NodeId> GroupWalk::next() {
  if (node_) {
    // A read mostly ends at the last row of the node, or behind it.
    const std::string behind = after_group(node_);
    if (rows_->valid() && rows_->key() < behind) rows_->next();
    if (rows_->valid() && rows_->key() < behind) rows_->seek(behind);
  }
  node_ = NodeId();
  if (rows_->valid()) {
    ANNALS_TRY(const GroupKey key, read_group_key(family_, rows_->key()));
    node_ = key.node;
  } else {
    ANNALS_CHECK_OK(rows_->status());
  }
  return node_;
}

}  // namespace annals::storage
