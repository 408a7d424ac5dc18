#pragma once

#include <cstdint>

#include "schema/base/strong_id.h"

namespace annals::inline schema {

/// Position of an event in the log: from 1, without gaps. Zero is none.
using Seq = StrongId<struct SeqTag, std::uint64_t>;

/// A name of a kind, role, relation, property or entity type, as the log numbers it: from 1 in
/// order of first use. Zero is none.
using SymbolId = StrongId<struct SymbolTag, std::uint32_t>;

/// A node of the graph: an entity or an event. The lowest bit tells which, so that both number
/// spaces stay dense and small numbers stay small.
struct NodeId {
  std::uint64_t raw = 0;

  constexpr NodeId() = default;
  constexpr explicit NodeId(std::uint64_t value) : raw(value) {}

  /// The entity that the log numbers `number`, from 1.
  static constexpr NodeId entity(std::uint64_t number) { return NodeId(number << 1); }
  static constexpr NodeId event(Seq seq) { return NodeId(seq.raw << 1 | 1); }

  constexpr bool is_event() const { return (raw & 1) != 0; }
  /// The entity's number in the log. Requires !is_event().
  constexpr std::uint64_t entity_number() const { return raw >> 1; }
  /// The event's sequence. Requires is_event().
  constexpr Seq event_seq() const { return Seq(raw >> 1); }

  constexpr explicit operator bool() const { return raw != 0; }
  constexpr auto operator<=>(const NodeId&) const = default;
};

/// A fact's name for ever: the sequence of the event that began it and which of the facts that
/// this event brings about it is.
struct FactId {
  Seq begun_by;
  std::uint16_t ordinal = 0;

  constexpr explicit operator bool() const { return begun_by.raw != 0; }
  constexpr auto operator<=>(const FactId&) const = default;
};

}  // namespace annals::inline schema

template <>
struct std::hash<annals::NodeId> {
  std::size_t operator()(annals::NodeId id) const noexcept {
    return static_cast<std::size_t>(id.raw * 0x9E3779B97F4A7C15ULL);
  }
};
