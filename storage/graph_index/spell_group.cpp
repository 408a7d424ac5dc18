#include "storage/graph_index/spell_group.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

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
  /// What ends then lies in the block of the instant before.
  Micros from() const {
    const Micros from = filter_.window.from;
    return filter_.also_empty && from > kBeginningOfTime ? from - 1 : from;
  }
  Micros to() const { return filter_.window.to; }

  bool wants(const SpellRow& row) const {
    return (!filter_.relation || row.name.relation == filter_.relation) &&
           (!filter_.neighbour || row.name.neighbour == filter_.neighbour) &&
           wants(row.name.begin, row.end);
  }
  bool wants(Micros begin, Micros end) const {
    const Window& window = filter_.window;
    if (filter_.also_empty)
      return begin <= window.to && (end >= window.from || begin >= window.from);
    return window.may_hold(Instant::exactly(begin), Instant::exactly(end));
  }

  /// Tail rows of the relation and neighbour; those that the window does not want, too, since they
  /// take precedence over a row of a block that it would. Ends at the first page, or behind.
  Status read_tail() {
    seek_group(rows_, node_);
    if (!within() || at_page()) return {};
    ANNALS_TRY(const GroupKey first, read_group_key(family_, rows_.key()));
    const std::string wanted =
        tail_prefix(node_, first.generation, filter_.relation, filter_.neighbour);
    if (!go_on_to(wanted)) rows_.seek(wanted);
    pass_tail_end(rows_);
    for (; within() && !at_page(); next_in_group(rows_)) {
      if (!rows_.key().starts_with(wanted)) {
        if (!go_on_to(pages_prefix(node_))) rows_.seek(pages_prefix(node_));
        return {};
      }
      ANNALS_TRY(const GroupKey key, read_group_key(family_, rows_.key()));
      ANNALS_CHECK_OK(read_tail_row(family_, key.name, rows_.value(), tail_.emplace_back()));
    }
    return {};
  }

  /// On to the first row under `key` or behind it; false: that is further than steps are worth,
  /// each of which takes a tenth of a seek.
  bool go_on_to(std::string_view key) {
    constexpr int kStepsMax = 8;
    for (int steps = 0; rows_.valid() && rows_.key() < key; ++steps) {
      if (steps == kStepsMax) return false;
      next_in_group(rows_);
    }
    return true;
  }

  /// From the first page of the group: the blocks that the window touches.
  Status read_blocks() {
    if (!at_page()) return {};
    ANNALS_TRY(Micros end, block_end());
    if (end <= from() && end != kEndOfTime) {
      seek_block(rows_, node_, from());
      if (!at_page()) return rows_.status() ? unreadable("a key", family_) : rows_.status();
      ANNALS_TRY(end, block_end());
    }
    for (bool is_first = true;; is_first = false) {
      ++blocks_;
      ANNALS_CHECK_OK(read_block(end, is_first));
      // The next one begins where this ends.
      if (end > to() || end == kEndOfTime) return {};
      if (!at_page()) return rows_.status() ? unreadable("a key", family_) : rows_.status();
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
    ANNALS_TRY(const GroupKey block, read_group_key(family_, rows_.key()));
    const std::string prefix = page_key(node_, block_end, block.generation);
    const bool is_narrow = static_cast<bool>(filter_.neighbour);
    const std::string narrow =
        KeyWriter(prefix).symbol(filter_.relation).node(filter_.neighbour).take();
    for (bool is_first = true; within_block(prefix); is_first = false) {
      if (is_narrow && rows_.key() > narrow && !rows_.key().starts_with(narrow)) {
        rows_.seek(after_prefix(block_prefix(node_, block_end)));
        break;
      }
      ANNALS_TRY(const SpellPage one, SpellPage::read(family_, block_end, rows_.value()));
      add_rows(one, with_copies);
      if (one.is_last()) {
        if (block_end <= to()) pass_block(rows_, block);
        break;
      }
      const bool is_behind = is_first && is_narrow && ends_before_wanted(one);
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
        const Micros begin = page.begin(row);
        const bool is_copy = begin < page.block().begin;
        if ((with_copies || !is_copy) && wants(begin, page.end(row))) {
          selected_.push_back(static_cast<std::uint32_t>(row));
        }
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
      if (wants(begin, page.end(row))) found_.push_back(page.row(row));
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

namespace {

/// From the row under `key` to the next.
Status pass_row(KvIterator& rows, Family family, const GroupKey& key) {
  bool is_last = false;
  if (key.is_page && key.generation > 0) {
    ANNALS_TRY(const SpellPage page, SpellPage::read(family, key.block_end, rows.value()));
    is_last = page.is_last();
  }
  if (is_last) {
    pass_block(rows, key);
  } else {
    next_in_group(rows);
  }
  return {};
}

}  // namespace

Result<GroupTimelines> read_timelines(KvIterator& rows, Family family, std::size_t count_max) {
  GroupTimelines found;
  ANNALS_TRY(const GroupKey first, read_group_key(family, rows.key()));
  found.node = first.node;
  const std::string prefix = group_prefix(found.node);
  while (rows.valid() && rows.key().starts_with(prefix)) {
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
    ANNALS_CHECK_OK(pass_row(rows, family, key));
  }
  ANNALS_CHECK_OK(rows.status());
  return found;
}

Result<bool> is_cheap_group(KvIterator& rows, Family family, NodeId node, Micros from,
                            std::size_t spells) {
  // A spell of a large group costs two seeks and a page.
  constexpr std::size_t kTailRowsPerSpell = 16;
  constexpr std::size_t kPagesMax = 1'000;  // some 100 MB
  const std::string prefix = group_prefix(node);
  std::size_t tail_rows = 0;
  std::size_t pages = 0;
  seek_group(rows, node);
  while (rows.valid() && rows.key().starts_with(prefix)) {
    ANNALS_TRY(const GroupKey key, read_group_key(family, rows.key()));
    if (key.is_page && pages == 0 && key.block_end <= from && key.block_end != kEndOfTime) {
      seek_block(rows, node, from);
      continue;
    }
    ++(key.is_page ? pages : tail_rows);
    if (pages > std::min(spells, kPagesMax) || tail_rows > kTailRowsPerSpell * spells) return false;
    ANNALS_CHECK_OK(pass_row(rows, family, key));
  }
  ANNALS_CHECK_OK(rows.status());
  return true;
}

Result<GroupLayout> layout_of(const KeyValueStore& store, Family family, const StopFlag& stop) {
  GroupLayout layout;
  const auto rows = store.iterate(family, {}, {});
  for (pass_tail_end(*rows); rows->valid(); next_in_group(*rows)) {
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
    if (rows_->valid() && rows_->key() < behind) {
      ANNALS_TRY(const GroupKey key, read_group_key(family_, rows_->key()));
      if (key.generation == 0) rows_->next();
    }
    if (rows_->valid() && rows_->key() < behind) rows_->seek(behind);
  }
  pass_tail_end(*rows_);
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
