#include "query/commands/maintenance.h"

#include <string>

#include <fmt/format.h>

#include "query/commands/grouped_number.h"

namespace annals::query {

namespace {

std::string hex(const storage::CommitHash& hash) {
  std::string text;
  for (const std::uint8_t byte : hash) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

Status verify_log(const StatementContext& context) {
  ANNALS_TRY(const storage::VerifyReport report, context.database.verify_log(context.stop));
  if (report.commits == 0) return context.sink.message("the log is empty");
  return context.sink.message(fmt::format("the log is whole: {} events in {} commits, head {}",
                                          grouped(report.events), grouped(report.commits),
                                          hex(report.head)));
}

Status replay_compare(const StatementContext& context) {
  ANNALS_TRY(const storage::ReplayReport report, context.database.replay_compare(context.stop));
  if (!report.first_difference.empty()) {
    return Error(
        ErrorCode::kCorruption,
        fmt::format("the graph differs from what its log says: {}", report.first_difference),
        "the log is the truth and is not affected; VERIFY LOG checks it");
  }
  return context.sink.message(fmt::format("replayed {} events: all {} rows are the same",
                                          grouped(report.events), grouped(report.rows)));
}

}  // namespace annals::query
