#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace annals::ingest {

/// A stream of bytes that is read once, from its beginning to its end, in constant memory. Not
/// thread-safe. Errors carry the file's name in their place.
class ByteSource {
 public:
  ByteSource() = default;
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills the beginning of `into`, which is not empty, and says how many bytes that were: at least
  /// one, or zero at the end and ever after. IoError; of compressed files also InvalidArgument
  /// (damaged, cut off) and LimitExceeded.
  virtual Result<std::size_t> read(std::span<char> into) = 0;

  /// How many bytes of the file were taken so far and how many it has, both as it is stored (that
  /// is, compressed): for showing progress.
  virtual std::uint64_t bytes_read() const = 0;
  virtual std::uint64_t bytes_total() const = 0;

  /// What errors call it: the path as it was given.
  virtual const std::string& name() const = 0;
};

/// Opens a file as it is stored. Only regular files: a pipe cannot be read a second time, and
/// waiting for one cannot be interrupted. NotFound; InvalidArgument (a folder, a device); IoError.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

/// A copy of bytes in memory, read in pieces of at most `piece_bytes_max`: for tests.
std::unique_ptr<ByteSource> memory_source(std::string name, std::string bytes,
                                          std::size_t piece_bytes_max = SIZE_MAX);

/// What `stored` holds, decompressed if it is gzip (RFC 1952, any number of members) or Zstandard
/// (RFC 8878, any number of frames). That is told from its first bytes, never from its name.
/// Decompression stops with LimitExceeded where it yields more than limits::kLoadExpansionMax
/// bytes for each stored one. Other kinds of archives are refused as Unsupported.
Result<std::unique_ptr<ByteSource>> decompressed(std::unique_ptr<ByteSource> stored);

/// InvalidArgument for what cannot be the path of a file, though it is a text.
Status check_path(const std::string& path);

/// IoError: the operating system does not let us do it, as in `doing` "open" and the errno `code`.
Error system_failure(const std::string& path, std::string_view doing, int code);

}  // namespace annals::ingest
