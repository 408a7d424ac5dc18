#pragma once

#include "query/commands/statement_context.h"
#include "schema/base/result.h"

namespace annals::query {

/// VERIFY LOG: reads the whole log and says what was read; Corruption names the first bad sequence.
Status verify_log(const StatementContext& context);

/// REPLAY COMPARE: rebuilds the projection from the log beside the live one. Corruption if a row
/// differs. Waits for the writer, so that the session must have no open transaction.
Status replay_compare(const StatementContext& context);

}  // namespace annals::query
