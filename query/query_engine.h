#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "query/loader.h"
#include "query/result_sink.h"
#include "schema/base/clock.h"
#include "schema/base/limit_table.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/time/date.h"
#include "storage/database.h"

namespace annals::query {

/// A read-only query whose names are looked up and whose plan is made: for running it many times
/// with other parameters. Not shareable between threads; must not outlive its session. Stays right
/// when the database changes: it notices and plans again.
class PreparedQuery {
 public:
  virtual ~PreparedQuery() = default;
  virtual Status run(const Parameters& parameters, ResultSink& sink) = 0;
};

/// One user's conversation with a database: the only door to the query engine. Not thread-safe; one
/// session a thread. Borrows everything, which must outlive it. `loader` may be null: LOAD is then
/// Unsupported.
///
/// Holds the open transaction (BEGIN ... COMMIT) and with it the database's only write lock; it is
/// forgotten when the session dies. Statements that read see the state before BEGIN, and say so in
/// a message: what a transaction records is in the graph only once it is committed. LOAD and REPLAY
/// COMPARE need the write lock for themselves and are a Conflict within a transaction. When COMMIT
/// fails, nothing is recorded and the transaction is over.
class Session {
 public:
  Session(storage::Database& database, const Clock& clock, Loader* loader, const StopFlag& stop);
  ~Session();

  /// Parses, binds and runs one statement; one that only asks, and was asked with this text before,
  /// is not parsed and planned again. Errors carry line and column within `text`. A failed
  /// statement changes nothing (unless the sink failed: then it may be done and not told); within
  /// a transaction those before it stay.
  Status run(std::string_view text, const Parameters& parameters, ResultSink& sink);

  /// Parses, binds and plans a MATCH query. InvalidArgument for another statement. It keeps the
  /// default date that is set now.
  Result<std::unique_ptr<PreparedQuery>> prepare(std::string_view text);

  /// The date that a MATCH without a valid-time scope of its own asks about; nothing is now. A
  /// scope in the statement wins.
  void set_default_at(std::optional<Date> at);
  const std::optional<Date>& default_at() const;

  /// What each statement from now on may take, also a prepared one. A statement that takes longer
  /// than its time is Interrupted, within a tenth of a second.
  void set_limits(const limits::StatementLimits& limits);
  const limits::StatementLimits& limits() const;

  /// Has the graph index made anew from the log, as Database::rebuild() does, and says how much
  /// that was. Conflict in a transaction, and where the database is open for reading only.
  Result<std::string> rebuild_index();

  /// A date as one in a statement would be read now. Errors: those of parse_date().
  Result<Date> read_date(std::string_view text) const;

  /// Whether a BEGIN waits for its COMMIT.
  bool in_transaction() const;

 private:
  struct State;
  class Prepared;
  std::unique_ptr<State> state_;
};

}  // namespace annals::query
