#include "storage/projection/timeline_store.h"

#include <algorithm>

#include "schema/base/limits.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/spell_group.h"
#include "storage/graph_index/superseded.h"

namespace annals::storage {

namespace {

/// To the first key that begins with `prefix` or lies behind it. Since timelines come in ascending
/// order the iterator is often there already, or nearly, and a step costs much less than a seek.
void seek_forward(KvIterator& iterator, std::string_view prefix) {
  constexpr int kStepsMax = 8;
  for (int i = 0; i < kStepsMax && iterator.valid() && iterator.key() < prefix; ++i) {
    iterator.next();
  }
  if (iterator.valid() && iterator.key() < prefix) iterator.seek(prefix);
}

bool within(const KvIterator& iterator, std::string_view prefix) {
  return iterator.valid() && iterator.key().starts_with(prefix);
}

/// Goes to the row of a property's timeline from which on effects at or after `from` can matter:
/// the last one before them that surely begins and so ends what was before it, or as far back as
/// doubtful ones reach. Otherwise to the first.
void seek_before(KvIterator& iterator, const TimelineKey& key, std::string_view prefix,
                 Micros from) {
  iterator.seek_for_prev(KeyWriter().node(key.source).symbol(key.name).time(from).view());
  TimelineKey timeline;
  Spell last;
  bool is_whole = true;
  const auto at_value = [&] {
    if (!within(iterator, prefix)) return false;
    const Status read =
        decode_spell(Family::kProperty, iterator.key(), iterator.value(), timeline, last);
    is_whole = read.has_value();
    return is_whole;
  };
  std::size_t doubtful = 0;
  while (at_value()) {
    // What one event sets does not end what it sets besides: all of it ends what was before.
    const Seq event = last.begin.id.begun_by;
    const bool is_sure = !last.begin.doubtful;
    while (at_value() && last.begin.id.begun_by == event) iterator.prev();
    if (is_sure || ++doubtful == limits::kDoubtfulEndsMax) break;
  }
  // Whoever reads on from the first row tells of the damage.
  if (!is_whole || !iterator.valid()) return iterator.seek(prefix);
  iterator.next();
}

Micros asked(const std::function<Micros()>& since) { return since ? since() : kBeginningOfTime; }

}  // namespace

TimelineStore::TimelineStore(const KeyValueStore& store, Stored stored, KnownTimelines::News* news)
    : store_(store), stored_(stored), news_(news) {}

KvIterator& TimelineStore::made(std::unique_ptr<KvIterator>& rows, Family family) const {
  if (rows == nullptr) rows = store_.iterate(family, {}, {});
  return *rows;
}

void TimelineStore::Before::clear() {
  rows.clear();
  unmatched.clear();
  spells.clear();
  unmatched_effects.clear();
}

void TimelineStore::Before::leave_out_unmatched_before(Micros since) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < unmatched.size(); ++i) {
    if (Timeline::place_of(unmatched_effects[i]).first < since) continue;
    if (kept != i) {
      unmatched[kept] = std::move(unmatched[i]);
      unmatched_effects[kept] = std::move(unmatched_effects[i]);
    }
    ++kept;
  }
  unmatched.resize(kept);
  unmatched_effects.resize(kept);
}

void TimelineStore::Before::restore(RelationTimeline& timeline) const {
  for (const Spell& spell : spells) timeline.restore(spell);
  for (const TimelineEffect& effect : unmatched_effects) timeline.restore_unmatched(effect);
}

Status TimelineStore::read(const TimelineKey& key, const Purpose& purpose, Before& before) {
  before.clear();
  Micros since = kBeginningOfTime;
  ANNALS_TRY(const std::span<const SpellRow> rows, rows_of(key, purpose, since));
  ANNALS_CHECK_OK(read_facts(key, rows, before));
  ANNALS_CHECK_OK(read_unmatched(key, before));
  before.leave_out_unmatched_before(since);
  return {};
}

