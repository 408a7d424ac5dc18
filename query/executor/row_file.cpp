#include "query/executor/row_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <xxhash.h>

#include "query/executor/datum_bytes.h"

namespace annals::query {

namespace {

/// What stands before the cells of each row.
struct Header {
  std::uint64_t bytes = 0;  ///< Of the cells.
  std::uint64_t hash = 0;   ///< Of the header with zero here, and the cells.
  std::uint64_t number = 0;
  std::uint64_t doubt = 0;  ///< Which one, from 1; zero is none.
  std::uint64_t cells = 0;
};

std::uint64_t hash_of(const char* row, std::size_t bytes_of_cells) {
  return XXH3_64bits(row, sizeof(Header) + bytes_of_cells);
}

Error damaged() {
  return Error(ErrorCode::kCorruption, "a row in a temporary file is not what was written",
               "nothing was changed; the disk below TMPDIR, or the memory, is to be distrusted");
}

}  // namespace

std::size_t spill_buffer_bytes(const RunContext& context) {
  constexpr std::size_t kShare = 1'024;
  constexpr std::size_t kLeast = 4'096;
  constexpr std::size_t kMost = std::size_t{64} << 10;
  return std::clamp(context.memory.bytes_max() / kShare, kLeast, kMost);
}

RowFile::RowFile(std::unique_ptr<TempFile> file, std::size_t buffer_bytes, RunContext& context)
    : file_(std::move(file)),
      buffer_bytes_(buffer_bytes),
      context_(context),
      held_(context.memory) {}

RowFile::~RowFile() { context_.spill.give_back(spilled_); }

Result<std::unique_ptr<RowFile>> RowFile::create(std::size_t buffer_bytes, RunContext& context) {
  ANNALS_TRY(std::unique_ptr<TempFile> file, TempFile::create());
  std::unique_ptr<RowFile> rows(new RowFile(std::move(file), buffer_bytes, context));
  ANNALS_CHECK_OK(rows->held_.take(buffer_bytes));
  return rows;
}

Status RowFile::add(std::span<const Datum* const> cells, const DoubtPtr& doubt,
                    std::uint64_t number) {
  Header header;
  header.number = number;
  header.cells = cells.size();
  if (doubt != nullptr) {
    ANNALS_CHECK_OK(held_.take(sizeof(DoubtPtr)));
    doubts_.push_back(doubt);
    header.doubt = doubts_.size();
  }
  const std::size_t begin = buffer_.size();
  buffer_.append(sizeof(Header), '\0');
  for (const Datum* cell : cells) append_bytes(buffer_, *cell);
  char* const written = buffer_.data() + begin;
  header.bytes = buffer_.size() - begin - sizeof(Header);
  std::memcpy(written, &header, sizeof(Header));
  header.hash = hash_of(written, header.bytes);
  std::memcpy(written, &header, sizeof(Header));
  ++rows_;
  return buffer_.size() < buffer_bytes_ ? Status() : write_out();
}

Status RowFile::write_out() {
  ANNALS_CHECK_OK(context_.check_stop());
  spilled_ += buffer_.size();
  ANNALS_CHECK_OK(context_.spill.take(buffer_.size()));
  ANNALS_CHECK_OK(file_->append(buffer_));
  buffer_.clear();
  return {};
}

Status RowFile::finish() {
  ANNALS_CHECK_OK(write_out());
  buffer_.shrink_to_fit();
  return {};
}

Status RowFile::fill(std::size_t bytes) {
  if (buffer_.size() - position_ >= bytes) return {};
  buffer_.erase(0, position_);
  position_ = 0;
  const std::uint64_t left = file_->size() - loaded_;
  if (bytes - buffer_.size() > left) return damaged();
  const std::size_t old_size = buffer_.size();
  const std::size_t wanted = std::max(bytes - old_size, buffer_bytes_);
  const std::size_t more = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, left));
  buffer_.resize(old_size + more);
  ANNALS_CHECK_OK(file_->read(loaded_, std::span(buffer_).subspan(old_size)));
  loaded_ += more;
  return {};
}

Result<bool> RowFile::next(HeldRow& row) {
  if (given_ == rows_) return false;
  Header header;
  ANNALS_CHECK_OK(fill(sizeof(Header)));
  std::memcpy(&header, buffer_.data() + position_, sizeof(Header));
  if (header.bytes > file_->size()) return damaged();
  ANNALS_CHECK_OK(fill(sizeof(Header) + header.bytes));
  char* const written = buffer_.data() + position_;
  const std::uint64_t hash = std::exchange(header.hash, 0);
  std::memcpy(written, &header, sizeof(Header));
  if (hash_of(written, header.bytes) != hash) return damaged();
  std::string_view bytes(written + sizeof(Header), header.bytes);
  row.cells.clear();
  for (std::uint64_t i = 0; i < header.cells; ++i) row.cells.push_back(take_datum(bytes));
  row.number = header.number;
  row.doubt = header.doubt == 0 ? nullptr : std::exchange(doubts_[header.doubt - 1], nullptr);
  position_ += sizeof(Header) + header.bytes;
  ++given_;
  return true;
}

}  // namespace annals::query
