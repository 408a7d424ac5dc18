#include "query/executor/where_truth.h"

#include <fmt/format.h>

namespace annals::query {

Result<Truth> where_truth(const Datum& value, ast::SourceRange range, const RunContext& context) {
  if (value.is_null()) return Truth();
  if (const auto* holds = std::get_if<bool>(&value.data)) return Truth(*holds);
  return context.invalid(fmt::format("WHERE needs true or false, not a value of type {}",
                                     datum_type_name(value.type())),
                         range);
}

}  // namespace annals::query
