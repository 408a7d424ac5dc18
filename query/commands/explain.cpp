#include "query/commands/explain.h"

#include "query/executor/plan_report.h"
#include "query/executor/profile.h"
#include "query/executor/query_runner.h"

namespace annals::query {

Status explain_query(const ast::Query& query, ExplainOptions options,
                     const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  ANNALS_TRY(const auto plan, PlannedQuery::plan(query, context.text, *snapshot));
  if (!options.profiled) return report_plan(plan->reported(), options.as_json, context.sink);
  Profile profile;
  RunArguments arguments = context.run_arguments();
  arguments.profile = &profile;
  CountedRows rows;
  ANNALS_CHECK_OK(plan->run(*snapshot, arguments, rows));
  return report_plan(plan->reported(&profile), options.as_json, context.sink);
}

}  // namespace annals::query
