#pragma once

#include <optional>
#include <span>
#include <utility>
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
/// (5) The result depends on the set of effects; on the order in which they became known only
///     through Spell::known_from and superseded(), which tell what was believed before.
///
/// Not thread-safe; a value.
class Timeline {
 public:
  /// Takes a stored spell or a stored unmatched effect, in any order, before the first apply().
  void restore(Spell spell);
  void restore_unmatched(TimelineEffect effect);
  /// Of a property: what was restored is only a part, and this effect, which surely happens, sets
  /// the value that follows. Its own spell is no matter of this object.
  void restore_follower(TimelineEffect effect);

  /// Takes the effects called `removed` out and folds `added` in, all at once: what became known
  /// with the event `known`. Calls come in the order of `known`. Costs the length of the timeline
  /// if something is removed or lies before others, else the open spells; nothing of these as long
  /// as there are only asserted facts.
  void apply(std::span<const FactId> removed, std::vector<TimelineEffect> added, Seq known);

  /// A version of a spell that the present spells do not tell, believed until the event `until`.
  struct Superseded {
    Spell spell;
    Seq until;
  };

  /// What the fold has made.
  struct Folded {
    std::vector<Spell> spells;
    std::vector<TimelineEffect> unmatched;
    std::vector<Superseded> superseded;  ///< By apply().
  };
  Folded take() && { return {std::move(spells_), std::move(unmatched_), std::move(superseded_)}; }

  const std::vector<Spell>& spells() const { return spells_; }
  const std::vector<TimelineEffect>& unmatched() const { return unmatched_; }
  const std::vector<Superseded>& superseded() const { return superseded_; }

 private:
  void settle();
  void refold(Seq known);
  void extend(const TimelineEffect& effect, Seq known);
  bool all_are_asserted(const std::vector<TimelineEffect>& added);
  void put_in_order();
  bool lies_behind_all(const TimelineEffect& effect) const;
  bool absorbs(const TimelineEffect& effect) const;
  void open(const TimelineEffect& effect, Seq known);
  /// Whether it ended any.
  bool end_open(const TimelineEffect& effect);
  /// Opens the spells that the same event begins and that are no longer absorbed.
  void begin_anew(FactId ended, Seq known);

  std::vector<TimelineEffect> effects_;  // all, in the order of (1) if is_in_order_
  std::vector<Spell> spells_;
  std::vector<TimelineEffect> unmatched_;
  std::vector<Superseded> superseded_;
  std::optional<TimelineEffect> follower_;  // ends what is open behind all effects
  std::vector<std::size_t> open_;  // indexes into spells_ that a later effect can still end
  bool settled_ = false;
  bool is_in_order_ = false;
  std::size_t asserted_ = 0;  // of effects_, from the first one on
};

}  // namespace annals::storage
