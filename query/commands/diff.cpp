#include "query/commands/diff.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/commands/diff_rows.h"
#include "query/executor/datum_comparison.h"
#include "query/executor/plan_report.h"
#include "query/executor/profile.h"
#include "query/executor/query_runner.h"
#include "query/parser/ast_printer.h"

namespace annals::query {

namespace {

constexpr std::string_view kChange = "change";

Error refused(std::string message, ast::SourceRange range, std::string hint,
              const StatementContext& context) {
  return context.placed(Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint)),
                        range);
}

bool is_change(const ast::Expression& expression) {
  const auto* variable = std::get_if<ast::Variable>(&expression.node);
  return variable != nullptr && variable->name == kChange;
}

/// What ORDER BY, SKIP and LIMIT say about the difference, and where its columns stand.
struct Shape {
  std::size_t change_column = 0;
  std::string change_name;
  struct Sort {
    std::optional<std::size_t> column;  ///< Of the query; none: by what changed.
    bool descending = false;
  };
  std::vector<Sort> sorts;
  std::size_t skip = 0;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// Takes `change` out of what is returned: no query knows it.
Status take_change(ast::ReturnClause& returning, Shape& shape, const StatementContext& context) {
  std::vector<ast::ReturnItem>& items = returning.items;
  const auto found = std::find_if(items.begin(), items.end(), [](const ast::ReturnItem& item) {
    return is_change(item.value);
  });
  if (found == items.end() || items.size() == 1) {
    return refused("a DIFF returns change and what it compares", returning.range,
                   "RETURN change, c.name", context);
  }
  shape.change_name = found->alias ? found->alias->name : std::string(kChange);
  shape.change_column = static_cast<std::size_t>(found - items.begin());
  items.erase(found);
  const auto second = std::find_if(items.begin(), items.end(), [](const ast::ReturnItem& item) {
    return is_change(item.value);
  });
  if (second == items.end()) return {};
  return refused("change is returned twice", second->value.range, "", context);
}

/// Which column `value` means: by its alias, or written as it is returned.
Result<std::optional<std::size_t>> sort_column(const ast::Expression& value,
                                               const ast::ReturnClause& returning,
                                               const Shape& shape,
                                               const StatementContext& context) {
  const std::string text = print_expression(value);
  const auto* variable = std::get_if<ast::Variable>(&value.node);
  const std::string_view name = variable != nullptr ? std::string_view(variable->name) : "";
  if (is_change(value) || (variable != nullptr && name == shape.change_name)) {
    return std::optional<std::size_t>();
  }
  for (std::size_t i = 0; i < returning.items.size(); ++i) {
    const ast::ReturnItem& item = returning.items[i];
    const bool by_alias = variable != nullptr && item.alias && item.alias->name == name;
    if (by_alias || print_expression(item.value) == text) return std::optional(i);
  }
  return refused(fmt::format("a DIFF is sorted by its columns, and {} is none", text), value.range,
                 "", context);
}

Result<std::size_t> count_of(const ast::Expression& expression, std::string_view word,
                             const StatementContext& context) {
  ANNALS_TRY(const Value value, value_of(expression, context));
  const auto* count = std::get_if<std::int64_t>(&value.data);
  if (count != nullptr && *count >= 0) return static_cast<std::size_t>(*count);
  return refused(fmt::format("{} needs a whole number from 0", word), expression.range, "",
                 context);
}

/// Takes out of RETURN what is about the difference.
Result<Shape> take_shape(ast::ReturnClause& returning, const StatementContext& context) {
  Shape shape;
  ANNALS_CHECK_OK(take_change(returning, shape, context));
  for (const ast::SortItem& item : returning.order_by) {
    ANNALS_TRY(const auto column, sort_column(item.value, returning, shape, context));
    shape.sorts.push_back({column, item.descending});
  }
  returning.order_by.clear();
  if (returning.skip) {
    ANNALS_TRY(shape.skip, count_of(*returning.skip, "SKIP", context));
    returning.skip.reset();
  }
  if (returning.limit) {
    ANNALS_TRY(shape.limit, count_of(*returning.limit, "LIMIT", context));
    returning.limit.reset();
  }
  return shape;
}

/// That the second side says every kind of time that the first one does.
Status check_sides(const ast::Diff& statement, const StatementContext& context) {
  const ast::Scope& first = statement.first;
  const ast::Scope& second = statement.query.scope;
  std::string_view missing;
  if (first.valid && second.valid != ast::ValidScope::kAt) missing = "AT";
  if (first.known_at && !second.known_at) missing = "KNOWN AT";
  if (first.said_by && !second.said_by) missing = "SAID BY";
  if (missing.empty()) return {};
  return refused(
      fmt::format("the first side of this DIFF says {}, and the second does not", missing),
      first.range, "both sides name the same kinds of time: DIFF AT '1992' AND AT '2010' MATCH …",
      context);
}

/// Lets the query look at what the first side looks at.
void apply(ast::Scope& first, ast::Scope& scope) {
  if (first.valid) scope.at = std::move(first.at);
  if (first.known_at) {
    scope.known_at = std::move(first.known_at);
    scope.known_is_seq = first.known_is_seq;
  }
  if (first.said_by) scope.said_by = std::move(first.said_by);
}

std::string_view change_text(Change change) {
  switch (change) {
    case Change::kAdded: return "added";
    case Change::kRemoved: return "removed";
    case Change::kChanged: return "changed";
  }
  return "";
}

std::string certainty_text(const DiffRow& row) {
  const auto text = [](Certainty certainty) {
    return certainty == Certainty::kCertain ? "certain" : "possible";
  };
  switch (row.change) {
    case Change::kAdded: return text(row.after);
    case Change::kRemoved: return text(row.before);
    case Change::kChanged: return fmt::format("{} -> {}", text(row.before), text(row.after));
  }
  return "";
}

void sort_rows(std::vector<DiffRow>& rows, DiffRows& sides, const Shape& shape) {
  // Without ORDER BY they stay as rows first came: what the first side does not have is at the end.
  if (shape.sorts.empty()) return;
  std::stable_sort(rows.begin(), rows.end(), [&](const DiffRow& a, const DiffRow& b) {
    for (const Shape::Sort& sort : shape.sorts) {
      const std::weak_ordering ordering =
          sort.column ? order(sides.values(a.key)[*sort.column], sides.values(b.key)[*sort.column])
                      : change_text(a.change) <=> change_text(b.change);
      if (ordering != 0) return sort.descending ? ordering > 0 : ordering < 0;
    }
    return false;
  });
}

Status give_columns(const DiffRows& sides, const Shape& shape, const StatementContext& context) {
  std::vector<ResultColumn> columns = sides.column_names();
  const bool clash = std::any_of(
      columns.begin(), columns.end(),
      [&shape](const ResultColumn& column) { return column.name == shape.change_name; });
  if (clash) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("two columns are called '{}'", shape.change_name),
                 "give one of them another name with AS");
  }
  const auto place = static_cast<std::ptrdiff_t>(shape.change_column);
  columns.insert(columns.begin() + place, {shape.change_name});
  if (sides.tags() == RowTags::kTagged) columns.push_back({"certainty"});
  return context.sink.columns(columns, RowTags::kUntagged);
}

