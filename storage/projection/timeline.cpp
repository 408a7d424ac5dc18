#include "storage/projection/timeline.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "schema/base/limits.h"

namespace annals::storage {

namespace {

Micros order_time(const TimelineEffect& effect) {
  return effect.type == EffectType::kEnds ? effect.at.latest : effect.at.earliest;
}

bool comes_before(const TimelineEffect& a, const TimelineEffect& b) {
  return std::tuple(order_time(a), a.id) < std::tuple(order_time(b), b.id);
}

/// In order, each once: one end may close several spells and was then restored with each.
void drop_doubles(std::vector<TimelineEffect>& effects) {
  const auto same_id = [](const TimelineEffect& a, const TimelineEffect& b) {
    return a.id == b.id && a.type == b.type;
  };
  effects.erase(std::unique(effects.begin(), effects.end(), same_id), effects.end());
}

bool has_properties(const Spell& spell, const std::vector<Property>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&spell](const Property& property) {
    const auto& held = spell.begin.properties;
    return std::find(held.begin(), held.end(), property) != held.end();
  });
}

/// Whether the end that came with the spell lies before the effect, whatever the dates mean.
bool surely_over(const Spell& spell, const TimelineEffect& effect) {
  return spell.begin.own_end.latest <= effect.at.earliest;
}

/// Whether `now`, as known before `known`, is what `then` was: it only got more ends since.
bool is_told_by(const Spell& then, const Spell& now, Seq known) {
  if (then.begin != now.begin || then.ends.size() > now.ends.size()) return false;
  const auto more = now.ends.begin() + static_cast<std::ptrdiff_t>(then.ends.size());
  return std::equal(then.ends.begin(), then.ends.end(), now.ends.begin()) &&
         std::all_of(more, now.ends.end(),
                     [known](const TimelineEffect& end) { return end.known == known; });
}

/// Whether one of its ends comes from the event of `id`.
bool ends_at(const Spell& spell, FactId id) {
  return std::any_of(spell.ends.begin(), spell.ends.end(),
                     [id](const TimelineEffect& end) { return end.id.begun_by == id.begun_by; });
}

}  // namespace

void Timeline::restore(Spell spell) {
  effects_.push_back(spell.begin);
  for (const TimelineEffect& end : spell.ends) {
    // What sets a property is restored whole with its own spell.
    if (end.type != EffectType::kSets) effects_.push_back(end);
  }
  spells_.push_back(std::move(spell));
}

void Timeline::restore_unmatched(TimelineEffect effect) {
  effects_.push_back(effect);
  unmatched_.push_back(std::move(effect));
}

void Timeline::restore_follower(TimelineEffect effect) { followers_.push_back(std::move(effect)); }

void Timeline::settle() {
  settled_ = true;
  put_in_order();
  if (effects_.empty()) return;
  drop_doubles(effects_);
  note_all();
  refold(Seq());
}

void Timeline::put_in_order() {
  if (is_in_order_) return;
  std::sort(effects_.begin(), effects_.end(), comes_before);
  is_in_order_ = true;
}

void Timeline::note(const TimelineEffect& effect) {
  const bool begins = effect.type == EffectType::kBegins;
  if (effect.type == EffectType::kMarks || (begins && effect.asserted)) return;
  Place& last = begins ? last_begin_ : last_end_;
  last = std::max(last, place_of(effect));
}

void Timeline::note_all() {
  last_end_ = last_begin_ = Extent().last;
  for (const TimelineEffect& effect : effects_) note(effect);
}

bool Timeline::is_begin_and_end(const TimelineEffect& begin, const TimelineEffect& end) {
  return begin.type == EffectType::kBegins && begin.own_end == Instant::never() &&
         end.type == EffectType::kEnds && end.properties.empty() && end.at.earliest != kEndOfTime &&
         end.id.begun_by != begin.id.begun_by && comes_before(begin, end);
}

/// Whether all of these are facts that somebody stated, and nothing behind them can end them, or be
/// absorbed by them.
bool Timeline::bear_on_nothing(std::span<const TimelineEffect> added) const {
  return std::all_of(added.begin(), added.end(), [this](const TimelineEffect& effect) {
    const Place place = place_of(effect);
    const bool ends_itself = effect.own_end != Instant::never();
    return effect.type == EffectType::kBegins && effect.asserted && place > last_end_ &&
           (ends_itself || place > last_begin_);
  });
}

bool Timeline::lies_behind_all(const TimelineEffect& effect) const {
  return effects_.empty() || !comes_before(effect, effects_.back());
}

