#pragma once

#include <memory>
#include <span>
#include <vector>

#include "storage/projection/timeline.h"

namespace annals::storage {

/// The fold of a relation's timeline, with the results of Timeline, for many effects in any order.
///
/// Where nothing is open nothing that comes later can change what came before, nor the other way
/// round: there the timeline is cut. What comes to be known is folded in its own piece alone, and
/// in those behind it as long as it leaves something open. So what begins and ends by turns costs
/// the logarithm of its length in whatever order it comes; what is never surely over is one piece,
/// and costs its length with each effect that lies before others.
///
/// Not thread-safe; a value.
class RelationTimeline {
 public:
  RelationTimeline();
  ~RelationTimeline();

  /// As of Timeline.
  void restore(Spell spell) { window_.restore(std::move(spell)); }
  void restore_unmatched(TimelineEffect effect) { window_.restore_unmatched(std::move(effect)); }
  void apply(std::span<const FactId> removed, std::vector<TimelineEffect> added, Seq known);

  /// What all that made, pieces in the order of time; nothing may be applied any more.
  Timeline::Folded take() &&;

 private:
  /// As long as this is not made, all is in the window.
  struct Pieces;

  void begin_pieces();
  void open_window(const Timeline::Extent& extent);
  void close_window();
  void fold_on(Seq known);
  bool goes_on(const Timeline::Extent& extent) const;
  bool takes_known_events(std::span<const TimelineEffect> added) const;

  Timeline window_;           // the pieces around what was applied last
  bool folded_anew_ = false;  // once, since something lay before others
  std::unique_ptr<Pieces> pieces_;
};

}  // namespace annals::storage
