#pragma once

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
};

/// Gives a row for each step, two blanks further in for each level: the step in words, the rows
/// that were expected of it, and, if it ran, those that it gave, the milliseconds and the blocks of
/// the store that it took itself. As JSON: one row with one map, which holds the same of the root,
/// its `inputs` in a list and likewise its `patterns`, the plans within EXISTS, COUNT and OPTIONAL
/// MATCH. Thread-safe. Errors: those of the sink.
Status report_plan(const ReportedPlan& plan, bool as_json, ResultSink& sink);

}  // namespace annals::query
