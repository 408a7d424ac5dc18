#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/rehearsal.h"
#include "ingest/row_problem.h"
#include "schema/event.h"
#include "schema/load_request.h"
#include "storage/commit_builder.h"

namespace annals::ingest {

/// The columns of what every event may have: ON, FROM, TO, SAID, ID, SOURCE, BECAUSE, STATUS. An
/// empty field means "not given". Not thread-safe.
class EventDetails {
 public:
  /// Looks the columns up. InvalidArgument for words that do not go together; NotFound.
  static Result<EventDetails> create(const LoadRequest& request, const FileColumns& columns);

  /// An event without a body. FROM becomes `on`; ".." in FROM means since ever, in TO not ended.
  /// Problems: a date that is none, at the character that is wrong; TO before FROM; a status that
  /// is none; an ID that is too long.
  RowResult<Event> read(const Record& record, const FileColumns& columns,
                        const ApproximationPadding& padding) const;

  std::optional<std::size_t> on_column() const { return on_; }

  /// Whether an earlier chunk of a rehearsal had this event; false without rehearsal or ID.
  /// `content` is the hash of read()'s event and of its body to be. Problem: had its ID.
  RowResult<bool> is_repeated(const Record& record, const FileColumns& columns,
                              const Rehearsal* rehearsal, const Event& event,
                              std::uint64_t content) const;
  /// The hash of what read() gave, combined with `before`.
  static std::uint64_t content_hash(const Event& event, std::uint64_t before);

  /// Adds a complete event, and notes it in the rehearsal if there is one. What its kind demands
  /// was checked before.
  RowResult<storage::CommitBuilder::Added> add(const Record& record, const FileColumns& columns,
                                               Event&& event, storage::CommitBuilder& builder,
                                               Rehearsal* rehearsal, std::uint64_t content) const;
  /// The problem that another event has this one's ID.
  RowProblem id_conflict(const Record& record, const FileColumns& columns) const;

 private:
  using Column = std::optional<std::size_t>;

  EventDetails() = default;
  Column* column_of(std::string_view word);
  RowResult<std::optional<Date>> read_date(const Record& record, const FileColumns& columns,
                                           Column column,
                                           const ApproximationPadding& padding) const;

  Column on_, from_, to_, said_, id_, source_, because_, status_;
};

/// Whether an event with this ID is recorded, or in the builder; false for an empty one.
bool is_id_taken(const std::string& id, storage::CommitBuilder& builder);

}  // namespace annals::ingest
