#include "storage/kv/run_files.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <xxhash.h>

#include "schema/base/contract.h"
#include "storage/kv/key_head.h"
#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_slice.h"

namespace annals::storage {

namespace {

// A file is blocks, each with its length and hash before it; a block is whole records, each with
// the lengths of its key and value before them. Nothing is compressed, and nothing can be looked
// up: sorted files of RocksDB, which do both, took a tenth of a load. Numbers are as the machine
// has them, since no other one will read them.

struct BlockHeader {
  std::uint64_t bytes = 0;  ///< Of the records.
  std::uint64_t hash = 0;   ///< Of these.
};

struct RecordHeader {
  std::uint32_t key_bytes = 0;
  std::uint32_t value_bytes = 0;  ///< kDelete: it has none.
};

constexpr std::uint32_t kDelete = std::numeric_limits<std::uint32_t>::max();

/// So much is written and read at once, or a record that is longer.
constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

template <class Header>
void append_header(std::string& bytes, const Header& header) {
  bytes.append(reinterpret_cast<const char*>(&header), sizeof(header));
}

/// The header that stands before `bytes`, which may be too few.
template <class Header>
bool take_header(std::string_view& bytes, Header& header) {
  if (bytes.size() < sizeof(header)) return false;
  std::memcpy(&header, bytes.data(), sizeof(header));
  bytes.remove_prefix(sizeof(header));
  return true;
}

/// A run that is whole.
struct FinishedRun {
  std::string path;
  std::uint64_t bytes = 0;
};

class RunFileWriter final : public RunWriter {
 public:
  /// Adds the run to `finished` when it is.
  RunFileWriter(std::string path, std::vector<FinishedRun>& finished)
      : path_(std::move(path)), finished_(finished) {}

  Status open() {
    return done(rocksdb::Env::Default()->NewWritableFile(path_, &file_, rocksdb::EnvOptions()));
  }
  Status put(std::string_view key, std::string_view value) override {
    return write(key, static_cast<std::uint32_t>(value.size()), value);
  }
  Status erase(std::string_view key) override { return write(key, kDelete, {}); }
  Status finish() override {
    ANNALS_CHECK_OK(write_block());
    ANNALS_CHECK_OK(done(file_->Close()));
    finished_.push_back({path_, bytes_});
    return {};
  }

 private:
  Status write(std::string_view key, std::uint32_t value_bytes, std::string_view value) {
    ANNALS_ASSERT(key.size() < kDelete && value.size() < kDelete);
    if (block_.empty()) append_header(block_, BlockHeader());
    append_header(block_, RecordHeader{static_cast<std::uint32_t>(key.size()), value_bytes});
    block_.append(key).append(value);
    return block_.size() < kBlockBytes ? Status() : write_block();
  }

  Status write_block() {
    if (block_.empty()) return {};
    const std::string_view records = std::string_view(block_).substr(sizeof(BlockHeader));
    const BlockHeader header{records.size(), XXH3_64bits(records.data(), records.size())};
    std::memcpy(block_.data(), &header, sizeof(header));
    ANNALS_CHECK_OK(done(file_->Append(block_)));
    bytes_ += block_.size();
    block_.clear();
    return {};
  }

  Status done(const rocksdb::Status& status) const {
    if (status.ok()) return {};
    return to_error(status, "putting a part of a load aside", path_);
  }

  const std::string path_;
  std::vector<FinishedRun>& finished_;
  std::unique_ptr<rocksdb::WritableFile> file_;
  std::uint64_t bytes_ = 0;  // written
  std::string block_;
};

/// One run that is being read.
class RunFile {
 public:
  explicit RunFile(const FinishedRun& run) : path_(run.path), bytes_left_(run.bytes) {}

  /// To the first record.
  Status open() {
    rocksdb::Env& files = *rocksdb::Env::Default();
    ANNALS_CHECK_OK(done(files.NewSequentialFile(path_, &file_, rocksdb::EnvOptions())));
    return next();
  }

  bool valid() const { return valid_; }
  // These require valid(), and hold until next().
  std::string_view key() const { return key_; }
  const KeyHead<3>& head() const { return head_; }
  std::string_view value() const { return value_; }
  bool is_delete() const { return is_delete_; }

  Status next() {
    valid_ = false;
    if (records_.empty()) {
      if (bytes_left_ == 0) return {};
      ANNALS_CHECK_OK(read_block());
    }
    RecordHeader header;
    if (!take_header(records_, header) || records_.size() < header.key_bytes) return damaged();
    key_ = records_.substr(0, header.key_bytes);
    records_.remove_prefix(header.key_bytes);
    is_delete_ = header.value_bytes == kDelete;
    const std::size_t value_bytes = is_delete_ ? 0 : header.value_bytes;
    if (records_.size() < value_bytes) return damaged();
    value_ = records_.substr(0, value_bytes);
    records_.remove_prefix(value_bytes);
    head_ = KeyHead<3>::of(key_);
    valid_ = true;
    return {};
  }

