#include "storage/projection/spell_folder.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "schema/base/limits.h"
#include "schema/base/radix_sort.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"
#include "storage/graph_index/spell_group.h"
#include "storage/graph_index/spell_page.h"
#include "storage/kv/sorted_batch.h"

namespace annals::storage {

namespace {

using Rows = std::vector<const SpellRow*>;

/// Cuts the rows of a block into blocks as spell_group.h says. The times of the cuts, in order.
std::vector<Micros> cuts_of(const Rows& rows, const SpellBlockTimes& block,
                            std::size_t starts_min) {
  std::vector<Micros> begins;
  std::vector<Micros> ends;
  for (const SpellRow* row : rows) {
    if (row->name.begin >= block.begin) begins.push_back(row->name.begin);
    ends.push_back(row->end);
  }
  std::vector<Micros> cuts;
  if (begins.size() < 2 * starts_min) return cuts;
  const auto in_order = [](Micros at) { return number_of(at); };
  radix_sort(begins, in_order);
  radix_sort(ends, in_order);
  const std::size_t copied = rows.size() - begins.size();
  std::size_t starts = 0;
  std::size_t copies = copied;
  for (std::size_t i = 0; i + starts_min < begins.size(); ++i) {
    ++starts;
    if (starts < starts_min || starts < copies) continue;
    const Micros next = begins[i + 1];
    if (next == begins[i]) continue;  // what begins together stays together
    const auto over = std::upper_bound(ends.begin(), ends.end(), next) - ends.begin();
    const std::size_t alive =
        copied + i + 1 - std::min(copied + i + 1, static_cast<std::size_t>(over));
    // The rest must not be less than the copies at its head, either.
    if (begins.size() - i - 1 < alive) continue;
    cuts.push_back(next);
    copies = alive;
    starts = 0;
  }
  return cuts;
}

/// One node's spells: what is stored, and what is to be.
class Group {
 public:
  /// With `generations` a tail of many rows is left behind, else it is only emptied.
  Group(KvIterator& rows, Family family, NodeId node, const BlockSizes& sizes,
        TailGenerations* generations, WriteBatch& batch)
      : rows_(rows),
        family_(family),
        node_(node),
        prefix_(group_prefix(node)),
        sizes_(sizes),
        generations_(generations),
        batch_(batch) {}

  /// Folds the stored tail rows and `changes`, which are in order of their names and take
  /// precedence, into the blocks.
  Status fold(std::vector<const TailRow*> changes) {
    tail_ = std::move(changes);
    ANNALS_CHECK_OK(add_stored_tail());
    if (tail_.empty()) return {};
    if (!at_page()) return write_first();
    ANNALS_CHECK_OK(leave_tail_behind());
    by_begin_ = tail_;
    std::sort(by_begin_.begin(), by_begin_.end(), [](const TailRow* a, const TailRow* b) {
      return a->row.name.begin < b->row.name.begin;
    });
    for (;;) {
      ANNALS_TRY(const bool more, go_to_next_block());
      if (!more) return rows_.status();
      ANNALS_CHECK_OK(rewrite_block());
    }
  }

 private:
  bool within() const { return rows_.valid() && rows_.key().starts_with(prefix_); }
  bool at_page() const { return within() && is_page_key(rows_.key()); }

  /// Reads the tail rows from where the iterator stands, and erases them.
  Status add_stored_tail() {
    const auto middle = static_cast<std::ptrdiff_t>(tail_.size());
    for (; within() && !at_page(); next_in_group(rows_)) {
      ANNALS_TRY(const GroupKey key, read_group_key(family_, rows_.key()));
      batch_.erase(family_, rows_.key());
      ++erased_;
      const auto changed = std::lower_bound(
          tail_.begin(), tail_.begin() + middle, key.name,
          [](const TailRow* row, const SpellName& name) { return row->row.name < name; });
      const bool is_changed = changed != tail_.begin() + middle && (*changed)->row.name == key.name;
      if (is_changed) continue;
      ANNALS_CHECK_OK(read_tail_row(family_, key.name, rows_.value(), stored_tail_.emplace_back()));
      tail_.push_back(&stored_tail_.back());
    }
    std::inplace_merge(
        tail_.begin(), tail_.begin() + middle, tail_.end(),
        [](const TailRow* a, const TailRow* b) { return a->row.name < b->row.name; });
    return rows_.status();
  }

  /// From the first page. Groups of one page are too many to know the generation of each.
  Status leave_tail_behind() {
    if (generations_ == nullptr || erased_ < sizes_.tail_rows_left) return {};
    ANNALS_TRY(const GroupKey first, read_group_key(family_, rows_.key()));
    ANNALS_TRY(const SpellPage page, SpellPage::read(family_, first.block_end, rows_.value()));
    const bool is_only_page = first.block_end == kEndOfTime && page.is_last();
    if (!is_only_page) generations_->raise(node_, batch_);
    return {};
  }

