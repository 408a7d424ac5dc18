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

Cells cells_of(const plan::StepText& step, std::string text, const Profile* profile) {
  Cells cells = {{"step", Datum(std::move(text))}, {"expected", whole(step.node->rows)}};
  if (profile == nullptr) return cells;
  const StepMeasure measure = profile->own(*step.node);
  cells.emplace_back("rows", Datum(static_cast<std::int64_t>(measure.rows)));
  cells.emplace_back("ms", milliseconds(measure.time));
  cells.emplace_back("blocks", Datum(static_cast<std::int64_t>(measure.blocks)));
  return cells;
}

/// The step at `at` and all below it; `at` becomes the next one that is not.
Datum tree_of(const std::vector<plan::StepText>& steps, std::size_t& at, const Profile* profile) {
  const plan::StepText& step = steps[at++];
  DatumMap entries;
  for (auto& [name, value] : cells_of(step, step.text, profile)) {
    entries.emplace(std::move(name), std::move(value));
  }
  DatumList inputs;
  DatumList patterns;
  while (at < steps.size() && steps[at].depth > step.depth) {
    DatumList& below = steps[at].depth == step.depth + 1 ? inputs : patterns;
    below.push_back(tree_of(steps, at, profile));
  }
  if (!inputs.empty()) entries.emplace("inputs", list_datum(std::move(inputs)));
  if (!patterns.empty()) entries.emplace("patterns", list_datum(std::move(patterns)));
  return map_datum(std::move(entries));
}

}  // namespace

Status report_plan(const ReportedPlan& plan, bool as_json, ResultSink& sink) {
  const auto steps = plan::describe_steps(plan.root, plan.query, plan.vocabulary);
  if (as_json) {
    const std::vector<ResultColumn> columns = {{"plan"}};
    ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
    std::size_t at = 0;
    const Datum tree = tree_of(steps, at, plan.profile);
    return sink.row({&tree, 1}, Certainty::kCertain);
  }
  std::vector<ResultColumn> columns = {{"step"}, {"expected"}};
  if (plan.profile != nullptr) columns.insert(columns.end(), {{"rows"}, {"ms"}, {"blocks"}});
  ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
  for (const plan::StepText& step : steps) {
    std::string text = std::string(2 * step.depth, ' ') + step.text;
    std::vector<Datum> cells;
    for (auto& cell : cells_of(step, std::move(text), plan.profile)) {
      cells.push_back(std::move(cell.second));
    }
    ANNALS_CHECK_OK(sink.row(cells, Certainty::kCertain));
  }
  return {};
}

}  // namespace annals::query
