#include "query/commands/transaction.h"

#include <utility>

#include <fmt/format.h>

namespace annals::query {

namespace {

Error no_transaction(std::string_view word) {
  return {ErrorCode::kConflict, fmt::format("{} without a BEGIN before it", word),
          "outside of a transaction each statement is committed by itself"};
}

}  // namespace

Result<std::string> Transaction::begin() {
  if (is_open()) {
    return Error(ErrorCode::kConflict, "a transaction is open already",
                 "COMMIT keeps what it recorded, ROLLBACK forgets it");
  }
  ANNALS_TRY(builder_, database_.begin());
  return std::string("transaction open: COMMIT records it all, ROLLBACK forgets it");
}

Result<std::string> Transaction::commit() {
  if (!is_open()) return no_transaction("COMMIT");
  ANNALS_TRY(const storage::CommitInfo info, database_.commit(std::move(builder_)));
  if (info.count == 0) return std::string("committed: nothing was recorded");
  if (info.count == 1) return fmt::format("committed #{}", info.first_seq.raw);
  return fmt::format("committed #{} to #{}", info.first_seq.raw, info.last_seq().raw);
}

Result<std::string> Transaction::roll_back() {
  if (!is_open()) return no_transaction("ROLLBACK");
  const std::size_t count = builder_->event_count();
  builder_.reset();
  return fmt::format("rolled back: {} event{} forgotten", count, count == 1 ? "" : "s");
}

Result<std::string> Transaction::write(const Body& body) {
  if (is_open()) {
    const auto mark = builder_->mark();
    const std::size_t before = builder_->event_count();
    Result<std::string> done = body(*builder_);
    if (!done) {
      builder_->roll_back_to(mark);
      return std::move(done).error();
    }
    if (builder_->event_count() > before) *done += " (waits for COMMIT)";
    return done;
  }
  ANNALS_TRY(std::unique_ptr<storage::CommitBuilder> builder, database_.begin());
  ANNALS_TRY(std::string done, body(*builder));
  ANNALS_TRY(const storage::CommitInfo info, database_.commit(std::move(builder)));
  static_cast<void>(info);
  return done;
}

}  // namespace annals::query
