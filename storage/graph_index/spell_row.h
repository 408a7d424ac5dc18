#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/spell.h"

namespace annals::storage {

/// What a spell is called among those of one node, in one direction: the order of rows.
struct SpellName {
  SymbolId relation;
  NodeId neighbour;  ///< The node at the other end.
  Micros begin = 0;  ///< Its earliest bound.
  FactId id;

  auto operator<=>(const SpellName&) const = default;
};

/// What a timeline is called among those of one node, in one direction: the spells whose names
/// begin so belong to it.
struct TimelineName {
  SymbolId relation;
  NodeId neighbour;

  auto operator<=>(const TimelineName&) const = default;
};

/// How the rest of a spell is kept. DO NOT CHANGE: they are on disk.
enum class SpellForm : std::uint8_t {
  kPlain = 0,     ///< Begun on an exact day and perhaps ended on one, as it was first recorded.
  kAsserted = 1,  ///< The same of a bare fact.
  kMarked = 2,    ///< The same of what an event marks.
  kEncoded = 3,   ///< Anything else: as encode_spell() writes it.
};

/// A spell as it lies in a block. Nearly all are begun and ended by events with exact dates, and
/// those need no more than these numbers.
struct SpellRow {
  SpellName name;
  /// From here on it surely does not hold, nor has an end behind; kEndOfTime: it may hold for ever.
  Micros end = kEndOfTime;
  FactId ended_by;  ///< Unless encoded: the event and effect that end it; zero: its own end.
  SpellForm form = SpellForm::kPlain;
  std::string encoded;  ///< Of kEncoded.

  bool may_hold(const Window& window) const {
    return window.may_hold(Instant::exactly(name.begin), Instant::exactly(end));
  }
  bool operator==(const SpellRow&) const = default;
};

SpellRow to_row(SymbolId relation, NodeId neighbour, const Spell& spell);

/// Reads what encode_spell() wrote of a spell whose form is kPlain or kAsserted, in place of
/// whatever `row` was; false: it is another one, or unreadable, and of `row` nothing counts.
bool read_plain_row(const SpellName& name, std::string_view value, SpellRow& row);

/// Corruption names the family.
Status to_spell(Family family, const SpellRow& row, Spell& spell);

/// The fact itself, in place of whatever `fact` was; `family` (kOut or kIn) tells which of its ends
/// `node` is. Corruption likewise.
Status to_fact(Family family, NodeId node, const SpellRow& row, Fact& fact);

}  // namespace annals::storage
