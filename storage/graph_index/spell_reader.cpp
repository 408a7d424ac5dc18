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

SpellReader::SpellReader(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
                         std::string prefix, const Perspective& perspective)
    : store_(store),
      snapshot_(snapshot),
      family_(family),
      prefix_(std::move(prefix)),
      known_at_(perspective.known_at),
      every_version_(perspective.every_version) {
  open(family_, prefix_);
}

void SpellReader::open(Family family, std::string lower) {
  lower_ = std::move(lower);
  upper_ = after_prefix(lower_);
  iterator_ = store_.iterate(family, lower_, upper_, &snapshot_);
}

Result<bool> SpellReader::next(TimelineKey& key, Spell& spell) {
  for (;;) {
    if (next_version(key, spell)) return true;
    if (!iterator_->valid()) {
      ANNALS_CHECK_OK(iterator_->status());
      if (in_superseded_ || (!known_at_ && !every_version_)) return false;
      in_superseded_ = true;
      open(Family::kSuperseded, superseded_prefix(family_, prefix_));
      continue;
    }
    ANNALS_TRY(const bool found, read(key, spell));
    iterator_->next();
    if (!found) continue;
    if (!every_version_) return true;
    row_key_ = key;
    row_ = std::move(spell);
    row_moments_ = moments_of(row_);
  }
}

/// Whether the row was believed at the event; if so it is read.
Result<bool> SpellReader::read(TimelineKey& key, Spell& spell) {
  std::string_view row_key = iterator_->key();
  row_until_ = Seq();
  if (in_superseded_) {
    ANNALS_TRY(const SupersededKey parts, read_superseded_key(row_key));
    if (known_at_ && parts.until <= known_at_) return false;
    row_key = parts.row_key;
    row_until_ = parts.until;
  }
  ANNALS_CHECK_OK(decode_spell(family_, row_key, iterator_->value(), key, spell));
  if (!known_at_) return true;
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
