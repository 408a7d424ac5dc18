#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/ids.h"
#include "schema/time/instant.h"
#include "schema/value.h"
#include "schema/vocabulary.h"

namespace annals::storage {

/// What events brought about: a relation between two nodes over one spell. A value.
///
/// `begin` and `end` are the bounds that DESIGN's law needs: at an exact date d the fact is
/// possible iff begin.earliest <= d < end.latest and certain iff begin.latest <= d < end.earliest.
/// A plan or an uncertain date has a latest of kEndOfTime: perhaps it never happens.
///
/// A fact holds while its nodes exist: where that began later or ended sooner than the spell, the
/// bounds and their events are those. Of a node that ceased to be and came to be again there is a
/// Fact for each time, with the same id.
struct Fact {
  FactId id;
  NodeId source;
  SymbolId relation;
  NodeId target;
  Instant begin;
  Instant end = Instant::never();
  Seq begin_event;  ///< The event whose instant `begin` is; zero if it may be one of several.
  Seq ended_by;     ///< The event that ends the spell (the last of them); zero if none does.
  Seq end_event;    ///< The same, if `end` is its instant; zero if that may be another one's.
  bool begin_is_moved = false;  ///< It began before its node did: perhaps nothing of it is left.
  Seq known_from;               ///< The event with which this version of the fact came to be known.
  /// The event that made it another; zero: it is believed, or nothing later was asked about.
  Seq known_until;
  std::vector<Property> properties;  ///< Sorted by name.
  std::vector<Seq> earlier_ends;     ///< The other events that perhaps end it, in their order.

  bool operator==(const Fact&) const = default;
};

/// A value of a property of one node over one spell, while the node exists.
struct PropertyFact {
  FactId id;
  NodeId node;
  SymbolId name;
  Value value;
  Instant begin;
  Instant end = Instant::never();
  Seq begin_event;  ///< As of a Fact, like the others.
  Seq ended_by;
  Seq end_event;
  bool begin_is_moved = false;
  Seq known_from;

  bool operator==(const PropertyFact&) const = default;
};

/// An effect that changed nothing: an end of what was not open, or a begin of what had begun.
struct UnmatchedEffect {
  FactId id;  ///< The event and which of its effects.
  EffectType type = EffectType::kEnds;
  NodeId source;
  SymbolId relation;
  NodeId target;
  Instant at;

  bool operator==(const UnmatchedEffect&) const = default;
};

/// The instants from `from` to `to`, both included. A date of which one day is asked about is
/// [earliest, latest]; all time is the default.
struct Window {
  Micros from = kBeginningOfTime;
  Micros to = kEndOfTime;

  static constexpr Window of(Instant instant) { return {instant.earliest, instant.latest}; }
  /// Whether a spell with these bounds may hold at some instant of the window.
  constexpr bool may_hold(Instant begin, Instant end) const {
    return begin.earliest <= to && from < end.latest && begin.earliest < end.latest;
  }
  bool operator==(const Window&) const = default;
};

/// An entity: a node that events are about.
struct Entity {
  NodeId id;
  SymbolId type;
  std::string name;                      ///< Canonical.
  std::vector<std::string> aliases;      ///< In the order in which they were recorded.
  std::vector<std::string> identifiers;  ///< Likewise.
  Seq known_from;                        ///< The first event of the commit that names it first.
  std::vector<Seq> aliases_known;        ///< Since which event; as many as aliases.
  std::vector<Seq> identifiers_known;    ///< Likewise.
  bool operator==(const Entity&) const = default;
};

/// That a node takes part in an event.
struct Participation {
  Seq event;
  SymbolId kind;
  SymbolId role;
  NodeId node;
  Instant on;  ///< Of the event's begin; all of time if it has no date.
  bool operator==(const Participation&) const = default;
};

}  // namespace annals::storage
