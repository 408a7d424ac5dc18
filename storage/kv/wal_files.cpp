#include "storage/kv/wal_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace annals::storage {

namespace {

bool is_wal(const std::string& path) {
  constexpr std::string_view kExtension = ".log";
  return path.size() >= kExtension.size() &&
         path.compare(path.size() - kExtension.size(), kExtension.size(), kExtension) == 0;
}

rocksdb::IOStatus failure(const std::string& path, int code) {
  return rocksdb::IOStatus::IOError(path, std::generic_category().message(code));
}

/// A second way to a file that RocksDB writes: what is synced is the file, whoever wrote it. Not
/// RocksDB's own way, since that may be closed at any time.
class OpenFile {
 public:
  OpenFile(std::string path, int flags)
      : path_(std::move(path)), file_(::open(path_.c_str(), flags | O_CLOEXEC)) {
    if (file_ < 0) status_ = failure(path_, errno);
  }
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const rocksdb::IOStatus& status() const { return status_; }
  const std::string& path() const { return path_; }
  bool is_empty() const {
    struct stat now {};
    return ::fstat(file_, &now) == 0 && now.st_size == 0;
  }
  rocksdb::IOStatus sync(int (*with)(int)) const {
    return with(file_) == 0 ? rocksdb::IOStatus::OK() : failure(path_, errno);
  }

 private:
  const std::string path_;
  const int file_;
  rocksdb::IOStatus status_;
};

}  // namespace

class WalFiles::WatchingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  WatchingFileSystem() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  const char* Name() const override { return "annals.WatchingFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus made = target()->NewWritableFile(path, options, file, debug);
    if (!made.ok() || !is_wal(path)) return made;
    auto wal = std::make_shared<const OpenFile>(path, O_WRONLY);
    if (!wal->status().ok()) return wal->status();
    const std::lock_guard lock(mutex_);
    wals_.push_back(std::move(wal));
    folder_ = path.substr(0, path.find_last_of('/'));
    is_named_durably_ = false;
    return made;
  }

  rocksdb::IOStatus sync() {
    const std::lock_guard one_at_a_time(sync_mutex_);
    std::vector<std::shared_ptr<const OpenFile>> wals;
    std::string unsynced_folder;
    {
      const std::lock_guard lock(mutex_);
      wals = wals_;
      if (!std::exchange(is_named_durably_, true)) unsynced_folder = folder_;
    }
    for (const std::shared_ptr<const OpenFile>& wal : wals) {
      rocksdb::IOStatus synced = wal->sync(::fdatasync);
      if (!synced.ok()) return synced;
    }
    if (!unsynced_folder.empty()) {
      const OpenFile folder(unsynced_folder, O_RDONLY | O_DIRECTORY);
      if (!folder.status().ok()) return folder.status();
      rocksdb::IOStatus synced = folder.sync(::fsync);
      if (!synced.ok()) return synced;
    }
    // RocksDB writes to the newest log only: the others are durable for good now.
    if (wals.size() > 1) {
      const std::lock_guard lock(mutex_);
      wals_.erase(wals_.begin(), wals_.begin() + static_cast<std::ptrdiff_t>(wals.size() - 1));
    }
    return rocksdb::IOStatus::OK();
  }

  void remove_empty() {
    const std::lock_guard lock(mutex_);
    for (const std::shared_ptr<const OpenFile>& wal : wals_) {
      // One that stays does no harm.
      if (wal->is_empty()) static_cast<void>(::unlink(wal->path().c_str()));
    }
  }

 private:
  std::mutex sync_mutex_;  // held during a sync
  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::vector<std::shared_ptr<const OpenFile>> wals_;  // that are not known to be durable, in order
  std::string folder_;                                 // of the newest
  bool is_named_durably_ = true;                       // the newest, in its folder
};

WalFiles::WalFiles()
    : files_(std::make_shared<WatchingFileSystem>()), env_(rocksdb::NewCompositeEnv(files_)) {}

WalFiles::~WalFiles() = default;

rocksdb::Env* WalFiles::env() const { return env_.get(); }

rocksdb::IOStatus WalFiles::sync() { return files_->sync(); }

void WalFiles::remove_empty() { files_->remove_empty(); }

}  // namespace annals::storage
