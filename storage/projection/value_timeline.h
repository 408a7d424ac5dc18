#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "storage/projection/timeline.h"

namespace annals::storage {

/// The fold of a property's timeline, with the results of Timeline. What comes to be known is
/// folded among the values around it alone: from the last one that surely was set before, and so
/// ended what was before it, to the first one that surely is set behind, or as far as
/// limits::kDoubtfulEndsMax doubtful ones reach. So a value costs the logarithm of their number in
/// whatever order they come. Relies on all that one event sets to be of one date and doubt, as
/// effects_of() makes it.
///
/// Not thread-safe; a value.
class ValueTimeline {
 public:
  /// Takes a stored spell, in order of their keys, before the first apply().
  void restore(Spell spell);
  /// As of Timeline.
  void restore_follower(TimelineEffect effect) { followers_.push_back(std::move(effect)); }

  /// As of Timeline. `touched` has the places of all of these.
  void apply(std::span<const FactId> removed, std::vector<TimelineEffect> added, Seq known,
             Timeline::Extent touched);

  /// What all that made; nothing may be applied any more.
  Timeline::Folded take() &&;

 private:
  /// Spells stand in the order of their keys.
  using Place = Timeline::Place;
  using Values = std::map<Place, Spell>;

  Values::iterator first_before(Values::iterator place);
  bool restore_followers(Values::iterator behind);
  void open_window(const Timeline::Extent& touched);
  void close_window();

  Values values_;  // but for those in the window
  std::vector<TimelineEffect> followers_;
  std::vector<Timeline::Superseded> superseded_;

  std::optional<Timeline> window_;  // the values around what was applied last
  bool window_is_last_ = false;     // nothing follows it
  Place window_last_;
  std::size_t window_began_with_ = 0;  // so many values
};

}  // namespace annals::storage