  Status write_first() {
    Rows rows;
    rows.reserve(tail_.size());
    for (const TailRow* one : tail_) {
      if (!one->is_gone) rows.push_back(&one->row);
    }
    if (!rows.empty()) write_blocks(rows, SpellBlockTimes(), 0);
    return {};
  }

  /// To the first page of the next block that a changed spell may lie in; false: there is none.
  Result<bool> go_to_next_block() {
    if (is_started_ && block_.end == kEndOfTime) return false;
    while (next_begin_ < by_begin_.size() && is_started_ &&
           by_begin_[next_begin_]->row.name.begin < block_.end) {
      ++next_begin_;
    }
    // If nothing that was changed reaches into the block behind: on to the next begin.
    if (!is_started_ || reach_ <= block_.end) {
      if (next_begin_ == by_begin_.size()) return false;
      seek_block(rows_, node_, by_begin_[next_begin_]->row.name.begin);
      ANNALS_CHECK_OK(rows_.status());
      // Blocks leave no gap: one of them holds that time.
      if (!at_page()) return unreadable("a group", family_);
    }
    is_started_ = true;
    return at_page();
  }

  /// Reads the block whose first page the iterator stands at, and writes it anew if a changed
  /// spell lies in it. Ends behind the block.
  Status rewrite_block() {
    std::vector<SpellRow> stored;
    std::vector<std::string> keys;
    ANNALS_TRY(const GroupKey first, read_group_key(family_, rows_.key()));
    const std::string prefix = page_key(node_, first.block_end, first.generation);
    for (bool is_last = false; !is_last && rows_.valid() && rows_.key().starts_with(prefix);) {
      ANNALS_TRY(const SpellPage page, SpellPage::read(family_, first.block_end, rows_.value()));
      block_ = page.block();
      keys.emplace_back(rows_.key());
      for (std::size_t i = 0; i < page.size(); ++i) stored.push_back(page.row(i));
      is_last = page.is_last();
      if (is_last) {
        pass_block(rows_, first);
      } else {
        rows_.next();
      }
    }
    ANNALS_CHECK_OK(rows_.status());
    Rows rows;
    rows.reserve(stored.size() + tail_.size());
    if (!merge(stored, rows)) return {};
    const bool is_gone = rows.empty() && block_ == SpellBlockTimes();
    // A single page is written over.
    const bool is_moved = keys.size() > 1;
    if (is_gone || is_moved) {
      for (const std::string& key : keys) batch_.erase(family_, key);
    }
    if (!is_gone) write_blocks(rows, block_, is_moved ? first.generation + 1 : first.generation);
    return {};
  }

  /// The rows of the block as they are to be; false if none is another than before.
  bool merge(const std::vector<SpellRow>& stored, Rows& rows) {
    bool is_changed = false;
    auto old = stored.begin();
    for (const TailRow* change : tail_) {
      const SpellRow& now = change->row;
      if (now.name.begin >= block_.end) continue;
      for (; old != stored.end() && old->name < now.name; ++old) rows.push_back(&*old);
      if (old != stored.end() && old->name == now.name) {
        reach_ = std::max(reach_, old->end);
        is_changed = true;
        ++old;
      }
      if (change->is_gone) continue;
      reach_ = std::max(reach_, now.end);
      if (!block_.holds(now.name.begin, now.end)) continue;
      rows.push_back(&now);
      is_changed = true;
    }
    for (; old != stored.end(); ++old) rows.push_back(&*old);
    return is_changed;
  }

  /// The last of them, which ends where the block did that they are made of, has `generation`.
  void write_blocks(const Rows& rows, const SpellBlockTimes& all, Generation generation) {
    const std::vector<Micros> cuts = cuts_of(rows, all, sizes_.block_starts);
    if (cuts.empty()) return write_block(rows, all, generation);
    std::vector<SpellBlockTimes> blocks(cuts.size() + 1, all);
    for (std::size_t i = 0; i < cuts.size(); ++i) blocks[i].end = blocks[i + 1].begin = cuts[i];
    std::vector<Rows> parts(blocks.size());
    for (const SpellRow* row : rows) {
      const auto begins_in = std::upper_bound(cuts.begin(), cuts.end(), row->name.begin);
      for (auto i = static_cast<std::size_t>(begins_in - cuts.begin()); i < blocks.size(); ++i) {
        if (!blocks[i].holds(row->name.begin, row->end)) break;
        parts[i].push_back(row);
      }
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      write_block(parts[i], blocks[i], i + 1 == blocks.size() ? generation : 0);
    }
  }

