#include "ingest/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "schema/base/limits.h"
#include "schema/utf8.h"

namespace annals::ingest {

namespace {

// Reading in larger pieces gains nothing (measured: 32 KiB to 1 MiB are alike, 400 MB/s).
constexpr std::size_t kBufferBytes = std::size_t{64} << 10;
// What is looked at to tell text from other files and to find the separator.
constexpr std::size_t kSampleBytes = std::size_t{64} << 10;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::string_view kToUtf8 =
    "convert the file to UTF-8 first, for example with iconv -f ISO-8859-1 -t UTF-8";

/// Whether `text` is ASCII without NUL, eight bytes at a time: most rows are, and need no look at
/// single characters.
bool is_plain_ascii(std::string_view text) {
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t found = 0;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    // The first part has a high bit where a byte has one, the second (at least) where one is zero.
    found |= word | (word - kOnes);
  }
  for (; left > 0; ++at, --left) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte == 0 || byte >= 0x80) return false;
  }
  return (found & kHighs) == 0;
}

std::uint64_t count_of(char wanted, std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos;
       at = text.find(wanted, at + 1)) {
    ++count;
  }
  return count;
}

std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string hint_for_binary(std::string_view sample) {
  constexpr std::size_t kTarMagic = 257;
  if (sample.size() > kTarMagic && sample.substr(kTarMagic).starts_with("ustar")) {
    return "it is a tar archive: unpack it first";
  }
  const std::size_t nul = sample.find('\0');
  // In UTF-16, every other byte of western text is zero.
  const bool is_wide = nul <= 1 && sample.size() > nul + 2 && sample[nul + 2] == '\0';
  if (is_wide) return "it looks like UTF-16: convert it with iconv -f UTF-16 -t UTF-8";
  return "LOAD reads CSV and TSV in UTF-8, also compressed with gzip or zstd";
}

Status check_separator(char separator) {
  const auto byte = static_cast<unsigned char>(separator);
  const bool usable = byte < 0x80 && separator != '"' && separator != '\n' && separator != '\r' &&
                      separator != '\0';
  if (usable) return {};
  return Error(ErrorCode::kInvalidArgument, "this character cannot separate columns",
               "use one ASCII character that is neither a quote nor a line break");
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), buffer_(kBufferBytes) {}

Result<std::unique_ptr<CsvReader>> CsvReader::open(std::unique_ptr<ByteSource> source,
                                                   const CsvOptions& options) {
  if (options.separator) ANNALS_CHECK_OK(check_separator(*options.separator));
  std::unique_ptr<CsvReader> reader(new CsvReader(std::move(source)));
  ANNALS_CHECK_OK(reader->begin(options));
  return reader;
}

Status CsvReader::begin(const CsvOptions& options) {
  while (!at_end_ && waiting().size() < kSampleBytes) ANNALS_CHECK_OK(fill());
  ANNALS_CHECK_OK(check_is_text());
  if (waiting().starts_with(kByteOrderMark)) begin_ += kByteOrderMark.size();
  const std::string_view sample = waiting().substr(0, kSampleBytes);
  const bool is_whole = at_end_ && sample.size() == waiting().size();
  format_ = detect_format(sample, is_whole, options.separator);
  if (options.has_header) return read_header();

  // The first row is read to count its columns, and again as a row.
  Record first;
  ANNALS_TRY(const bool is_there, read_row(first));
  if (!is_there) return {};
  const auto read = static_cast<std::size_t>(first.raw.data() - buffer_.data());
  begin_ = read;
  line_ = first.line;
  columns_.resize(first.fields.size());
  if (columns_.size() > limits::kLoadColumnsMax) {
    return file_error(ErrorCode::kLimitExceeded,
                      fmt::format("the first row has {} columns; LoadColumnsMax = {}",
                                  columns_.size(), limits::kLoadColumnsMax),
                      {});
  }
  return {};
}

