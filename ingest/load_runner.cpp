#include "ingest/load_runner.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "ingest/csv_reader.h"
#include "ingest/derived_fields.h"
#include "ingest/reject_writer.h"
#include "ingest/row_mapper.h"
#include "schema/base/limits.h"

namespace annals::ingest {

using storage::CommitBuilder;
using storage::Database;

namespace {

using SteadyClock = std::chrono::steady_clock;
using Phase = LoadProgress::Phase;

// Reading the clock takes about as long as splitting a row.
constexpr std::uint64_t kRowsBetweenClocks = 128;

// Events that are tried out before the builder forgets them: about 3 MB, which stay in the
// processor's caches.
constexpr std::size_t kRehearsalEvents = 4'000;
static_assert(kRehearsalEvents > limits::kBulkCommitEvents);
static_assert(kRehearsalEvents < limits::kCommitEventsMax);
// Entities that are tried out before the builder forgets them too: about 30 MB.
constexpr std::uint64_t kRehearsalEntities = 100'000;

/// Reports progress, not too often.
class ProgressMeter {
 public:
  ProgressMeter(const LoadRunner::ProgressCallback& callback, std::chrono::milliseconds every)
      : callback_(callback), every_(every) {}

  void begin(Phase phase, const RecordReader& reader, std::uint64_t rows) {
    if (!callback_) return;
    phase_ = phase;
    report(reader, rows);
  }

  void row(const RecordReader& reader, std::uint64_t rows) {
    if (!callback_ || rows % kRowsBetweenClocks != 0) return;
    if (SteadyClock::now() - last_ < every_) return;
    report(reader, rows);
  }

 private:
  void report(const RecordReader& reader, std::uint64_t rows) {
    last_ = SteadyClock::now();
    callback_({phase_, rows, reader.bytes_read(), reader.bytes_total()});
  }

  const LoadRunner::ProgressCallback& callback_;
  std::chrono::milliseconds every_;
  Phase phase_ = Phase::kRecording;
  SteadyClock::time_point last_;
};

/// One LOAD statement being run.
class Load {
 public:
  Load(Database& database, const LoadRequest& request, const StopFlag& stop, ProgressMeter meter)
      : database_(database), request_(request), stop_(stop), meter_(meter) {}

  Result<LoadReport> run();

 private:
  Status open(Rehearsal* rehearsal);
  Status rehearse();
  Status record();
  Result<bool> next_row();
  RowResult<CommitBuilder::Added> add_row();
  Status take_row();
  Status reject(RowProblem problem);
  Status commit_rest();
  Error ended_early(Error error);
  Error failed_in_storage(Error error) const;
  std::string what_remains() const;

  Database& database_;
  const LoadRequest& request_;
  const StopFlag& stop_;
  ProgressMeter meter_;

