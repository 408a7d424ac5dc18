#pragma once

#include <string>
#include <string_view>

#include "query/parser/ast.h"
#include "query/result_sink.h"
#include "schema/base/result.h"
#include "schema/value.h"

namespace annals::query {

/// The value of a parameter. InvalidArgument, without a place, if it was not given. Thread-safe.
Result<Datum> parameter_value(const std::string& name, const Parameters& parameters);

/// The value of an expression that needs no row: literals, parameters, lists of such, and a minus
/// before a number. `text` is the statement, for places. Errors, with their place: InvalidArgument
/// for anything else and for a parameter that was not given; LimitExceeded for a list of more than
/// limits::kListElementsMax. Thread-safe.
Result<Value> constant_value(const ast::Expression& expression, const Parameters& parameters,
                             std::string_view text);

}  // namespace annals::query
