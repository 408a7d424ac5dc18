#include "storage/kv/lost_files.h"

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/metadata.h>
#include <rocksdb/options.h>

namespace annals::storage {

namespace {

using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;

/// Closes a database that was opened here.
struct Closer {
  Handles handles;

  void operator()(rocksdb::DB* db) const {
    for (rocksdb::ColumnFamilyHandle* one : handles) {
      db->DestroyColumnFamilyHandle(one).PermitUncheckedError();
    }
    db->Close().PermitUncheckedError();
    delete db;
  }
};
using OpenDatabase = std::unique_ptr<rocksdb::DB, Closer>;

bool is_lost(const std::string& path, std::uint64_t bytes) {
  std::error_code failed;
  const std::uintmax_t there = std::filesystem::file_size(path, failed);
  return failed || there != bytes;
}

/// Without paranoid checks RocksDB does not look for files, and goes on where the write-ahead log
/// is damaged, with a remark: "dropping" so many bytes of it.
class RemarkedLoss final : public rocksdb::Logger {
 public:
  RemarkedLoss() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  bool seen() const { return seen_; }

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list) override {
    if (std::string_view(format).find("dropping") != std::string_view::npos) seen_ = true;
  }

 private:
  std::atomic<bool> seen_{false};
};

rocksdb::DBOptions lenient_of(rocksdb::DBOptions options) {
  options.paranoid_checks = false;
  return options;
}

bool has_lost(const std::vector<LostFile>& lost, const std::string& family) {
  return std::any_of(lost.begin(), lost.end(),
                     [&family](const LostFile& one) { return one.family == family; });
}

}  // namespace

rocksdb::Status find_lost_files(const rocksdb::DBOptions& options,
                                const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                                const std::string& data, std::vector<LostFile>& lost) {
  const auto remarks = std::make_shared<RemarkedLoss>();
  rocksdb::DBOptions lenient = lenient_of(options);
  lenient.info_log = remarks;
  std::vector<std::string> names;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(lenient, data, &names);
  if (!status.ok()) return status;
  std::vector<rocksdb::ColumnFamilyDescriptor> present;
  std::copy_if(families.begin(), families.end(), std::back_inserter(present),
               [&names](const rocksdb::ColumnFamilyDescriptor& family) {
                 return std::find(names.begin(), names.end(), family.name) != names.end();
               });
  Closer closer;
  rocksdb::DB* opened = nullptr;
  status = rocksdb::DB::OpenForReadOnly(lenient, data, present, &closer.handles, &opened);
  if (!status.ok()) return status;
  const OpenDatabase db(opened, std::move(closer));
  if (remarks->seen()) return rocksdb::Status::Corruption("the write-ahead log is damaged");
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  for (const rocksdb::LiveFileMetaData& file : files) {
    std::string path = file.db_path + file.name;
    if (is_lost(path, file.size)) lost.push_back({std::move(path), file.column_family_name});
  }
  return status;
}

rocksdb::Status drop_families_but(const std::string& kept, const rocksdb::DBOptions& options,
                                  std::vector<rocksdb::ColumnFamilyDescriptor> families,
                                  const std::string& data, const std::vector<LostFile>& lost) {
  for (auto& family : families) family.options.disable_auto_compactions = true;
  Closer closer;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(lenient_of(options), data, families, &closer.handles, &opened);
  if (!status.ok()) return status;
  Handles handles = closer.handles;
  const OpenDatabase db(opened, std::move(closer));
  std::stable_partition(handles.begin(), handles.end(),
                        [&lost](const auto* family) { return !has_lost(lost, family->GetName()); });
  for (rocksdb::ColumnFamilyHandle* family : handles) {
    const std::string& name = family->GetName();
    if (name == kept || name == rocksdb::kDefaultColumnFamilyName) continue;
    status = db->DropColumnFamily(family);
    if (!status.ok()) return status;
  }
  return status;
}

}  // namespace annals::storage
