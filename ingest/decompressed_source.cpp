// decompressed() of byte_source.h: the only place that knows zlib and libzstd.

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include "ingest/byte_source.h"
#include "schema/base/limits.h"

namespace annals::ingest {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kInputBytes = std::size_t{64} << 10;
constexpr std::uint64_t kExpansionFree = std::uint64_t{1} << 20;

constexpr std::string_view kGzip = "\x1F\x8B"sv;
constexpr std::string_view kZstd = "\x28\xB5\x2F\xFD"sv;

Error input_error(const ByteSource& source, ErrorCode code, std::string message, std::string hint) {
  Place place;
  place.file = source.name();
  return Error(code, std::move(message), std::move(hint)).at(std::move(place));
}

/// The stored bytes through a buffer whose beginning can be looked at before it is taken.
class Input {
 public:
  explicit Input(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), buffer_(kInputBytes) {}

  std::string_view waiting() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void take(std::size_t count) { begin_ += count; }

  /// Reads more if nothing waits. False at the end of the file.
  Result<bool> fill() {
    if (begin_ < end_) return true;
    begin_ = end_ = 0;
    ANNALS_TRY(end_, source_->read(buffer_));
    return end_ > 0;
  }

  /// Reads until `count` bytes wait, or all that there are.
  Status fill_to(std::size_t count) {
    while (end_ < count) {
      ANNALS_TRY(const std::size_t more, source_->read(std::span(buffer_).subspan(end_)));
      if (more == 0) break;
      end_ += more;
    }
    return {};
  }

  /// Stored bytes that were taken out of the buffer.
  std::uint64_t bytes_taken() const { return source_->bytes_read() - (end_ - begin_); }
  const ByteSource& source() const { return *source_; }

 private:
  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// What the sources below have in common.
class BufferedSource : public ByteSource {
 public:
  explicit BufferedSource(Input input) : input_(std::move(input)) {}

  std::uint64_t bytes_read() const override { return input_.bytes_taken(); }
  std::uint64_t bytes_total() const override { return input_.source().bytes_total(); }
  const std::string& name() const override { return input_.source().name(); }

 protected:
  Input& input() { return input_; }

 private:
  Input input_;
};

/// A file that is not compressed. Its first bytes were looked at, so they come from the buffer.
class PlainSource final : public BufferedSource {
 public:
  using BufferedSource::BufferedSource;

  Result<std::size_t> read(std::span<char> into) override {
    ANNALS_TRY(const bool more, input().fill());
    if (!more) return std::size_t{0};
    const std::string_view waiting = input().waiting();
    const std::size_t count = std::min(into.size(), waiting.size());
    std::memcpy(into.data(), waiting.data(), count);
    input().take(count);
    return count;
  }
};

/// What one step of decompression did.
struct Step {
  std::size_t taken = 0;
  std::size_t given = 0;
  bool at_boundary = false;  ///< A member or frame is complete, and all of it was given.
};

/// Decompression step by step, apart from where the bytes come from. The message of an error is
/// what is wrong with the bytes.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual std::string_view format_name() const = 0;
  virtual tl::expected<Step, std::string> step(std::string_view from, std::span<char> into) = 0;
  /// Goes on to what follows a complete member or frame: true if `rest` (not empty) begins another,
  /// false if it is padding to be skipped.
  virtual tl::expected<bool, std::string> next_begins(std::string_view rest) = 0;
};

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() { ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK; }
  ~GzipDecoder() override { (void)inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  std::string_view format_name() const override { return "gzip"; }

  tl::expected<Step, std::string> step(std::string_view from, std::span<char> into) override {
    if (!ready_) return tl::unexpected(std::string("out of memory"));
    // zlib's interface is not const; it does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
    stream_.avail_in = static_cast<uInt>(from.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    const std::size_t room = std::min(into.size(), kRoomMax);
    stream_.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR: nothing could be done with this input or this room; not a mistake of the file.
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      return tl::unexpected(std::string(stream_.msg != nullptr ? stream_.msg : "not gzip data"));
    }
    return Step{from.size() - stream_.avail_in, room - stream_.avail_out, code == Z_STREAM_END};
  }

  tl::expected<bool, std::string> next_begins(std::string_view rest) override {
    // Files from tapes and some servers are padded with zeros; gzip itself skips them too.
    if (rest.front() == '\0') return false;
    if (rest.front() != kGzip.front()) return tl::unexpected(std::string("garbage at its end"));
    ready_ = inflateReset(&stream_) == Z_OK;
    return true;
  }

 private:
  static constexpr int kGzipWindow = 15 + 16;  // The largest window; the header must be gzip's.
  static constexpr std::size_t kRoomMax = std::size_t{1} << 30;  // Fits in zlib's uInt.

  z_stream stream_{};
  bool ready_ = false;
};

class ZstdDecoder final : public Decoder {
 public:
  ~ZstdDecoder() override { (void)ZSTD_freeDStream(stream_); }
  ZstdDecoder() = default;
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  std::string_view format_name() const override { return "Zstandard"; }

  tl::expected<Step, std::string> step(std::string_view from, std::span<char> into) override {
    if (stream_ == nullptr) return tl::unexpected(std::string("out of memory"));
    ZSTD_inBuffer input{from.data(), from.size(), 0};
    ZSTD_outBuffer output{into.data(), into.size(), 0};
    const std::size_t code = ZSTD_decompressStream(stream_, &output, &input);
    if (ZSTD_isError(code) != 0) return tl::unexpected(std::string(ZSTD_getErrorName(code)));
    return Step{input.pos, output.pos, code == 0};
  }

  tl::expected<bool, std::string> next_begins(std::string_view) override {
    return true;  // The next step() begins a frame, or says that this is none.
  }