Status CsvReader::check_is_text() const {
  const std::string_view sample = waiting().substr(0, kSampleBytes);
  if (sample.starts_with("\xFF\xFE") || sample.starts_with("\xFE\xFF")) {
    return file_error(ErrorCode::kUnsupported, fmt::format("'{}' is UTF-16", file()),
                      "convert it to UTF-8 first with iconv -f UTF-16 -t UTF-8");
  }
  const std::size_t nul = sample.find('\0');
  if (nul == std::string_view::npos) return {};
  return file_error(ErrorCode::kUnsupported,
                    fmt::format("'{}' is not text: its byte {} is NUL", file(), nul + 1),
                    hint_for_binary(sample));
}

Status CsvReader::read_header() {
  Record header;
  ANNALS_TRY(const bool is_there, read_row(header));
  if (!is_there) {
    return file_error(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is empty: a line with the columns' names is missing", file()), {});
  }
  if (header.problem) return std::move(header.problem->error);
  if (header.fields.size() > limits::kLoadColumnsMax) {
    return file_error(ErrorCode::kLimitExceeded,
                      fmt::format("the header has {} columns; LoadColumnsMax = {}",
                                  header.fields.size(), limits::kLoadColumnsMax),
                      {});
  }
  for (const std::string_view field : header.fields) {
    columns_.emplace_back(without_blanks_around(field));
  }
  return {};
}

// --- The buffer ----------------------------------------------------------------------------------

/// Reads more behind what waits, which is all of it the row being read. False at the end.
Result<bool> CsvReader::fill() {
  if (at_end_) return false;
  if (waiting().size() > limits::kLoadRowBytesMax) return row_too_long();
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  ANNALS_TRY(const std::size_t count, source_->read(std::span(buffer_).subspan(end_)));
  at_end_ = count == 0;
  end_ += count;
  return count > 0;
}

Result<std::optional<std::size_t>> CsvReader::find_line_break(std::size_t from) {
  for (;;) {
    const std::size_t found = waiting().find(format_.line_break, from);
    if (found != std::string_view::npos) return std::optional<std::size_t>(found);
    from = waiting().size();
    ANNALS_TRY(const bool more, fill());
    if (!more) return std::optional<std::size_t>();
  }
}

// --- Rows ----------------------------------------------------------------------------------------

Result<bool> CsvReader::next(Record& record) {
  ANNALS_TRY(const bool is_there, read_row(record));
  if (is_there && !record.problem && record.fields.size() != columns_.size()) {
    const std::size_t count = record.fields.size();
    const bool too_many = count > columns_.size();
    const std::size_t offset = too_many ? record.offsets[columns_.size()] : record.raw.size();
    record.problem = problem(
        record, offset, ErrorCode::kInvalidArgument,
        fmt::format("the row has {} columns, and the file {}", count, columns_.size()),
        too_many && format_.quoted ? "a field that holds a separator must stand in double quotes"
                                   : "");
  }
  return is_there;
}

Result<bool> CsvReader::read_row(Record& record) {
  record.fields.clear();
  record.offsets.clear();
  record.problem.reset();
  for (;;) {
    ANNALS_TRY(const std::optional<std::size_t> line_break, find_line_break(0));
    std::string_view row = waiting().substr(0, line_break.value_or(waiting().size()));
    if (row.size() > limits::kLoadRowBytesMax) return row_too_long();
    std::size_t consumed = row.size() + (line_break ? 1 : 0);
    if (consumed == 0) return false;
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.empty()) {
      begin_ += consumed;
      ++line_;
      continue;
    }
    record.line = line_;
    if (format_.quoted && row.find('"') != std::string_view::npos) {
      ANNALS_CHECK_OK(split_quoted(record, consumed));
      line_ += count_of(format_.line_break, waiting().substr(0, consumed));
    } else {
      record.raw = row;
      split_plain(row, record);
      ++line_;
    }
    begin_ += consumed;
    check_row(record);
    return true;
  }
}

