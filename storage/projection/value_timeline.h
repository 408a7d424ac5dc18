#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "storage/projection/timeline.h"

namespace annals::storage {

/// Where effects come or go: their earliest bounds lie between these.
struct TouchedTimes {
  Micros first = kEndOfTime;
  Micros last = kBeginningOfTime;

  void add(const TimelineEffect& effect) {
    first = std::min(first, effect.at.earliest);
    last = std::max(last, effect.at.earliest);
  }
};

/// The fold of a property's timeline, with the results of Timeline. What comes to be known is
/// folded among the values around it alone: from the last one that surely was set before, and so
/// ended what was before it, to the first one that surely is set behind. So a value costs the
/// logarithm of their number in whatever order they come, as long as nearly all are certain and
/// few are of one date. Relies on all that one event sets to be of one date and doubt, as
/// effects_of() makes it.
///
/// Not thread-safe; a value.
class ValueTimeline {
 public:
  /// Takes a stored spell, in order of their keys, before the first apply().
  void restore(Spell spell);
  /// As of Timeline.
  void restore_follower(TimelineEffect effect) { follower_ = std::move(effect); }

  /// As of Timeline. `touched` has the times of all of these.
  void apply(std::span<const FactId> removed, std::vector<TimelineEffect> added, Seq known,
             const TouchedTimes& touched);

  /// What all that made; nothing may be applied any more.
  Timeline::Folded take() &&;

 private:
  /// Spells stand in the order of their keys.
  using Place = std::pair<Micros, FactId>;
  static Place place_of(const Spell& spell) { return {spell.begin.at.earliest, spell.begin.id}; }

  void open_window(const TouchedTimes& touched);
  void close_window();

  std::map<Place, Spell> values_;  // but for those in the window
  std::optional<TimelineEffect> follower_;
  std::vector<Timeline::Superseded> superseded_;

  std::optional<Timeline> window_;  // the values around what was applied last
  bool window_is_last_ = false;     // nothing lies behind it
  Micros window_last_ = kBeginningOfTime;
  std::size_t window_began_with_ = 0;  // so many values
};

}  // namespace annals::storage
