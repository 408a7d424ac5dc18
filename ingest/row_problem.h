#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/record_reader.h"
#include "schema/base/result.h"

namespace annals::ingest {

/// A value or what is wrong with a row. Works with ANNALS_TRY and ANNALS_CHECK_OK.
template <class T>
class [[nodiscard]] RowResult : public tl::expected<T, RowProblem> {
 public:
  using tl::expected<T, RowProblem>::expected;
  // Implicit for the same reason as Result's.
  // NOLINTNEXTLINE(google-explicit-constructor)
  RowResult(RowProblem problem) : tl::expected<T, RowProblem>(tl::unexpect, std::move(problem)) {}
};

using RowStatus = RowResult<void>;

/// What rows come from, as messages about them need it.
struct FileColumns {
  std::string file;
  std::vector<std::string> names;  ///< Empty where the file gives none.
};

/// `error` as the problem of a field, whose place it gets. A column in the error's place counts
/// within the field's text, as parse_date() counts.
RowProblem field_problem(const Record& record, const FileColumns& columns, std::size_t column,
                         Error error);

/// `error` as the problem of a row as a whole.
RowProblem whole_row_problem(const Record& record, const FileColumns& columns, Error error);

/// Whether an error is about the machine and not about the row: it will not go away with the next
/// row, and rejecting rows for it would be wrong.
bool is_fatal(const Error& error);

}  // namespace annals::ingest
