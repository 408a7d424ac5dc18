#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/row_problem.h"
#include "schema/base/result.h"
#include "schema/load_request.h"
#include "schema/vocabulary.h"

namespace annals::ingest {

/// Looking up the names that a LOAD statement gives. Errors are at their place in the statement,
/// with the closest name that exists.

/// The index of the column called `name`, else of the one numbered "$3". NotFound; InvalidArgument
/// if several have the name.
Result<std::size_t> find_column(std::string_view name, const FileColumns& columns,
                                const Place& place);

/// What `OF Type` names: an entity type or a kind. Zero for an empty name.
Result<SymbolId> find_node_type(const ColumnMapping& mapping, const Vocabulary& vocabulary);

/// The definition called `name`. NotFound without a place.
Result<const Kind*> find_kind(std::string_view name, const Vocabulary& vocabulary);
Result<const Relation*> find_relation(std::string_view name, const Vocabulary& vocabulary);

/// "did you mean 'X'?", or `otherwise` if none of `known` is like `name`.
std::string suggestion(std::string_view name, const std::vector<std::string>& known,
                       std::string otherwise);

}  // namespace annals::ingest