Status TimelineStore::read(const TimelineKey& key, const Timeline::Extent& touched,
                           ValueTimeline& timeline, Before& before) {
  before.clear();
  const std::string prefix = timeline_prefix(key);
  KvIterator& iterator = made(property_, Family::kProperty);
  seek_forward(iterator, prefix);
  if (within(iterator, prefix)) seek_before(iterator, key, prefix, touched.first.first);
  for (std::size_t doubtful = 0; within(iterator, prefix); iterator.next()) {
    TimelineKey row_key;
    Spell spell;
    ANNALS_CHECK_OK(decode_spell(key.family, iterator.key(), iterator.value(), row_key, spell));
    if (spell.begin.at.earliest > touched.last.first) {
      const bool is_last = !spell.begin.doubtful || ++doubtful == limits::kDoubtfulEndsMax;
      timeline.restore_follower(std::move(spell.begin));
      if (is_last) break;
      continue;
    }
    before.rows.emplace_back(iterator.key(), iterator.value());
    timeline.restore(std::move(spell));
  }
  return iterator.status();
}

Status TimelineStore::read_facts(const TimelineKey& key, std::span<const SpellRow> rows,
                                 Before& before) {
  for (const SpellRow& row : rows) {
    Spell spell;
    ANNALS_CHECK_OK(to_spell(Family::kOut, row, spell));
    // No other effect begins or ends what is marked.
    if (spell.begin.type == EffectType::kMarks) continue;
    before.rows.emplace_back(spell_key(key, spell), encode_spell(spell));
    before.spells.push_back(std::move(spell));
  }
  return {};
}

/// The spells of the timeline that end at `since`, which it tells, or later, in order, and perhaps
/// some others; valid until the next call.
Result<std::span<const SpellRow>> TimelineStore::rows_of(const TimelineKey& key,
                                                         const Purpose& purpose, Micros& since) {
  since = kBeginningOfTime;
  if (!stored_.facts) return std::span<const SpellRow>();
  if (stored_.known != nullptr && stored_.known->lacks(key)) return std::span<const SpellRow>();
  if (news_ != nullptr && stored_.known != nullptr && !stored_.known->knows(key.source)) {
    if (!news_->knows(key.source)) ANNALS_CHECK_OK(note_timelines(key.source));
    if (news_->lacks(key)) return std::span<const SpellRow>();
  }
  if (asked_node_ != key.source) {
    asked_node_ = key.source;
    ANNALS_CHECK_OK(read_group_of(key.source, purpose));
  }
  const bool needs_all = stored_.renewals == nullptr || stored_.renewals->may_renew(key.name);
  if (group_node_ != key.source || (needs_all && group_since_ > kBeginningOfTime)) {
    if (!needs_all) since = asked(purpose.since);
    ANNALS_CHECK_OK(read_alone(key, since));
    return std::span<const SpellRow>(narrow_);
  }
  since = group_since_;
  struct ByTimeline {
    using Pair = std::pair<SymbolId, NodeId>;
    static Pair of(const SpellRow& row) { return {row.name.relation, row.name.neighbour}; }
    bool operator()(const SpellRow& row, const Pair& wanted) const { return of(row) < wanted; }
    bool operator()(const Pair& wanted, const SpellRow& row) const { return wanted < of(row); }
  };
  const auto [first, last] = std::equal_range(group_.begin(), group_.end(),
                                              ByTimeline::Pair(key.name, key.target), ByTimeline());
  return std::span<const SpellRow>(first, last);
}

/// Notes which timelines the source has, and perhaps some sources behind it.
Status TimelineStore::note_timelines(NodeId source) {
  KvIterator& out = made(out_, Family::kOut);
  seek_group(out, source);
  bool goes_on = true;
  if (within(out, group_prefix(source))) {
    ANNALS_TRY(goes_on, note_group());
  } else {
    news_->note_all(source, {});
  }
  for (std::size_t i = 0; i < stored_.ahead && goes_on && out.valid(); ++i) {
    ANNALS_TRY(const GroupKey next, read_group_key(Family::kOut, out.key()));
    // What begins at an event has no timeline, but for a few.
    if (next.node.is_event()) {
      goes_on = pass_group(next.node);
      continue;
    }
    if (stored_.known->knows(next.node) || news_->knows(next.node)) break;
    ANNALS_TRY(goes_on, note_group());
  }
  return out.status();
}

/// Of the group at whose first row the iterator stands; true: it then stands behind it.
Result<bool> TimelineStore::note_group() {
  ANNALS_TRY(const GroupTimelines group,
             read_timelines(*out_, Family::kOut, KnownTimelines::kNamesPerSource));
  if (group.is_small) {
    news_->note_all(group.node, group.timelines);
  } else {
    news_->note_large(group.node);
  }
  return group.is_small;
}

