#include "ingest/row_problem.h"

#include <utility>

namespace annals::ingest {

namespace {

/// The byte offset of the code point number `column` (from 1) of `text`.
std::size_t offset_of_column(std::string_view text, std::uint32_t column) {
  std::size_t offset = 0;
  for (std::uint32_t passed = 1; passed < column && offset < text.size(); ++passed) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) {
      ++offset;
    }
  }
  return offset;
}

}  // namespace

RowProblem field_problem(const Record& record, const FileColumns& columns, std::size_t column,
                         Error error) {
  const std::size_t within =
      error.place.column > 0 ? offset_of_column(record.fields[column], error.place.column) : 0;
  const std::uint64_t seq = error.place.seq;
  error.place = place_in(record, columns.file, record.offsets[column] + within);
  error.place.seq = seq;
  return {std::move(error), column};
}

RowProblem whole_row_problem(const Record& record, const FileColumns& columns, Error error) {
  const std::uint64_t seq = error.place.seq;
  error.place = place_in(record, columns.file, 0);
  error.place.seq = seq;
  return {std::move(error), std::nullopt};
}

bool is_fatal(const Error& error) {
  return error.code == ErrorCode::kIoError || error.code == ErrorCode::kCorruption ||
         error.code == ErrorCode::kInterrupted;
}

}  // namespace annals::ingest
