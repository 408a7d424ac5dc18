#pragma once

#include <memory>

#include "ingest/record_reader.h"
#include "ingest/rehearsal.h"
#include "ingest/row_problem.h"
#include "schema/load_request.h"
#include "storage/commit_builder.h"

namespace annals::ingest {

/// Makes events of rows, as a LOAD statement says. What does not depend on rows (columns, roles,
/// kinds, types) is looked up once, when the mapper is made. Not thread-safe; for one builder,
/// which must be the same in every call.
///
/// An empty field means "not given". Every field is taken as it is, without trimming; dates are
/// EDTF. A role of a kind takes what the kind says (numbers and booleans are read from text); the
/// properties of a bare fact are texts, since nothing says what else they are. A `many` role may be
/// filled by several columns.
class RowMapper {
 public:
  RowMapper() = default;
  virtual ~RowMapper() = default;
  RowMapper(const RowMapper&) = delete;
  RowMapper& operator=(const RowMapper&) = delete;

  /// Adds the event of one row to `builder`, which then holds it and what it needs (entities,
  /// relations), or nothing of it if there is a problem. (Except that new entities may stay behind
  /// where an untyped role is filled by an entity that the relation of an effect does not join: the
  /// builder sees that last.) The problem of a row may be the machine's: ask is_fatal(). `record`
  /// has no problem of its own.
  virtual RowResult<storage::CommitBuilder::Added> add(const Record& record,
                                                       storage::CommitBuilder& builder) = 0;

  /// Says that the builder has forgotten what it created.
  virtual void forget() = 0;

  /// Relations that the mapper itself created, beyond those that the builder counts.
  virtual std::uint64_t relations_created() const = 0;
};

/// Looks up the names in `request`. Errors are at their place in the statement: NotFound with
/// suggestions (columns, kinds, roles, types), InvalidArgument (roles without a column, types and
/// words that do not fit). `builder` holds nothing of the load yet; rows can name events by number
/// that are recorded by now. `rehearsal`, if the load is one, must outlive the mapper.
Result<std::unique_ptr<RowMapper>> make_row_mapper(const LoadRequest& request, FileColumns columns,
                                                   const storage::CommitBuilder& builder,
                                                   Rehearsal* rehearsal);

}  // namespace annals::ingest