/// Behind the group, if it has few rows: true.
bool TimelineStore::pass_group(NodeId node) {
  constexpr int kStepsMax = 8;
  const std::string prefix = group_prefix(node);
  for (int steps = 0; within(*out_, prefix); ++steps) {
    if (steps == kStepsMax) return false;
    next_in_group(*out_);
  }
  return true;
}

/// Reads all spells of the source that matter if that costs less than its timelines one by one, or
/// is known not to be much.
Status TimelineStore::read_group_of(NodeId source, const Purpose& purpose) {
  KvIterator& out = made(out_, Family::kOut);
  GroupFilter all;
  all.also_empty = true;
  group_node_ = NodeId();
  group_since_ = kBeginningOfTime;
  if (news_ == nullptr || !news_->knows_small(source)) {
    // For fewer than that a small group is read at once anyway.
    constexpr std::size_t kSiblingsMin = 4;
    if (purpose.siblings < kSiblingsMin) return {};
    group_since_ = asked(purpose.since_of_source);
    // What ends then lies in the block of the instant before.
    const Micros from = std::max(group_since_, kBeginningOfTime + 1) - 1;
    ANNALS_TRY(const bool is_cheap,
               is_cheap_group(out, Family::kOut, source, from, purpose.siblings));
    if (!is_cheap) return {};
  }
  all.window.from = group_since_;
  ANNALS_CHECK_OK(read_group(out, Family::kOut, source, all, group_));
  group_node_ = source;
  return {};
}

Status TimelineStore::read_alone(const TimelineKey& key, Micros since) {
  KvIterator& out = made(out_, Family::kOut);
  GroupFilter filter;
  filter.also_empty = true;
  filter.relation = key.name;
  filter.neighbour = key.target;
  filter.window.from = since;
  ANNALS_TRY(const bool source_is_small,
             read_small_group(out, Family::kOut, key.source, filter, narrow_));
  if (source_is_small) return {};
  GroupFilter reverse = filter;
  reverse.neighbour = key.source;
  ANNALS_TRY(const bool target_is_small,
             read_small_group(made(in_, Family::kIn), Family::kIn, key.target, reverse, narrow_));
  if (target_is_small) return {};
  return read_group(out, Family::kOut, key.source, filter, narrow_);
}

Status TimelineStore::read_unmatched(const TimelineKey& key, Before& before) {
  if (!stored_.unmatched) return {};
  const std::string prefix = timeline_prefix(key);
  if (unmatched_node_ != key.source) {
    // Most of what there was is gone, and lies between one source and the next that has some.
    unmatched_node_ = key.source;
    const std::string lower = group_prefix(key.source);
    const std::string upper = after_prefix(lower);
    if (unmatched_ == nullptr) {
      unmatched_ = store_.iterate(Family::kUnmatched, lower, upper);
    } else {
      unmatched_->restrict_to(lower, upper);
    }
  }
  KvIterator& rows = *unmatched_;
  seek_forward(rows, prefix);
  for (; within(rows, prefix); rows.next()) {
    TimelineKey row_key;
    TimelineEffect effect;
    ANNALS_CHECK_OK(decode_unmatched(rows.key(), rows.value(), row_key, effect));
    before.unmatched.emplace_back(rows.key(), rows.value());
    before.unmatched_effects.push_back(std::move(effect));
  }
  return rows.status();
}

namespace {

/// A spell's row is known by its key in the family of its timeline; kIn holds it once more.
void put_spell(const TimelineKey& key, const Spell& spell, std::string_view row_key,
               std::string_view value, const TimelineStore::Changes& changes) {
  if (key.family != Family::kOut) return changes.rows.put(key.family, row_key, value);
  if (changes.news != nullptr) changes.news->note_written(key);
  if (changes.whole == nullptr) {
    changes.out.put(Family::kOut, row_key, value);
  } else {
    changes.whole->push_back({key.source, {to_row(key.name, key.target, spell), false}});
  }
  TimelineKey reversed = key;
  std::swap(reversed.source, reversed.target);
  KeyWriter reverse;
  write_spell_key(reversed, spell, reverse);
  changes.in.put(Family::kIn, reverse.view(), value);
}

void put_superseded(const TimelineKey& key, const Timeline::Superseded& version,
                    WriteBatch& batch) {
  const std::string value = encode_spell(version.spell);
  const std::string row_key = spell_key(key, version.spell);
  batch.put(Family::kSuperseded, superseded_key(key.family, row_key, version.until), value);
  if (key.family != Family::kOut) return;
  const std::string reverse = reverse_spell_key(key, version.spell);
  batch.put(Family::kSuperseded, superseded_key(Family::kIn, reverse, version.until), value);
}

void erase_spell(const TimelineKey& key, std::string_view row_key,
                 const TimelineStore::Changes& changes) {
  if (key.family != Family::kOut) return changes.rows.erase(key.family, row_key);
  if (changes.whole == nullptr) {
    changes.out.erase(Family::kOut, row_key);
  } else {
    NodeSpell& gone = changes.whole->emplace_back();
    gone.node = key.source;
    gone.spell.row.name = read_spell_name(row_key);
    gone.spell.is_gone = true;
  }
  // Source and target change places; the fields behind them stay.
  const std::string_view moment = row_key.substr(timeline_prefix(key).size());
  TimelineKey reversed = key;
  std::swap(reversed.source, reversed.target);
  changes.in.erase(Family::kIn, timeline_prefix(reversed).append(moment));
}

}  // namespace

