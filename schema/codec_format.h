#pragma once

#include <cstdint>
#include <string>

#include "schema/time/date.h"

/// What the encoder and the decoder of commits must agree on beyond event.capnp.
namespace annals::inline schema {

/// Effect.nameRole of an effect whose name is fixed.
inline constexpr std::uint16_t kNoNameRole = 0xFFFF;

/// The text that a date has when it is stored without one. Part of the format, and therefore only
/// the plainest: how coarser instants are written may change.
inline std::string plain_text(const Instant& begin) { return format_micros(begin.earliest); }

}  // namespace annals::inline schema
