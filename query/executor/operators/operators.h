#pragma once

#include "query/executor/operator.h"
#include "query/planner/logical_plan.h"

/// The operators, one file each. `node` is the step's own node in the plan.
namespace annals::query::operators {

OperatorPtr unit(RunContext& context);
OperatorPtr node_by_name(const plan::NodeByName& step, RunContext& context);
OperatorPtr node_scan(const plan::NodeScan& step, RunContext& context);

/// follow_hop.cpp: three ways to read facts for each row of the input.
OperatorPtr fact_scan(const plan::FactScan& step, const plan::Node& node, RunContext& context);
OperatorPtr expand(const plan::Expand& step, const plan::Node& node, OperatorPtr input,
                   RunContext& context);
OperatorPtr expand_into(const plan::ExpandInto& step, const plan::Node& node, OperatorPtr input,
                        RunContext& context);

/// all_paths.cpp, path_ends.cpp, shortest_paths.cpp, earliest_paths.cpp: the paths of a hop with a
/// length.
Result<OperatorPtr> expand_paths(const plan::ExpandPaths& step, const plan::Node& node,
                                 OperatorPtr input, RunContext& context);
OperatorPtr build_path(const plan::BuildPath& step, OperatorPtr input, RunContext& context);

OperatorPtr cross_product(const plan::Node& node, OperatorPtr left, OperatorPtr right,
                          RunContext& context);
Result<OperatorPtr> hash_join(const plan::HashJoin& step, const plan::Node& node, OperatorPtr left,
                              OperatorPtr right, RunContext& context);
OperatorPtr label_filter(const plan::LabelFilter& step, OperatorPtr input, RunContext& context);
OperatorPtr name_filter(const plan::NameFilter& step, OperatorPtr input, RunContext& context);
Result<OperatorPtr> filter(const plan::Filter& step, OperatorPtr input, RunContext& context);
/// where_exists.cpp: the rows with EXISTS, and in its own plan the rows it is asked about.
Result<OperatorPtr> where_exists(const plan::Exists& step, OperatorPtr input, RunContext& context);
OperatorPtr outer_rows(const plan::OuterRows& step, const plan::Node& node, OuterBatch outer,
                       RunContext& context);
/// optional_match.cpp
Result<OperatorPtr> optional_match(const plan::OptionalMatch& step, const plan::Node& node,
                                   OperatorPtr input, RunContext& context);
/// count_rows.cpp
Result<OperatorPtr> count_rows(const plan::Count& step, OperatorPtr input, RunContext& context);
Result<OperatorPtr> unwind(const plan::Unwind& step, const plan::Node& node, OperatorPtr input,
                           RunContext& context);
OperatorPtr as_node(const plan::AsNode& step, const plan::Node& node, OperatorPtr input,
                    RunContext& context);
OperatorPtr present(const plan::Present& step, OperatorPtr input, RunContext& context);
OperatorPtr union_rows(const plan::Union& step, std::vector<OperatorPtr> inputs,
                       RunContext& context);
Result<OperatorPtr> read_property(const plan::Read& step, const plan::Node& node, OperatorPtr input,
                                  RunContext& context);
Result<OperatorPtr> set_instant(const plan::SetInstant& step, const plan::Node& node,
                                OperatorPtr input, RunContext& context);
Result<OperatorPtr> aggregate(const plan::Aggregate& step, const plan::Node& node,
                              OperatorPtr input, RunContext& context);
/// Makes the operators of its input only if it needs them.
OperatorPtr count_facts(const plan::CountFacts& step, const plan::Node& node, RunContext& context);
Result<OperatorPtr> project(const plan::Project& step, const plan::Node& node, OperatorPtr input,
                            RunContext& context);
OperatorPtr distinct(const plan::Distinct& step, OperatorPtr input, RunContext& context);
OperatorPtr sort(const plan::Sort& step, const plan::Node& node, OperatorPtr input,
                 RunContext& context);
Result<OperatorPtr> top_k(const plan::TopK& step, const plan::Node& node, OperatorPtr input,
                          RunContext& context);
Result<OperatorPtr> skip(const plan::Skip& step, OperatorPtr input, RunContext& context);
Result<OperatorPtr> limit(const plan::Limit& step, OperatorPtr input, RunContext& context);

/// What SKIP or LIMIT says. InvalidArgument, at the expression, unless it is an integer from 0.
Result<std::size_t> row_count(const BoundExpression& expression, RunContext& context);

}  // namespace annals::query::operators