void Timeline::apply(std::span<const FactId> removed, std::vector<TimelineEffect> added,
                     Seq known) {
  if (!settled_) settle();
  std::sort(added.begin(), added.end(), comes_before);
  for (TimelineEffect& effect : added) effect.known = known;
  if (removed.empty() && bear_on_nothing(added)) {
    for (TimelineEffect& effect : added) {
      // It is open behind them.
      while (!clean_.empty() && comes_before(effect, effects_[clean_.back()])) clean_.pop_back();
      is_in_order_ = is_in_order_ && lies_behind_all(effect);
      effects_.push_back(std::move(effect));
      open(effects_.back(), known);
    }
    return;
  }
  put_in_order();
  const bool extends =
      removed.empty() && followers_.empty() && (added.empty() || lies_behind_all(added.front()));
  if (extends) {
    for (TimelineEffect& effect : added) {
      note(effect);
      effects_.push_back(std::move(effect));
      extend(effects_.back(), known);
      if (open_.empty()) clean_.push_back(effects_.size() - 1);
    }
    return;
  }
  const auto is_removed = [&removed](const TimelineEffect& effect) {
    return std::find(removed.begin(), removed.end(), effect.id) != removed.end();
  };
  effects_.erase(std::remove_if(effects_.begin(), effects_.end(), is_removed), effects_.end());
  const auto middle = effects_.insert(effects_.end(), std::make_move_iterator(added.begin()),
                                      std::make_move_iterator(added.end()));
  std::inplace_merge(effects_.begin(), middle, effects_.end(), comes_before);
  note_all();
  refold(known);
}

void Timeline::refold(Seq known) {
  std::vector<Spell> before = std::move(spells_);
  spells_.clear();
  unmatched_.clear();
  open_.clear();
  clean_.clear();
  absorbed_.clear();
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    extend(effects_[i], known);
    if (open_.empty()) clean_.push_back(i);
  }
  for (const TimelineEffect& effect : followers_) end_open(effect);
  // Spells are large: pointers to them are sorted.
  std::vector<Spell*> by_id;
  by_id.reserve(before.size());
  for (Spell& spell : before) by_id.push_back(&spell);
  std::sort(by_id.begin(), by_id.end(),
            [](const Spell* a, const Spell* b) { return a->begin.id < b->begin.id; });
  for (Spell& spell : spells_) {
    const auto old = std::lower_bound(by_id.begin(), by_id.end(), spell.begin.id,
                                      [](const Spell* a, FactId id) { return a->begin.id < id; });
    if (old == by_id.end() || !is_told_by(**old, spell, known)) continue;
    spell.known_from = (*old)->known_from;
    // What goes on is no version of the past.
    (*old)->known_from = known;
  }
  for (Spell& spell : before) {
    // What an event made and unmade itself nobody ever believed.
    if (spell.known_from < known) superseded_.push_back({std::move(spell), known});
  }
}

Timeline::Place Timeline::place_of(const TimelineEffect& effect) {
  return {order_time(effect), effect.id};
}

void Timeline::Extent::add(const TimelineEffect& effect) {
  first = std::min(first, place_of(effect));
  last = std::max(last, place_of(effect));
}

Timeline::Extent Timeline::Extent::of(std::span<const TimelineEffect> effects) {
  Extent extent;
  for (const TimelineEffect& effect : effects) extent.add(effect);
  return extent;
}

Timeline::Extent Timeline::extent() const {
  if (!is_in_order_) return Extent::of(effects_);
  return {place_of(effects_.front()), place_of(effects_.back())};
}

bool Timeline::takes_at_the_end(std::span<const TimelineEffect> added) {
  if (!settled_) settle();
  return bear_on_nothing(added) ||
         (is_in_order_ && std::all_of(added.begin(), added.end(), [this](const auto& effect) {
            return lies_behind_all(effect);
          }));
}

void Timeline::restore_part(Folded part) {
  for (Spell& spell : part.spells) restore(std::move(spell));
  for (TimelineEffect& effect : part.unmatched) restore_unmatched(std::move(effect));
}

void Timeline::join_behind(Folded part, Seq known) {
  put_in_order();
  const auto before = static_cast<std::ptrdiff_t>(effects_.size());
  restore_part(std::move(part));
  std::sort(effects_.begin() + before, effects_.end(), comes_before);
  drop_doubles(effects_);
  note_all();
  refold(known);
}

/// The indexes of effects behind which a part ends: nothing is open there, and no event has effects
/// on both sides, since it may begin anew what it found begun.
std::vector<std::size_t> Timeline::cuts() const {
  if (clean_.empty()) return {};
  std::vector<std::pair<Seq, std::size_t>> by_event;
  by_event.reserve(effects_.size());
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    by_event.emplace_back(effects_[i].id.begun_by, i);
  }
  std::sort(by_event.begin(), by_event.end());
  // How many events begin less how many end at each index, of those with several effects.
  std::vector<std::ptrdiff_t> changes(effects_.size(), 0);
  for (std::size_t i = 1; i < by_event.size(); ++i) {
    if (by_event[i].first != by_event[i - 1].first) continue;
    ++changes[by_event[i - 1].second];
    --changes[by_event[i].second];
  }
  std::vector<std::size_t> cuts;
  auto clean = clean_.begin();
  std::ptrdiff_t spanning = 0;
  for (std::size_t i = 0; i < effects_.size() && clean != clean_.end(); ++i) {
    spanning += changes[i];
    if (i != *clean) continue;
    ++clean;
    if (spanning == 0) cuts.push_back(i);
  }
  return cuts;
}

