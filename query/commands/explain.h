#pragma once

#include <cstdint>
#include <span>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "query/result_sink.h"
#include "schema/base/result.h"

namespace annals::query {

/// What EXPLAIN and PROFILE want of a statement.
struct ExplainOptions {
  bool profiled = false;  ///< It runs, without giving its rows.
  bool as_json = false;
};

/// Counts rows and forgets them.
class CountedRows final : public ResultSink {
 public:
  Status columns(std::span<const ResultColumn>, RowTags) override { return {}; }
  Status row(std::span<const Datum>, Certainty) override {
    ++count;
    return {};
  }
  Status message(std::string_view) override { return {}; }

  std::uint64_t count = 0;
};

/// EXPLAIN and PROFILE of a query: its plan, as report_plan() gives it. Those of DIFF and TIMELINE
/// stand with them. Errors: those of planning and of running the query.
Status explain_query(const ast::Query& query, ExplainOptions options,
                     const StatementContext& context);

}  // namespace annals::query
