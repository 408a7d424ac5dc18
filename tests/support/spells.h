#pragma once

#include <cstdint>

#include "storage/graph_index/spell.h"

namespace annals::tests {

/// A spell that the event begins at that time, as it was first recorded, and nothing ends.
inline storage::Spell begun_spell(std::uint64_t event, Micros begin) {
  storage::Spell spell;
  spell.begin.id = {Seq(event), 0};
  spell.begin.at = Instant::exactly(begin);
  spell.begin.known = spell.known_from = Seq(event);
  return spell;
}

}  // namespace annals::tests