 private:
  // Refuses windows above 128 MiB by default, which bounds its memory.
  ZSTD_DStream* stream_ = ZSTD_createDStream();
};

class CompressedSource final : public BufferedSource {
 public:
  CompressedSource(Input input, std::unique_ptr<Decoder> decoder)
      : BufferedSource(std::move(input)), decoder_(std::move(decoder)) {}

  Result<std::size_t> read(std::span<char> into) override {
    for (;;) {
      // A decoder may still hold output of bytes that it has taken, so it is asked at the end too.
      ANNALS_TRY(const bool more, input().fill());
      if (!more && at_boundary_) return std::size_t{0};
      if (more && at_boundary_) {
        ANNALS_TRY(const bool is_begin, begin_next());
        if (!is_begin) continue;
      }
      const auto step = decoder_->step(input().waiting(), into);
      if (!step) return damaged(step.error());
      input().take(step->taken);
      at_boundary_ = step->at_boundary;
      given_ += step->given;
      ANNALS_CHECK_OK(check_expansion());
      if (step->given > 0) return step->given;
      if (!more && !at_boundary_) return cut_off();
      if (step->taken == 0 && !at_boundary_ && more) return damaged("no progress");
    }
  }

 private:
  Result<bool> begin_next() {
    const auto begins = decoder_->next_begins(input().waiting());
    if (!begins) return damaged(begins.error());
    if (*begins) return true;
    input().take(1);
    return false;
  }

  Status check_expansion() const {
    if (given_ <= kExpansionFree) return {};
    if ((given_ - kExpansionFree) / limits::kLoadExpansionMax <= bytes_read()) return {};
    return input_error(*this, ErrorCode::kLimitExceeded,
                       fmt::format("'{}' decompresses to more than LoadExpansionMax = {} bytes for "
                                   "each of its own",
                                   name(), limits::kLoadExpansionMax),
                       "if it is yours and not made to fill the disk, decompress it first");
  }

  Error cut_off() const {
    return input_error(
        *this, ErrorCode::kInvalidArgument,
        fmt::format("'{}' ends in the middle of its {} data", name(), decoder_->format_name()),
        "the file is incomplete: copy or download it again");
  }

  Error damaged(std::string_view why) const {
    return input_error(*this, ErrorCode::kInvalidArgument,
                       fmt::format("the {} data of '{}' is damaged near byte {}: {}",
                                   decoder_->format_name(), name(), bytes_read(), why),
                       "copy or download the file again");
  }

  std::unique_ptr<Decoder> decoder_;
  std::uint64_t given_ = 0;
  bool at_boundary_ = true;
};

struct Signature {
  std::string_view bytes;
  std::string_view name;
};

constexpr std::array kRefused = {
    Signature{"\xFD"
              "7zXZ\0"sv,
              "an xz archive"},
    Signature{"\x04\x22\x4D\x18"sv, "an lz4 archive"},
    Signature{"PK\x03\x04"sv, "a zip archive or a spreadsheet"},
    Signature{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    Signature{"PAR1"sv, "a Parquet file"},
    Signature{"SQLite format 3\0"sv, "an SQLite database"},
    Signature{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "an old Excel or Word document"},
    Signature{"%PDF-"sv, "a PDF document"},
    Signature{"\xFF\xFE"sv, "text in UTF-16"},
    Signature{"\xFE\xFF"sv, "text in UTF-16"},
    // No column has such a name, and whoever takes them for CSV is told of quotes.
    Signature{"{\""sv, "JSON"},
    Signature{"[{"sv, "JSON"},
    Signature{"<!DOCTYPE"sv, "a web page"},
    Signature{"<html"sv, "a web page"},
    Signature{"<?xml"sv, "an XML document"},
};

/// bzip2 begins with letters that a text might begin with too; its first block does not.
bool is_bzip2(std::string_view begin) {
  constexpr std::size_t kBlock = 4;
  return begin.size() > kBlock && begin.starts_with("BZh") &&
         begin.substr(kBlock).starts_with("1AY&SY");
}

std::optional<std::string_view> refused_format(std::string_view begin) {
  for (const auto& [bytes, name] : kRefused) {
    if (begin.starts_with(bytes)) return name;
  }
  if (is_bzip2(begin)) return "a bzip2 archive";
  return std::nullopt;
}

/// A frame to be skipped may come first: their first byte is 0x50 to 0x5F.
bool is_zstd(std::string_view begin) {
  const bool skippable = begin.size() >= 4 && (begin[0] & 0xF0) == 0x50 &&
                         begin.substr(1).starts_with("\x2A\x4D\x18"sv);
  return skippable || begin.starts_with(kZstd);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> decompressed(std::unique_ptr<ByteSource> stored) {
  constexpr std::size_t kSignatureBytes = 16;
  Input input(std::move(stored));
  ANNALS_CHECK_OK(input.fill_to(kSignatureBytes));
  const std::string_view begin = input.waiting();
  if (const auto format = refused_format(begin)) {
    return input_error(
        input.source(), ErrorCode::kUnsupported,
        fmt::format("'{}' is {}", input.source().name(), *format),
        "LOAD reads CSV and TSV in UTF-8, also compressed with gzip or zstd: export or unpack it "
        "first");
  }
  if (begin.starts_with(kGzip)) {
    return std::make_unique<CompressedSource>(std::move(input), std::make_unique<GzipDecoder>());
  }
  if (is_zstd(begin)) {
    return std::make_unique<CompressedSource>(std::move(input), std::make_unique<ZstdDecoder>());
  }
  return std::make_unique<PlainSource>(std::move(input));
}

}  // namespace annals::ingest
