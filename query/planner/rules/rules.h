#pragma once

#include <set>

#include "query/planner/cost_model.h"
#include "query/planner/logical_plan.h"

/// Rules that change a plan into one that gives the same rows sooner. Each has a file of its own;
/// the planner applies them in the order in which they stand here. Thread-safe.
namespace annals::query::rules {

/// Moves each filter down to where all variables that it reads are first there. Filters that meet
/// keep their order.
void push_down_filters(plan::Box& root, const PlanContext& context);

/// Combines the rows of two inputs by a hash table where a filter above asks for equal values of
/// both. The filter stays: it knows what is equal.
void join_by_hash(plan::Box& root, const PlanContext& context);

/// Drops label filters that cannot refuse a row: the node comes from a scan of that label, or from
/// a relation (or role) that joins only such nodes.
void skip_implied_labels(plan::Box& root, const PlanContext& context);

/// A count of all facts of a relation at a date asks the index instead of looking at each.
void count_without_scan(plan::Box& root, const PlanContext& context);

/// A limit of sorted rows keeps only the best rows instead of sorting all.
void use_top_k(plan::Box& root, const PlanContext& context);

/// Columns that read properties and that nothing is sorted by are made of the rows that a TopK
/// leaves, and these sorted again: a property that may have several values makes one row several.
void delay_columns(plan::Box& root, const PlanContext& context);

/// Puts the reads of the property index right below the first step that needs them. Before this
/// rule a plan has none.
void place_reads(plan::Box& root, const PlanContext& context);

/// Fills in plan::Node::slots: what no later step reads goes no further. Behind this only the
/// rules below.
void prune_slots(plan::Box& root, const PlanContext& context);
/// The same for a plan of which these columns are wanted.
void prune_slots(plan::Box& root, const PlanContext& context, const std::set<SlotId>& wanted);

/// Of paths that end at the same node, and that nobody tells apart, one will do that holds as
/// surely as any. `merges`: equal rows of the plan are made one.
void prune_paths(plan::Node& root, bool merges);

/// Facts of which nobody asks more than that none is used twice are not read whole. For a plan with
/// all that it runs within it.
void name_facts(plan::Node& root, const PlanContext& context);

}  // namespace annals::query::rules