void CsvReader::split_plain(std::string_view row, Record& record) const {
  const char* const row_begin = row.data();
  const char* const row_end = row_begin + row.size();
  for (const char* field = row_begin;;) {
    const auto* end = static_cast<const char*>(
        std::memchr(field, format_.separator, static_cast<std::size_t>(row_end - field)));
    const char* const stop = end != nullptr ? end : row_end;
    record.fields.emplace_back(field, static_cast<std::size_t>(stop - field));
    record.offsets.push_back(static_cast<std::uint32_t>(field - row_begin));
    if (end == nullptr) return;
    field = end + 1;
  }
}

/// Splits the row at begin_, which has quotes and may go on past its first line break. Sets
/// `consumed` to its length with its line break.
Status CsvReader::split_quoted(Record& record, std::size_t& consumed) {
  spans_.clear();
  stray_text_.reset();
  std::size_t at = 0;
  for (;;) {
    if (at >= waiting().size()) ANNALS_CHECK_OK(fill());
    const bool is_quoted = at < waiting().size() && waiting()[at] == '"';
    ANNALS_CHECK_OK(is_quoted ? walk_quoted(at) : walk_plain(at));
    const bool goes_on = at < waiting().size();
    if (!goes_on || waiting()[at] == format_.line_break) {
      consumed = at + (goes_on ? 1 : 0);
      break;
    }
    ++at;  // The separator.
  }
  if (at > limits::kLoadRowBytesMax) return row_too_long();
  std::string_view raw = waiting().substr(0, at);
  if (raw.ends_with('\r')) raw.remove_suffix(1);
  record.raw = raw;
  give_spans(record);
  if (stray_text_) {
    record.problem = problem(record, *stray_text_, ErrorCode::kInvalidArgument,
                             "text follows the quote that closes this field",
                             "a quote within a quoted field is written twice");
  }
  return {};
}

/// Walks over a field in quotes, from its first quote to the separator or line break after it, or
/// to the end of what waits if that is the end of the file.
Status CsvReader::walk_quoted(std::size_t& at) {
  const std::size_t opening = at;
  Span span{at + 1, 0, false};
  for (std::size_t from = at + 1;;) {
    const std::string_view text = waiting();
    const std::size_t quote = text.find('"', from);
    if (quote == std::string_view::npos) {
      from = text.size();
      if (from > limits::kLoadRowBytesMax) {
        return unclosed_quote(opening, ErrorCode::kLimitExceeded);
      }
      ANNALS_TRY(const bool more, fill());
      if (!more) return unclosed_quote(opening, ErrorCode::kInvalidArgument);
      continue;
    }
    if (quote + 1 == text.size()) ANNALS_CHECK_OK(fill());
    const bool goes_on = quote + 1 < waiting().size();
    const char behind = goes_on ? buffer_[begin_ + quote + 1] : format_.line_break;
    if (behind == '"') {
      span.has_doubled_quotes = true;
      from = quote + 2;
      continue;
    }
    span.length = quote - span.begin;
    at = quote + 1;
    spans_.push_back(span);
    if (behind == format_.separator || behind == format_.line_break) return {};
    return walk_stray_text(at);
  }
}

/// Walks over what stands between a closing quote and the end of its field, which may be a CR.
Status CsvReader::walk_stray_text(std::size_t& at) {
  const std::size_t begin = at;
  ANNALS_CHECK_OK(walk_plain(at));
  const bool is_text = spans_.back().length > 0;
  spans_.pop_back();
  if (is_text && !stray_text_) stray_text_ = begin;
  return {};
}

