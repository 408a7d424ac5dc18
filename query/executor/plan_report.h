#pragma once

#include <span>
#include <string>
#include <string_view>

#include "query/executor/profile.h"
#include "query/planner/bound_query.h"
#include "query/planner/logical_plan.h"
#include "query/result_sink.h"
#include "schema/base/result.h"
#include "schema/vocabulary.h"

namespace annals::query {

/// A plan, and what it did. Borrows all of it.
struct ReportedPlan {
  const plan::Node& root;
  const BoundQuery& query;
  const Vocabulary& vocabulary;
  const Profile* profile = nullptr;  ///< Null: it did not run.
  std::string_view now = "now";      ///< What a scope asks about that names no valid time.
};

/// What a statement does with the rows of several plans: one more step, above theirs.
struct ReportedHead {
  std::string text;
  double rows = 1;      ///< Expected.
  StepMeasure measure;  ///< Of itself, if the plans ran.
};

/// Gives a row for each step, two blanks further in for each level: the step in words, the rows
/// that were expected of it, and, if it ran, those that it gave, and the milliseconds, the blocks
/// of the store and the bytes of temporary files that it took itself. As JSON: one row with one
/// map, which holds the same of the root, its `inputs` in a list and likewise its `patterns`, the
/// plans within EXISTS, COUNT and OPTIONAL MATCH. Thread-safe. Errors: those of the sink.
Status report_plan(const ReportedPlan& plan, bool as_json, ResultSink& sink);
/// The same of the plans, at least one, as inputs of the head. All or none of them ran.
Status report_plans(const ReportedHead& head, std::span<const ReportedPlan> plans, bool as_json,
                    ResultSink& sink);

}  // namespace annals::query
