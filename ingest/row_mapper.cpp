#include "ingest/row_mapper.h"

#include <utility>

#include "ingest/event_row_mapper.h"
#include "ingest/fact_row_mapper.h"

namespace annals::ingest {

Result<std::unique_ptr<RowMapper>> make_row_mapper(const LoadRequest& request, FileColumns columns,
                                                   const storage::CommitBuilder& builder,
                                                   Rehearsal* rehearsal) {
  if (request.what == LoadRequest::What::kFacts) {
    return FactRowMapper::create(request, std::move(columns), builder, rehearsal);
  }
  return EventRowMapper::create(request, std::move(columns), builder, rehearsal);
}

}  // namespace annals::ingest