Status give_rows(DiffRows& sides, const Shape& shape, const StatementContext& context) {
  ANNALS_TRY(std::vector<DiffRow> rows, sides.difference());
  sort_rows(rows, sides, shape);
  const std::size_t begin = std::min(shape.skip, rows.size());
  const std::size_t count = std::min(shape.limit, rows.size() - begin);
  std::vector<Datum> cells;
  for (const DiffRow& row : std::span(rows).subspan(begin, count)) {
    ANNALS_CHECK_OK(context.check_stop());
    const std::span<Datum> values = sides.values(row.key);
    cells.assign(values.begin(), values.end());
    const auto place = static_cast<std::ptrdiff_t>(shape.change_column);
    cells.insert(cells.begin() + place, Datum(std::string(change_text(row.change))));
    if (sides.tags() == RowTags::kTagged) cells.emplace_back(certainty_text(row));
    ANNALS_CHECK_OK(context.sink.row(cells, Certainty::kCertain));
  }
  return {};
}

/// A DIFF whose names are looked up and whose two plans are made.
struct PlannedDiff {
  Shape shape;
  std::unique_ptr<storage::GraphSnapshot> snapshot;
  std::unique_ptr<PlannedQuery> first;
  std::unique_ptr<PlannedQuery> second;
};

Result<PlannedDiff> plan_diff(ast::Diff& statement, const StatementContext& context) {
  ANNALS_CHECK_OK(check_sides(statement, context));
  ast::Query& query = statement.query;
  if (!query.unions.empty()) {
    return refused("a DIFF compares one query, and this is a UNION of several",
                   query.unions.front().returning.range, "ask for the difference of each by itself",
                   context);
  }
  PlannedDiff diff;
  ANNALS_TRY(diff.shape, take_shape(query.returning, context));
  diff.snapshot = context.database.snapshot();
  ANNALS_TRY(diff.second, PlannedQuery::plan(query, context.text, *diff.snapshot));
  apply(statement.first, query.scope);
  ANNALS_TRY(diff.first, PlannedQuery::plan(query, context.text, *diff.snapshot));
  return diff;
}

