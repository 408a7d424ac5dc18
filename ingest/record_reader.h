#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"

namespace annals::ingest {

/// What is wrong with one row of a file. The rest of the file is not affected.
struct RowProblem {
  Error error;                        ///< With file, line and column in its place.
  std::optional<std::size_t> column;  ///< Index of the column concerned, if it is one.
};

/// One row of a file. The views borrow from the reader and are valid until its next next().
struct Record {
  std::uint64_t line = 0;  ///< The line on which the row begins, from 1.
  std::string_view raw;    ///< As it stands in the file, without the line break at its end.
  std::vector<std::string_view> fields;  ///< What the columns hold, without quotes.
  std::vector<std::uint32_t> offsets;    ///< Where in `raw` each of them begins.
  std::optional<RowProblem> problem;     ///< Set: the row cannot be used, and `fields` is partial.
};

/// Reads the rows of a file of named columns, one after the other. Not thread-safe. Whatever the
/// file holds: a row comes out, a row with a problem, or an error; memory stays bounded.
class RecordReader {
 public:
  RecordReader() = default;
  virtual ~RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  /// The names of the columns in their order, without blanks around them; an empty name where the
  /// file gives none.
  virtual const std::vector<std::string>& columns() const = 0;

  /// Reads the next row, one with as many fields as there are columns or with a problem; false at
  /// the end. An error concerns the file as a whole: do not go on.
  virtual Result<bool> next(Record& record) = 0;

  /// Of the file as stored, as in ByteSource.
  virtual std::uint64_t bytes_read() const = 0;
  virtual std::uint64_t bytes_total() const = 0;
  virtual const std::string& file() const = 0;
};

/// The place of a byte of `record.raw`: its line and column in the file and, unless the line is too
/// long to be shown, that line. An offset past the end is the end.
Place place_in(const Record& record, const std::string& file, std::size_t offset);

/// The place of a field's beginning; the row's if there is no such field.
Place place_of_field(const Record& record, const std::string& file, std::size_t column);

/// "'name'" or, without one, "column 3": what messages call a column.
std::string column_label(const std::vector<std::string>& columns, std::size_t column);

}  // namespace annals::ingest