 private:
  Status read_block() {
    ANNALS_CHECK_OK(read(sizeof(BlockHeader)));
    BlockHeader header;
    take_header(records_, header);
    ANNALS_CHECK_OK(read(header.bytes));
    const bool is_whole = XXH3_64bits(records_.data(), records_.size()) == header.hash;
    return is_whole && !records_.empty() ? Status() : damaged();
  }

  /// The next bytes of the file, all of them, become records_.
  Status read(std::uint64_t bytes) {
    if (bytes > bytes_left_) return damaged();
    if (buffer_.size() < bytes) buffer_.resize(bytes);
    rocksdb::Slice read;
    ANNALS_CHECK_OK(done(file_->Read(bytes, &read, buffer_.data())));
    if (read.size() != bytes) return damaged();
    bytes_left_ -= bytes;
    records_ = view(read);
    return {};
  }

  Status done(const rocksdb::Status& status) const {
    if (status.ok()) return {};
    return to_error(status, "reading a part of a load", path_);
  }
  Error damaged() const {
    return to_error(rocksdb::Status::Corruption("it is not what was written"),
                    "reading a part of a load", path_);
  }

  const std::string path_;
  std::unique_ptr<rocksdb::SequentialFile> file_;
  std::uint64_t bytes_left_;  // behind those of buffer_
  std::string buffer_;
  std::string_view records_;  // of buffer_, behind the present one
  bool valid_ = false;
  std::string_view key_;
  KeyHead<3> head_;
  std::string_view value_;
  bool is_delete_ = false;
};

class MergingReader final : public RunReader {
 public:
  explicit MergingReader(std::vector<std::unique_ptr<RunFile>> runs) : runs_(std::move(runs)) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (runs_[i]->valid()) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), [this](auto a, auto b) { return is_before(b, a); });
  }

  bool valid() const override { return status_ && !heap_.empty(); }
  std::string_view key() const override { return top().key(); }
  std::string_view value() const override { return top().value(); }
  bool is_delete() const override { return top().is_delete(); }
  void next() override {
    status_ = runs_[heap_.front()]->next();
    if (!top().valid()) {
      heap_.front() = heap_.back();
      heap_.pop_back();
    }
    sink_first();
  }
  Status status() const override { return status_; }

 private:
  bool is_before(std::size_t a, std::size_t b) const {
    const RunFile& one = *runs_[a];
    const RunFile& other = *runs_[b];
    if (one.head() != other.head()) return one.head() < other.head();
    const int difference = one.key().compare(other.key());
    return difference != 0 ? difference < 0 : a < b;
  }

  const RunFile& top() const { return *runs_[heap_.front()]; }

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

  std::vector<std::unique_ptr<RunFile>> runs_;
  std::vector<std::size_t> heap_;  // indexes of runs with a record left, the least first
  Status status_;
};

class RunFiles final : public SortedRuns {
 public:
  explicit RunFiles(std::string name_begin) : name_begin_(std::move(name_begin)) {}
  ~RunFiles() override {
    // One that stays is deleted with the folder.
    for (const FinishedRun& run : finished_) {
      static_cast<void>(rocksdb::Env::Default()->DeleteFile(run.path));
    }
  }
  RunFiles(const RunFiles&) = delete;
  RunFiles& operator=(const RunFiles&) = delete;

  Result<std::unique_ptr<RunWriter>> start_run() override {
    auto run = std::make_unique<RunFileWriter>(
        fmt::format("{}-{}.run", name_begin_, finished_.size()), finished_);
    ANNALS_CHECK_OK(run->open());
    return run;
  }

  Result<std::unique_ptr<RunReader>> read() const override {
    std::vector<std::unique_ptr<RunFile>> runs;
    for (const FinishedRun& run : finished_) {
      runs.push_back(std::make_unique<RunFile>(run));
      ANNALS_CHECK_OK(runs.back()->open());
    }
    return std::make_unique<MergingReader>(std::move(runs));
  }

 private:
  const std::string name_begin_;
  std::vector<FinishedRun> finished_;
};

}  // namespace

std::unique_ptr<SortedRuns> make_run_files(std::string name_begin) {
  return std::make_unique<RunFiles>(std::move(name_begin));
}

}  // namespace annals::storage
