#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/load_request.h"
#include "storage/database.h"

namespace annals::ingest {

/// What a load is doing, for showing to a person who waits.
struct LoadProgress {
  enum class Phase : std::uint8_t {
    kChecking,  ///< Trying all rows, before any is recorded.
    kRecording,
    kIndexing,  ///< Making what was recorded durable and visible; has no measure.
  };
  Phase phase = Phase::kRecording;
  std::uint64_t rows = 0;
  std::uint64_t bytes_read = 0;  ///< Of the file as stored, in this phase.
  std::uint64_t bytes_total = 0;
};

/// Runs LOAD statements: a file's rows become events of a database.
///
/// All or nothing, without ON ERROR REJECT. In a log nothing can be taken back, so a file is tried
/// out whole before its first row is recorded, except that one which fits in a single commit
/// (limits::kBulkCommitEvents) is committed as soon as it has been read to its end. The first row
/// that is wrong is the error, and nothing was recorded. Trying out costs about a third of the time
/// on top.
///
/// With ON ERROR REJECT a load takes one pass: rows that are wrong go to the rejects file with the
/// reason, the others are recorded.
///
/// DRY RUN tries the file out and reports what the load would do, also in the rejects file.
///
/// What remains of a load that ends early after recording began (the user's interruption, a read
/// error, a rejects file that cannot be written, with ON ERROR REJECT also a file that is broken as
/// a whole, such as a quote that is never closed): the rows before are recorded and visible, and
/// the error says up to which line. After a crash, a prefix of the load is recorded.
///
/// Whether a row of a file is there already is known by its ID alone: with ID given, loading a file
/// again records nothing twice.
///
/// Memory is bounded, whatever the file's size, but for what Rehearsal keeps of events with an ID.
/// Not thread-safe. Holds the database's write lock while it runs. Borrows the database, which must
/// outlive it.
class LoadRunner {
 public:
  /// Called now and then, and at the beginning of a phase, by the thread that loads.
  using ProgressCallback = std::function<void(const LoadProgress&)>;

  /// `progress` is called at most about once in `progress_every`.
  explicit LoadRunner(storage::Database& database, ProgressCallback progress = {},
                      std::chrono::milliseconds progress_every = std::chrono::milliseconds(100))
      : database_(database), progress_(std::move(progress)), progress_every_(progress_every) {}

  /// Errors: what is wrong with the statement, at its place there; with the file or a row, at its
  /// place in the file; those of the database; Interrupted if `stop` was requested.
  Result<LoadReport> run(const LoadRequest& request, const StopFlag& stop);

 private:
  storage::Database& database_;
  ProgressCallback progress_;
  std::chrono::milliseconds progress_every_;
};

}  // namespace annals::ingest