/// Walks over a field without quotes, to the separator or line break after it.
Status CsvReader::walk_plain(std::size_t& at) {
  const std::size_t begin = at;
  for (;;) {
    const std::string_view text = waiting();
    while (at < text.size() && text[at] != format_.separator && text[at] != format_.line_break) {
      ++at;
    }
    if (at < text.size()) break;
    ANNALS_TRY(const bool more, fill());
    if (!more) break;
  }
  std::size_t length = at - begin;
  const bool ends_row = at == waiting().size() || waiting()[at] == format_.line_break;
  if (ends_row && length > 0 && waiting()[at - 1] == '\r') --length;
  spans_.push_back({begin, length, false});
  return {};
}

/// Makes fields of spans, now that the row is complete and nothing moves any more.
void CsvReader::give_spans(Record& record) {
  unescaped_.clear();
  unescaped_.reserve(record.raw.size());
  for (const Span& span : spans_) {
    std::string_view field = record.raw.substr(span.begin, span.length);
    if (span.has_doubled_quotes) {
      const std::size_t begin = unescaped_.size();
      for (std::size_t i = 0; i < field.size(); ++i) {
        unescaped_ += field[i];
        if (field[i] == '"') ++i;
      }
      field = std::string_view(unescaped_).substr(begin);
    }
    record.fields.push_back(field);
    record.offsets.push_back(static_cast<std::uint32_t>(span.begin));
  }
}

// --- Problems ------------------------------------------------------------------------------------

void CsvReader::check_row(Record& record) const {
  if (!is_plain_ascii(record.raw)) check_text(record);
  if (record.raw.size() <= limits::kLoadFieldBytesMax || record.problem) return;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const std::size_t bytes = record.fields[i].size();
    if (bytes <= limits::kLoadFieldBytesMax) continue;
    record.problem =
        problem(record, record.offsets[i], ErrorCode::kLimitExceeded,
                fmt::format("{} has {} bytes; LoadFieldBytesMax = {}", column_label(columns_, i),
                            bytes, limits::kLoadFieldBytesMax),
                {});
    record.problem->column = i;
    return;
  }
}

void CsvReader::check_text(Record& record) const {
  const std::size_t invalid = first_invalid_utf8(record.raw);
  if (invalid != record.raw.size()) {
    const auto byte = static_cast<unsigned char>(record.raw[invalid]);
    record.problem = problem(record, invalid, ErrorCode::kInvalidArgument,
                             fmt::format("the byte {:#04x} is not valid UTF-8 here", byte),
                             std::string(kToUtf8));
    return;
  }
  const std::size_t nul = record.raw.find('\0');
  if (nul == std::string_view::npos) return;
  record.problem =
      problem(record, nul, ErrorCode::kInvalidArgument, "the row holds a NUL character", {});
}

RowProblem CsvReader::problem(const Record& record, std::size_t offset, ErrorCode code,
                              std::string message, std::string hint) const {
  Error error(code, std::move(message), std::move(hint));
  error.place = place_in(record, file(), offset);
  return {std::move(error), std::nullopt};
}

Error CsvReader::file_error(ErrorCode code, std::string message, std::string hint) const {
  Error error(code, std::move(message), std::move(hint));
  error.place.file = file();
  return error;
}

Error CsvReader::row_too_long() const {
  Record row;
  row.line = line_;
  Error error(
      ErrorCode::kLimitExceeded,
      fmt::format("the row is longer than LoadRowBytesMax = {} bytes", limits::kLoadRowBytesMax));
  error.place = place_in(row, file(), 0);
  return error;
}

Error CsvReader::unclosed_quote(std::size_t at, ErrorCode code) const {
  Record row;
  row.line = line_;
  row.raw = waiting();
  const bool is_limit = code == ErrorCode::kLimitExceeded;
  Error error(code,
              is_limit ? fmt::format("this quote is not closed within LoadRowBytesMax = {} bytes",
                                     limits::kLoadRowBytesMax)
                       : "this quote is never closed",
              "close it, or write a quote at the beginning of a field as \"\"\"");
  error.place = place_in(row, file(), at);
  return error;
}

}  // namespace annals::ingest