namespace {

using StoredRows = TimelineStore::Before::Rows;

/// The row under `key`, or the next.
StoredRows::const_iterator row_of(const StoredRows& rows, std::string_view key) {
  return std::lower_bound(
      rows.begin(), rows.end(), key,
      [](const auto& row, std::string_view wanted) { return row.first < wanted; });
}

/// The value under `key`, or null.
const std::string* find_row(const StoredRows& rows, std::string_view key) {
  const auto found = row_of(rows, key);
  return found == rows.end() || found->first != key ? nullptr : &found->second;
}

/// Calls `erase` with the key of each row of `before` that is not among `kept`.
template <class Erase>
std::size_t erase_others(const StoredRows& before, std::vector<std::string> kept,
                         const Erase& erase) {
  std::sort(kept.begin(), kept.end());
  std::size_t erased = 0;
  for (const auto& [key, value] : before) {
    if (std::binary_search(kept.begin(), kept.end(), key)) continue;
    erase(key);
    ++erased;
  }
  return erased;
}

}  // namespace

TimelineStore::Difference TimelineStore::write_difference(const TimelineKey& key,
                                                          const Timeline::Folded& folded,
                                                          const Before& before,
                                                          const Changes& changes) {
  const bool is_relation = key.family == Family::kOut;
  WriteBatch& batch = changes.rows;
  // What was there counted as alive.
  const auto forget = [&](std::string_view row_key) {
    if (!is_relation) return;
    const auto row = static_cast<std::size_t>(row_of(before.rows, row_key) - before.rows.begin());
    changes.alive.add(key.name, before.spells[row], true);
  };
  Difference difference;
  std::vector<std::string> kept;
  std::string value;
  for (const Spell& spell : folded.spells) {
    KeyWriter of_spell;
    write_spell_key(key, spell, of_spell);
    const std::string_view row_key = of_spell.view();
    value.clear();
    RowWriter of_value(value);
    write_spell(of_value, spell);
    const std::string* const old = find_row(before.rows, row_key);
    if (old == nullptr) ++difference.spells_added;
    if (old == nullptr || *old != value) {
      put_spell(key, spell, row_key, value, changes);
      if (is_relation) changes.alive.add(key.name, spell, false);
      if (old != nullptr) forget(row_key);
    }
    if (old != nullptr) kept.emplace_back(row_key);
  }
  difference.spells_removed =
      erase_others(before.rows, std::move(kept), [&](const std::string& row_key) {
        erase_spell(key, row_key, changes);
        forget(row_key);
      });
  kept.clear();
  for (const TimelineEffect& effect : folded.unmatched) {
    std::string row_key = unmatched_key(key, effect.id);
    value = encode_unmatched(effect);
    const std::string* const old = find_row(before.unmatched, row_key);
    if (old == nullptr) ++difference.unmatched_added;
    if (old == nullptr || *old != value) batch.put(Family::kUnmatched, row_key, value);
    if (old != nullptr) kept.push_back(std::move(row_key));
  }
  difference.unmatched_removed =
      erase_others(before.unmatched, std::move(kept),
                   [&](const std::string& row_key) { batch.erase(Family::kUnmatched, row_key); });
  for (const Timeline::Superseded& version : folded.superseded) {
    put_superseded(key, version, batch);
  }
  return difference;
}

}  // namespace annals::storage
