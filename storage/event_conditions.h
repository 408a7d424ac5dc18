#pragma once

#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/vocabulary.h"

namespace annals::storage {

/// Whether an occurrence keeps the bounds and checks of `kind`, its definition; `recorded` is when
/// it was. InvalidArgument: it surely does not (with the message of the check), or a check cannot
/// be worked out.
Status check_event_conditions(const Event& event, const Kind& kind, const Vocabulary& vocabulary,
                              Micros recorded);

}  // namespace annals::storage
