#pragma once

#include <cstddef>
#include <future>
#include <memory>

#include "schema/base/result.h"
#include "storage/kv/ingestion.h"
#include "storage/projection/block_sizes.h"
#include "storage/projection/entity_changes.h"
#include "storage/projection/event_list_changes.h"
#include "storage/projection/fact_changes.h"

namespace annals::storage {

/// The parts of a load that does not fit into memory. Each is sorted and put aside on disk; when
/// all of them are there they are merged, so that each node is folded once, however many parts
/// there are. Nothing of them is in the store before that.
///
/// Not thread-safe, but one thread may use what concerns lists while another one uses the rest.
/// Must die before its store. Errors: IoError, Corruption.
class LoadParts {
 public:
  /// What one part gathered, as Projector did.
  struct Part {
    EntityChanges entities;
    WriteBatch rows;  ///< Which need no fold: they go to where all rows go, as those of entities.
    FactChanges facts;
    EventListChanges lists;
  };

  /// `part_bytes` is about the size of a part.
  static Result<std::unique_ptr<LoadParts>> start(KeyValueStore& store, const BlockSizes& sizes,
                                                  std::size_t part_bytes);

  /// Takes the part that follows. Its lists may still be on their way when this returns.
  Status put_aside(Part part);
  /// Until the lists of all parts are there.
  Status wait_for_lists();

  const SortedRuns& timelines() const { return *timelines_; }  ///< By TimelineFolder::source_key().
  const SortedRuns& out() const { return *out_; }       ///< Spells as SpellFolder takes them.
  SortedRuns& in() const { return *in_; }               ///< Likewise; folding makes more.
  const AliveChanges& alive() const { return alive_; }  ///< Of spells that stand alone.
  /// As EventListFolder put them. Requires that they were waited for.
  const SortedRuns& lists() const { return *lists_; }
  std::size_t part_bytes() const { return part_bytes_; }

  /// Deletes what was put aside of facts by source, or of lists, once it was folded. Another thread
  /// may use the rest meanwhile.
  void drop_facts() {
    timelines_.reset();
    out_.reset();
  }
  void drop_lists() { lists_.reset(); }

  /// Where the rows go that come of all that.
  Ingestion& rows() const { return *rows_; }

 private:
  LoadParts(std::unique_ptr<Ingestion> rows, const BlockSizes& sizes, std::size_t part_bytes);

  const BlockSizes sizes_;
  const std::size_t part_bytes_;
  std::unique_ptr<Ingestion> rows_;
  std::unique_ptr<SortedRuns> timelines_;
  std::unique_ptr<SortedRuns> out_;
  std::unique_ptr<SortedRuns> in_;
  std::unique_ptr<SortedRuns> lists_;
  AliveChanges alive_;
  std::future<Status> putting_lists_;  // of the last part; dies first
};

}  // namespace annals::storage
