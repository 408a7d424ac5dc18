#include "storage/projection/load_parts.h"

#include <chrono>
#include <utility>

#include "storage/projection/event_list_folder.h"

namespace annals::storage {

LoadParts::LoadParts(std::unique_ptr<Ingestion> rows, const BlockSizes& sizes,
                     std::size_t part_bytes)
    : sizes_(sizes),
      part_bytes_(part_bytes),
      rows_(std::move(rows)),
      timelines_(rows_->make_runs()),
      out_(rows_->make_runs()),
      in_(rows_->make_runs()),
      lists_(rows_->make_runs()) {}

Result<std::unique_ptr<LoadParts>> LoadParts::start(KeyValueStore& store, const BlockSizes& sizes,
                                                    std::size_t part_bytes) {
  ANNALS_TRY(std::unique_ptr<Ingestion> rows, store.start_ingestion());
  return std::unique_ptr<LoadParts>(new LoadParts(std::move(rows), sizes, part_bytes));
}

Status LoadParts::put_aside(Part part) {
  const auto start_lists = [&]() -> Status {
    ANNALS_CHECK_OK(wait_for_lists());
    putting_lists_ =
        std::async(std::launch::async, [this, lists = std::move(part.lists)]() mutable {
          return EventListFolder::put_aside(std::move(lists), sizes_, *lists_);
        });
    return {};
  };
  // Those of the part before may still be on their way: that is no reason to wait with the rest.
  const bool may_start =
      !putting_lists_.valid() ||
      putting_lists_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  if (may_start) ANNALS_CHECK_OK(start_lists());
  alive_.add(part.facts.alive);
  ANNALS_CHECK_OK(part.facts.timelines.put_aside(*timelines_));
  ANNALS_CHECK_OK(out_->add(part.facts.out, Family::kOut));
  ANNALS_CHECK_OK(in_->add(part.facts.in, Family::kIn));
  part.entities.write(part.rows);
  ANNALS_CHECK_OK(rows_->add(std::move(part.rows)));
  return may_start ? Status() : start_lists();
}

Status LoadParts::wait_for_lists() {
  return putting_lists_.valid() ? putting_lists_.get() : Status();
}

}  // namespace annals::storage
