#pragma once

#include <memory>
#include <string_view>

#include "schema/base/result.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Reads the records of SortedRuns by key, those of one key in the order of their runs. Not
/// thread-safe. key() and value() are valid until next().
class RunReader {
 public:
  virtual ~RunReader() = default;
  virtual bool valid() const = 0;
  virtual std::string_view key() const = 0;    ///< Requires valid().
  virtual std::string_view value() const = 0;  ///< Requires valid(). Empty for a delete.
  virtual bool is_delete() const = 0;          ///< Requires valid().
  virtual void next() = 0;                     ///< Requires valid().
  /// Corruption or IoError if the walk ended before the end. Look at it when valid() turns false.
  virtual Status status() const = 0;
};

/// Writes one run. Not thread-safe. Errors: IoError.
class RunWriter {
 public:
  virtual ~RunWriter() = default;
  /// Keys come in ascending order, each once.
  virtual Status put(std::string_view key, std::string_view value) = 0;
  virtual Status erase(std::string_view key) = 0;
  /// The last call; without it there is no such run.
  virtual Status finish() = 0;
};

/// Records too many for memory, put aside in files that are sorted each, and read back as one
/// sequence. Not thread-safe. Its writers and readers must die before it, and it before its
/// Ingestion. Errors: IoError, and of read() Corruption, if what was written is damaged.
class SortedRuns {
 public:
  virtual ~SortedRuns() = default;
  /// One run after the other.
  virtual Result<std::unique_ptr<RunWriter>> start_run() = 0;
  /// A run of the changes of one family; of several of one key the last.
  Status add(const WriteBatch& batch, Family family);
  /// From the first record on. No run may be added behind.
  virtual Result<std::unique_ptr<RunReader>> read() const = 0;
};

/// Changes by the million on their way into a store, which takes them in all at once. Without
/// finish() the store stays as it was. Must die before its store. Errors: IoError, Corruption.
class Ingestion {
 public:
  virtual ~Ingestion() = default;

  /// Sorts the changes by (family, key), later ones winning, also over those of earlier calls, and
  /// writes them to files. Cheapest if the keys of a call lie behind those of the ones before.
  /// Thread-safe, but threads at the same time should have families of their own.
  virtual Status add(WriteBatch&& batch) = 0;

  /// For what must be sorted before it can become changes; no runs yet.
  virtual std::unique_ptr<SortedRuns> make_runs() = 0;

  /// The store takes in what was added, all families at once, durable on return. The last call.
  virtual Status finish() = 0;
};

}  // namespace annals::storage
