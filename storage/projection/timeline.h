#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

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
///     doubtful end leaves the spell open for a later one, but one that has many of these
///     (limits::kDoubtfulEndsMax) takes no more. What an event ends does not keep the
///     same event from beginning it anew, and no event ends what it begins.
/// (4) SETS ends what the timeline was set to and opens a spell with the new value. A spell that so
///     many doubtful values have ended (limits::kDoubtfulEndsMax) is ended by no other.
/// (5) The result depends on the set of effects; on the order in which they became known only
///     through Spell::known_from and superseded(), which tell what was believed before.
///
/// Not thread-safe; a value.
class Timeline {
 public:
  /// Where an effect stands in the order of (1).
  using Place = std::pair<Micros, FactId>;
  static Place place_of(const TimelineEffect& effect);

  /// Effects may have the last instant that there is, which says that nobody knows.
  static constexpr Place kBehindAll{std::numeric_limits<Micros>::max(),
                                    FactId{Seq(std::numeric_limits<std::uint64_t>::max()),
                                           std::numeric_limits<std::uint16_t>::max()}};
  /// From the first to the last place of some effects; of none it ends before it begins.
  struct Extent {
    Place first = kBehindAll;
    Place last{std::numeric_limits<Micros>::min(), FactId()};

    static Extent all() { return {Extent().last, Extent().first}; }
    static Extent of(std::span<const TimelineEffect> effects);
    void add(const TimelineEffect& effect);
  };

  /// Takes a stored spell or a stored unmatched effect, in any order, before the first apply().
  void restore(Spell spell);
  void restore_unmatched(TimelineEffect effect);
  /// Of a property: what was restored is only a part, and this effect sets a value that follows, in
  /// their order. Its own spell is no matter of this object.
  void restore_follower(TimelineEffect effect);

  /// Takes the effects called `removed` out and folds `added` in, all at once: what became known
  /// with the event `known`. Calls come in the order of `known`. Costs the length of the timeline
  /// if something is removed or lies before others, else the open spells; nothing of these for
  /// asserted facts that no end lies behind.
  void apply(std::span<const FactId> removed, std::vector<TimelineEffect> added, Seq known);

  /// Whether all that apply() makes of `begin`, and then of `end`, where there was nothing is a
  /// spell that one begins and the other one ends: as nearly all are.
  static bool is_begin_and_end(const TimelineEffect& begin, const TimelineEffect& end);

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

  // What RelationTimeline needs to cut it into parts. All but the first two only where something
  // was applied, and there is no follower.

  /// How many effects it has, and which.
  std::size_t size() const { return effects_.size(); }
  std::span<const TimelineEffect> effects() const { return effects_; }
  /// Whether apply() would take these with what was there as it is.
  bool takes_at_the_end(std::span<const TimelineEffect> added);
  Extent extent() const;
  /// Whether no later effect could change anything that there is, nor be changed by it.
  bool ends_clean() const { return open_.empty(); }
  /// What a fold has made, before the first apply().
  void restore_part(Folded part);
  /// What a fold of its own has made of effects that lie behind all of these; known like all else
  /// that was applied with `known`.
  void join_behind(Folded part, Seq known);

  struct Part {
    Extent extent;
    bool ends_clean = true;
    Folded folded;  ///< Without `superseded`.
  };
  /// The parts between which nothing is open, in order; what was superseded is appended.
  std::vector<Part> split(std::vector<Superseded>& superseded) &&;

  const std::vector<Spell>& spells() const { return spells_; }
  const std::vector<TimelineEffect>& unmatched() const { return unmatched_; }
  const std::vector<Superseded>& superseded() const { return superseded_; }

 private:
  void settle();
  void refold(Seq known);
  void extend(const TimelineEffect& effect, Seq known);
  void note(const TimelineEffect& effect);
  void note_all();
  bool bear_on_nothing(std::span<const TimelineEffect> added) const;
  void put_in_order();
  std::vector<std::size_t> cuts() const;
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
  std::vector<TimelineEffect> followers_;  // end what is open behind all effects
  std::vector<std::size_t> open_;          // indexes into spells_ that a later effect can still end
  std::vector<std::size_t> clean_;         // indexes into effects_ behind which nothing is open
  bool settled_ = false;
  bool is_in_order_ = false;
  // Of effects_: the last that ends something, and the last that something open may absorb.
  Place last_end_ = Extent().last;
  Place last_begin_ = Extent().last;
  boost::unordered_flat_set<std::uint64_t> absorbed_;  // events that have a begin in unmatched_
};

}  // namespace annals::storage
