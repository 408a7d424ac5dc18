#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/kv/key_value_store.h"
#include "storage/kv/sorted_batch.h"

namespace rocksdb {
class ColumnFamilyHandle;
struct IngestExternalFileArg;
struct Options;
class SstFileWriter;
class Status;
}  // namespace rocksdb

namespace annals::storage {

/// Writes the changes of one family to sorted files for RocksDB to take in. Not thread-safe.
class SortedFiles {
 public:
  /// Files are called `name_begin` with a number behind it. `options` and `family` must outlive it.
  SortedFiles(const rocksdb::Options& options, rocksdb::ColumnFamilyHandle* family,
              std::string name_begin);
  ~SortedFiles();
  SortedFiles(const SortedFiles&) = delete;
  SortedFiles& operator=(const SortedFiles&) = delete;

  /// Writes the changes at `indices`, which are sorted by key, each key once. Where they lie behind
  /// what was written before, they go on in its file.
  rocksdb::Status write(const WriteBatch& batch, const ChangeOrder& indices);

  /// Ends the last file. What there is to take in, newer files behind older ones.
  rocksdb::Status finish(rocksdb::IngestExternalFileArg& files);

 private:
  rocksdb::Status add(const WriteBatch::Entry& entry);
  rocksdb::Status end_file();

  const rocksdb::Options& options_;
  rocksdb::ColumnFamilyHandle* family_;
  std::string name_begin_;
  std::unique_ptr<rocksdb::SstFileWriter> writer_;
  std::string last_key_;  // of writer_
  std::unique_ptr<rocksdb::IngestExternalFileArg> files_;
};

}  // namespace annals::storage
