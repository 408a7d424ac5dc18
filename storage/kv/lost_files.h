#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/kv/key_value_store.h"

// RocksDB's own headers stay in the sources of this folder.
namespace rocksdb {
class Status;
struct ColumnFamilyDescriptor;
struct DBOptions;
}  // namespace rocksdb

namespace annals::storage {

/// A sorted file that a database counts on and that is not there, or of another length.
struct LostFile {
  std::string path;
  std::string family;
};

/// The lost files of the database in `data`, which RocksDB does not open for want of one. Changes
/// nothing. Error: what RocksDB says, if that is not all that is wrong; Corruption if the
/// write-ahead log is damaged.
rocksdb::Status find_lost_files(const rocksdb::DBOptions& options,
                                const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                                const std::string& data, std::vector<LostFile>& lost);

/// Throws away all families but `kept` and RocksDB's default, so that the database can be opened
/// without the lost files. Requires that find_lost_files() found them and none of `kept`.
/// Crash-safe: a family that has lost a file goes after those that have not, so that until all are
/// gone the database cannot be opened without doing this again.
rocksdb::Status drop_families_but(const std::string& kept, const rocksdb::DBOptions& options,
                                  std::vector<rocksdb::ColumnFamilyDescriptor> families,
                                  const std::string& data, const std::vector<LostFile>& lost);

}  // namespace annals::storage
