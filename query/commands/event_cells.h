#pragma once

#include <string>
#include <utility>
#include <vector>

#include "query/datum.h"
#include "query/result_sink.h"
#include "schema/event.h"
#include "schema/vocabulary.h"

namespace annals::query {

/// The columns in which an event that stands behind a fact is shown: seq, kind, on, said, source,
/// reason, id, status.
void add_event_columns(std::vector<ResultColumn>& columns);

/// Its cells; what was not given is null.
void add_event_cells(const RecordedEvent& recorded, const Vocabulary& vocabulary,
                     std::vector<Datum>& cells);

/// Null for what is empty.
inline Datum text_or_null(std::string text) {
  return text.empty() ? Datum() : Datum(std::move(text));
}

}  // namespace annals::query