/// What becomes of the rows of both plans.
std::string head_text(const ast::ReturnClause& returning) {
  std::string text = "Diff";
  for (const ast::SortItem& item : returning.order_by) {
    text += fmt::format("{} {}{}", text.size() > 4 ? "," : "", print_expression(item.value),
                        item.descending ? " desc" : "");
  }
  if (returning.skip) text += " skip " + print_expression(*returning.skip);
  if (returning.limit) text += " limit " + print_expression(*returning.limit);
  return text;
}

/// Runs both plans; a profile, unless it is null, measures the steps of its plan.
Status run_sides(const PlannedDiff& diff, std::array<Profile*, 2> profiles, DiffRows& sides,
                 const StatementContext& context) {
  RunArguments arguments = context.run_arguments();
  arguments.profile = profiles[0];
  sides.begin(DiffRows::Side::kFirst);
  ANNALS_CHECK_OK(diff.first->run(*diff.snapshot, arguments, sides));
  arguments.profile = profiles[1];
  sides.begin(DiffRows::Side::kSecond);
  return diff.second->run(*diff.snapshot, arguments, sides);
}

/// What is done with the rows of both sides, measured.
Result<StepMeasure> measure_difference(DiffRows& sides, const Shape& shape) {
  const auto begin = std::chrono::steady_clock::now();
  ANNALS_TRY(std::vector<DiffRow> rows, sides.difference());
  sort_rows(rows, sides, shape);
  StepMeasure measure;
  measure.time = std::chrono::steady_clock::now() - begin;
  measure.rows = std::min(shape.limit, rows.size() - std::min(shape.skip, rows.size()));
  return measure;
}

}  // namespace

Status show_diff(ast::Diff& statement, const StatementContext& context) {
  ANNALS_TRY(const PlannedDiff diff, plan_diff(statement, context));
  DiffRows sides(context.limits.memory_bytes);
  ANNALS_CHECK_OK(run_sides(diff, {nullptr, nullptr}, sides, context));
  ANNALS_CHECK_OK(give_columns(sides, diff.shape, context));
  return give_rows(sides, diff.shape, context);
}

Status explain_diff(ast::Diff& statement, ExplainOptions options, const StatementContext& context) {
  ast::ReturnClause& returning = statement.query.returning;
  ReportedHead head;
  head.text = head_text(returning);
  if (!options.profiled) {
    // Parameters in them need not be there.
    returning.skip.reset();
    returning.limit.reset();
  }
  ANNALS_TRY(const PlannedDiff diff, plan_diff(statement, context));
  Profile first;
  Profile second;
  if (options.profiled) {
    DiffRows sides(context.limits.memory_bytes);
    ANNALS_CHECK_OK(run_sides(diff, {&first, &second}, sides, context));
    ANNALS_TRY(head.measure, measure_difference(sides, diff.shape));
  }
  const std::array<ReportedPlan, 2> plans = {
      diff.first->reported(options.profiled ? &first : nullptr),
      diff.second->reported(options.profiled ? &second : nullptr)};
  // If all rows are others.
  head.rows = plans[0].root.rows + plans[1].root.rows;
  return report_plans(head, plans, options.as_json, context.sink);
}

}  // namespace annals::query
