#include "storage/projection/timeline.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace annals::storage {

namespace {

Micros order_time(const TimelineEffect& effect) {
  return effect.type == EffectType::kEnds ? effect.at.latest : effect.at.earliest;
}

bool comes_before(const TimelineEffect& a, const TimelineEffect& b) {
  return std::tuple(order_time(a), a.id) < std::tuple(order_time(b), b.id);
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

void Timeline::restore_follower(TimelineEffect effect) { follower_ = std::move(effect); }

void Timeline::settle() {
  settled_ = true;
  put_in_order();
  if (effects_.empty()) return;
  // One end may close several spells and was then restored with each.
  const auto same_id = [](const TimelineEffect& a, const TimelineEffect& b) {
    return a.id == b.id && a.type == b.type;
  };
  effects_.erase(std::unique(effects_.begin(), effects_.end(), same_id), effects_.end());
  refold(Seq());
}

void Timeline::put_in_order() {
  if (!is_in_order_) std::sort(effects_.begin(), effects_.end(), comes_before);
  is_in_order_ = true;
}

/// Whether all that there is and comes are facts that somebody stated: they bear on nothing else.
bool Timeline::all_are_asserted(const std::vector<TimelineEffect>& added) {
  const auto is_asserted = [](const TimelineEffect& effect) {
    return effect.type == EffectType::kBegins && effect.asserted;
  };
  while (asserted_ < effects_.size() && is_asserted(effects_[asserted_])) ++asserted_;
  return asserted_ == effects_.size() && std::all_of(added.begin(), added.end(), is_asserted);
}

bool Timeline::lies_behind_all(const TimelineEffect& effect) const {
  return effects_.empty() || !comes_before(effect, effects_.back());
}

void Timeline::apply(std::span<const FactId> removed, std::vector<TimelineEffect> added,
                     Seq known) {
  if (!settled_) settle();
  std::sort(added.begin(), added.end(), comes_before);
  for (TimelineEffect& effect : added) effect.known = known;
  if (removed.empty() && all_are_asserted(added)) {
    for (TimelineEffect& effect : added) {
      is_in_order_ = is_in_order_ && lies_behind_all(effect);
      effects_.push_back(std::move(effect));
      open(effects_.back(), known);
    }
    return;
  }
  put_in_order();
  const bool extends =
      removed.empty() && !follower_ && (added.empty() || lies_behind_all(added.front()));
  if (extends) {
    for (TimelineEffect& effect : added) {
      effects_.push_back(std::move(effect));
      extend(effects_.back(), known);
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
  asserted_ = 0;
  refold(known);
}

void Timeline::refold(Seq known) {
  std::vector<Spell> before = std::move(spells_);
  spells_.clear();
  unmatched_.clear();
  open_.clear();
  for (const TimelineEffect& effect : effects_) extend(effect, known);
  if (follower_) end_open(*follower_);
  const auto by_id = [](const Spell& a, const Spell& b) { return a.begin.id < b.begin.id; };
  std::sort(before.begin(), before.end(), by_id);
  std::vector<bool> goes_on(before.size(), false);
  for (Spell& spell : spells_) {
    const auto old = std::lower_bound(before.begin(), before.end(), spell, by_id);
    if (old == before.end() || !is_told_by(*old, spell, known)) continue;
    spell.known_from = old->known_from;
    goes_on[static_cast<std::size_t>(old - before.begin())] = true;
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    // What an event made and unmade itself nobody ever believed.
    if (goes_on[i] || before[i].known_from >= known) continue;
    superseded_.push_back({std::move(before[i]), known});
  }
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
    ended_one = true;
    spell.ends.push_back(effect);
    if (sets) {
      // The value that follows stands in its own row.
      spell.ends.back().properties.clear();
      spell.ends.back().own_end = Instant::never();
    }
    return !effect.doubtful;
  };
  open_.erase(std::remove_if(open_.begin(), open_.end(), end_if_it_applies), open_.end());
  return ended_one;
}

void Timeline::begin_anew(FactId ended, Seq known) {
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
