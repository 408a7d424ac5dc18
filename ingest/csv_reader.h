#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/byte_source.h"
#include "ingest/csv_format.h"
#include "ingest/record_reader.h"

namespace annals::ingest {

struct CsvOptions {
  std::optional<char> separator;  ///< Given; otherwise detected as detect_format() does.
  bool has_header = true;         ///< Otherwise columns have no names and the first row is data.
};

/// Reads files of rows: CSV as in RFC 4180, and the same with semicolons or bars; tab-separated
/// files as IANA defines them.
///
///  - The file is UTF-8; a byte order mark is skipped. One with NUL bytes at its beginning is
///    refused as Unsupported: it is no text, or UTF-16.
///  - Rows end with LF or CRLF, in a file without any LF with CR; the last one may end without.
///    Lines without any character are skipped.
///  - A field in double quotes may hold separators, line breaks and doubled quotes, which stand for
///    one. A quote within a field that does not begin with one is an ordinary character, and so is
///    every quote (and backslash) where tabs separate.
///  - Fields are not trimmed: blanks distinguish names.
///
/// Problems of one row, after which the next one can be read: more or fewer fields than there are
/// columns, text after a closing quote, a field longer than limits::kLoadFieldBytesMax, bytes that
/// are not UTF-8, a NUL character. Errors of the whole file: those of its ByteSource; a quote that
/// is never closed, at the place where it was opened; a row longer than limits::kLoadRowBytesMax,
/// more columns than limits::kLoadColumnsMax; an empty file; all problems of the header.
class CsvReader final : public RecordReader {
 public:
  /// Reads as far as the header. `source` gives text, decompressed already.
  static Result<std::unique_ptr<CsvReader>> open(std::unique_ptr<ByteSource> source,
                                                 const CsvOptions& options);

  const std::vector<std::string>& columns() const override { return columns_; }
  Result<bool> next(Record& record) override;
  std::uint64_t bytes_read() const override { return source_->bytes_read(); }
  std::uint64_t bytes_total() const override { return source_->bytes_total(); }
  const std::string& file() const override { return source_->name(); }

  const CsvFormat& format() const { return format_; }

 private:
  explicit CsvReader(std::unique_ptr<ByteSource> source);

  /// A field of the row at begin_, relative to it: the buffer may still move.
  struct Span {
    std::size_t begin = 0;
    std::size_t length = 0;
    bool has_doubled_quotes = false;
  };

  Status begin(const CsvOptions& options);
  Status check_is_text() const;
  Status read_header();

  Result<bool> fill();
  Result<std::optional<std::size_t>> find_line_break(std::size_t from);
  Result<bool> read_row(Record& record);
  void split_plain(std::string_view row, Record& record) const;
  Status split_quoted(Record& record, std::size_t& consumed);
  Status walk_quoted(std::size_t& at);
  Status walk_stray_text(std::size_t& at);
  Status walk_plain(std::size_t& at);
  void give_spans(Record& record);
  void check_row(Record& record) const;
  void check_text(Record& record) const;

  RowProblem problem(const Record& record, std::size_t offset, ErrorCode code, std::string message,
                     std::string hint) const;
  Error file_error(ErrorCode code, std::string message, std::string hint) const;
  Error row_too_long() const;
  Error unclosed_quote(std::size_t at, ErrorCode code) const;

  std::string_view waiting() const { return {buffer_.data() + begin_, end_ - begin_}; }

  std::unique_ptr<ByteSource> source_;
  CsvFormat format_;
  std::vector<std::string> columns_;

  // What was read and not given out yet is [begin_, end_) of buffer_.
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;     // The source has no more.
  std::uint64_t line_ = 1;  // The line of begin_.

  std::vector<Span> spans_;
  std::optional<std::size_t> stray_text_;  // Where text follows a closing quote, if anywhere.
  // Fields whose doubled quotes were made single. Reserved for a whole row, so that it never moves.
  std::string unescaped_;
};

}  // namespace annals::ingest
