#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "schema/base/result.h"
#include "storage/database.h"

namespace annals::query {

/// The writing side of a session: a commit for each statement, or one for all statements between
/// BEGIN and COMMIT. While it is open it holds the database's only write lock. Destroying it
/// forgets what is not committed. Not thread-safe; borrows the database, which must outlive it.
class Transaction {
 public:
  /// What a writing statement did: adds events to the builder and says so in one sentence.
  using Body = std::function<Result<std::string>(storage::CommitBuilder&)>;

  explicit Transaction(storage::Database& database) : database_(database) {}

  bool is_open() const { return builder_ != nullptr; }

  /// BEGIN. Conflict if a transaction is open already; as Database::begin().
  Result<std::string> begin();
  /// COMMIT: all of it, or on error nothing; the transaction is over in both cases. Conflict if
  /// none is open.
  Result<std::string> commit();
  /// ROLLBACK. Conflict if none is open.
  Result<std::string> roll_back();

  /// Runs one writing statement: within the open transaction, or as a commit of its own. On error
  /// nothing of the statement remains, and an open transaction stays open.
  Result<std::string> write(const Body& body);

 private:
  storage::Database& database_;
  std::unique_ptr<storage::CommitBuilder> builder_;
};

}  // namespace annals::query
