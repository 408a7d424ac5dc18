#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "query/executor/operator.h"

namespace annals::query::operators {

/// The next batch of `input` with the rows for which `keep` (of a row's number, gives Result<bool>)
/// is true, and at least one; false at the end. Errors: those of both.
template <class Keep>
Result<bool> next_kept(Operator& input, Batch& batch, Keep&& keep) {
  for (;;) {
    ANNALS_TRY(const bool more, input.next(batch));
    if (!more) return false;
    std::vector<std::uint32_t> kept;
    for (const std::uint32_t row : batch.rows()) {
      ANNALS_TRY(const bool is_kept, keep(row));
      if (is_kept) kept.push_back(row);
    }
    if (kept.empty()) continue;
    batch.select(std::move(kept));
    return true;
  }
}

}  // namespace annals::query::operators
