#include "query/commands/event_cells.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "query/commands/event_text.h"

namespace annals::query {

void add_event_columns(std::vector<ResultColumn>& columns) {
  for (const std::string_view name :
       {"seq", "kind", "on", "said", "source", "reason", "id", "status"}) {
    columns.push_back({std::string(name)});
  }
}

void add_event_cells(const RecordedEvent& recorded, const Vocabulary& vocabulary,
                     std::vector<Datum>& cells) {
  const Event& event = recorded.event;
  cells.emplace_back(static_cast<std::int64_t>(recorded.seq.raw));
  cells.emplace_back(kind_text(event, vocabulary));
  cells.push_back(text_or_null(date_text(event)));
  cells.push_back(event.said ? Datum(event.said->text) : Datum());
  cells.push_back(text_or_null(event.source));
  cells.push_back(text_or_null(event.reason));
  cells.push_back(text_or_null(event.id));
  cells.emplace_back(status_text(event.status));
}

}  // namespace annals::query
