#include "storage/graph_index/spell_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/superseded.h"

namespace annals::storage {

namespace {

std::vector<Seq> moments_of(const Spell& spell) {
  std::vector<Seq> moments = {spell.known_from};
  for (const TimelineEffect& end : spell.ends) {
    if (end.known > moments.back()) moments.push_back(end.known);
  }
  std::reverse(moments.begin(), moments.end());
  return moments;
}

}  // namespace

SpellRows::SpellRows(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
                     std::string_view prefix)
    : SpellRows(store, snapshot, family, false, std::string(prefix)) {}

SpellRows SpellRows::superseded(const KeyValueStore& store, const KvSnapshot& snapshot,
                                Family family, std::string_view prefix) {
  return SpellRows(store, snapshot, family, true, superseded_prefix(family, prefix));
}

SpellRows::SpellRows(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
                     bool is_superseded, std::string prefix)
    : family_(family),
      is_superseded_(is_superseded),
      lower_(std::move(prefix)),
      upper_(after_prefix(lower_)),
      iterator_(
          store.iterate(is_superseded ? Family::kSuperseded : family, lower_, upper_, &snapshot)) {}

Result<bool> SpellRows::next(TimelineKey& key, Spell& spell) {
  if (!iterator_->valid()) {
    ANNALS_CHECK_OK(iterator_->status());
    return false;
  }
  std::string_view row_key = iterator_->key();
  if (is_superseded_) {
    ANNALS_TRY(const SupersededKey parts, read_superseded_key(row_key));
    row_key = parts.row_key;
    until_ = parts.until;
  }
  ANNALS_CHECK_OK(decode_spell(family_, row_key, iterator_->value(), key, spell));
  iterator_->next();
  return true;
}

SpellGroups::SpellGroups(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
                         NodeId node, const GroupFilter& filter)
    : family_(family), filter_(filter), node_(node) {
  if (!node) {
    walk_ = std::make_unique<GroupWalk>(store, family, &snapshot);
    return;
  }
  lower_ = group_prefix(node);
  upper_ = after_group(node);
  rows_ = store.iterate(family, lower_, upper_, &snapshot);
}

Result<std::span<const SpellRow>> SpellGroups::next(std::size_t count_max, NodeId& node) {
  while (given_ == group_.size()) {
    given_ = 0;
    group_.clear();
    if (rows_ != nullptr) {
      ANNALS_CHECK_OK(read_group(*rows_, family_, node_, filter_, group_));
      rows_.reset();
    } else if (walk_ != nullptr) {
      ANNALS_TRY(node_, walk_->next());
      if (!node_) {
        walk_.reset();
      } else {
        ANNALS_CHECK_OK(read_group(walk_->rows(), family_, node_, filter_, group_));
      }
    } else {
      return std::span<const SpellRow>();
    }
  }
  node = node_;
  const std::size_t count = std::min(count_max, group_.size() - given_);
  return std::span<const SpellRow>(group_).subspan(std::exchange(given_, given_ + count), count);
}

Result<bool> SpellGroups::next(TimelineKey& key, Spell& spell) {
  NodeId node;
  ANNALS_TRY(const std::span<const SpellRow> rows, next(1, node));
  if (rows.empty()) return false;
  const SpellRow& row = rows.front();
  key = {Family::kOut, node, row.name.relation, row.name.neighbour};
  if (family_ == Family::kIn) std::swap(key.source, key.target);
  ANNALS_CHECK_OK(to_spell(family_, row, spell));
  return true;
}

SpellReader::SpellReader(std::unique_ptr<SpellSource> today, const KeyValueStore& store,
                         const KvSnapshot& snapshot, Family family, std::string prefix,
                         const Perspective& perspective)
    : today_(std::move(today)),
      store_(store),
      snapshot_(snapshot),
      family_(family),
      prefix_(std::move(prefix)),
      known_at_(perspective.known_at),
      every_version_(perspective.every_version) {}

Result<bool> SpellReader::next(TimelineKey& key, Spell& spell) {
  for (;;) {
    if (next_version(key, spell)) return true;
    ANNALS_TRY(const bool found, read(key, spell));
    if (!found) return false;
    if (!was_believed(spell)) continue;
    if (!every_version_) return true;
    row_key_ = key;
    row_ = std::move(spell);
    row_moments_ = moments_of(row_);
  }
}

/// The next row of today, then of those that were superseded, if they are asked for.
Result<bool> SpellReader::read(TimelineKey& key, Spell& spell) {
  if (today_ != nullptr) {
    ANNALS_TRY(const bool found, today_->next(key, spell));
    if (found) return true;
    today_.reset();
    if (known_at_ || every_version_) {
      superseded_.emplace(SpellRows::superseded(store_, snapshot_, family_, prefix_));
    }
  }
  if (!superseded_) return false;
  ANNALS_TRY(const bool found, superseded_->next(key, spell));
  row_until_ = superseded_->until();
  return found;
}

/// Whether it was believed at the event; if so it becomes as it was believed then.
bool SpellReader::was_believed(Spell& spell) const {
  if (!known_at_) return true;
  if (superseded_ && row_until_ <= known_at_) return false;
  if (spell.known_from > known_at_) return false;
  spell.as_known_at(known_at_);
  return true;
}

bool SpellReader::next_version(TimelineKey& key, Spell& spell) {
  if (row_moments_.empty()) return false;
  const Seq moment = row_moments_.back();
  row_moments_.pop_back();
  known_until_ = row_moments_.empty() ? row_until_ : row_moments_.back();
  key = row_key_;
  spell = row_;
  spell.as_known_at(moment);
  return true;
}

}  // namespace annals::storage
