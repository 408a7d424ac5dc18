#pragma once

#include <vector>

#include "storage/graph_index/spell.h"

namespace annals::storage {

/// The fold of one timeline: effects in, spells out.
///
/// Invariants:
/// (1) Effects are folded in the order of their instants, then sequence, then ordinal; a begin
///     counts with its earliest bound and an end with its latest, so that a coarse date ends what
///     began within it.
/// (2) BEGINS opens a spell, unless one with the same properties is open that surely began by then
///     and has no end of its own: in that case it is unmatched. An asserted fact always opens one.
///     MARKS makes a spell that nothing else ends or finds open.
/// (3) ENDS ends every open spell that has its properties; if there is none it is unmatched. A
///     doubtful end leaves the spell open for a later one. What an event ends does not keep the
///     same event from beginning it anew, and no event ends what it begins.
/// (4) SETS ends what the timeline was set to and opens a spell with the new value.
/// (5) The result depends on the set of effects and on the order in which they became known only
///     through Spell::known_from, the sequence with which a spell became as it is.
///
/// Not thread-safe; a value.
class Timeline {
 public:
  /// Takes a stored spell or a stored unmatched effect, in any order, before the first apply().
  void restore(Spell spell);
  void restore_unmatched(TimelineEffect effect);

  /// Folds one more effect in, known with the event `known`. Effects come in the order of `known`.
  /// Costs the length of the timeline if the effect lies before others, else the open spells.
  void apply(TimelineEffect effect, Seq known);

  const std::vector<Spell>& spells() const { return spells_; }
  const std::vector<TimelineEffect>& unmatched() const { return unmatched_; }

 private:
  void settle();
  void refold(Seq known);
  void extend(const TimelineEffect& effect, Seq known);
  bool absorbs(const TimelineEffect& effect) const;
  void open(const TimelineEffect& effect, Seq known);
  /// Whether it ended any.
  bool end_open(const TimelineEffect& effect, Seq known);
  /// Opens the spells that the same event begins and that are no longer absorbed.
  void begin_anew(FactId ended, Seq known);

  std::vector<TimelineEffect> effects_;  // all, in the order of (1), once settled_
  std::vector<Spell> spells_;
  std::vector<TimelineEffect> unmatched_;
  std::vector<std::size_t> open_;  // indexes into spells_ that a later effect can still end
  bool settled_ = false;
};

}  // namespace annals::storage