  std::unique_ptr<CommitBuilder> builder_;
  std::unique_ptr<RejectWriter> rejects_;  // Null without ON ERROR REJECT.
  std::unique_ptr<CsvReader> reader_;
  std::unique_ptr<RowMapper> mapper_;
  FileColumns columns_;  // Those of the file, and behind them derived ones.
  DerivedFields derived_;
  Record record_;
  LoadReport report_;
  std::uint64_t recorded_before_ = 0;  // Of report_.recorded: in commits before the builder's.
  std::uint64_t last_line_ = 0;        // Where the last row that was taken begins.
  bool has_commits_ = false;           // Some of the load is in the log.
  bool is_complete_ = false;           // The rehearsal left all rows in the builder.
};

Error with_hint(Error error, std::string_view more) {
  error.hint += fmt::format("{}{}", error.hint.empty() ? "" : "; ", more);
  return error;
}

Result<LoadReport> Load::run() {
  const SteadyClock::time_point begin = SteadyClock::now();
  if (!request_.rejects_path.empty()) {
    ANNALS_TRY(rejects_, RejectWriter::create(request_.rejects_path, request_.path));
  }
  ANNALS_TRY(builder_, database_.begin());
  if (request_.dry_run || rejects_ == nullptr) ANNALS_CHECK_OK(rehearse());
  if (!request_.dry_run) ANNALS_CHECK_OK(is_complete_ ? commit_rest() : record());
  if (rejects_ != nullptr) {
    Status closed = rejects_->close();
    if (!closed) {
      return with_hint(std::move(closed).error(),
                       fmt::format("{} of {} rows are recorded all the same",
                                   request_.dry_run ? 0 : report_.recorded, report_.read));
    }
  }
  if (report_.rejected > 0) report_.rejects_path = request_.rejects_path;
  report_.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  return std::move(report_);
}

/// Opens the file at its beginning and looks up the names of the statement.
Status Load::open(Rehearsal* rehearsal) {
  report_ = LoadReport();
  last_line_ = 0;
  Result<std::unique_ptr<ByteSource>> stored = open_file(request_.path);
  if (!stored) {
    Error error = std::move(stored).error();
    // The path is part of the statement.
    if (request_.place.line > 0) error.place = request_.place;
    return error;
  }
  ANNALS_TRY(std::unique_ptr<ByteSource> text, decompressed(std::move(*stored)));
  CsvOptions options;
  options.separator = request_.separator;
  options.has_header = request_.has_header.value_or(true);
  ANNALS_TRY(reader_, CsvReader::open(std::move(text), options));
  columns_ = {reader_->file(), reader_->columns()};
  LoadRequest request = request_;
  ANNALS_TRY(derived_, DerivedFields::create(request, columns_));
  ANNALS_TRY(mapper_, make_row_mapper(request, columns_, *builder_, rehearsal));
  return {};
}

// --- Trying out ----------------------------------------------------------------------------------

/// Reads the whole file into the builder, which forgets it piece by piece. Fails with the first
/// problem of a row, unless rows are rejected.
Status Load::rehearse() {
  const auto nothing_recorded = [](Error error) {
    return with_hint(std::move(error), "nothing was recorded");
  };
  Rehearsal rehearsal;
  if (Status opened = open(&rehearsal); !opened) return opened;
  meter_.begin(Phase::kChecking, *reader_, 0);
  const CommitBuilder::Mark start = builder_->mark();
  is_complete_ = !request_.dry_run;
  for (;;) {
    Result<bool> more = next_row();
    if (!more) return nothing_recorded(std::move(more).error());
    if (!*more) break;
    if (Status taken = take_row(); !taken) return nothing_recorded(std::move(taken).error());
    if (builder_->event_count() < kRehearsalEvents) continue;
    if (builder_->entities_created() < kRehearsalEntities) {
      builder_->forget_events_since(start);
    } else {
      builder_->roll_back_to(start);
      mapper_->forget();
    }
    rehearsal.next_chunk();
    is_complete_ = false;
  }
  report_.entities_created = rehearsal.entities_created();
  report_.relations_created = rehearsal.relations_created();
  is_complete_ = is_complete_ && builder_->event_count() <= limits::kBulkCommitEvents;
  if (!is_complete_) builder_->roll_back_to(start);
  return {};
}

// --- Recording -----------------------------------------------------------------------------------

/// Reads the whole file and records it in commits.
Status Load::record() {
  ANNALS_CHECK_OK(open(nullptr));
  meter_.begin(Phase::kRecording, *reader_, 0);
  for (;;) {
    Result<bool> more = next_row();
    if (!more) return ended_early(std::move(more).error());
    if (!*more) break;
    if (Status taken = take_row(); !taken) return ended_early(std::move(taken).error());
    if (builder_->event_count() < limits::kBulkCommitEvents) continue;
    if (Status committed = database_.load_commit(*builder_); !committed) {
      return failed_in_storage(std::move(committed).error());
    }
    has_commits_ = true;
    recorded_before_ = report_.recorded;
  }
  report_.entities_created = builder_->entities_created();
  report_.relations_created = builder_->relations_created() + mapper_->relations_created();
  return commit_rest();
}

/// Commits what the builder holds and ends the load.
Status Load::commit_rest() {
  meter_.begin(Phase::kIndexing, *reader_, report_.read);
  if (!has_commits_) {
    // All of the load in one commit: it is there or not, whatever happens.
    ANNALS_CHECK_OK(database_.commit(std::move(builder_)));
    return {};
  }
  Status finished = database_.finish_load(std::move(builder_));
  if (!finished) return failed_in_storage(std::move(finished).error());
  return {};
}

/// The error of a load that cannot go on, when what it has recorded is visible.
Error Load::ended_early(Error error) {
  if (!has_commits_) return with_hint(std::move(error), "nothing was recorded");
  if (error.code == ErrorCode::kCorruption) return failed_in_storage(std::move(error));
  const std::string remains = what_remains();
  Status finished = database_.finish_load(std::move(builder_));
  if (!finished) return failed_in_storage(std::move(finished).error());
  return with_hint(std::move(error), remains);
}

Error Load::failed_in_storage(Error error) const {
  return with_hint(std::move(error),
                   fmt::format("up to {} events reached the log before, and some of them may be "
                               "recorded: look when the database is open again",
                               recorded_before_));
}

std::string Load::what_remains() const {
  bool has_id = false;
  for (const ColumnMapping& word : request_.words) has_id |= word.role == "ID";
  return fmt::format("the rows up to line {} are recorded ({} events); {}", last_line_,
                     report_.recorded,
                     has_id ? "those with an ID are skipped when the file is loaded again"
                            : "take them out of the file before it is loaded again");
}

// --- Rows ----------------------------------------------------------------------------------------

Result<bool> Load::next_row() {
  if (stop_.requested()) {
    return Error(ErrorCode::kInterrupted,
                 fmt::format("the load was stopped after {} rows", report_.read));
  }
  return reader_->next(record_);
}

RowResult<CommitBuilder::Added> Load::add_row() {
  if (record_.problem) return std::move(*record_.problem);
  ANNALS_CHECK_OK(derived_.append(record_, columns_));
  return mapper_->add(record_, *builder_);
}

/// Adds the row in record_ to the builder, or rejects it.
Status Load::take_row() {
  ++report_.read;
  RowResult<CommitBuilder::Added> added = add_row();
  if (!added) {
    ANNALS_CHECK_OK(reject(std::move(added).error()));
  } else if (*added == CommitBuilder::Added::kDuplicate) {
    ++report_.duplicate;
  } else {
    ++report_.recorded;
  }
  last_line_ = record_.line;
  meter_.row(*reader_, report_.read);
  return {};
}

/// Writes the row to the rejects file; without one, and if the machine is to blame, its problem is
/// the error of the load.
Status Load::reject(RowProblem problem) {
  if (is_fatal(problem.error)) return std::move(problem.error);
  if (rejects_ == nullptr) {
    return with_hint(std::move(problem.error), "ON ERROR REJECT TO 'file' sets such rows aside");
  }
  ++report_.rejected;
  return rejects_->write(record_, problem, columns_);
}

}  // namespace

Result<LoadReport> LoadRunner::run(const LoadRequest& request, const StopFlag& stop) {
  return Load(database_, request, stop, ProgressMeter(progress_, progress_every_)).run();
}

}  // namespace annals::ingest
