#pragma once

#include <cstdint>
#include <string>

#include "schema/base/limits.h"
#include "schema/time/date.h"

/// What the encoder and the decoder of commits must agree on beyond event.capnp.
namespace annals::inline schema {

/// Effect.nameRole of an effect whose name is fixed.
inline constexpr std::uint16_t kNoNameRole = 0xFFFF;

/// Nodes in the tables of one commit: as many as would fit a commit without tables.
inline constexpr std::uint64_t kTableNodesMax =
    limits::kCommitBytesMax / (2 * sizeof(std::uint64_t));

/// The text that a date has when it is stored without one. Part of the format, and therefore only
/// the plainest: how coarser instants are written may change.
inline std::string plain_text(const Instant& begin) { return format_micros(begin.earliest); }

}  // namespace annals::inline schema
