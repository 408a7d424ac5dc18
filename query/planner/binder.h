#pragma once

#include <string_view>

#include "query/parser/ast.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"
#include "schema/vocabulary.h"

namespace annals::query {

/// Looks up all names of a query. `text` is the statement, for places. Errors, with their place:
/// NotFound for a label, relation, role, function or variable that does not exist, with "did you
/// mean"; InvalidArgument for what breaks a rule; LimitExceeded for too large a MATCH. A property
/// that nobody ever used is null, as in openCypher. Thread-safe.
Result<BoundQuery> bind_query(const ast::Query& query, std::string_view text,
                              const Vocabulary& vocabulary);

}  // namespace annals::query
