#include "storage/kv/wal_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
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

/// A file of settings, with which RocksDB opens a database whose program is not known. Ours knows
/// them; making such a file and reading it once more was a fifth of a start.
bool is_options(const std::string& path) {
  return std::string_view(path).substr(path.find_last_of('/') + 1).starts_with("OPTIONS-");
}

rocksdb::IOStatus failure(const std::string& path, int code) {
  return rocksdb::IOStatus::IOError(path, std::generic_category().message(code));
}

// A block of most file systems. To fill more gains no more (decision 44), and would let a power cut
// leave a later page of a commit without an earlier one; within one page there is no order.
constexpr std::size_t kPageBytes = 4'096;

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
  /// Without the zeros that fill its last page. That page may be all that they fill: a power cut
  /// may take what else was in it.
  std::uint64_t written_size() const {
    struct stat now {};
    if (::fstat(file_, &now) != 0) return 0;
    const auto size = static_cast<std::uint64_t>(now.st_size);
    if (size % kPageBytes != 0 || size == 0) return size;
    std::array<char, kPageBytes> page;
    const std::uint64_t begin = size - kPageBytes;
    if (::pread(file_, page.data(), page.size(), static_cast<off_t>(begin)) !=
        static_cast<ssize_t>(page.size())) {
      return size;
    }
    const auto last = std::find_if(page.rbegin(), page.rend(), [](char byte) { return byte != 0; });
    return begin + static_cast<std::uint64_t>(page.rend() - last);
  }
  rocksdb::IOStatus sync(int (*with)(int)) const {
    return with(file_) == 0 ? rocksdb::IOStatus::OK() : failure(path_, errno);
  }

 protected:
  int file() const { return file_; }

 private:
  const std::string path_;
  const int file_;
  rocksdb::IOStatus status_;
};

/// A log whose size is known, so that its last page can be filled with zeros. Thread-safe.
class Wal final : public OpenFile {
 public:
  explicit Wal(const std::string& path) : OpenFile(path, O_WRONLY) {}

  /// Calls `append`, which appends so many bytes to the file.
  template <class Append>
  rocksdb::IOStatus append(std::size_t bytes, const Append& append) {
    const std::lock_guard lock(mutex_);
    rocksdb::IOStatus appended = append();
    size_ += bytes;
    if (!appended.ok()) can_fill_ = false;  // how much there is now is not known
    return appended;
  }

  void fill_page() {
    constexpr std::array<char, kPageBytes> kZeros{};
    const std::lock_guard lock(mutex_);
    const std::uint64_t end = (size_ + kPageBytes - 1) / kPageBytes * kPageBytes;
    if (!can_fill_ || end <= filled_) return;
    const std::size_t bytes = end - size_;
    const ssize_t filled = ::pwrite(file(), kZeros.data(), bytes, static_cast<off_t>(size_));
    // Where there is no room, syncs take as long as they do without.
    can_fill_ = filled == static_cast<ssize_t>(bytes);
    filled_ = end;
  }

 private:
  std::mutex mutex_;
  // The following are guarded by it.
  std::uint64_t size_ = 0;    // of what was appended
  std::uint64_t filled_ = 0;  // up to where zeros were written
  bool can_fill_ = true;
};

/// What RocksDB appends to a log.
class CountedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CountedFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<Wal> wal)
      : FSWritableFileOwnerWrapper(std::move(file)), wal_(std::move(wal)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return wal_->append(data.size(), [&] { return target()->Append(data, options, debug); });
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& info,
                           rocksdb::IODebugContext* debug) override {
    return wal_->append(data.size(), [&] { return target()->Append(data, options, info, debug); });
  }

 private:
  const std::shared_ptr<Wal> wal_;
};

/// A log as far as it was written when it was opened.
class WrittenFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  WrittenFile(std::unique_ptr<rocksdb::FSSequentialFile> file, std::uint64_t bytes)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(bytes) {}

  rocksdb::IOStatus Read(std::size_t bytes, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) override {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, left_));
    rocksdb::IOStatus read = target()->Read(wanted, options, result, scratch, debug);
    if (read.ok()) left_ -= result->size();
    return read;
  }
  rocksdb::IOStatus Skip(std::uint64_t bytes) override {
    const std::uint64_t skipped = std::min(bytes, left_);
    left_ -= skipped;
    return target()->Skip(skipped);
  }

 private:
  std::uint64_t left_;
};

}  // namespace

class WalFiles::WatchingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  WatchingFileSystem(Tail tail, std::function<void()> when_locked)
      : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()),
        tail_(tail),
        when_locked_(std::move(when_locked)) {}

  const char* Name() const override { return "annals.WatchingFileSystem"; }

  rocksdb::IOStatus LockFile(const std::string& path, const rocksdb::IOOptions& options,
                             rocksdb::FileLock** lock, rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus locked = target()->LockFile(path, options, lock, debug);
    if (locked.ok() && when_locked_) when_locked_();
    return locked;
  }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    if (is_options(path)) return rocksdb::IOStatus::NotSupported("nobody would read them");
    rocksdb::IOStatus made = target()->NewWritableFile(path, options, file, debug);
    if (!made.ok() || !is_wal(path)) return made;
    auto wal = std::make_shared<Wal>(path);
    if (!wal->status().ok()) return wal->status();
    if (tail_ == Tail::kZeros) *file = std::make_unique<CountedFile>(std::move(*file), wal);
    const std::lock_guard lock(mutex_);
    wals_.push_back(std::move(wal));
    folder_ = path.substr(0, path.find_last_of('/'));
    is_named_durably_ = false;
    return made;
  }

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus made = target()->NewSequentialFile(path, options, file, debug);
    if (!made.ok() || tail_ == Tail::kNothing || !is_wal(path)) return made;
    const OpenFile log(path, O_RDONLY);
    if (!log.status().ok()) return log.status();
    *file = std::make_unique<WrittenFile>(std::move(*file), log.written_size());
    return made;
  }

  rocksdb::IOStatus sync() {
    const std::lock_guard one_at_a_time(sync_mutex_);
    std::vector<std::shared_ptr<Wal>> wals;
    std::string unsynced_folder;
    {
      const std::lock_guard lock(mutex_);
      wals = wals_;
      if (!std::exchange(is_named_durably_, true)) unsynced_folder = folder_;
    }
    for (const std::shared_ptr<Wal>& wal : wals) {
      if (tail_ == Tail::kZeros) wal->fill_page();
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
    for (const std::shared_ptr<Wal>& wal : wals_) {
      // One that stays does no harm.
      if (wal->is_empty()) static_cast<void>(::unlink(wal->path().c_str()));
    }
  }

 private:
  const Tail tail_;
  const std::function<void()> when_locked_;
  std::mutex sync_mutex_;  // held during a sync
  std::mutex mutex_;
  // The following are guarded by mutex_.
  std::vector<std::shared_ptr<Wal>> wals_;  // that are not known to be durable, in order
  std::string folder_;                      // of the newest
  bool is_named_durably_ = true;            // the newest, in its folder
};

WalFiles::WalFiles(Tail tail, std::function<void()> when_locked)
    : files_(std::make_shared<WatchingFileSystem>(tail, std::move(when_locked))),
      env_(rocksdb::NewCompositeEnv(files_)) {}

WalFiles::~WalFiles() = default;

rocksdb::Env* WalFiles::env() const { return env_.get(); }

rocksdb::IOStatus WalFiles::sync() { return files_->sync(); }

void WalFiles::remove_empty() { files_->remove_empty(); }

}  // namespace annals::storage
