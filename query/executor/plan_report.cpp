#include "query/executor/plan_report.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace annals::query {

namespace {

/// Estimates are of rows: whole, and at least one.
Datum whole(double rows) {
  constexpr double kMost = 1e15;
  return Datum(static_cast<std::int64_t>(std::ceil(std::clamp(rows, 1.0, kMost))));
}

Datum milliseconds(std::chrono::nanoseconds time) {
  constexpr double kNanosInMicro = 1e3;
  constexpr double kMicrosInMilli = 1e3;
  return Datum(std::round(static_cast<double>(time.count()) / kNanosInMicro) / kMicrosInMilli);
}

using Cells = std::vector<std::pair<std::string, Datum>>;

/// A step, and what it took itself.
struct Line {
  std::string text;
  std::size_t depth = 0;
  double expected = 1;
  StepMeasure measure;
};

void append_lines(const ReportedPlan& plan, std::size_t depth, std::vector<Line>& lines) {
  for (plan::StepText& step :
       plan::describe_steps(plan.root, plan.query, plan.vocabulary, plan.now)) {
    Line line{std::move(step.text), depth + step.depth, step.node->rows, {}};
    if (plan.profile != nullptr) line.measure = plan.profile->own(*step.node);
    lines.push_back(std::move(line));
  }
}

Cells cells_of(const Line& line, std::string text, bool has_run) {
  Cells cells = {{"step", Datum(std::move(text))}, {"expected", whole(line.expected)}};
  if (!has_run) return cells;
  cells.emplace_back("rows", Datum(static_cast<std::int64_t>(line.measure.rows)));
  cells.emplace_back("ms", milliseconds(line.measure.time));
  cells.emplace_back("blocks", Datum(static_cast<std::int64_t>(line.measure.blocks)));
  cells.emplace_back("spilled", Datum(static_cast<std::int64_t>(line.measure.spilled)));
  return cells;
}

/// The step at `at` and all below it; `at` becomes the next one that is not.
Datum tree_of(const std::vector<Line>& lines, std::size_t& at, bool has_run) {
  const Line& line = lines[at++];
  DatumMap entries;
  for (auto& [name, value] : cells_of(line, line.text, has_run)) {
    entries.emplace(std::move(name), std::move(value));
  }
  DatumList inputs;
  DatumList patterns;
  while (at < lines.size() && lines[at].depth > line.depth) {
    DatumList& below = lines[at].depth == line.depth + 1 ? inputs : patterns;
    below.push_back(tree_of(lines, at, has_run));
  }
  if (!inputs.empty()) entries.emplace("inputs", list_datum(std::move(inputs)));
  if (!patterns.empty()) entries.emplace("patterns", list_datum(std::move(patterns)));
  return map_datum(std::move(entries));
}

Status report(const std::vector<Line>& lines, bool has_run, bool as_json, ResultSink& sink) {
  if (as_json) {
    const std::vector<ResultColumn> columns = {{"plan"}};
    ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
    std::size_t at = 0;
    const Datum tree = tree_of(lines, at, has_run);
    return sink.row({&tree, 1}, Certainty::kCertain);
  }
  std::vector<ResultColumn> columns = {{"step"}, {"expected"}};
  if (has_run) columns.insert(columns.end(), {{"rows"}, {"ms"}, {"blocks"}, {"spilled"}});
  ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
  for (const Line& line : lines) {
    std::vector<Datum> cells;
    for (auto& cell : cells_of(line, std::string(2 * line.depth, ' ') + line.text, has_run)) {
      cells.push_back(std::move(cell.second));
    }
    ANNALS_CHECK_OK(sink.row(cells, Certainty::kCertain));
  }
  return {};
}

}  // namespace

Status report_plan(const ReportedPlan& plan, bool as_json, ResultSink& sink) {
  std::vector<Line> lines;
  append_lines(plan, 0, lines);
  return report(lines, plan.profile != nullptr, as_json, sink);
}

Status report_plans(const ReportedHead& head, std::span<const ReportedPlan> plans, bool as_json,
                    ResultSink& sink) {
  std::vector<Line> lines = {{head.text, 0, head.rows, head.measure}};
  for (const ReportedPlan& plan : plans) append_lines(plan, 1, lines);
  return report(lines, plans.front().profile != nullptr, as_json, sink);
}

}  // namespace annals::query
