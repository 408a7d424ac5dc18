#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ingest/row_problem.h"
#include "schema/load_request.h"

namespace annals::ingest {

/// Fields that a LOAD derives: `VALUE 'text'`, which each row has, and `column IN MILLISECONDS`, a
/// date made of a number. They stand behind those of the file, as if it had more columns, so that
/// mappers need to know nothing of them. Not thread-safe; for one load.
class DerivedFields {
 public:
  /// Adds the derived columns to `columns` and has `request` name them.
  /// All of its columns must be those of the file, or derived: errors are those of find_column();
  /// InvalidArgument at its place for a value where a date should be that is none, and for a unit
  /// of what is no date.
  static Result<DerivedFields> create(LoadRequest& request, FileColumns& columns);

  /// Adds the derived fields to a row without a problem. They borrow from this object and are valid
  /// until the next call. Problem: a number that is none, or too large for a date.
  RowStatus append(Record& record, const FileColumns& columns);

 private:
  struct Field {
    std::optional<std::size_t> source;  ///< The column of the number; none of a VALUE.
    ColumnMapping::EpochUnit unit = ColumnMapping::EpochUnit::kSeconds;
    std::string text;  ///< Of the present row.
  };

  Status add(ColumnMapping& mapping, const FileColumns& in_file, FileColumns& columns);

  std::vector<Field> fields_;
};

}  // namespace annals::ingest
