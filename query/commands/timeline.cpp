#include "query/commands/timeline.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/executor/plan_report.h"
#include "query/executor/profile.h"
#include "query/executor/query_runner.h"
#include "query/parser/ast_printer.h"
#include "schema/time/civil.h"

namespace annals::query {

namespace {

using ast::TimelineStep;

std::string_view step_name(TimelineStep step) {
  switch (step) {
    case TimelineStep::kDay: return "day";
    case TimelineStep::kMonth: return "month";
    case TimelineStep::kYear: return "year";
  }
  return "";
}

/// Walks over the starts of days, months or years.
class Steps {
 public:
  /// At the start of what `from` lies in.
  Steps(TimelineStep by, Micros from) : by_(by) {
    days_ = from / kMicrosPerDay - (from % kMicrosPerDay < 0 ? 1 : 0);
    CivilDay day = civil_from_days(days_);
    if (by_ != TimelineStep::kDay) day.day = 1;
    if (by_ == TimelineStep::kYear) day.month = 1;
    days_ = days_from_civil(day.year, day.month, day.day);
  }

  /// Beyond all dates it is the end of time.
  Micros start() const {
    Micros start = 0;
    if (!__builtin_mul_overflow(days_, kMicrosPerDay, &start)) return start;
    return days_ < 0 ? kBeginningOfTime : kEndOfTime;
  }

  void next() {
    const CivilDay day = civil_from_days(days_);
    switch (by_) {
      case TimelineStep::kDay: ++days_; break;
      case TimelineStep::kMonth:
        days_ = day.month == 12 ? days_from_civil(day.year + 1, 1, 1)
                                : days_from_civil(day.year, day.month + 1, 1);
        break;
      case TimelineStep::kYear: days_ = days_from_civil(day.year + 1, 1, 1); break;
    }
  }

 private:
  TimelineStep by_;
  std::int64_t days_ = 0;  // since 1970-01-01
};

Result<Instant> side_of(const ast::Expression& expression, std::string_view word,
                        const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  ANNALS_TRY(const std::optional<Date> date,
             date_of(expression, word, snapshot->vocabulary(), context));
  const bool bounded = date && !date->is_interval && date->begin.earliest != kBeginningOfTime &&
                       date->begin.latest != kEndOfTime;
  if (bounded) return date->begin;
  return context.placed(
      Error(ErrorCode::kInvalidArgument, fmt::format("{} of a TIMELINE needs one date", word),
            "for example FROM '1991' TO '2024' BY YEAR"),
      expression.range);
}

Result<std::vector<Micros>> steps_of(const ast::Timeline& statement,
                                     const StatementContext& context) {
  ANNALS_TRY(const Instant from, side_of(statement.from, "FROM", context));
  ANNALS_TRY(const Instant to, side_of(statement.to, "TO", context));
  std::vector<Micros> steps;
  Steps walk(statement.by, from.earliest);
  if (walk.start() < from.earliest) walk.next();
  for (; walk.start() <= to.latest; walk.next()) {
    if (steps.size() == context.limits.timeline_steps) {
      return context.placed(
          Error(ErrorCode::kLimitExceeded,
                fmt::format("more than {} steps here; the limit is TimelineStepsMax",
                            context.limits.timeline_steps),
                "ask for a shorter time, or BY MONTH or BY YEAR"),
          statement.to.range);
    }
    steps.push_back(walk.start());
  }
  if (!steps.empty()) return steps;
  return context.placed(
      Error(ErrorCode::kInvalidArgument,
            fmt::format("no {} begins between FROM and TO", step_name(statement.by))),
      statement.to.range);
}

/// Puts the step's instant before each row.
class StepRows final : public ResultSink {
 public:
  explicit StepRows(ResultSink& sink) : sink_(sink) {}

  void begin_step(Micros at) { cells_.assign(1, Datum(date_of(Instant::exactly(at)))); }

  Status columns(std::span<const ResultColumn> columns, RowTags tags) override {
    if (std::exchange(has_columns_, true)) return {};
    std::vector<ResultColumn> all = {{"at"}};
    all.insert(all.end(), columns.begin(), columns.end());
    const auto is_at = [](const ResultColumn& column) { return column.name == "at"; };
    if (std::count_if(all.begin(), all.end(), is_at) > 1) {
      return Error(ErrorCode::kInvalidArgument, "the first column of a TIMELINE is called 'at'",
                   "give the other column another name with AS");
    }
    return sink_.columns(all, tags);
  }

  Status row(std::span<const Datum> cells, Certainty certainty) override {
    cells_.resize(1);
    cells_.insert(cells_.end(), cells.begin(), cells.end());
    return sink_.row(cells_, certainty);
  }

  Status message(std::string_view text) override { return sink_.message(text); }

 private:
  ResultSink& sink_;
  std::vector<Datum> cells_;
  bool has_columns_ = false;
};

Status check_scope(const ast::Timeline& statement, const StatementContext& context) {
  if (!statement.query.scope.valid) return {};
  return context.placed(
      Error(ErrorCode::kInvalidArgument, "a TIMELINE asks at each of its own steps",
            "leave the scope out, or write it after the pattern of one MATCH"),
      statement.query.scope.range);
}

Status run_steps(const PlannedQuery& plan, const storage::GraphSnapshot& snapshot,
                 const std::vector<Micros>& steps, const RunArguments& arguments,
                 ResultSink& sink) {
  StepRows rows(sink);
  return plan.run_at_each(
      snapshot, arguments, steps, [&rows](Micros step) { rows.begin_step(step); }, rows);
}

}  // namespace

Status check_timeline(const ast::Timeline& statement, const StatementContext& context) {
  ANNALS_CHECK_OK(check_scope(statement, context));
  ANNALS_CHECK_OK(steps_of(statement, context));
  return {};
}

Status show_timeline(const ast::Timeline& statement, const PlannedQuery& plan,
                     const storage::GraphSnapshot& snapshot, const StatementContext& context) {
  ANNALS_TRY(const std::vector<Micros> steps, steps_of(statement, context));
  return run_steps(plan, snapshot, steps, context.run_arguments(), context.sink);
}

Status explain_timeline(const ast::Timeline& statement, ExplainOptions options,
                        const StatementContext& context) {
  ANNALS_CHECK_OK(check_scope(statement, context));
  const auto snapshot = context.database.snapshot();
  ANNALS_TRY(const auto plan, PlannedQuery::plan(statement.query, context.text, *snapshot));
  const Result<std::vector<Micros>> steps = steps_of(statement, context);
  ReportedHead head;
  head.text = fmt::format("Timeline from {} to {} by {}", print_expression(statement.from),
                          print_expression(statement.to), step_name(statement.by));
  Profile profile;
  ReportedPlan reported = plan->reported(options.profiled ? &profile : nullptr);
  reported.now = "at each step";
  if (options.profiled) {
    if (!steps) return steps.error();
    RunArguments arguments = context.run_arguments();
    arguments.profile = &profile;
    CountedRows rows;
    ANNALS_CHECK_OK(run_steps(*plan, *snapshot, *steps, arguments, rows));
    head.measure.rows = rows.count;
  }
  // What FROM and TO are may be told only when it runs.
  head.rows = reported.root.rows * (steps ? static_cast<double>(steps->size()) : 1);
  return report_plans(head, {&reported, 1}, options.as_json, context.sink);
}

}  // namespace annals::query