std::vector<Timeline::Part> Timeline::split(std::vector<Superseded>& superseded) && {
  std::move(superseded_.begin(), superseded_.end(), std::back_inserter(superseded));
  if (effects_.empty()) return {};
  put_in_order();
  std::vector<std::size_t> ends = cuts();
  const std::size_t last = effects_.size() - 1;
  if (ends.empty() || ends.back() != last) ends.push_back(last);
  std::vector<Part> parts(ends.size());
  std::size_t first = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    parts[i].extent = {place_of(effects_[first]), place_of(effects_[ends[i]])};
    first = ends[i] + 1;
  }
  parts.back().ends_clean = open_.empty();
  const auto part_of = [&parts](const TimelineEffect& effect) -> Folded& {
    const auto behind = [](const Part& part, const Place& place) {
      return part.extent.last < place;
    };
    return std::lower_bound(parts.begin(), parts.end(), place_of(effect), behind)->folded;
  };
  for (Spell& spell : spells_) {
    Folded& part = part_of(spell.begin);
    part.spells.push_back(std::move(spell));
  }
  for (TimelineEffect& effect : unmatched_) {
    Folded& part = part_of(effect);
    part.unmatched.push_back(std::move(effect));
  }
  return parts;
}

bool Timeline::absorbs(const TimelineEffect& effect) const {
  if (effect.asserted) return false;
  return std::any_of(open_.begin(), open_.end(), [&](std::size_t index) {
    const Spell& spell = spells_[index];
    const bool surely_open = !spell.begin.doubtful && spell.begin.at.latest <= effect.at.earliest;
    // What ends of itself, or by the same event, says nothing of the time after that end.
    const bool goes_on = spell.begin.own_end == Instant::never() && !ends_at(spell, effect.id);
    return surely_open && goes_on && spell.begin.properties == effect.properties;
  });
}

void Timeline::extend(const TimelineEffect& effect, Seq known) {
  switch (effect.type) {
    case EffectType::kBegins:
      if (absorbs(effect)) {
        absorbed_.insert(effect.id.begun_by.raw);
        unmatched_.push_back(effect);
      } else {
        open(effect, known);
      }
      break;
    case EffectType::kMarks: spells_.push_back({effect, {}, known}); break;
    case EffectType::kEnds:
      if (!end_open(effect)) unmatched_.push_back(effect);
      begin_anew(effect.id, known);
      break;
    case EffectType::kSets:
      end_open(effect);
      open(effect, known);
      break;
  }
}

void Timeline::open(const TimelineEffect& effect, Seq known) {
  spells_.push_back({effect, {}, known});
  open_.push_back(spells_.size() - 1);
}

bool Timeline::end_open(const TimelineEffect& effect) {
  bool ended_one = false;
  const auto end_if_it_applies = [&](std::size_t index) {
    Spell& spell = spells_[index];
    if (surely_over(spell, effect)) return true;
    const bool sets = effect.type == EffectType::kSets;
    if (!sets && !has_properties(spell, effect.properties)) return false;
    if (spell.begin.id.begun_by == effect.id.begun_by) return false;
    const bool is_full = spell.ends.size() == limits::kDoubtfulEndsMax;
    if (effect.doubtful && is_full) return false;
    ended_one = true;
    spell.ends.push_back(effect);
    if (sets) {
      // The value that follows stands in its own row.
      spell.ends.back().properties.clear();
      spell.ends.back().own_end = Instant::never();
    }
    return !effect.doubtful || (sets && spell.ends.size() == limits::kDoubtfulEndsMax);
  };
  open_.erase(std::remove_if(open_.begin(), open_.end(), end_if_it_applies), open_.end());
  return ended_one;
}

void Timeline::begin_anew(FactId ended, Seq known) {
  if (!absorbed_.contains(ended.begun_by.raw)) return;
  // A coarse begin was folded before the end of its own event, and found open what that ended.
  const auto goes_on = [&](const TimelineEffect& effect) {
    const bool same_event = effect.id.begun_by == ended.begun_by;
    if (effect.type != EffectType::kBegins || !same_event || absorbs(effect)) return false;
    open(effect, known);
    return true;
  };
  unmatched_.erase(std::remove_if(unmatched_.begin(), unmatched_.end(), goes_on), unmatched_.end());
}

}  // namespace annals::storage
