#include "storage/kv/rocks_runs.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include "storage/kv/key_head.h"
#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_slice.h"

namespace annals::storage {

namespace {

/// A file that does not wait for the disk.
class UnsyncedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  explicit UnsyncedFile(std::unique_ptr<rocksdb::FSWritableFile>&& file)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)) {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& /*options*/,
                         rocksdb::IODebugContext* /*debug*/) override {
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& /*options*/,
                          rocksdb::IODebugContext* /*debug*/) override {
    return rocksdb::IOStatus::OK();
  }
};

/// After a crash nobody wants what was put aside: waiting for the disk at the end of each run, as
/// RocksDB does, would be for nothing, and most of it is deleted before it would ever be written.
class UnsyncedFiles final : public rocksdb::FileSystemWrapper {
 public:
  UnsyncedFiles() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "annals.UnsyncedFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus made = target()->NewWritableFile(path, options, file, debug);
    if (made.ok()) *file = std::make_unique<UnsyncedFile>(std::move(*file));
    return made;
  }
};

/// Written once, read once from the begin to the end, and then deleted.
rocksdb::Options run_options(rocksdb::Env* env) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = std::size_t{64} << 10;
  table.no_block_cache = true;
  rocksdb::Options options;
  options.env = env;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

// What stands before a value.
constexpr char kPut = '+';
constexpr char kDelete = '-';

/// One run that is being read.
struct Run {
  std::string path;
  std::unique_ptr<rocksdb::SstFileReader> reader;
  std::unique_ptr<rocksdb::Iterator> rows;  // dies before the reader
  // The key at which it stands: asking for it is a call or two, and looking at it a wait for
  // memory.
  std::string_view key;
  KeyHead<3> head;
};

class MergingReader final : public RunReader {
 public:
  explicit MergingReader(std::vector<Run> runs) : runs_(std::move(runs)) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (has_record(i)) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), [this](auto a, auto b) { return is_before(b, a); });
  }

  bool valid() const override { return status_ && !heap_.empty(); }
  std::string_view key() const override { return top().key; }
  std::string_view value() const override { return view(top().rows->value()).substr(1); }
  bool is_delete() const override { return view(top().rows->value()).front() == kDelete; }
  void next() override {
    runs_[heap_.front()].rows->Next();
    if (!has_record(heap_.front())) {
      heap_.front() = heap_.back();
      heap_.pop_back();
    }
    sink_first();
  }
  Status status() const override { return status_; }

 private:
  bool is_before(std::size_t a, std::size_t b) const {
    if (runs_[a].head != runs_[b].head) return runs_[a].head < runs_[b].head;
    const int difference = runs_[a].key.compare(runs_[b].key);
    return difference != 0 ? difference < 0 : a < b;
  }

  const Run& top() const { return runs_[heap_.front()]; }

  /// Whether the run has a record left. If it cannot be read the status tells.
  bool has_record(std::size_t index) {
    Run& run = runs_[index];
    if (run.rows->Valid()) {
      run.key = view(run.rows->key());
      run.head = KeyHead<3>::of(run.key);
      return true;
    }
    if (!run.rows->status().ok()) status_ = to_error(run.rows->status(), "reading", run.path);
    return false;
  }

  /// The first run of the heap goes to its place: once down, where pop_heap() and push_heap() would
  /// go down and up again.
  void sink_first() {
    std::size_t place = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 2 * place + 1) {
      if (child + 1 < heap_.size() && is_before(heap_[child + 1], heap_[child])) ++child;
      if (!is_before(heap_[child], heap_[place])) return;
      std::swap(heap_[child], heap_[place]);
      place = child;
    }
  }

  std::vector<Run> runs_;
  std::vector<std::size_t> heap_;  // indexes of runs with a record left, the least first
  Status status_;
};

class RocksRunWriter final : public RunWriter {
 public:
  /// Adds the path to `finished` when the run is.
  RocksRunWriter(const rocksdb::Options& options, std::string path,
                 std::vector<std::string>& finished)
      : writer_(rocksdb::EnvOptions(), options), path_(std::move(path)), finished_(finished) {}

  Status open() { return done(writer_.Open(path_)); }
  Status put(std::string_view key, std::string_view value) override {
    return write(key, kPut, value);
  }
  Status erase(std::string_view key) override { return write(key, kDelete, {}); }
  Status finish() override {
    if (is_empty_) return {};  // of which RocksDB makes no file
    ANNALS_CHECK_OK(done(writer_.Finish()));
    finished_.push_back(path_);
    return {};
  }

 private:
  Status write(std::string_view key, char tag, std::string_view value) {
    is_empty_ = false;
    value_.assign(1, tag).append(value);
    return done(writer_.Put(slice(key), value_));
  }
  Status done(const rocksdb::Status& status) const {
    if (status.ok()) return {};
    return to_error(status, "putting a part of a load aside", path_);
  }

  rocksdb::SstFileWriter writer_;
  const std::string path_;
  std::vector<std::string>& finished_;
  std::string value_;
  bool is_empty_ = true;
};

class RocksRuns final : public SortedRuns {
 public:
  explicit RocksRuns(std::string name_begin)
      : name_begin_(std::move(name_begin)),
        env_(rocksdb::NewCompositeEnv(std::make_shared<UnsyncedFiles>())),
        options_(run_options(env_.get())) {}
  ~RocksRuns() override {
    // One that stays is deleted with the folder.
    for (const std::string& path : paths_) static_cast<void>(env_->DeleteFile(path));
  }
  RocksRuns(const RocksRuns&) = delete;
  RocksRuns& operator=(const RocksRuns&) = delete;

  Result<std::unique_ptr<RunWriter>> start_run() override {
    auto run = std::make_unique<RocksRunWriter>(
        options_, fmt::format("{}-{}.run", name_begin_, paths_.size()), paths_);
    ANNALS_CHECK_OK(run->open());
    return run;
  }

  Result<std::unique_ptr<RunReader>> read() const override {
    rocksdb::ReadOptions reading;
    reading.readahead_size = std::size_t{256} << 10;
    std::vector<Run> runs;
    for (const std::string& path : paths_) {
      Run run{path, std::make_unique<rocksdb::SstFileReader>(options_), nullptr, {}, {}};
      const rocksdb::Status opened = run.reader->Open(path);
      if (!opened.ok()) return to_error(opened, "reading a part of a load", path);
      run.rows.reset(run.reader->NewIterator(reading));
      run.rows->SeekToFirst();
      runs.push_back(std::move(run));
    }
    return std::make_unique<MergingReader>(std::move(runs));
  }

 private:
  const std::string name_begin_;
  const std::unique_ptr<rocksdb::Env> env_;
  const rocksdb::Options options_;
  std::vector<std::string> paths_;
};

}  // namespace

std::unique_ptr<SortedRuns> make_rocks_runs(std::string name_begin) {
  return std::make_unique<RocksRuns>(std::move(name_begin));
}

}  // namespace annals::storage