  /// Even one without rows: blocks leave no gap.
  void write_block(std::span<const SpellRow* const> rows, const SpellBlockTimes& block,
                   Generation generation) {
    std::size_t first = 0;
    do {
      const std::size_t count = std::min(rows.size() - first, sizes_.page_rows);
      const std::string key = first == 0
                                  ? page_key(node_, block.end, generation)
                                  : page_key(node_, block.end, generation, rows[first]->name);
      const bool is_last = first + count == rows.size();
      batch_.put(family_, key, write_page(block, rows.subspan(first, count), is_last));
      first += count;
    } while (first < rows.size());
  }

  KvIterator& rows_;
  Family family_;
  NodeId node_;
  std::string prefix_;
  const BlockSizes& sizes_;
  TailGenerations* const generations_;
  WriteBatch& batch_;
  std::vector<const TailRow*> tail_;
  std::size_t erased_ = 0;           // stored tail rows
  std::deque<TailRow> stored_tail_;  // those of tail_ that were stored
  std::vector<const TailRow*> by_begin_;
  std::size_t next_begin_ = 0;  // into by_begin_: the first that begins behind block_
  bool is_started_ = false;
  SpellBlockTimes block_;            // the last one read
  Micros reach_ = kBeginningOfTime;  // how far changed spells that were met reach, before or after
};

}  // namespace

namespace {

/// Appends the changes at those indices.
Status read_spells(Family family, const WriteBatch& spells, std::span<const std::size_t> changes,
                   NodeSpells& read) {
  read.reserve(read.size() + changes.size());
  for (const std::size_t index : changes) {
    const WriteBatch::Entry entry = spells[index];
    NodeSpell& one = read.emplace_back();
    one.node = KeyReader(entry.key).node();
    ANNALS_CHECK_OK(read_tail_row(family, read_spell_name(entry.key), entry.value, one.spell));
  }
  return {};
}

}  // namespace

/// Writes the changes of one family.
class SpellFolder::FamilyFolder {
 public:
  /// Without `groups` only whole nodes can be folded.
  FamilyFolder(const KeyValueStore& store, Family family, Groups* groups, const BlockSizes& sizes,
               WriteBatch& batch)
      : store_(store), family_(family), groups_(groups), sizes_(sizes), batch_(batch) {}

  Status fold(const WriteBatch& spells) {
    ANNALS_CHECK_OK(groups_->generations.load(store_));
    const ChangeOrder order = order_of(spells);
    const std::span<const std::size_t> changes(order);
    for (std::size_t first = 0; first < changes.size();) {
      const std::size_t count = count_of_node(spells, changes.subspan(first));
      ANNALS_CHECK_OK(fold_node(spells, changes.subspan(first, count)));
      first += count;
    }
    return {};
  }

  /// All nodes, whatever they look like.
  Status fold(std::span<const NodeSpells> spells) {
    const std::vector<const NodeSpell*> ordered = in_order(spells);
    for (auto first = ordered.begin(); first != ordered.end();) {
      const NodeId node = (*first)->node;
      std::vector<const TailRow*> changes;
      for (; first != ordered.end() && (*first)->node == node; ++first) {
        changes.push_back(&(*first)->spell);
      }
      ANNALS_CHECK_OK(fold_group(node, std::move(changes)));
    }
    return {};
  }

 private:
  static NodeId node_of(std::string_view spell_key) { return KeyReader(spell_key).node(); }

  /// By node and name; each once.
  static std::vector<const NodeSpell*> in_order(std::span<const NodeSpells> spells) {
    std::vector<const NodeSpell*> ordered;
    std::size_t count = 0;
    for (const NodeSpells& some : spells) count += some.size();
    ordered.reserve(count);
    for (const NodeSpells& some : spells) {
      for (const NodeSpell& one : some) ordered.push_back(&one);
    }
    const auto place = [](const NodeSpell* one) {
      return std::tie(one->node, one->spell.row.name);
    };
    const auto is_before = [&](const NodeSpell* a, const NodeSpell* b) {
      return place(a) < place(b);
    };
    if (!std::is_sorted(ordered.begin(), ordered.end(), is_before)) {
      std::stable_sort(ordered.begin(), ordered.end(), is_before);
    }
    // From the back, so that the last of several stays.
    const auto is_same = [&](const NodeSpell* a, const NodeSpell* b) {
      return place(a) == place(b);
    };
    const auto kept = std::unique(ordered.rbegin(), ordered.rend(), is_same);
    ordered.erase(ordered.begin(), kept.base());
    return ordered;
  }

  Status fold_group(NodeId node, std::vector<const TailRow*> changes) {
    seek(node);
    TailGenerations* const generations = groups_ == nullptr ? nullptr : &groups_->generations;
    return Group(rows(), family_, node, sizes_, generations, batch_).fold(std::move(changes));
  }

