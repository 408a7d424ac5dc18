#include "storage/projection/renewals.h"

namespace annals::storage {

void Renewals::note(const Kind& kind) {
  for (const Effect& begin : kind.effects) {
    if (begin.type != EffectType::kBegins || begin.is_of_existence()) continue;
    for (const Effect& end : kind.effects) {
      if (end.type != EffectType::kEnds || end.is_of_existence()) continue;
      // Which relation a role names each event tells.
      if (begin.name_role || end.name_role) all_ = true;
      if (begin.name == end.name) relations_.insert(begin.name);
    }
  }
}

}  // namespace annals::storage
