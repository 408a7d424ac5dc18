#include "query/parser/grammar/core.h"

#include <fmt/format.h>

namespace annals::query::grammar {

void check_limit(std::size_t count, std::size_t max, std::string_view things,
                 std::string_view limit, Iterator at) {
  if (count <= max) return;
  throw Refusal{ErrorCode::kLimitExceeded, at,
                fmt::format("more than {} {} here; the limit is {}", max, things, limit)};
}

}  // namespace annals::query::grammar