  ChangeOrder order_of(const WriteBatch& spells) const {
    ChangeOrder order = changes_of(spells, family_);
    sort_by_key(spells, order);
    return order;
  }

  /// How many of the changes, the first of them, are about the same node.
  static std::size_t count_of_node(const WriteBatch& spells, std::span<const std::size_t> changes) {
    const NodeId node = node_of(spells[changes.front()].key);
    const auto other = std::find_if(changes.begin(), changes.end(), [&](std::size_t index) {
      return node_of(spells[index].key) != node;
    });
    return static_cast<std::size_t>(other - changes.begin());
  }

  /// `changes` are all about one node.
  Status fold_node(const WriteBatch& spells, std::span<const std::size_t> changes) {
    const NodeId node = node_of(spells[changes.front()].key);
    ANNALS_TRY(const bool is_due, this->is_due(node, changes.size()));
    if (is_due) {
      NodeSpells rows;
      ANNALS_CHECK_OK(read_spells(family_, spells, changes, rows));
      std::vector<const TailRow*> changed;
      for (const NodeSpell& row : rows) changed.push_back(&row.spell);
      groups_->looks.wait(node, sizes_.tail_rows);
      return fold_group(node, std::move(changed));
    }
    const Generation generation = groups_->generations.of(node);
    for (const std::size_t index : changes) {
      const WriteBatch::Entry entry = spells[index];
      batch_.put(family_, tail_key(node, generation, read_spell_name(entry.key)), entry.value);
    }
    return {};
  }

  Result<bool> is_due(NodeId node, std::size_t changes) {
    if (!groups_->looks.is_due(node, changes, sizes_.changes_per_look)) return false;
    seek(node);
    const std::string prefix = group_prefix(node);
    std::size_t tail = changes;
    for (; rows().valid() && rows().key().starts_with(prefix); next_in_group(rows())) {
      if (is_page_key(rows().key())) break;
      ++tail;
    }
    ANNALS_CHECK_OK(rows().status());
    if (tail < sizes_.tail_rows) {
      groups_->looks.wait(node, sizes_.tail_rows - tail);
      return false;
    }
    ANNALS_TRY(const std::size_t block, last_block_rows(node));
    const std::size_t wanted = block / sizes_.block_rows_per_tail_row;
    if (tail >= wanted) return true;
    groups_->looks.wait(node, wanted - tail);
    return false;
  }

  Result<std::size_t> last_block_rows(NodeId node) {
    const std::string prefix = block_prefix(node, kEndOfTime);
    std::size_t count = 0;
    rows().seek(prefix);
    for (bool is_last = false; !is_last && rows().valid() && rows().key().starts_with(prefix);) {
      ANNALS_TRY(const SpellPage page, SpellPage::read(family_, kEndOfTime, rows().value()));
      count += page.size();
      is_last = page.is_last();
      if (!is_last) rows().next();
    }
    ANNALS_CHECK_OK(rows().status());
    return count;
  }

  KvIterator& rows() {
    if (rows_ == nullptr) {
      rows_ = store_.iterate(family_, {}, {});
      is_empty_ = !rows_->valid();
    }
    return *rows_;
  }

  /// To the first row of the node, or behind. Nodes come in ascending order, and what was done for
  /// one leaves the iterator within its group or right behind: a load, which meets nearly all
  /// nodes, walks on.
  void seek(NodeId node) {
    const std::string prefix = group_prefix(node);
    const bool is_there = last_ < node && rows().valid() && rows().key() >= prefix;
    if (!is_there && !is_empty_) rows().seek(prefix);
    pass_tail_end(rows());
    last_ = node;
  }

  const KeyValueStore& store_;
  Family family_;
  Groups* groups_;
  const BlockSizes& sizes_;
  WriteBatch& batch_;
  std::unique_ptr<KvIterator> rows_;  // made when it is needed
  bool is_empty_ = false;
  NodeId last_;
};

Status SpellFolder::fold(const KeyValueStore& store, Family family, const WriteBatch& spells,
                         WriteBatch& batch) {
  Groups& groups = family == Family::kOut ? out_ : in_;
  return FamilyFolder(store, family, &groups, sizes_, batch).fold(spells);
}

Status SpellFolder::fold_whole(const KeyValueStore& store, Family family,
                               std::span<const NodeSpells> spells, WriteBatch& batch) const {
  return FamilyFolder(store, family, nullptr, sizes_, batch).fold(spells);
}

Status SpellFolder::read(Family family, const WriteBatch& spells, NodeSpells& read) {
  return read_spells(family, spells, changes_of(spells, family), read);
}

}  // namespace annals::storage
